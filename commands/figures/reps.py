"""How each rep does, by name: to see what is needed, not who is best."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.promise_lines import Promise
from commands.context import Context
from commands.figures import quality, sla
from commands.figures.counted import counts, counts_by, rate
from commands.figures.sla import SALES_MEASURES, sales_rate
from commands.figures.timings import NEVER, Timing, timings, timings_by_rep
from commands.questions.subcommand import name_of
from leads.breakdown import Breakdown
from leads.durations import Leg
from leads.periods import Period
from leads.person import Person, Role
from leads.rates import Rate
from leads.standing import Standing, light_for_overdue

_MEASURES = (*quality.MEASURES, *SALES_MEASURES, "reached_won")


@dataclass(frozen=True, kw_only=True)
class RepFigures:
    """One rep, or the whole team (`email` and `name` are None)."""

    email: str | None
    name: str | None
    offered: int
    accepted: Rate
    """Of the decided."""
    decided: Rate
    """In time, of what fell due."""
    decided_light: Standing
    touched: Rate
    """First touch in time, of what fell due."""
    touched_light: Standing
    first_touch: Timing
    """In business time after accepting."""
    won: int
    """Of the leads that qualified in the period."""


@dataclass(frozen=True, kw_only=True)
class Reps:
    """The team, and those reps whom the asker may see, in the order of their names."""

    period: Period
    team: RepFigures
    people: tuple[RepFigures, ...]


def sees_everybody(viewer: Person | None) -> bool:
    """Managers and admins see every rep; others, and a channel (None), don't."""
    return viewer is not None and viewer.has(Role.MANAGER, Role.ADMIN)


def may_see(viewer: Person | None, rep: str) -> bool:
    """Whether `viewer` may see the figures of this rep."""
    return sees_everybody(viewer) or (viewer is not None and viewer.email == rep)


def of(ctx: Context, period: Period, viewer: Person | None) -> Reps:
    """What `viewer` may see: managers and admins every rep, a rep themself, a channel (None) and
    everybody else only the team."""
    overdue = sla.overdue_by_rep(ctx, period)
    found = counts_by(ctx, Breakdown.REP, _MEASURES, period)
    owing = {rep for by_rep in overdue.values() for rep in by_rep}
    shown = sorted(
        (rep for rep in {*found, *owing} if may_see(viewer, rep)),
        key=lambda rep: (name_of(ctx, rep).casefold(), rep),
    )
    touch = timings_by_rep(ctx, Leg.FIRST_TOUCH, shown, period)
    nothing = dict.fromkeys(_MEASURES, 0)
    total = {promise: sum(one.n for one in by.values()) for promise, by in overdue.items()}
    all_touch = timings(ctx, (Leg.FIRST_TOUCH,), period)[Leg.FIRST_TOUCH]
    return Reps(
        period=period,
        team=_figures(None, None, counts(ctx, _MEASURES, period), total, all_touch),
        people=tuple(
            _figures(
                rep,
                name_of(ctx, rep),
                found.get(rep, nothing),
                {promise: by[rep].n if rep in by else 0 for promise, by in overdue.items()},
                touch.get(rep, NEVER),
            )
            for rep in shown
        ),
    )


def _figures(
    email: str | None,
    name: str | None,
    counted: Mapping[str, int],
    overdue: Mapping[Promise, int],
    first_touch: Timing,
) -> RepFigures:
    decided = sales_rate(counted, Promise.DECIDE, overdue[Promise.DECIDE])
    touched = sales_rate(counted, Promise.TOUCH, overdue[Promise.TOUCH])
    return RepFigures(
        email=email,
        name=name,
        offered=counted["offered"],
        accepted=rate(counted["accepted"], counted["accepted"] + counted["rejected"]),
        decided=decided,
        decided_light=light_for_overdue(decided.n - decided.successes, decided.n),
        touched=touched,
        touched_light=light_for_overdue(touched.n - touched.successes, touched.n),
        first_touch=first_touch,
        won=counted["reached_won"],
    )

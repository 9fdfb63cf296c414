"""What both sides promised each other, and how it was kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cards.promise_lines import Promise
from commands.context import Context
from commands.figures.counted import Only, counts, rate
from commands.figures.timings import NEVER, Timing, timings
from commands.figures.working_time import working_share
from commands.questions.subcommand import days_between
from leads import periods
from leads.breakdown import Breakdown
from leads.durations import Leg
from leads.movement import Movement, movement
from leads.periods import Period
from leads.rates import Rate
from leads.standing import Standing, light_for, light_for_count, light_for_overdue
from storage import running_promises
from storage.running_promises import Broken

SALES = (Promise.DECIDE, Promise.TOUCH, Promise.ATTEMPTS)
MARKETING = (Promise.ACCEPTANCE, Promise.FIELDS, Promise.ANSWERS)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One promise: of those that fell due, how many were kept, in the period before too. `late`
    says by how much business time those were late that were done after all; `overdue` are due and
    still not done, the first since `overdue_since`. `goal` is the share promised, if one was."""

    promise: Promise
    rate: Rate
    light: Standing
    before: Rate | None
    moved: Movement
    late: Timing = NEVER
    overdue: int = 0
    overdue_since: datetime | None = None
    goal: float | None = None


@dataclass(frozen=True, kw_only=True)
class Volume:
    """How many MQLs there were of those promised for the working days that are over. `goal` is
    that of a week."""

    found: int
    expected: float
    goal: int
    light: Standing
    before: int | None


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A required field that so many of the leads lacked at their handoff."""

    field: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Sla:
    """Both sides in a period; of one rep sales' side alone, of one campaign or source marketing's.
    What was never promised is left out. Sales' promises count on the day of the offer, an answer
    on the day of the rejection; what isn't due yet counts nowhere."""

    period: Period
    before: Period | None
    sales: tuple[Kept, ...]
    marketing: tuple[Kept, ...]
    volume: Volume | None
    missing: tuple[Missing, ...]
    """The most frequent first."""


_SALES_MEASURES: Mapping[Promise, tuple[str, tuple[str, ...]]] = {
    Promise.DECIDE: ("decided_in_time", ("decided_late", "decision_missed")),
    Promise.TOUCH: ("touched_in_time", ("touched_late", "touch_missed")),
    Promise.ATTEMPTS: ("touches_kept", ("touches_short",)),
}
_LATE = {Promise.DECIDE: Leg.LATE_DECISION, Promise.TOUCH: Leg.LATE_TOUCH}


def of(ctx: Context, period: Period, only: Only | None = None) -> Sla:
    """Counted by the tallies; what is overdue now is read from what is open."""
    earlier = periods.before(period)
    of_rep = only is not None and only.by is Breakdown.REP
    of_leads = only is not None and only.by is not Breakdown.REP
    return Sla(
        period=period,
        before=earlier,
        sales=() if of_leads else _sales(ctx, period, earlier, only),
        marketing=() if of_rep else _marketing(ctx, period, earlier, only),
        volume=None if only is not None else _volume(ctx, period, earlier),
        missing=() if of_rep else _missing(ctx, period, only),
    )


def sales_rate(counted: Mapping[str, int], promise: Promise, overdue: int) -> Rate:
    """How one of sales' promises was kept, from its measures and those that are overdue now."""
    kept, broken = _SALES_MEASURES[promise]
    n = counted[kept] + sum(counted[measure] for measure in broken) + overdue
    return rate(counted[kept], n)


SALES_MEASURES = tuple(
    measure for kept, broken in _SALES_MEASURES.values() for measure in (kept, *broken)
)


def overdue_by_rep(ctx: Context, period: Period) -> dict[Promise, dict[str, Broken]]:
    """What each rep still owes of the leads offered in the period, by promise."""
    since, until = days_between(ctx, period.first, period.last)
    return {
        Promise.DECIDE: running_promises.undecided(ctx.session, ctx.now, since, until),
        Promise.TOUCH: running_promises.untouched(ctx.session, ctx.now, since, until),
        Promise.ATTEMPTS: {},
    }


def _sales(
    ctx: Context, period: Period, earlier: Period | None, only: Only | None
) -> tuple[Kept, ...]:
    now, then = _broken(ctx, period, only), _broken(ctx, earlier, only) if earlier else None
    counted = counts(ctx, SALES_MEASURES, period, only)
    counted_then = counts(ctx, SALES_MEASURES, earlier, only) if earlier else None
    late = timings(ctx, tuple(_LATE.values()), period, only)
    lines = []
    for promise in SALES:
        overdue = now[promise]
        kept = sales_rate(counted, promise, overdue.n if overdue else 0)
        before = None
        if counted_then is not None and then is not None:
            old = then[promise]
            before = sales_rate(counted_then, promise, old.n if old else 0)
        lines.append(
            Kept(
                promise=promise,
                rate=kept,
                light=light_for_overdue(kept.n - kept.successes, kept.n),
                before=before,
                moved=movement(kept, before),
                late=late[_LATE[promise]] if promise in _LATE else NEVER,
                overdue=overdue.n if overdue else 0,
                overdue_since=overdue.since if overdue else None,
            )
        )
    return tuple(lines)


def _broken(ctx: Context, period: Period, only: Only | None) -> dict[Promise, Broken | None]:
    found: dict[Promise, Broken | None] = {}
    for promise, by_rep in overdue_by_rep(ctx, period).items():
        some = [one for rep, one in by_rep.items() if only is None or rep == only.value]
        found[promise] = (
            Broken(n=sum(one.n for one in some), since=min(one.since for one in some))
            if some
            else None
        )
    return found


_MARKETING_MEASURES = (
    "accepted",
    "rejected",
    "handed_over",
    "incomplete",
    "answered_in_time",
    "answered_late",
)


def _marketing(
    ctx: Context, period: Period, earlier: Period | None, only: Only | None
) -> tuple[Kept, ...]:
    promised = ctx.setup.agreement.marketing
    now = counts(ctx, _MARKETING_MEASURES, period, only)
    then = counts(ctx, _MARKETING_MEASURES, earlier, only) if earlier else None
    lines: list[Kept] = []
    if promised.acceptance_rate is not None:
        accepted, before = _accepted(now), _accepted(then) if then else None
        lines.append(
            Kept(
                promise=Promise.ACCEPTANCE,
                rate=accepted,
                light=light_for(accepted, promised.acceptance_rate),
                before=before,
                moved=movement(accepted, before),
                goal=promised.acceptance_rate,
            )
        )
    if promised.required:
        complete, before = _complete(now), _complete(then) if then else None
        lines.append(
            Kept(
                promise=Promise.FIELDS,
                rate=complete,
                light=light_for_overdue(complete.n - complete.successes, complete.n),
                before=before,
                moved=movement(complete, before),
            )
        )
    if promised.answer_rejections_within is not None:
        lines.append(_answers(ctx, period, earlier, only, now, then))
    return tuple(lines)


def _answers(
    ctx: Context,
    period: Period,
    earlier: Period | None,
    only: Only | None,
    now: Mapping[str, int],
    then: Mapping[str, int] | None,
) -> Kept:
    overdue = _unanswered(ctx, period, only)
    answered = _answered(now, overdue)
    before = _answered(then, _unanswered(ctx, earlier, only)) if then and earlier else None
    late = timings(ctx, (Leg.LATE_ANSWER,), period)[Leg.LATE_ANSWER] if only is None else NEVER
    return Kept(
        promise=Promise.ANSWERS,
        rate=answered,
        light=light_for_overdue(answered.n - answered.successes, answered.n),
        before=before,
        moved=movement(answered, before),
        late=late,
        overdue=overdue.n if overdue else 0,
        overdue_since=overdue.since if overdue else None,
    )


def _unanswered(ctx: Context, period: Period, only: Only | None) -> Broken | None:
    since, until = days_between(ctx, period.first, period.last)
    return running_promises.unanswered(
        ctx.session,
        ctx.now,
        since,
        until,
        campaign=only.value if only and only.by is Breakdown.CAMPAIGN else None,
        source=only.value if only and only.by is Breakdown.SOURCE else None,
    )


def _accepted(counted: Mapping[str, int]) -> Rate:
    return rate(counted["accepted"], counted["accepted"] + counted["rejected"])


def _complete(counted: Mapping[str, int]) -> Rate:
    return rate(counted["handed_over"] - counted["incomplete"], counted["handed_over"])


def _answered(counted: Mapping[str, int], overdue: Broken | None) -> Rate:
    done = counted["answered_in_time"] + counted["answered_late"]
    return rate(counted["answered_in_time"], done + (overdue.n if overdue else 0))


def _volume(ctx: Context, period: Period, earlier: Period | None) -> Volume | None:
    goal = ctx.setup.agreement.marketing.leads_per_week
    if not goal or period.first <= periods.BEGINNING:
        return None
    found = counts(ctx, ("mql",), period)["mql"]
    expected = goal * working_share(ctx, period)
    return Volume(
        found=found,
        expected=expected,
        goal=goal,
        light=light_for_count(found, expected),
        before=counts(ctx, ("mql",), earlier)["mql"] if earlier else None,
    )


def _missing(ctx: Context, period: Period, only: Only | None) -> tuple[Missing, ...]:
    fields = ctx.setup.agreement.marketing.required
    found = counts(ctx, [f"lacks:{field}" for field in fields], period, only)
    lacking = [Missing(field=field, n=found[f"lacks:{field}"]) for field in fields]
    return tuple(sorted((one for one in lacking if one.n), key=lambda one: (-one.n, one.field)))

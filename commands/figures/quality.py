"""How many of the leads that were offered did sales accept, and how that moved."""

from collections.abc import Mapping
from dataclasses import dataclass

from commands.context import Context
from commands.figures.counted import Only, counts, counts_by, rate
from leads import periods
from leads.breakdown import Breakdown
from leads.movement import Movement, movement
from leads.periods import Period
from leads.rates import Rate
from leads.standing import Standing, light_for

MEASURES = ("offered", "accepted", "rejected")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One campaign, source or rep (an e-mail), or all: `value` is None for all, and for leads that
    came without one. `accepted` counts among the decided, `before` in the period before."""

    value: str | None
    offered: int
    accepted: Rate
    standing: Standing
    """Against the share that marketing promised."""
    before: Rate | None
    moved: Movement


@dataclass(frozen=True, kw_only=True)
class Quality:
    """The leads offered in a period: all, and the parts, the largest first."""

    period: Period
    before: Period | None
    by: Breakdown
    total: Part
    parts: tuple[Part, ...]


def total_of(ctx: Context, period: Period) -> Part:
    """All the leads offered in a period, without the period before."""
    return _part(ctx, None, counts(ctx, MEASURES, period), None)


def of(
    ctx: Context,
    period: Period,
    by: Breakdown = Breakdown.CAMPAIGN,
    only: Only | None = None,
) -> Quality:
    """Counted on the day of the offer. With `only`, that one is the total, without parts."""
    earlier = periods.before(period)
    now = counts(ctx, MEASURES, period, only)
    then = counts(ctx, MEASURES, earlier, only) if earlier else None
    total = _part(ctx, only.value if only else None, now, then)
    parts: tuple[Part, ...] = ()
    if only is None:
        parts = _parts(ctx, by, now, then, period, earlier)
    return Quality(period=period, before=earlier, by=by, total=total, parts=parts)


def _parts(
    ctx: Context,
    by: Breakdown,
    all_now: Mapping[str, int],
    all_then: Mapping[str, int] | None,
    period: Period,
    earlier: Period | None,
) -> tuple[Part, ...]:
    now = counts_by(ctx, by, MEASURES, period)
    then = counts_by(ctx, by, MEASURES, earlier) if earlier else {}
    parts = [
        _part(ctx, value, each, then.get(value, _NOTHING) if earlier else None)
        for value, each in now.items()
    ]
    if parts:
        rest = _rest(all_now, now)
        if rest["offered"] > 0:
            rest_then = _rest(all_then, then) if all_then is not None else None
            parts.append(_part(ctx, None, rest, rest_then))
    return tuple(sorted(parts, key=lambda part: (-part.offered, part.value or "")))


_NOTHING = dict.fromkeys(MEASURES, 0)


def _rest(total: Mapping[str, int], parts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The leads that came without a campaign, source or rep: in the total, but in no part."""
    return {
        measure: max(0, n - sum(part[measure] for part in parts.values()))
        for measure, n in total.items()
    }


def _part(
    ctx: Context, value: str | None, now: Mapping[str, int], then: Mapping[str, int] | None
) -> Part:
    accepted, before = _accepted(now), _accepted(then) if then is not None else None
    return Part(
        value=value,
        offered=now["offered"],
        accepted=accepted,
        standing=light_for(accepted, ctx.setup.agreement.marketing.acceptance_rate),
        before=before,
        moved=movement(accepted, before),
    )


def _accepted(counted: Mapping[str, int]) -> Rate:
    return rate(counted["accepted"], counted["accepted"] + counted["rejected"])

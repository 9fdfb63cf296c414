"""How fast leads move: to a decision, to a first touch, from stage to stage, and to a customer."""

from dataclasses import dataclass
from datetime import timedelta

from commands.context import Context
from commands.figures.counted import Only
from commands.figures.timings import Timing, timings
from leads import periods
from leads.breakdown import Breakdown
from leads.durations import STAGE_LEGS, Leg
from leads.movement import Pace, pace
from leads.periods import Period
from storage import running_promises

BUSINESS = (Leg.DECISION, Leg.FIRST_TOUCH)
"""Timed in the rep's business time; the others on the calendar."""

OLD = timedelta(days=30)
"""From this age on an open lead counts as old."""


@dataclass(frozen=True, kw_only=True)
class LegFigures:
    """One leg: how long it took, in the period before too, and how that moved."""

    leg: Leg
    took: Timing
    before: Timing | None
    moved: Pace


@dataclass(frozen=True, kw_only=True)
class Ages:
    """How long the leads that are offered or worked now have been MQLs: exact, as of now. `old`
    counts those of 30 days and more."""

    n: int
    median: timedelta | None
    oldest: timedelta | None
    old: int


@dataclass(frozen=True, kw_only=True)
class Velocity:
    """Every leg of a period, in order. Of one campaign only what is timed by campaign, of one rep
    what is timed by rep."""

    period: Period
    before: Period | None
    legs: tuple[LegFigures, ...]
    ages: Ages


def of(ctx: Context, period: Period, only: Only | None = None) -> Velocity:
    """What runs in business time counts on the day of the offer, all else on the day a lead
    qualified."""
    legs = legs_for(only)
    earlier = periods.before(period)
    now = timings(ctx, legs, period, only)
    then = timings(ctx, legs, earlier, only) if earlier else None
    return Velocity(
        period=period,
        before=earlier,
        legs=tuple(_figures(leg, now[leg], then[leg] if then else None) for leg in legs),
        ages=_ages(ctx, only),
    )


def legs_for(only: Only | None) -> tuple[Leg, ...]:
    """What is timed: everything for all, the stages by campaign, the promises by rep."""
    stages = (*STAGE_LEGS, Leg.CYCLE)
    if only is None:
        return (Leg.OFFER, *BUSINESS, *stages)
    return {Breakdown.CAMPAIGN: stages, Breakdown.REP: BUSINESS, Breakdown.SOURCE: ()}[only.by]


def _figures(leg: Leg, now: Timing, then: Timing | None) -> LegFigures:
    before = then or Timing()
    return LegFigures(
        leg=leg, took=now, before=then, moved=pace(now.median, now.n, before.median, before.n)
    )


def _ages(ctx: Context, only: Only | None) -> Ages:
    found = running_promises.ages(
        ctx.session,
        old_from=ctx.now - OLD,
        campaign=only.value if only and only.by is Breakdown.CAMPAIGN else None,
        rep=only.value if only and only.by is Breakdown.REP else None,
    )
    middle = [ctx.now - at for at in found.middle]
    return Ages(
        n=found.n,
        median=sum(middle, timedelta()) / len(middle) if middle else None,
        oldest=ctx.now - found.oldest if found.oldest else None,
        old=found.old,
    )

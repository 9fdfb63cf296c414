"""What both teams want to reach together, and whether they keep pace."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from commands.context import Context
from commands.counting import local_day
from commands.figures.counted import counts
from commands.figures.working_time import share_over
from leads import periods
from leads.agreement import Goal
from leads.periods import Period
from leads.standing import Standing, light_for_count


class Target(StrEnum):
    """What a goal is about."""

    MQLS = "mqls"
    PIPELINE = "pipeline"
    REVENUE = "revenue"


_MEASURES = {Target.MQLS: "mql", Target.PIPELINE: "opened", Target.REVENUE: "booked"}
"""Amounts of a goal count on the day of the opportunity or the win, whenever the lead came in."""


@dataclass(frozen=True, kw_only=True)
class TargetFigures:
    """So much was found of a goal; `expected` is what the working days that are over should have
    brought. The amounts are in whole units of the agreement's currency."""

    target: Target
    found: int
    goal: int
    expected: float
    light: Standing
    """Against `expected`."""


@dataclass(frozen=True, kw_only=True)
class GoalFigures:
    """The goals of one period to its last day, even while it runs. `share_over` of its working
    days are over; `days_left` are calendar days, today included."""

    period: Period
    share_over: float
    days_left: int
    targets: tuple[TargetFigures, ...]


def of(ctx: Context, period: Period | None = None) -> tuple[GoalFigures, ...]:
    """The goals whose time has a day in `period`, the shortest time first; without one, those of
    today."""
    today = local_day(ctx, ctx.now)
    first, last = (period.first, period.last) if period else (today, today)
    found = [
        (whole, goal)
        for goal in ctx.setup.agreement.goals
        for whole in [periods.whole(goal.period)]
        if whole.first <= last and first <= whole.last
    ]
    found.sort(key=lambda pair: (pair[0].days, pair[0].first))
    return tuple(_figures(ctx, whole, goal) for whole, goal in found)


def _figures(ctx: Context, period: Period, goal: Goal) -> GoalFigures:
    wanted = {
        Target.MQLS: goal.mqls,
        Target.PIPELINE: goal.pipeline,
        Target.REVENUE: goal.revenue,
    }
    share = share_over(ctx, period)
    found = counts(ctx, _MEASURES.values(), period)
    left = (period.last - local_day(ctx, ctx.now) + timedelta(days=1)).days
    return GoalFigures(
        period=period,
        share_over=share,
        days_left=max(0, min(left, period.days)),
        targets=tuple(
            TargetFigures(
                target=target,
                found=found[_MEASURES[target]],
                goal=n,
                expected=n * share,
                light=light_for_count(found[_MEASURES[target]], n * share),
            )
            for target, n in wanted.items()
            if n
        ),
    )

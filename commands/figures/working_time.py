"""How much of a promise for a week, or of a goal for a longer time, working days have used up."""

from datetime import date, timedelta

from commands.context import Context
from commands.counting import local_day
from commands.posting_days import is_working_day, monday_of
from leads.periods import Period

_WEEK = 7


def working_share(ctx: Context, period: Period) -> float:
    """How many weeks' worth of working days of the period are over: a week counts whole when all
    its working days are, however many it has. Today isn't over."""
    today = local_day(ctx, ctx.now)
    weeks = 0.0
    monday = monday_of(period.first)
    while monday <= period.last:
        week = _working(ctx, monday, monday + timedelta(days=_WEEK - 1))
        over = [day for day in week if period.first <= day <= period.last and day < today]
        weeks += len(over) / len(week) if week else 0.0
        monday += timedelta(days=_WEEK)
    return weeks


def share_over(ctx: Context, period: Period) -> float:
    """Which share of the working days of the period are over, from 0 to 1."""
    today = local_day(ctx, ctx.now)
    days = _working(ctx, period.first, period.last)
    return sum(day < today for day in days) / len(days) if days else 1.0


def _working(ctx: Context, first: date, last: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_working_day(ctx, day)]

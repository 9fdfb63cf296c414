"""When what is told by itself is due: the working days of the agreement, and its hour."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta

from commands.clocks import holidays_of
from commands.context import Context
from commands.questions.subcommand import zone

LATEST = time(18)
"""Local time after which what was missed isn't posted any more on that day."""

_GRACE = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = 7
_SATURDAY = 5


def slot(ctx: Context, day: date) -> datetime:
    """When what is told on this local day is due, in UTC. A time that the clocks skip on that day
    is the moment after the gap; of one that comes twice, it is the first."""
    at = datetime.combine(day, time.fromisoformat(ctx.setup.agreement.digest_at), zone(ctx))
    return at.astimezone(UTC)


def is_open(ctx: Context, day: date) -> bool:
    """Whether now is the time to post what this local day is told: on a working day, from the
    agreement's `digest_at` until 18:00 local (or an hour after `digest_at`, if that is later)."""
    due = slot(ctx, day)
    latest = datetime.combine(day, LATEST, zone(ctx)).astimezone(UTC)
    return is_working_day(ctx, day) and due <= ctx.now < max(latest, due + _GRACE)


def is_working_day(ctx: Context, day: date) -> bool:
    """Monday to Friday, but for the agreement's public holidays."""
    holidays: Container[date] = holidays_of(ctx.setup.agreement.holidays)
    return day.weekday() < _SATURDAY and day not in holidays


def working_day_before(ctx: Context, day: date) -> date:
    """The newest working day before `day`."""
    before = day - _DAY
    while not is_working_day(ctx, before):
        before -= _DAY
    return before


def working_day_from(ctx: Context, day: date) -> date:
    """`day`, or the first working day after it."""
    while not is_working_day(ctx, day):
        day += _DAY
    return day


def monday_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def review_day(ctx: Context, nominal: date) -> date | None:
    """The day on which the week is reviewed whose agreed day is `nominal`: that day, on a holiday
    the next working day of the week, else the one before; None in a week without any."""
    monday = monday_of(nominal)
    week = [monday + timedelta(days=n) for n in range(_WEEK)]
    working = [day for day in week if is_working_day(ctx, day)]
    later = [day for day in working if day >= nominal]
    return later[0] if later else working[-1] if working else None


def agreed_review_day(ctx: Context, day: date) -> date:
    """The agreed day of the review in the week of `day`, holiday or not."""
    return monday_of(day) + timedelta(days=ctx.setup.agreement.review_on)

"""Business time of a colleague: the hours of the team file, the agreement's holidays, and leave."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from commands.context import Context
from leads.agreement import Unit, WorkDuration
from leads.person import Person
from leads.worktime import NeverWorks, WorkCalendar, calendar_of
from storage import leave

_FIRST_YEAR, _LAST_YEAR = 2015, 2035


class UnknownHolidays(Exception):
    """The agreement names a calendar that the `holidays` package doesn't have."""


def calendar(ctx: Context, person: Person) -> WorkCalendar:
    """When this person works: leave counts that is in the team file, and that Baton was told of
    until this unit of work."""
    told = leave.days_away(ctx.session, person.email, ctx.now.date())
    if told:
        person = replace(person, leave=person.leave + told)
    return _calendar(person, ctx.setup.agreement.holidays)


def calendar_without_told_leave(ctx: Context, person: Person) -> WorkCalendar:
    """When this person would work if they had told Baton of no leave."""
    return _calendar(person, ctx.setup.agreement.holidays)


def is_on_leave(ctx: Context, person: Person) -> bool:
    """Whether today, where the person lives, is a day of their leave."""
    on = calendar(ctx, person)
    return on.is_on_leave(on.local_day(ctx.now))


def rep_of(ctx: Context, email: str) -> Person:
    """The colleague with this e-mail; one who has left the team file keeps name-less office hours
    in the agreement's zone, so that clocks of old handoffs still run."""
    return ctx.setup.team.find(email) or Person(
        name=email, email=email, roles=frozenset(), timezone=ctx.setup.agreement.timezone
    )


def next_working(ctx: Context, person: Person, at: datetime) -> datetime:
    """`at`, or when the person next works; for somebody who never does, `at` all the same."""
    return calendar(ctx, person).next_working(at) or at


def morning_of(ctx: Context, person: Person, day: date) -> datetime:
    """When the person starts to work on this day of theirs, or on the next working day."""
    midnight = datetime.combine(day, time(), ZoneInfo(person.timezone)).astimezone(UTC)
    return next_working(ctx, person, midnight)


def later(
    ctx: Context, person: Person, at: datetime, *, since: datetime, until: datetime
) -> datetime:
    """`at` moved on by the person's business time between `since` and `until`, to the minute."""
    minutes = -(-int(worked(ctx, person, since, until).total_seconds()) // 60)
    if minutes <= 0:
        return at
    return after(ctx, person, at, WorkDuration(amount=minutes, unit=Unit.MINUTES))


def worked(ctx: Context, person: Person, since: datetime, until: datetime) -> timedelta:
    """The person's business time between two moments; of somebody who never works, the office's."""
    on = calendar(ctx, person)
    if on.next_working(since) is None:
        on = _office(ctx)
    return on.between(since, until)


def after(
    ctx: Context, person: Person, at: datetime, duration: WorkDuration, *, share: float = 1.0
) -> datetime:
    """`at` and this `share` of so much of the person's business time."""
    try:
        return calendar(ctx, person).after(at, duration, share=share)
    except NeverWorks:
        return _office(ctx).after(at, duration, share=share)


def _office(ctx: Context) -> WorkCalendar:
    """The company's own office hours: they count for a fallback on long leave."""
    return WorkCalendar(zone=ZoneInfo(ctx.setup.agreement.timezone))


@lru_cache(maxsize=2048)  # well above the size of a team: routing asks for all of them in turn
def _calendar(person: Person, code: str | None) -> WorkCalendar:
    return calendar_of(person, holidays_of(code))


@lru_cache(maxsize=8)
def holidays_of(code: str | None) -> frozenset[date]:
    """The public holidays of a country or, after a hyphen, its subdivision ("ES", "DE-BY"), from
    2015 to 2035 as far as the package knows them. Raises UnknownHolidays."""
    if code is None:
        return frozenset()
    import holidays

    country, _, subdivision = code.partition("-")
    # Worked out at once: the package's own object grows when it is asked for a further year, which
    # threads can't share.
    years = range(_FIRST_YEAR, _LAST_YEAR + 1)
    try:
        return frozenset(
            holidays.country_holidays(country, subdiv=subdivision or None, years=years)
        )
    except NotImplementedError as error:
        raise UnknownHolidays(f"no public holidays are known for {code!r}") from error

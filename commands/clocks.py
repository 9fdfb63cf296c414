"""Business time of a colleague: the hours of the team file and the agreement's holidays."""

from collections.abc import Container
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from commands.context import Context
from leads.agreement import Unit, WorkDuration
from leads.person import Person
from leads.worktime import NeverWorks, WorkCalendar, calendar_of


class UnknownHolidays(Exception):
    """The agreement names a calendar that the `holidays` package doesn't have."""


def calendar(ctx: Context, person: Person) -> WorkCalendar:
    """When this person works."""
    return _calendar(person, ctx.setup.agreement.holidays)


def rep_of(ctx: Context, email: str) -> Person:
    """The colleague with this e-mail; one who has left the team file keeps name-less office hours
    in the agreement's zone, so that clocks of old handoffs still run."""
    return ctx.setup.team.find(email) or Person(
        name=email, email=email, roles=frozenset(), timezone=ctx.setup.agreement.timezone
    )


def accept_by(ctx: Context, person: Person) -> datetime:
    """When an offer made now is to be decided."""
    return _after(ctx, person, ctx.setup.agreement.sales.accept_within)


def contact_by(ctx: Context, person: Person) -> datetime:
    """When the first touch is due after an accept now."""
    return _after(ctx, person, ctx.setup.agreement.sales.contact_within)


def next_working(ctx: Context, person: Person, at: datetime) -> datetime:
    """`at`, or when the person next works; for somebody who never does, `at` all the same."""
    return calendar(ctx, person).next_working(at) or at


def morning_of(ctx: Context, person: Person, day: date) -> datetime:
    """When the person starts to work on this day of theirs, or on the next working day."""
    midnight = datetime.combine(day, time(), ZoneInfo(person.timezone)).astimezone(UTC)
    return next_working(ctx, person, midnight)


def later(on: WorkCalendar, at: datetime, *, since: datetime, until: datetime) -> datetime:
    """`at` moved on by the business time between `since` and `until`, to the minute."""
    minutes = -(-int(on.between(since, until).total_seconds()) // 60)
    if minutes <= 0:
        return at
    return on.after(at, WorkDuration(amount=minutes, unit=Unit.MINUTES))


def _after(ctx: Context, person: Person, duration: WorkDuration) -> datetime:
    try:
        return calendar(ctx, person).after(ctx.now, duration)
    except NeverWorks:  # a fallback on long leave: the company's own office hours count
        zone = ZoneInfo(ctx.setup.agreement.timezone)
        return WorkCalendar(zone=zone).after(ctx.now, duration)


@lru_cache(maxsize=256)
def _calendar(person: Person, code: str | None) -> WorkCalendar:
    return calendar_of(person, holidays_of(code))


@lru_cache(maxsize=8)
def holidays_of(code: str | None) -> Container[date]:
    """The public holidays of a country or, after a hyphen, its subdivision ("ES", "DE-BY").
    Raises UnknownHolidays."""
    if code is None:
        return frozenset()
    import holidays

    country, _, subdivision = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise UnknownHolidays(f"no public holidays are known for {code!r}") from error

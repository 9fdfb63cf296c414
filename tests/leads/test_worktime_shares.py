"""Shares of a promise against a slow reference that looks at every minute: the moments at which the
ladder is climbed."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.agreement import Unit, WorkDuration
from leads.person import Leave
from leads.worktime import NeverWorks, WorkCalendar
from tests.leads.test_worktime import MINUTE, calendars, works_in

_LOOKED_AT = 12 * 1440
"""Minutes after which the reference gives up."""

Made = tuple[WorkCalendar, datetime]
shares = st.fractions(Fraction(1, 20), 3, max_denominator=20)


@st.composite
def with_long_leave(draw: st.DrawFn) -> Made:
    """As `calendars`, some with leave of several days around the moment."""
    calendar, at = draw(calendars())
    first = at.date() + timedelta(days=draw(st.integers(-3, 4)))
    away = Leave(first=first, last=first + timedelta(days=draw(st.integers(0, 5))))
    leave = (*calendar.leave, away) if draw(st.booleans()) else calendar.leave
    zone, hours, holidays = calendar.zone, calendar.hours, calendar.holidays
    return WorkCalendar(zone=zone, hours=hours, holidays=holidays, leave=leave), at


@given(with_long_leave(), st.integers(1, 900), shares)
@settings(max_examples=70, deadline=None)
def test_a_share_of_minutes_is_over_when_so_many_were_worked(
    made: Made, minutes: int, share: Fraction
) -> None:
    calendar, at = made
    expected = _after_minutes(calendar, at, minutes * share)
    _agree(calendar, at, WorkDuration(amount=minutes, unit=Unit.MINUTES), share, expected)


@given(with_long_leave(), st.integers(1, 14), shares)
@settings(max_examples=40, deadline=None)
def test_hours_are_sixty_minutes_of_work(made: Made, hours: int, share: Fraction) -> None:
    calendar, at = made
    expected = _after_minutes(calendar, at, hours * 60 * share)
    _agree(calendar, at, WorkDuration(amount=hours, unit=Unit.HOURS), share, expected)


@given(with_long_leave(), st.integers(1, 3), shares)
@settings(max_examples=40, deadline=None)
def test_a_share_of_days_is_over_when_such_a_part_of_working_days_was_worked(
    made: Made, days: int, share: Fraction
) -> None:
    calendar, at = made
    expected = _after_days(calendar, at, days * share)
    _agree(calendar, at, WorkDuration(amount=days, unit=Unit.DAYS), share, expected)


@given(with_long_leave(), st.integers(1, 3), st.sampled_from(Unit), shares, shares)
@settings(max_examples=60, deadline=None)
def test_a_larger_share_is_never_over_sooner(
    made: Made, amount: int, unit: Unit, one: Fraction, other: Fraction
) -> None:
    calendar, at = made
    promise = WorkDuration(amount=amount, unit=unit)
    small, large = sorted((one, other))
    try:
        later = calendar.after(at, promise, share=float(large))
    except NeverWorks:
        return
    assert at <= calendar.after(at, promise, share=float(small)) <= later


def _agree(
    calendar: WorkCalendar,
    at: datetime,
    promise: WorkDuration,
    share: Fraction,
    expected: datetime | None,
) -> None:
    try:
        found = calendar.after(at, promise, share=float(share))
    except NeverWorks:
        assert expected is None
        return
    if expected is None:
        assert found > at + (_LOOKED_AT - 2 * 1440) * MINUTE
    else:
        assert abs(found - expected) <= timedelta(microseconds=1)


def _after_minutes(calendar: WorkCalendar, at: datetime, wanted: Fraction) -> datetime | None:
    """Counted one by one; None where that takes too long."""
    done = 0
    for number in range(_LOOKED_AT):
        minute = at + number * MINUTE
        if works_in(calendar, minute):
            if done + 1 >= wanted:
                return minute + _part(wanted - done)
            done += 1
    return None


def _after_days(calendar: WorkCalendar, at: datetime, wanted: Fraction) -> datetime | None:
    """Day by day of the person's own calendar: what of a day is over at the start counts as
    gone."""
    days: dict[date, list[datetime]] = {}
    for number in range(-1440, _LOOKED_AT):
        minute = at + number * MINUTE
        if works_in(calendar, minute):
            days.setdefault(minute.astimezone(calendar.zone).date(), []).append(minute)
    first = at.astimezone(calendar.zone).date()
    last = (at + _LOOKED_AT * MINUTE).astimezone(calendar.zone).date()
    for day, minutes in days.items():
        if day < first:
            continue
        if day == last:
            return None  # not seen to its end
        gone = sum(minute < at for minute in minutes)
        left = 1 - Fraction(gone, len(minutes))
        if wanted <= left:
            place = gone + wanted * len(minutes)
            number = ceil(place) - 1
            return minutes[number] + _part(place - number)
        wanted -= left
    return None


def _part(minutes: Fraction) -> timedelta:
    return timedelta(microseconds=round(minutes * 60_000_000))

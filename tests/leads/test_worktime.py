"""Business time against a slow reference that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.agreement import Unit, WorkDuration
from leads.person import HoursBlock, Leave
from leads.worktime import HORIZON_DAYS, NeverWorks, WorkCalendar, calendar_of
from tests.leads.made_up import rep

MADRID = ZoneInfo("Europe/Madrid")
WEEKDAYS = frozenset(range(5))
SPLIT_DAY = (
    HoursBlock(days=WEEKDAYS, start=9 * 60, end=13 * 60),
    HoursBlock(days=WEEKDAYS, start=14 * 60, end=18 * 60),
)
MINUTE = timedelta(minutes=1)

# Zones whose clocks change at night, at midnight, by half an hour, in the south, or never.
ZONES = (
    *("Europe/Madrid", "America/New_York", "America/Santiago", "America/Nuuk", "Africa/Cairo"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Asia/Beirut", "UTC"),
)
# Days around which clocks change in one of them.
TURNS = (
    *(date(2026, 3, 8), date(2026, 3, 28), date(2026, 3, 29), date(2026, 4, 4), date(2026, 4, 24)),
    *(date(2026, 9, 5), date(2026, 10, 3), date(2026, 10, 24), date(2026, 10, 29)),
    *(date(2026, 11, 1), date(2026, 12, 30)),
)


def at(text: str, zone: ZoneInfo = MADRID) -> datetime:
    """A local time, given in UTC as everything is stored."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def duration(text: str) -> WorkDuration:
    """ "1h" as a value."""
    return WorkDuration(amount=int(text[:-1]), unit=Unit(text[-1]))


def split_day(**changes: object) -> WorkCalendar:
    """A calendar in Madrid with a lunch break."""
    return WorkCalendar(zone=MADRID, hours=SPLIT_DAY, **changes)  # type: ignore[arg-type]


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkCalendar, datetime]:
    """A random calendar, and a moment near a change of clocks, on a whole minute."""
    blocks = []
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, 1439))
        end = draw(st.one_of(st.just(1440), st.integers(start + 1, 1440)))
        days = draw(st.frozensets(st.integers(0, 6), min_size=1))
        blocks.append(HoursBlock(days=days, start=start, end=end))
    turn = draw(st.sampled_from(TURNS))
    near = st.integers(-3, 5).map(lambda days: turn + timedelta(days=days))
    leave = tuple(Leave(first=one, last=one) for one in draw(st.lists(near, max_size=2)))
    calendar = WorkCalendar(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        hours=tuple(blocks),
        holidays=draw(st.frozensets(near, max_size=2)),
        leave=leave,
    )
    start_of_turn = datetime(turn.year, turn.month, turn.day, tzinfo=UTC)
    return calendar, start_of_turn + draw(st.integers(-2 * 1440, 2 * 1440)) * MINUTE


def works_in(calendar: WorkCalendar, moment: datetime) -> bool:
    """The law, word for word: what the wall clock reads lies in a block on a day of work."""
    local = moment.astimezone(calendar.zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    if day in calendar.holidays or any(one.first <= day <= one.last for one in calendar.leave):
        return False
    return any(
        day.weekday() in block.days and block.start <= minute < block.end
        for block in calendar.hours
    )


def worked_minutes(calendar: WorkCalendar, first: datetime, last: datetime) -> int:
    """Counted one by one."""
    minutes = int((last - first) / MINUTE)
    return sum(works_in(calendar, first + n * MINUTE) for n in range(minutes))


@given(calendars(), st.integers(0, 3 * 1440))
@settings(max_examples=150, deadline=None)
def test_working_time_between_two_moments_is_every_working_minute_counted(
    given_calendar: tuple[WorkCalendar, datetime], minutes: int
) -> None:
    calendar, first = given_calendar
    last = first + minutes * MINUTE
    counted = worked_minutes(calendar, first, last)
    assert calendar.between(first, last) == counted * MINUTE


@given(calendars(), st.integers(1, 900))
@settings(max_examples=150, deadline=None)
def test_a_promise_falls_due_at_the_first_moment_when_its_time_was_worked(
    given_calendar: tuple[WorkCalendar, datetime], minutes: int
) -> None:
    calendar, first = given_calendar
    try:
        due = calendar.after(first, WorkDuration(amount=minutes, unit=Unit.MINUTES))
    except NeverWorks:  # such as 02:30-02:31 only, on the one night without it
        assert calendar.next_working(first) is None
        return
    assert calendar.between(first, due) == minutes * MINUTE
    assert calendar.between(first, due - MINUTE) == (minutes - 1) * MINUTE
    if due - first < timedelta(days=4):
        assert worked_minutes(calendar, first, due) == minutes


@given(calendars())
@settings(max_examples=150, deadline=None)
def test_next_working_is_the_first_working_minute(
    given_calendar: tuple[WorkCalendar, datetime],
) -> None:
    calendar, moment = given_calendar
    begin = calendar.next_working(moment)
    looked_at = [moment + n * MINUTE for n in range(4 * 1440)]
    expected = next((one for one in looked_at if works_in(calendar, one)), None)
    if expected is None:
        assert begin is None or begin > looked_at[-1]
    else:
        assert begin == expected
    assert calendar.is_working(moment) is works_in(calendar, moment)


@given(calendars(), st.integers(1, 4), st.floats(0.05, 2.0))
@settings(max_examples=100, deadline=None)
def test_days_never_run_backwards_and_end_in_working_time(
    given_calendar: tuple[WorkCalendar, datetime], days: int, share: float
) -> None:
    calendar, first = given_calendar
    promise = WorkDuration(amount=days, unit=Unit.DAYS)
    if calendar.next_working(first) is None:
        return
    due = calendar.after(first, promise, share=share)
    later = calendar.after(first + 30 * MINUTE, promise, share=share)
    assert first < due <= later
    assert calendar.working_days(first, due) == pytest.approx(days * share, abs=0.02)


def test_an_hour_at_the_end_of_the_day_ends_with_the_day() -> None:
    assert split_day().after(at("2026-11-20T17:00"), duration("1h")) == at("2026-11-20T18:00")


def test_an_hour_goes_on_after_lunch_and_after_the_weekend() -> None:
    assert split_day().after(at("2026-11-20T12:30"), duration("1h")) == at("2026-11-20T14:30")
    assert split_day().after(at("2026-11-20T17:30"), duration("1h")) == at("2026-11-23T09:30")


def test_a_day_ends_at_the_same_share_of_the_next_working_day() -> None:
    hours = (
        HoursBlock(days=frozenset({0}), start=9 * 60, end=17 * 60),
        HoursBlock(days=frozenset({1}), start=9 * 60, end=13 * 60),
    )
    calendar = WorkCalendar(zone=MADRID, hours=hours)
    assert calendar.after(at("2026-11-23T13:00"), duration("1d")) == at("2026-11-24T11:00")


@pytest.mark.parametrize("start", ["2026-11-20T19:00", "2026-11-21T11:00", "2026-11-23T09:00"])
def test_a_day_promised_outside_work_is_the_whole_next_working_day(start: str) -> None:
    assert split_day().after(at(start), duration("1d")) == at("2026-11-23T18:00")


def test_a_day_promised_at_lunch_ends_at_lunch() -> None:
    assert split_day().after(at("2026-11-19T13:30"), duration("1d")) == at("2026-11-20T13:00")


def test_a_share_of_a_promise_is_a_share_of_its_working_time() -> None:
    start = at("2026-11-20T12:30")
    assert split_day().after(start, duration("2h"), share=0.5) == at("2026-11-20T14:30")
    assert split_day().after(start, duration("1d"), share=1.5) == at("2026-11-23T17:30")


def test_holidays_and_leave_stop_the_clock() -> None:
    calendar = split_day(
        holidays=frozenset({date(2026, 11, 23)}),
        leave=(Leave(first=date(2026, 11, 24), last=date(2026, 11, 25)),),
    )
    assert calendar.next_working(at("2026-11-20T18:00")) == at("2026-11-26T09:00")


def test_always_on_loses_an_hour_in_spring_and_gains_one_in_autumn() -> None:
    always = (HoursBlock(days=frozenset(range(7)), start=0, end=1440),)
    calendar = WorkCalendar(zone=MADRID, hours=always)
    spring = calendar.between(at("2026-03-29T00:00"), at("2026-03-30T00:00"))
    autumn = calendar.between(at("2026-10-25T00:00"), at("2026-10-26T00:00"))
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


def test_overlapping_blocks_count_once() -> None:
    calendar = WorkCalendar(zone=MADRID, hours=(*SPLIT_DAY, *SPLIT_DAY))
    day = calendar.between(at("2026-11-20T00:00"), at("2026-11-21T00:00"))
    assert day == timedelta(hours=8)


def test_somebody_who_never_works_again_is_said_to() -> None:
    away = Leave(first=date(2026, 1, 1), last=date(2100, 1, 1))
    calendar = split_day(leave=(away,))
    assert calendar.next_working(at("2026-11-20T10:00")) is None
    assert calendar.between(at("2026-11-20T10:00"), at("2028-11-20T10:00")) == timedelta()
    with pytest.raises(NeverWorks):
        calendar.after(at("2026-11-20T10:00"), duration("1h"))
    with pytest.raises(NeverWorks):
        calendar.after(at("2026-11-20T10:00"), duration("1d"))


def test_a_year_of_leave_is_waited_for() -> None:
    away = Leave(first=date(2026, 11, 20), last=date(2026, 11, 20) + timedelta(days=365))
    assert away.last - away.first < timedelta(days=HORIZON_DAYS)
    assert split_day(leave=(away,)).next_working(at("2026-11-20T10:00")) == at("2027-11-22T09:00")


def test_a_person_without_hours_works_office_hours() -> None:
    calendar = calendar_of(rep("Ana"))
    assert calendar.next_working(at("2026-11-21T10:00", ZoneInfo("UTC"))) == at(
        "2026-11-23T09:00", ZoneInfo("UTC")
    )

"""A rep's mirror: what counts as a habit, by the rules that are told with it."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from leads.mirror import BURST_OF, BURST_WITHIN, Decided, Habits, habits
from leads.worktime import WorkCalendar

ON = WorkCalendar(zone=ZoneInfo("UTC"))
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = MONDAY, MONDAY + timedelta(days=7)


def rejected(minutes: float, reason: str = "Too small") -> Decided:
    at = MONDAY + timedelta(minutes=minutes)
    return Decided(lead_id=1, offered_at=MONDAY, accept_by=at, decided_at=at, reason=reason)


def accepted(
    after: float,
    *,
    within: float = 60,
    contact_by: datetime | None = None,
    touched_at: datetime | None = None,
) -> Decided:
    return Decided(
        lead_id=1,
        offered_at=MONDAY,
        accept_by=MONDAY + timedelta(minutes=within),
        decided_at=MONDAY + timedelta(minutes=after),
        contact_by=contact_by,
        touched_at=touched_at,
    )


def seen(*decisions: Decided, on: WorkCalendar = ON) -> Habits:
    return habits(decisions, on, *WEEK)


def test_four_of_one_reason_in_fifteen_minutes_are_a_burst() -> None:
    (burst,) = seen(*(rejected(minute) for minute in (0, 5, 10, 15))).bursts
    assert (burst.reason, burst.n) == ("Too small", 4)
    assert burst.last - burst.first == timedelta(minutes=15)


def test_three_or_four_reasons_or_a_longer_time_are_none() -> None:
    assert not seen(*(rejected(minute) for minute in (0, 5, 10))).bursts
    assert not seen(*(rejected(minute) for minute in (0, 5, 10, 16))).bursts
    assert not seen(*(rejected(n, reason) for n, reason in enumerate("abcd"))).bursts


def test_a_burst_may_begin_in_the_middle_of_a_slow_morning() -> None:
    (burst,) = seen(*(rejected(minute) for minute in (0, 20, 31, 32, 33))).bursts
    assert (burst.n, burst.first) == (4, MONDAY + timedelta(minutes=20))


@given(st.lists(st.integers(0, 600), max_size=30))
def test_bursts_share_no_rejection_and_leave_none_out(minutes: list[int]) -> None:
    bursts = seen(*(rejected(minute) for minute in minutes)).bursts
    moments = sorted(MONDAY + timedelta(minutes=minute) for minute in minutes)
    for burst in bursts:
        assert burst.n >= BURST_OF
        assert burst.last - burst.first <= BURST_WITHIN
    for earlier, later in itertools.pairwise(bursts):
        assert earlier.last <= later.first
    told = sum(burst.n for burst in bursts)
    assert told <= len(moments)
    is_crowded = any(
        last - first <= BURST_WITHIN
        for first, last in zip(moments, moments[BURST_OF - 1 :], strict=False)
    )
    assert bool(bursts) == is_crowded


def test_the_last_tenth_of_the_time_is_the_last_minute_in_business_time() -> None:
    assert seen(accepted(54)).last_minute == 1
    assert seen(accepted(53.9)).last_minute == 0
    assert seen(accepted(61)).last_minute == 0, "late is late, and told elsewhere"
    overnight = Decided(
        lead_id=1,
        offered_at=MONDAY + timedelta(hours=8, minutes=55),
        accept_by=MONDAY + timedelta(hours=24, minutes=55),
        decided_at=MONDAY + timedelta(hours=9),
    )
    assert seen(overnight).last_minute == 0, "half of five and fifty-five minutes of work was left"


def test_one_or_two_at_the_last_minute_are_a_busy_day() -> None:
    assert seen(accepted(55), accepted(56)).is_empty
    found = seen(accepted(55), accepted(56), accepted(57), accepted(5))
    assert not found.is_empty
    assert (found.last_minute, found.accepted) == (3, 4)


def test_an_accepted_lead_without_a_touch_shows_once_its_time_is_over() -> None:
    due = MONDAY + timedelta(days=1)
    (one,) = seen(accepted(5, contact_by=due)).untouched
    assert one.since == due
    assert not seen(accepted(5, contact_by=due, touched_at=due)).untouched
    assert not seen(accepted(5, contact_by=WEEK[1])).untouched, "not due yet"
    earlier = accepted(-10_000, contact_by=due)
    assert seen(earlier).untouched, "accepted before, but due now"
    assert seen(earlier).accepted == 0


def test_news_is_what_happened_since() -> None:
    due = MONDAY + timedelta(days=1)
    found = seen(accepted(5, contact_by=due))
    assert found.tells_news_since(due)
    assert not found.tells_news_since(due + timedelta(seconds=1))

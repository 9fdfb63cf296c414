"""Periods as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.periods import BEGINNING, Period, UnknownPeriod, before, parse, split_off, whole

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""A Sunday."""
TODAY = date(2026, 11, 22)
BOUNDS = (datetime(2001, 2, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - as hypothesis wants them


def period(text: str) -> Period:
    """As read at NOW."""
    return parse(text, NOW, UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", date(2026, 10, 24), TODAY),
        ("Today", TODAY, TODAY),
        ("yesterday", date(2026, 11, 21), date(2026, 11, 21)),
        ("this week", date(2026, 11, 16), TODAY),
        ("the last week", date(2026, 11, 9), date(2026, 11, 15)),
        ("last 30 days", date(2026, 10, 24), TODAY),
        ("7 days", date(2026, 11, 16), TODAY),
        ("90d", date(2026, 8, 25), TODAY),
        ("last 2 weeks", date(2026, 11, 9), TODAY),
        ("month", date(2026, 11, 1), TODAY),
        ("last  month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this quarter", date(2026, 10, 1), TODAY),
        ("last quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("this year", date(2026, 1, 1), TODAY),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), TODAY),
        ("Q1 2025", date(2025, 1, 1), date(2025, 3, 31)),
        ("q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2027-q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("October", date(2026, 10, 1), date(2026, 10, 31)),
        ("december", date(2025, 12, 1), date(2025, 12, 31)),
        ("oct 2025", date(2025, 10, 1), date(2025, 10, 31)),
        ("since 1 Oct", date(2026, 10, 1), TODAY),
        ("since Dec 1", date(2025, 12, 1), TODAY),
        ("since 2026-10-05", date(2026, 10, 5), TODAY),
        ("since 29 Feb", date(2024, 2, 29), TODAY),
        ("20 Nov", date(2026, 11, 20), date(2026, 11, 20)),
        ("1 October 2025", date(2025, 10, 1), date(2025, 10, 1)),
        ("all", BEGINNING, TODAY),
    ],
)
def test_periods_are_read_as_people_mean_them(text: str, first: date, last: date) -> None:
    found = period(text)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("", "last 30 days"),
        ("90d", "last 90 days"),
        ("2026-11", "November 2026"),
        ("q3", "2026-Q3"),
        ("since 1 oct", "since 1 Oct 2026"),
    ],
)
def test_a_label_says_what_was_understood(text: str, label: str) -> None:
    assert period(text).label == label


@pytest.mark.parametrize(
    "text",
    [
        "fortnight",
        "2026-13",
        "since",
        "since tomorrow",
        "since 2027-01-01",
        "31 Feb",
        "0 days",
        "1999",
        "9999-q4",
        "q5",
        "last 99999 days",
        "ma",
        "²",
    ],
)
def test_what_is_no_period_is_refused_with_suggestions(text: str) -> None:
    with pytest.raises(UnknownPeriod) as refused:
        period(text)
    assert refused.value.suggestions


def test_a_typo_gets_the_period_that_was_meant() -> None:
    with pytest.raises(UnknownPeriod) as refused:
        period("tihs quarter")
    assert "this quarter" in refused.value.suggestions


def test_today_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert parse("today", late, ZoneInfo("Europe/Madrid")).first == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "rest", "label"),
    [
        ("spring-pricing last 7 days", "spring-pricing", "last 7 days"),
        ("campaign since 1 Oct 2026", "campaign", "since 1 Oct 2026"),
        ("rep", "rep", None),
        ("", "", None),
        ("last week", "", "last week"),
    ],
)
def test_a_period_is_found_at_the_end_of_a_question(
    text: str, rest: str, label: str | None
) -> None:
    found_rest, found = split_off(text, NOW, UTC)
    assert (found_rest, found.label if found else None) == (rest, label)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_period_or_refused(text: str) -> None:
    try:
        found = period(text)
    except UnknownPeriod:
        return
    assert BEGINNING <= found.first <= found.last


@given(
    st.sampled_from(
        [
            "today",
            "this week",
            "last week",
            "last month",
            "this quarter",
            "last quarter",
            "q2",
            "since 1 oct",
            "last 30 days",
            "february",
        ]
    ),
    st.datetimes(*BOUNDS, timezones=st.just(UTC)),
)
def test_periods_of_the_past_never_reach_into_the_future(text: str, now: datetime) -> None:
    found = parse(text, now, UTC)
    assert found.first <= found.last <= now.date()
    assert found.days == (found.last - found.first) / timedelta(days=1) + 1


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    for text in ("this month", "last 30 days", "2026-Q3", "yesterday", "since 1 Oct"):
        asked = period(text)
        earlier = before(asked)
        assert earlier
        assert earlier.days == asked.days
        assert earlier.last == asked.first - timedelta(days=1)
    assert before(period("all")) is None


def test_a_calendar_part_is_whole_even_while_it_runs() -> None:
    assert whole("2026-Q4").last == date(2026, 12, 31)
    assert (whole("2026-11").first, whole("2026-11").last) == (
        date(2026, 11, 1),
        date(2026, 11, 30),
    )
    assert whole("2027").days == 365
    with pytest.raises(UnknownPeriod):
        whole("last week")

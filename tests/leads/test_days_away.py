"""Days away as people write them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.days_away import LONGEST_DAYS, Trouble, UnknownDays, merged, parse
from leads.person import Leave

TODAY = date(2026, 11, 23)
"""A Monday."""
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("from 24 Dec to 2 Jan", date(2026, 12, 24), date(2027, 1, 2)),
        ("24 Dec - 2 Jan", date(2026, 12, 24), date(2027, 1, 2)),
        ("from the 24th of December until January 2nd, 2027", date(2026, 12, 24), date(2027, 1, 2)),
        ("between Dec 24 and Jan 2", date(2026, 12, 24), date(2027, 1, 2)),
        ("2026-12-24 to 2027-01-02", date(2026, 12, 24), date(2027, 1, 2)),
        ("24.12. – 2.1.", date(2026, 12, 24), date(2027, 1, 2)),
        ("24.12.2026 to 02.01.27", date(2026, 12, 24), date(2027, 1, 2)),
        ("24/12 to 31/12", date(2026, 12, 24), date(2026, 12, 31)),
        ("12/24/2026", date(2026, 12, 24), date(2026, 12, 24)),
        ("24-28 Dec", date(2026, 12, 24), date(2026, 12, 28)),
        ("24 to 28 December 2027", date(2027, 12, 24), date(2027, 12, 28)),
        ("Dec 24-28", date(2026, 12, 24), date(2026, 12, 28)),
        ("from 20 Nov to 26 Nov", date(2026, 11, 20), date(2026, 11, 26)),
        ("tomorrow", date(2026, 11, 24), date(2026, 11, 24)),
        ("Today", TODAY, TODAY),
        ("until Friday", TODAY, date(2026, 11, 27)),
        ("till 2 Jan", TODAY, date(2027, 1, 2)),
        ("on Friday", date(2026, 11, 27), date(2026, 11, 27)),
        ("next Fri", date(2026, 12, 4), date(2026, 12, 4)),
        ("Monday to Wednesday", TODAY, date(2026, 11, 25)),
        ("from Thursday to Tuesday", date(2026, 11, 26), date(2026, 12, 1)),
        ("from tomorrow until 2 Dec", date(2026, 11, 24), date(2026, 12, 2)),
        ("from Wednesday to 2026-12-02", date(2026, 11, 25), date(2026, 12, 2)),
        ("this week", TODAY, date(2026, 11, 29)),
        ("next week", date(2026, 11, 30), date(2026, 12, 6)),
        ("for 3 days", TODAY, date(2026, 11, 25)),
        ("for a week from Wednesday", date(2026, 11, 25), date(2026, 12, 1)),
        ("from 1 Dec for two weeks", date(2026, 12, 1), date(2026, 12, 14)),
        ("29 Feb", date(2028, 2, 29), date(2028, 2, 29)),
        ("23 Nov", TODAY, TODAY),
    ],
)
def test_days_are_read_as_people_mean_them(text: str, first: date, last: date) -> None:
    assert parse(text, TODAY) == Leave(first=first, last=last)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("soonish", Trouble.UNREAD),
        ("from Christmas to 2 Jan", Trouble.UNREAD),
        ("from 24 Dec", Trouble.NO_END),
        ("3/4", Trouble.WHICH_DAY),
        ("31 Feb", Trouble.NO_SUCH_DAY),
        ("2026-13-01", Trouble.NO_SUCH_DAY),
        ("from 28 Dec to 24 Dec", Trouble.BACKWARDS),
        ("2026-12-28 to 2026-12-24", Trouble.BACKWARDS),
        ("2026-11-20", Trouble.PAST),
        ("from 2026-12-01 to 2030-01-01", Trouble.TOO_LONG),
        ("for 999 days", Trouble.TOO_LONG),
    ],
)
def test_what_cannot_be_meant_is_named(text: str, trouble: Trouble) -> None:
    with pytest.raises(UnknownDays) as unknown:
        parse(text, TODAY)
    assert unknown.value.trouble is trouble


_SAID = (
    "from to until for 24 Dec 31 2/3 2026-12-24 99 week days feb 29 Friday next - 24.12. 2026 "
    "tomorrow a 0 9999-12-31"
)
_PIECES = st.sampled_from(_SAID.split())


@given(st.lists(_PIECES, max_size=7).map(" ".join) | st.text(max_size=30), DAYS)
def test_any_words_are_days_ahead_or_told_to_be_none(text: str, today: date) -> None:
    try:
        found = parse(text, today)
    except UnknownDays:
        return
    assert found.first <= found.last
    assert found.last >= today
    assert (found.last - found.first).days < LONGEST_DAYS


@given(st.lists(st.tuples(DAYS, st.integers(-2, 20)), max_size=8))
def test_merging_keeps_every_day_and_no_other(given_spans: list[tuple[date, int]]) -> None:
    leaves = [Leave(first=day, last=day + timedelta(days=n)) for day, n in given_spans]
    spans = merged(leaves)
    for before, after in pairwise(spans):
        assert before.last + timedelta(days=1) < after.first
    assert _days(spans) == _days(leaves)


def _days(leaves: object) -> set[date]:
    assert isinstance(leaves, tuple | list)
    return {
        one.first + timedelta(days=n)
        for one in leaves
        for n in range((one.last - one.first).days + 1)
    }

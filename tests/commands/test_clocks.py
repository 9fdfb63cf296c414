"""The holidays that business time leaves out."""

from datetime import date

import pytest

from commands.clocks import UnknownHolidays, holidays_of


def test_holidays_are_a_fixed_set_of_many_years() -> None:
    known = holidays_of("DE-BY")
    assert isinstance(known, frozenset)  # what grows when it is asked can't be shared by threads
    assert {date(2015, 12, 25), date(2026, 1, 6), date(2035, 10, 3)} <= known
    assert date(2026, 11, 23) not in known


def test_a_calendar_that_nobody_knows_is_told() -> None:
    with pytest.raises(UnknownHolidays):
        holidays_of("XX")

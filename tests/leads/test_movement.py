"""How a figure moved, and what is too little to say so."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.movement import Direction, movement, pace
from leads.rates import Rate


def rate(successes: int, n: int) -> Rate:
    return Rate(successes=successes, n=n)


@pytest.mark.parametrize(
    ("now", "before", "direction"),
    [
        (rate(12, 20), rate(8, 20), Direction.UP),
        (rate(8, 20), rate(12, 20), Direction.DOWN),
        (rate(10, 20), rate(10, 20), Direction.LEVEL),
        (rate(9, 9), rate(0, 50), Direction.UNKNOWN),
        (rate(50, 50), rate(0, 9), Direction.UNKNOWN),
        (rate(20, 20), None, Direction.UNKNOWN),
        (rate(0, 0), rate(5, 20), Direction.UNKNOWN),
    ],
)
def test_a_share_goes_up_or_down_where_both_can_be_judged(
    now: Rate, before: Rate | None, direction: Direction
) -> None:
    assert movement(now, before).direction is direction


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe (1998), table II, (a) 56/70 - 48/80: 0.2000 with 0.0524 to 0.3339.
    found = movement(rate(56, 70), rate(48, 80))
    assert found.by == pytest.approx(0.2)
    assert found.is_clear
    # (b) 9/10 - 3/10: 0.1705 to 0.8090.
    assert movement(rate(9, 10), rate(3, 10)).is_clear
    # A tenth more of twenty may well be chance.
    assert not movement(rate(12, 20), rate(10, 20)).is_clear


@given(st.integers(10, 400), st.integers(10, 400), st.data())
def test_back_and_forth_is_the_same_way(n: int, m: int, data: st.DataObject) -> None:
    one = rate(data.draw(st.integers(0, n)), n)
    other = rate(data.draw(st.integers(0, m)), m)
    there, back = movement(one, other), movement(other, one)
    assert there.by == pytest.approx(-back.by)
    assert there.is_clear == back.is_clear
    opposite = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}
    assert opposite.get(there.direction, there.direction) is back.direction


@pytest.mark.parametrize(
    ("hours", "n", "hours_before", "n_before", "direction"),
    [
        (3, 10, 2, 10, Direction.UP),
        (2, 10, 3, 10, Direction.DOWN),
        (100, 10, 102, 10, Direction.LEVEL),
        (1, 9, 50, 10, Direction.UNKNOWN),
        (1, 10, 50, 9, Direction.UNKNOWN),
    ],
)
def test_a_median_gets_slower_or_faster_by_more_than_a_bucket(
    hours: int, n: int, hours_before: int, n_before: int, direction: Direction
) -> None:
    found = pace(timedelta(hours=hours), n, timedelta(hours=hours_before), n_before)
    assert found.direction is direction


def test_without_a_time_before_nothing_is_compared() -> None:
    assert pace(timedelta(hours=1), 50, None, 0).direction is Direction.UNKNOWN

"""Rates know their n, and lights are only lit where there is enough to judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.rates import JUDGEABLE_FROM, Rate
from leads.standing import Standing, light_for, light_for_count, light_for_overdue, worst

rates = st.integers(1, 100_000).flatmap(
    lambda n: st.builds(Rate, successes=st.integers(0, n), n=st.just(n))
)


def test_the_interval_is_wilsons() -> None:
    """Figures from Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3."""
    for successes, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert Rate(successes=successes, n=n).interval == pytest.approx((low, high), abs=5e-5)


@given(rates)
def test_the_interval_holds_the_rate_and_stays_between_nothing_and_everything(rate: Rate) -> None:
    low, high = rate.interval
    assert rate.value is not None
    assert 0 <= low <= rate.value <= high <= 1
    assert low < high


@given(rates)
def test_the_interval_of_failures_mirrors_that_of_successes(rate: Rate) -> None:
    low, high = Rate(successes=rate.n - rate.successes, n=rate.n).interval
    assert rate.interval == pytest.approx((1 - high, 1 - low))


def test_nothing_out_of_nothing_is_no_rate() -> None:
    nothing = Rate(successes=0, n=0)
    assert nothing.value is None
    assert nothing.interval == (0.0, 1.0)
    assert not nothing.judgeable


@pytest.mark.parametrize(("successes", "n"), [(2, 1), (-1, 3)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        Rate(successes=successes, n=n)


@pytest.mark.parametrize(
    ("successes", "n", "goal", "expected"),
    [
        (7, 10, 0.7, Standing.GREEN),
        (6, 10, 0.7, Standing.YELLOW),
        (600, 1000, 0.7, Standing.RED),
        (JUDGEABLE_FROM - 1, JUDGEABLE_FROM - 1, 0.7, Standing.NONE),
        (7, 10, None, Standing.NONE),
        (0, 0, 0.7, Standing.NONE),
    ],
)
def test_a_rate_is_red_only_when_chance_does_not_explain_it(
    successes: int, n: int, goal: float | None, expected: Standing
) -> None:
    assert light_for(Rate(successes=successes, n=n), goal) is expected


def test_a_volume_is_yellow_from_four_fifths_of_its_goal() -> None:
    lights = [light_for_count(found, 40) for found in (40, 32, 31)]
    assert lights == [Standing.GREEN, Standing.YELLOW, Standing.RED]
    assert light_for_count(3, None) is Standing.NONE


def test_one_overdue_promise_is_yellow_and_many_are_red() -> None:
    lights = [light_for_overdue(overdue, 20) for overdue in (0, 1, 2, 3)]
    assert lights == [Standing.GREEN, Standing.YELLOW, Standing.YELLOW, Standing.RED]
    assert light_for_overdue(0, 0) is Standing.NONE


def test_the_worst_light_counts() -> None:
    assert worst(Standing.GREEN, Standing.RED, Standing.NONE) is Standing.RED
    assert worst(Standing.NONE) is Standing.NONE

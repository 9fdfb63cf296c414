"""Buckets of durations, and the medians that are made of them."""

import statistics
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.durations import (
    DOUBLINGS,
    PER_DOUBLING,
    bucket,
    buckets_of,
    doubling,
    edges,
    median,
    middle,
)

SPANS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=365 * 12))


@given(SPANS)
def test_a_duration_is_within_a_fortieth_of_the_middle_of_its_bucket(span: timedelta) -> None:
    if span < timedelta(minutes=1):
        assert bucket(span) == 0
    else:
        assert 0.975 < span / middle(bucket(span)) < 1.026


@given(SPANS, SPANS)
def test_a_longer_duration_is_never_in_an_earlier_bucket(one: timedelta, other: timedelta) -> None:
    short, long = sorted((one, other))
    assert bucket(short) <= bucket(long)
    assert middle(bucket(short)) <= middle(bucket(long))


@given(SPANS)
def test_a_doubling_holds_its_buckets_and_their_durations(span: timedelta) -> None:
    found = doubling(bucket(span))
    assert bucket(span) in buckets_of(found)
    low, high = edges(found)
    assert low <= span < high


def test_doublings_cut_all_buckets_into_fourteens() -> None:
    every = [one for number in range(DOUBLINGS + 1) for one in buckets_of(number)]
    assert every == list(range(PER_DOUBLING * DOUBLINGS + 1))


@given(st.lists(SPANS, max_size=40))
def test_the_median_is_that_of_the_middles_of_the_buckets(spans: list[timedelta]) -> None:
    counts: dict[int, int] = {}
    for span in spans:
        counts[bucket(span)] = counts.get(bucket(span), 0) + 1
    middles = [middle(bucket(span)) for span in spans]
    expected = statistics.median(middles) if middles else None  # type: ignore[type-var]
    assert median(counts) == expected


@pytest.mark.parametrize(
    ("span", "is_in"),
    [
        (timedelta(seconds=59), 0),
        (timedelta(minutes=1), 1),
        (timedelta(minutes=2), 15),
        (timedelta(days=20_000), PER_DOUBLING * DOUBLINGS),
    ],
)
def test_the_ends_of_the_scale(span: timedelta, is_in: int) -> None:
    assert bucket(span) == is_in

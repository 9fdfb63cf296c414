"""How what is counted is called in the tallies, and the rows that one happening makes."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from leads.durations import Leg, bucket, doubling
from storage import tally
from storage.tally import Count

FIRST_CAMPAIGN = "first_campaign"
"""The dimension of the campaign that a lead came by first; "campaign" is the last one."""


def narrowed(dimension: str, value: str) -> str:
    """The dimension of what is counted for one campaign, source or rep alone: durations, under
    the value "", and the reasons given for its leads."""
    return f"{dimension}={value}"


def doubling_measure(leg: Leg, doubling: int) -> str:
    """How many durations of a leg are in this doubling."""
    return f"took:{leg}:x{doubling:02}"


def bucket_measure(leg: Leg, bucket: int) -> str:
    """How many durations of a leg are in this bucket."""
    return f"took:{leg}:{bucket:03}"


def counts(
    day: date, measures: Collection[str], values: Mapping[str, str | None], n: int
) -> Iterator[Count]:
    """Each of `measures` under `all` and under each dimension that has a value."""
    for measure in measures:
        yield Count(tally.ALL, measure, "", day, n)
        for dimension, value in values.items():
            if value:
                yield Count(dimension, measure, value, day, n)


def spans(
    day: date, leg: Leg, span: timedelta, values: Mapping[str, str | None], n: int
) -> Iterator[Count]:
    """One duration under `all` and for each of `values` alone, by its bucket and its doubling."""
    found = bucket(span)
    measures = (bucket_measure(leg, found), doubling_measure(leg, doubling(found)))
    known = (narrowed(dimension, value) for dimension, value in values.items() if value)
    for dimension in (tally.ALL, *known):
        for measure in measures:
            yield Count(dimension, measure, "", day, n)

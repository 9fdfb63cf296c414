"""How long things take, counted in buckets, so that a median costs the same however many there are.

A bucket is about 5 % wide: fourteen of them make a doubling. Bucket 0 is everything under a minute;
a figure is the median of the middles of the buckets, and so at most 2.5 % off the true one.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from math import log2


class Leg(StrEnum):
    """What takes time. Decision and first touch run in business time, the offer and the stages on
    the calendar; the `late` ones say by how much business time a promise was missed."""

    OFFER = "offer"  # MQL to the first rep, which takes longer than a moment when nobody is free
    DECISION = "decision"  # offered to accepted or rejected
    FIRST_TOUCH = "first_touch"  # accepted to the first touch
    SAL = "sal"  # MQL to SAL
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    WON = "won"  # opportunity to won
    CYCLE = "cycle"  # MQL to won
    LATE_DECISION = "late_decision"
    LATE_TOUCH = "late_touch"
    LATE_ANSWER = "late_answer"


STAGE_LEGS = (Leg.SAL, Leg.SQL, Leg.OPPORTUNITY, Leg.WON)
"""From stage to stage, in order."""

PER_DOUBLING = 14
DOUBLINGS = 23
"""So many from a minute to sixteen years; what takes longer is counted with those."""

_MINUTE = 60.0
_LAST = PER_DOUBLING * DOUBLINGS


def bucket(span: timedelta) -> int:
    """The bucket of a duration: 0 for less than a minute, else 1 and more."""
    minutes = span.total_seconds() / _MINUTE
    return 0 if minutes < 1 else min(_LAST, int(PER_DOUBLING * log2(minutes)) + 1)


def middle(bucket: int) -> timedelta:
    """The duration that stands for everything in a bucket: half a minute for the first, else the
    geometric middle."""
    if bucket <= 0:
        return timedelta(seconds=_MINUTE / 2)
    return timedelta(seconds=_MINUTE * 2 ** ((bucket - 0.5) / PER_DOUBLING))


def doubling(bucket: int) -> int:
    """Which doubling a bucket belongs to: 0 under a minute, 1 up to two, 2 up to four…"""
    return 0 if bucket <= 0 else (bucket - 1) // PER_DOUBLING + 1


def buckets_of(doubling: int) -> range:
    """The buckets of a doubling."""
    if doubling <= 0:
        return range(1)
    return range((doubling - 1) * PER_DOUBLING + 1, doubling * PER_DOUBLING + 1)


def edges(doubling: int) -> tuple[timedelta, timedelta]:
    """From when and until when durations are in a doubling."""
    if doubling <= 0:
        return timedelta(), timedelta(minutes=1)
    return timedelta(minutes=2 ** (doubling - 1)), timedelta(minutes=2**doubling)


def middle_ranks(n: int) -> tuple[int, int]:
    """Which of `n` in order, from 0, are in the middle: one twice, or two."""
    return (n - 1) // 2, n // 2


def at_rank(counts: Mapping[int, int], rank: int) -> int:
    """The key of the one with this rank, from 0, where `counts` says how many have each key.
    Raises LookupError when there are fewer."""
    for key in sorted(counts):
        rank -= counts[key]
        if rank < 0:
            return key
    raise LookupError(rank)


def median(counts: Mapping[int, int]) -> timedelta | None:
    """The median of the middles of the buckets, of an even number the mean of the two in the
    middle; None of nothing."""
    n = sum(counts.values())
    if not n:
        return None
    low, high = (middle(at_rank(counts, rank)) for rank in middle_ranks(n))
    return (low + high) / 2

"""Medians of durations, read in two steps: first which doubling the median lies in, then the
buckets of that doubling alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from commands.context import Context
from commands.figures.counted import Only
from commands.tallied import bucket_measure, doubling_measure, narrowed
from leads.breakdown import Breakdown
from leads.durations import DOUBLINGS, Leg, at_rank, buckets_of, edges, median, middle_ranks
from leads.periods import Period
from storage import tally


@dataclass(frozen=True, kw_only=True)
class Doubling:
    """So many durations were at least `low` and less than `high`."""

    low: timedelta
    high: timedelta
    n: int


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long something took: the median of `n` durations, None of none, and how they spread,
    the shortest first."""

    n: int = 0
    median: timedelta | None = None
    spread: tuple[Doubling, ...] = ()


NEVER = Timing()

BY_REP = frozenset({Leg.DECISION, Leg.FIRST_TOUCH, Leg.LATE_DECISION, Leg.LATE_TOUCH})
"""What is timed for each rep; the stages are timed for each campaign."""


def timings(
    ctx: Context, legs: Collection[Leg], period: Period, only: Only | None = None
) -> dict[Leg, Timing]:
    """How long each of `legs` took; what is never timed for such an `only` has no durations."""
    dimension = narrowed(only.by, only.value) if only else tally.ALL
    found = _read(ctx, [dimension], legs, period)
    return {leg: found.get((dimension, leg), NEVER) for leg in legs}


def timings_by_rep(
    ctx: Context, leg: Leg, reps: Iterable[str], period: Period
) -> dict[str, Timing]:
    """How long one of the legs that are timed by rep took each of `reps`."""
    dimensions = {rep: narrowed(Breakdown.REP, rep) for rep in reps}
    found = _read(ctx, list(dimensions.values()), [leg], period)
    return {rep: found.get((dimension, leg), NEVER) for rep, dimension in dimensions.items()}


_Key = tuple[str, Leg]


def _read(
    ctx: Context, dimensions: list[str], legs: Collection[Leg], period: Period
) -> Mapping[_Key, Timing]:
    rough = _rough(ctx, dimensions, legs, period)
    wanted = {
        (dimension, bucket_measure(leg, bucket)): (dimension, leg, bucket)
        for (dimension, leg), counts in rough.items()
        for rank in set(middle_ranks(sum(counts.values())))
        for bucket in buckets_of(at_rank(counts, rank))
    }
    fine: dict[_Key, dict[int, int]] = {}
    for pair, n in tally.sums(ctx.session, wanted, period.first, period.last).items():
        dimension, leg, bucket = wanted[pair]
        fine.setdefault((dimension, leg), {})[bucket] = n
    return {key: _timing(counts, fine.get(key, {})) for key, counts in rough.items()}


def _rough(
    ctx: Context, dimensions: list[str], legs: Collection[Leg], period: Period
) -> dict[_Key, dict[int, int]]:
    """How many are in each doubling."""
    wanted = {
        (dimension, doubling_measure(leg, doubling)): (dimension, leg, doubling)
        for dimension in dimensions
        for leg in legs
        for doubling in range(DOUBLINGS + 1)
    }
    found: dict[_Key, dict[int, int]] = {}
    for pair, n in tally.sums(ctx.session, wanted, period.first, period.last).items():
        dimension, leg, doubling = wanted[pair]
        if n > 0:
            found.setdefault((dimension, leg), {})[doubling] = n
    return found


def _timing(rough: Mapping[int, int], fine: Mapping[int, int]) -> Timing:
    """Every duration outside of the doublings in the middle may stand anywhere on its side."""
    n = sum(rough.values())
    counts = {bucket: count for bucket, count in fine.items() if count > 0}
    known = {doubling for rank in middle_ranks(n) for doubling in [at_rank(rough, rank)]}
    for doubling, count in rough.items():
        if doubling not in known:
            first = buckets_of(doubling)[0]
            counts[first] = counts.get(first, 0) + count
    return Timing(
        n=n,
        median=median(counts),
        spread=tuple(
            Doubling(low=edges(one)[0], high=edges(one)[1], n=rough[one]) for one in sorted(rough)
        ),
    )

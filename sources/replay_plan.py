"""How a replay deals and compares: who of a batch goes to reps by score, and who by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]
Scores = NDArray[np.number]

_RESAMPLES = 4000


class Stream(IntEnum):
    """Streams of chance that don't disturb each other, all from one seed."""

    LUCK = 0
    EXPLORED = 1
    SHUFFLED = 2
    COINS = 3
    BOOTSTRAP = 4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to replay. Shares are from 0 to 1, of the file (`warmup`) or of each batch."""

    warmup: float = 0.1
    batch: int = 500
    volume: float = 0.3
    explore: float = 0.05
    seed: int = 0

    def chance(self, stream: Stream) -> np.random.Generator:
        """A stream of chance, always the same for a seed."""
        return np.random.default_rng([self.seed, stream])

    def many(self, n: int) -> int:
        """How many of `n` leads go to reps by score."""
        return min(max(round(self.volume * n), 1), n)

    def few(self, n: int) -> int:
        """How many of `n` leads go to reps by chance beside them."""
        return min(round(self.explore * n), n - self.many(n))


def top(scores: Scores, luck: Numbers, many: int) -> Rows:
    """Places of the highest scores; among equal ones luck decides, the same for whoever chooses."""
    return np.lexsort((luck, -scores))[:many]


def propensities(scores: Scores, many: int, few: int) -> Numbers:
    """The chance of each lead to be handed over: certain above the cut, by lot at it, and by
    exploration alone below it. Who has no chance at all has 1, so that it can be divided by."""
    cut = np.sort(scores)[len(scores) - many]
    above, tied = scores > cut, scores == cut
    by_lot = (many - above.sum()) / tied.sum()
    by_score = np.where(above, 1.0, np.where(tied, by_lot, 0.0))
    by_chance = few / (len(scores) - many) if few else 0.0
    found = by_score + (1 - by_score) * by_chance
    return np.where(found > 0, found, 1.0)


class Counted(Protocol):
    """How many leads a batch had, how many each side handed over, and how many sales took."""

    @property
    def n(self) -> int: ...
    @property
    def handed_over(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def static_accepted(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Acceptance of two criteria at equal volume; the 95 % interval of the difference is by a
    bootstrap of whole batches."""

    n: int
    handed_over: int
    accepted: int
    static: float
    retuned: float
    delta: float
    low: float
    high: float


def compared(batches: Sequence[Counted], plan: Plan) -> Comparison:
    """Both sides over some batches."""
    handed = np.array([batch.handed_over for batch in batches], np.float64)
    static = np.array([batch.static_accepted for batch in batches], np.float64)
    ours = np.array([batch.accepted for batch in batches], np.float64)
    chance = plan.chance(Stream.BOOTSTRAP)
    draws = chance.integers(len(batches), size=(_RESAMPLES, len(batches)))
    deltas = (ours - static)[draws].sum(axis=1) / handed[draws].sum(axis=1)
    low, high = np.quantile(deltas, (0.025, 0.975))
    total = handed.sum()
    return Comparison(
        n=sum(batch.n for batch in batches),
        handed_over=int(total),
        accepted=int(ours.sum()),
        static=float(static.sum() / total),
        retuned=float(ours.sum() / total),
        delta=float((ours - static).sum() / total),
        low=float(low),
        high=float(high),
    )

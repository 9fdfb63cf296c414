"""How a figure moved from one period to the next, and whether that may be chance."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import sqrt

from leads.rates import JUDGEABLE_FROM, Rate


class Direction(StrEnum):
    """Where a figure went; UNKNOWN where either side has too few to judge."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Movement:
    """How a share moved: `by` is the difference (0.08 is eight points up). `is_clear` says that
    the 95 % interval of the difference leaves out zero; else it may be chance."""

    direction: Direction
    by: float = 0.0
    is_clear: bool = False


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How a median time moved: `by` is how much slower (UP) or faster (DOWN) it became."""

    direction: Direction
    by: timedelta = timedelta()


def movement(now: Rate, before: Rate | None) -> Movement:
    """How a share moved. The interval of the difference is that of Newcombe (1998, Statistics in
    Medicine 17:873-890, method 10), made from the two intervals of Wilson."""
    if before is None or now.value is None or before.value is None:
        return Movement(direction=Direction.UNKNOWN)
    if not (now.judgeable and before.judgeable):
        return Movement(direction=Direction.UNKNOWN)
    by = now.value - before.value
    (low, high), (low_before, high_before) = now.interval, before.interval
    below = by - sqrt((now.value - low) ** 2 + (high_before - before.value) ** 2)
    above = by + sqrt((high - now.value) ** 2 + (before.value - low_before) ** 2)
    return Movement(direction=_direction(by, 0.005), by=by, is_clear=below > 0 or above < 0)


def pace(now: timedelta | None, n: int, before: timedelta | None, n_before: int) -> Pace:
    """How a median moved, where `n` and `n_before` durations are behind the two; changes under
    5 % are level, since a bucket is that wide."""
    if now is None or before is None or min(n, n_before) < JUDGEABLE_FROM:
        return Pace(direction=Direction.UNKNOWN)
    by = now - before
    direction = _direction(by / before if before else 0.0, 0.05)
    return Pace(direction=direction, by=abs(by))


def _direction(by: float, least: float) -> Direction:
    if abs(by) < least:
        return Direction.LEVEL
    return Direction.UP if by > 0 else Direction.DOWN

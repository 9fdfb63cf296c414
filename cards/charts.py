"""What a chart shows, as plain values; `cards.pictures` draws it. Shares are from 0 to 1."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One week (or month) that begins on `since`: a share, and the interval around it."""

    since: date
    share: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True)
class TrendChart:
    """How a share went, oldest first, beside what was promised."""

    title: str
    points: tuple[TrendPoint, ...]
    goal: float | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar with its label."""

    label: str
    n: int


@dataclass(frozen=True, kw_only=True)
class ParetoChart:
    """What there is most of, the largest first, with the running share of the whole."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class FunnelChart:
    """Steps, each with how many came so far."""

    title: str
    steps: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class DistributionChart:
    """How many took how long: bars of durations, the median, and what was promised."""

    title: str
    bars: tuple[Bar, ...]
    median: timedelta | None = None
    promised: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two values that stand side by side under one label."""

    label: str
    first: float
    second: float


@dataclass(frozen=True, kw_only=True)
class PairsChart:
    """Two of everything, such as before and after; `first` and `second` say which is which, and
    `are_shares` that the values are shares and no counts."""

    title: str
    first: str
    second: str
    pairs: tuple[Pair, ...]
    are_shares: bool = False


Chart = TrendChart | ParetoChart | FunnelChart | DistributionChart | PairsChart

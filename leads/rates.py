"""Rates that know how many they were counted from."""

from dataclasses import dataclass
from math import sqrt

JUDGEABLE_FROM = 10
"""Below this many, a rate is shown as "3 of 4" and nobody is judged by it."""

_Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution: two-sided 95 %."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`successes` out of `n`. Raises ValueError unless 0 <= successes <= n."""

    successes: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n:
            raise ValueError(f"{self.successes} of {self.n} is not a rate")

    @property
    def value(self) -> float | None:
        """The share from 0 to 1, or None of nothing."""
        return self.successes / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of Wilson (1927, JASA 22:209-212), from 0 to 1; of nothing it is
        everything. With p = successes/n: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)."""
        if not self.n:
            return 0.0, 1.0
        share, squared = self.successes / self.n, _Z95 * _Z95
        middle = share + squared / (2 * self.n)
        reach = _Z95 * sqrt(share * (1 - share) / self.n + squared / (4 * self.n * self.n))
        whole = 1 + squared / self.n
        # At the ends the formula is exactly 0 or 1; floats miss it by a hair.
        low = 0.0 if self.successes == 0 else (middle - reach) / whole
        high = 1.0 if self.successes == self.n else (middle + reach) / whole
        return low, high

    @property
    def judgeable(self) -> bool:
        """Whether there are enough to judge anybody by."""
        return self.n >= JUDGEABLE_FROM

"""One field of many leads: a code per lead and each value once."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from leads.conditions import Found

Codes = NDArray[np.int32]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

UNKNOWN = -1
"""The code of a lead whose value isn't known."""


class FieldColumn(NamedTuple):
    """`values[codes[row]]` is the field's value of a lead; True, 1 and 1.0 are three values."""

    codes: Codes
    values: tuple[Found, ...]

    @classmethod
    def of(cls, found: Sequence[Found | None]) -> Self:
        """A column of one value or None per lead."""
        kinds = set(map(type, found)) - {type(None)}
        if len(kinds) <= 1:  # then equal values are the same value, and this is much faster
            values = tuple(value for value in dict.fromkeys(found) if value is not None)
            places: dict[Found | None, int] = {value: code for code, value in enumerate(values)}
            places[None] = UNKNOWN
            codes = np.fromiter(map(places.__getitem__, found), np.int32, len(found))
            return cls(codes, values)
        by_kind: dict[tuple[type, Found], int] = {}
        codes = np.full(len(found), UNKNOWN, np.int32)
        for row, value in enumerate(found):
            if value is not None:
                codes[row] = by_kind.setdefault((type(value), value), len(by_kind))
        return cls(codes, tuple(value for _, value in by_kind))

    def passing(self, test: Callable[[Found | None], bool]) -> Flags:
        """Where the value passes; `test` is asked once per value and once for unknown ones."""
        passes = [test(value) for value in self.values]
        passes.append(test(None))  # at the end, where code -1 points
        passed: Flags = np.array(passes, np.bool_)[self.codes]
        return passed

    def numbers(self) -> Numbers:
        """The values as numbers, nan where unknown or not a number (nor is a yes or no)."""
        found = np.array([*map(_as_number, self.values), np.nan], np.float64)
        numbers: Numbers = found[self.codes]
        return numbers

    def take(self, rows: Rows) -> Self:
        """The column of these leads."""
        codes = self.codes[rows]
        if len(rows) >= len(self.values):
            return type(self)(codes, self.values)
        used, compact = np.unique(codes[codes != UNKNOWN], return_inverse=True)
        values = tuple(self.values[code] for code in used)
        taken = np.full(len(codes), UNKNOWN, np.int32)
        taken[codes != UNKNOWN] = compact
        return type(self)(taken, values)


def _as_number(value: Found) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf

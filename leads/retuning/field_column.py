"""One field of many leads: a code per lead and each value once."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
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

_TEXTS = frozenset({str, tuple, type(None)})
"""What equals nothing of another type, as numbers do."""
_ONE_KIND = 2
"""The type of unknown values, and one more."""


class FieldColumn(NamedTuple):
    """`values[codes[row]]` is the field's value of a lead; True, 1 and 1.0 are three values."""

    codes: Codes
    values: tuple[Found, ...]

    @classmethod
    def of(cls, found: Sequence[Found | None]) -> Self:
        """A column of one value or None per lead."""
        maker = ColumnMaker()
        maker.add(found)
        return cls(*maker.made())

    def passing(self, test: Callable[[Found | None], bool]) -> Flags:
        """Where the value passes; `test` is asked once per value and once for unknown ones."""
        passes = [*map(test, self.values), test(None)]  # at the end, where code -1 points
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


class ColumnMaker:
    """A column of values that come some at a time, and needn't be kept."""

    def __init__(self) -> None:
        self._codes: list[Codes] = []
        self._kinds: set[type] = {type(None)}
        self._places: dict[Found | None, int] = defaultdict(count().__next__, {None: UNKNOWN})
        self._by_kind: dict[tuple[type, Found | None], int] | None = None

    def add(self, found: Sequence[Found | None]) -> None:
        """The values of the next leads, None where one isn't known."""
        self._kinds.update(map(type, found))
        if self._by_kind is None and len(self._kinds) > _ONE_KIND and not self._kinds <= _TEXTS:
            # From here on equal values needn't be the same value.
            known = {(type(value), value): code for value, code in self._places.items()}
            self._by_kind = defaultdict(count(len(known) - 1).__next__, known)
        if self._by_kind is None:
            codes = map(self._places.__getitem__, found)
        else:
            codes = map(self._by_kind.__getitem__, zip(map(type, found), found, strict=True))
        self._codes.append(np.fromiter(codes, np.int32, len(found)))

    def made(self) -> FieldColumn:
        """The column of all of them."""
        if self._by_kind is None:
            values = [value for value in self._places if value is not None]
        else:
            values = [value for _, value in self._by_kind if value is not None]
        return FieldColumn(np.concatenate(self._codes), tuple(values))


def _as_number(value: Found) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf

"""What many leads did: their events as columns, in order of lead and time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leads.retuning.field_column import Codes, Rows

Moments = NDArray[np.int64]
"""Microseconds since 1970 UTC: as exact as a datetime."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Kind = tuple[str, str | None]
"""An event's type and name, as the source wrote them."""


def moments_of(times: Iterable[datetime]) -> Moments:
    """Times as moments."""
    return np.array([(time - EPOCH) // _MICROSECOND for time in times], np.int64)


def moments_from_seconds(seconds: NDArray[np.float64]) -> Moments:
    """Seconds since 1970 UTC as moments, to the microsecond (until 2106; then a float ends)."""
    whole = np.floor(seconds)
    rest = np.rint((seconds - whole) * 1e6)  # apart, as a product would lose the last digit
    return whole.astype(np.int64) * 1_000_000 + rest.astype(np.int64)


def micros(length: timedelta) -> int:
    """A length of time in microseconds."""
    return length // _MICROSECOND


@dataclass(frozen=True, kw_only=True, eq=False)
class EventColumns:
    """Events by `rows` (whose: row numbers of the leads), then time; `kinds[codes[i]]` is the
    type and name of event `i`."""

    rows: Rows
    codes: Codes
    at: Moments
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, rows: Sequence[int] | Rows, kinds: Sequence[Kind], at: Moments) -> Self:
        """Events in any order, with a type and name each."""
        places = {kind: code for code, kind in enumerate(dict.fromkeys(kinds))}
        codes = np.fromiter(map(places.__getitem__, kinds), np.int32, len(kinds))
        whose = np.asarray(rows, np.int64)
        order = np.lexsort((at, whose))
        return cls(rows=whose[order], codes=codes[order], at=at[order], kinds=tuple(places))

    @classmethod
    def none(cls) -> Self:
        """No events."""
        return cls.of([], [], np.empty(0, np.int64))

    def until(self, latest: Moments) -> Self:
        """Those that had happened by a moment per lead."""
        past = self.at <= latest[self.rows]
        if past.all():
            return self
        return replace(self, rows=self.rows[past], codes=self.codes[past], at=self.at[past])

    def passing(self, test: Callable[[str, str | None], bool]) -> NDArray[np.intp]:
        """The places of the events whose type and name pass, in order."""
        passes = np.array([test(*kind) for kind in self.kinds], np.bool_)
        return np.flatnonzero(passes[self.codes]) if passes.any() else np.empty(0, np.intp)

    def take(self, rows: Rows) -> Self:
        """The events of these leads, which get new row numbers."""
        first = np.searchsorted(self.rows, rows, "left")
        counts = np.searchsorted(self.rows, rows, "right") - first
        new_rows = np.repeat(np.arange(len(rows)), counts)
        before = np.cumsum(counts) - counts
        places = np.arange(len(new_rows)) + np.repeat(first - before, counts)
        return replace(self, rows=new_rows, codes=self.codes[places], at=self.at[places])

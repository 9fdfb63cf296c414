"""Leads whose outcome is known, from a CSV: what `learn` and `replay` learn from."""

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leads.agreement import Teaches
from leads.lead import Scalar
from leads.retuning.lead_table import LeadTable
from sources.csv_columns import BadCell, cells_of
from sources.csv_rows import Row, rows
from sources.lead_map import LeadMap, Outcome
from storage.file_errors import FileError, found_words

FEWEST = 50
"""Decided leads below which a file has nothing to teach."""

Each = TypeVar("Each")

_YES = frozenset({"1", "yes", "true"})
_NO = frozenset({"0", "no", "false"})


class NothingToLearn(Exception):
    """The leads are too few or too much alike for what is asked; `str()` says what would help."""


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that was left out; `line` is where it ends in the file, counted from 1."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecidedLeads:
    """Leads in the order of time, each with what became of it."""

    leads: LeadTable
    """As the mapped columns say; columns of the outcome are not among its fields."""
    names: tuple[str, ...]
    at: NDArray[np.float64]
    """Seconds since 1970 UTC if `dated`, else any numbers that grow with time."""
    dated: bool
    accepted: NDArray[np.bool_]
    """Whether sales took it, whatever the reason when not."""
    reasons: tuple[str | None, ...]
    teaches: tuple[Teaches | None, ...]
    """What the rejection teaches; None for accepted leads."""
    bad: tuple[BadRow, ...] = ()
    undecided: int = 0
    """Rows without an outcome, left out too."""

    def __len__(self) -> int:
        return len(self.names)


def read(file: Path, mapping: LeadMap, progress: Callable[[int], None]) -> DecidedLeads:
    """The leads of `file`; `progress` is told how many bytes are read. Rows that can't be used
    are left out and told. Raises FileError when the map or the file as a whole has nothing to
    learn from: no outcome, other words than yes and no, too few leads, or only one outcome."""
    if mapping.outcome is None:
        what = "the column that says whether sales took the lead: accepted = …"
        raise FileError(Path("map"), "outcome.accepted", what, "no table [outcome]")
    reading = _Reading(file, mapping, mapping.outcome)
    with ExitStack() as stack:
        columns = mapping.columns() | mapping.outcome.columns()
        for row in rows(file, columns, stack, progress):
            reading.take(row)
    return reading.done()


class _Reading:
    """The rows of a file becoming columns."""

    def __init__(self, file: Path, mapping: LeadMap, outcome: Outcome) -> None:
        self._file, self._blank, self._outcome = file, mapping.blank, outcome
        self._fields = cells_of(mapping, outcome)
        self._accepted = array("b")
        self._reasons: list[str | None] = []
        self._orders: list[float | datetime] = []
        self._known_reasons: dict[str, str] = {}
        self._bad: list[BadRow] = []
        self._undecided = 0

    def take(self, row: Row) -> None:
        """One more row."""
        if row.spare:
            self._refuse(row, f"more cells than there are columns: {row.spare}")
            return
        text = row.cells[self._outcome.accepted].strip()
        if text in self._blank:
            self._undecided += 1
            return
        accepted = self._label(row, text)
        try:
            values = [
                cells.value(row.cells[cells.column].strip()) for cells in self._fields.values()
            ]
            order = self._order(row)
        except BadCell as bad:
            self._refuse(row, str(bad))
            return
        for cells, value in zip(self._fields.values(), values, strict=True):
            cells.values.append(value)
        self._accepted.append(accepted)
        self._reasons.append(self._reason(row))
        if order is not None:
            self._orders.append(order)

    def _refuse(self, row: Row, reason: str) -> None:
        self._bad.append(BadRow(line=row.line, reason=reason))

    def _label(self, row: Row, text: str) -> bool:
        said = text.casefold()
        if said not in _YES | _NO:
            where = f"line {row.line}, {self._outcome.accepted}"
            raise FileError(
                self._file, where, "1 or 0, yes or no, true or false", found_words(text)
            )
        return said in _YES

    def _reason(self, row: Row) -> str | None:
        column = self._outcome.reason
        text = row.cells[column].strip() if column else ""
        return None if text in self._blank else self._known_reasons.setdefault(text, text)

    def _order(self, row: Row) -> float | datetime | None:
        column = self._outcome.order
        if column is None:
            return None
        text = row.cells[column].strip()
        for read in (_number, _moment):
            try:
                return read(text)
            except ValueError:
                continue
        wanted = "expected a number or a date such as 2026-11-20"
        raise BadCell(f"{column}: {wanted}, found {found_words(text)}")

    def done(self) -> DecidedLeads:
        """All the rows, oldest first."""
        accepted = np.array(self._accepted, np.bool_)
        self._check(accepted)
        at, dated = self._times(len(accepted))
        order = np.argsort(at, kind="stable")
        leads = LeadTable.from_columns(
            len(accepted), self._features(), at if dated else np.zeros(len(at)), self._interests()
        )
        taught = self._outcome.taught_by
        return DecidedLeads(
            leads=leads.take(order),
            names=_in_order(self._names(), order),
            at=at[order],
            dated=dated,
            accepted=accepted[order],
            reasons=_in_order(self._reasons, order),
            teaches=tuple(
                None if accepted[row] else taught(self._reasons[row]) for row in order.tolist()
            ),
            bad=tuple(self._bad),
            undecided=self._undecided,
        )

    def _check(self, accepted: NDArray[np.bool_]) -> None:
        n = len(accepted)
        if n < FEWEST:
            found = f"{n} that can be used"
            if self._bad:
                found += f" (line {self._bad[0].line}: {self._bad[0].reason})"
            raise FileError(self._file, "", f"{FEWEST} leads or more with an outcome", found)
        if accepted.all() or not accepted.any():
            only = "accepted" if accepted.all() else "rejected"
            what = "accepted leads and rejected ones"
            raise FileError(self._file, self._outcome.accepted, what, f"all {n:,} {only}")

    def _times(self, n: int) -> tuple[NDArray[np.float64], bool]:
        """When each lead came, by the column of the order, else of the date, else by the file."""
        created = self._fields.get("created_at")
        found: Sequence[object] = self._orders
        if self._outcome.order is None and created is not None and None not in created.values:
            found = created.values
        dates = [one for one in found if isinstance(one, datetime)]
        if dates and len(dates) < n:
            column = self._outcome.order or ""
            raise FileError(self._file, column, "all numbers or all dates", "some of each")
        if dates:
            return np.array([one.timestamp() for one in dates]), True
        return np.array(found if len(found) else range(n), np.float64), False

    def _features(self) -> Mapping[str, Sequence[Scalar | None]]:
        return {
            field: cells.values  # type: ignore[misc]  # the two that aren't plain are left out
            for field, cells in self._fields.items()
            if field not in {"external_id", "created_at", "interests"}
            and cells.column not in self._outcome.columns()
        }

    def _interests(self) -> Sequence[tuple[str, ...]] | None:
        cells = self._fields.get("interests")
        if cells is None or cells.column in self._outcome.columns():
            return None
        return [one if isinstance(one, tuple) else () for one in cells.values]

    def _names(self) -> list[str]:
        """How people call each lead, as `leads.lead.Lead.name` has it."""
        empty: list[None] = [None] * len(self._accepted)
        first, last, email, number = (
            cells.values if (cells := self._fields.get(field)) else empty
            for field in ("first_name", "last_name", "email", "external_id")
        )
        return [
            " ".join(str(part) for part in (one, other) if part)
            or str(mail or f"Lead {ident or row + 1}")
            for row, (one, other, mail, ident) in enumerate(
                zip(first, last, email, number, strict=True)
            )
        ]


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_order(values: Sequence[Each], order: NDArray[np.int64]) -> tuple[Each, ...]:
    return tuple(values[row] for row in order.tolist())

"""`import FILE --map MAP`: leads from any CSV. Bad rows go to a file of their own with the line
and the reason; good ones are kept; running it twice changes nothing twice."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from commands.context import Context, Setup
from commands.receive_lead import EmailTaken, IncomingLead, Received, Result, receive
from sources.lead_map import LeadMap
from sources.lead_schema import BadField, parse_lead, taken
from storage.database import Database
from storage.file_errors import FileError

BATCH = 200
csv.field_size_limit(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the file; `line` is where it ends in the file, counted from 1."""

    line: int
    cells: Mapping[str, str]
    spare: int
    """How many cells stand beyond the last column."""


@dataclass(kw_only=True)
class ImportReport:
    """What an import did. `qualified` is how many reach the threshold and weren't offered."""

    results: Counter[Result] = field(default_factory=Counter)
    bad: int = 0
    qualified: int = 0


def import_leads(
    file: Path,
    mapping: LeadMap,
    rejects: Path,
    *,
    database: Database,
    setup: Setup,
    clock: Callable[[], datetime],
    offer: bool,
    progress: Callable[[int], None],
) -> ImportReport:
    """Read `file` row by row and receive every lead; bad rows go to `rejects`, which
    afterwards holds those of this run alone: it is written anew, and removed where there were
    none. `progress` is told how many bytes of the file are read. FileError when the file or a
    mapped column isn't there."""
    report = ImportReport()
    with ExitStack() as stack:
        bad_rows = _BadRows(rejects, stack)
        rows = _rows(file, mapping, stack, progress)
        while batch := list(islice(rows, BATCH)):
            good = [(row, lead) for row in batch if (lead := _lead(row, mapping, bad_rows))]
            context = partial(Context, now=clock(), setup=setup)
            answers = database.write_now(
                lambda session, good=good, context=context: [  # type: ignore[misc]
                    _receive(context(session=session), lead, offer=offer) for _, lead in good
                ]
            )
            for (row, _), answer in zip(good, answers, strict=True):
                if isinstance(answer, BadField):
                    bad_rows.add(row, str(answer))
                else:
                    report.results[answer.result] += 1
                    report.qualified += answer.qualifies
        report.bad = bad_rows.count
    if not report.bad and rejects.is_file():
        rejects.unlink()  # of an earlier run
    return report


def _receive(ctx: Context, lead: IncomingLead, *, offer: bool) -> Received | BadField:
    try:
        return receive(ctx, lead, offer=offer)
    except EmailTaken as error:
        return taken(error)


class _BadRows:
    """The file of bad rows, opened with the first of them."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._writer: csv.DictWriter[str] | None = None
        self.count = 0

    def add(self, row: Row, reason: str) -> None:
        """Write one bad row with its line and reason."""
        if self._writer is None:
            opened = self._stack.enter_context(self._path.open("w", newline="", encoding="utf-8"))
            self._writer = csv.DictWriter(opened, ["line", "reason", *row.cells])
            self._writer.writeheader()
        self._writer.writerow({"line": row.line, "reason": reason, **row.cells})
        self.count += 1


def _rows(
    file: Path, mapping: LeadMap, stack: ExitStack, progress: Callable[[int], None]
) -> Iterator[Row]:
    try:
        opened = stack.enter_context(file.open(newline="", encoding="utf-8-sig", errors="replace"))
    except OSError as error:
        raise FileError(file, "", "a readable CSV file", error.strerror or str(error)) from error
    reader = csv.DictReader(_counted(opened, progress), restkey=_SPARE, restval="")
    columns = reader.fieldnames or []
    for name in sorted(mapping.columns() - set(columns)):
        raise FileError(file, name, "a column of this name (see the map file)", "no such column")
    try:
        for cells in reader:
            spare = cells.pop(_SPARE, [])
            yield Row(line=reader.line_num, cells=cells, spare=len([one for one in spare if one]))
    except csv.Error as error:
        raise FileError(file, f"line {reader.line_num}", "a CSV row", str(error)) from error


_SPARE = "\x00spare"


def _counted(opened: TextIO, progress: Callable[[int], None]) -> Iterator[str]:
    read = 0
    for line in opened:
        read += len(line.encode())
        progress(read)
        yield line.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _lead(row: Row, mapping: LeadMap, bad_rows: _BadRows) -> IncomingLead | None:
    """The row as a lead; None when it was put among the bad rows."""
    if row.spare:
        bad_rows.add(row, f"more cells than there are columns: {row.spare}")
        return None
    try:
        return parse_lead(_raw(row.cells, mapping))
    except BadField as error:
        column = mapping.lead.get(error.field, error.field)
        bad_rows.add(row, f"{column}: {error.message}")
        return None


def _raw(cells: Mapping[str, str], mapping: LeadMap) -> dict[str, object]:
    """The row as `parse_lead` takes it."""
    raw: dict[str, object] = {}
    company: dict[str, str] = {}
    for target, column in mapping.lead.items():
        text = cells[column].strip()
        if text in mapping.blank:
            continue
        if target.startswith("company."):
            company[target.removeprefix("company.")] = text
        else:
            raw[target] = text
    raw["company"] = company
    raw["extra"] = _extra(cells, mapping)
    return raw


def _extra(cells: Mapping[str, str], mapping: LeadMap) -> dict[str, object]:
    extra: dict[str, object] = {}
    for name, column in mapping.extra.items():
        text = cells[column.name].strip()
        if text in mapping.blank:
            continue
        try:
            extra[name] = column.read(text)
        except ValueError as error:
            raise BadField(column.name, str(error)) from error
    return extra

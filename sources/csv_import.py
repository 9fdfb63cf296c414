"""`import FILE --map MAP`: leads from any CSV. Bad rows go to a file of their own with the line
and the reason; good ones are kept; running it twice changes nothing twice."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from commands.context import Context, Setup
from commands.receive_lead import EmailTaken, IncomingLead, Received, Result, receive
from sources.csv_rows import Row, rows
from sources.lead_map import LeadMap
from sources.lead_schema import BadField, parse_lead, taken
from storage.database import Database

BATCH = 200


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
        found = rows(file, mapping.columns(), stack, progress)
        while batch := list(islice(found, BATCH)):
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

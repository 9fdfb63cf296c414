"""`export feedback`: every decision with its reason and what was known then, oldest first."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TextIO

from storage.database import Database
from storage.feedback import FeedbackRecord, all_feedback
from storage.tables import RejectionRow


class Format(StrEnum):
    """How the decisions are written."""

    CSV = "csv"
    JSONL = "jsonl"


def export_feedback(database: Database, out: TextIO, format: Format) -> int:
    """Write every decision to `out` and return how many there are. A verdict on a contested
    rejection is one of them, and each rejection tells how marketing answered and contested it. In
    CSV the snapshot's lists and tables are JSON, one column each for score, criteria version,
    explanation and fields; a text that a spreadsheet would take for a formula is preceded by an
    apostrophe."""

    write = _csv if format is Format.CSV else _jsonl
    return database.read_now(lambda session: write(all_feedback(session), out))


def _jsonl(records: Iterator[FeedbackRecord], out: TextIO) -> int:
    count = 0
    for count, record in enumerate(records, start=1):  # noqa: B007
        out.write(json.dumps(_plain(record), ensure_ascii=False) + "\n")
    return count


_COLUMNS = (
    "id",
    "lead",
    "external_id",
    "handoff",
    "decision",
    "undone",
    "reason",
    "reason_label",
    "teaches",
    "answer",
    "decided_by",
    "decided_at",
    "criteria_version",
    "score",
    "explanation",
    "fields",
    "answer_owner",
    "answer_by",
    "marketing_answer",
    "marketing_answer_text",
    "answered_by",
    "answered_at",
    "evidence",
    "disputed_by",
    "disputed_at",
    "verdict",
    "verdict_why",
    "verdict_by",
    "verdict_at",
)


def _csv(records: Iterator[FeedbackRecord], out: TextIO) -> int:
    writer = csv.DictWriter(out, _COLUMNS, extrasaction="ignore")
    writer.writeheader()
    count = 0
    for count, record in enumerate(records, start=1):  # noqa: B007
        writer.writerow({name: _cell(value) for name, value in _plain(record).items()})
    return count


def _plain(record: FeedbackRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "lead": record.lead_id,
        "external_id": record.external_id,
        "handoff": record.handoff_id,
        "decision": record.decision,
        "undone": record.undone,
        "reason": record.reason,
        "reason_label": record.reason_label,
        "teaches": record.teaches,
        "answer": record.answer,
        "decided_by": record.decided_by,
        "decided_at": record.decided_at.isoformat(),
        **record.snapshot,
        **_rejection(record.rejection),
    }


def _rejection(row: RejectionRow | None) -> dict[str, object]:
    """Marketing's side of a rejection; nothing of other decisions."""
    if row is None:
        return {}
    return {
        "answer_owner": row.owner,
        "answer_by": _moment(row.answer_by),
        "marketing_answer": row.answer,
        "marketing_answer_text": row.answer_text,
        "answered_by": row.answered_by,
        "answered_at": _moment(row.answered_at),
        "evidence": row.evidence,
        "disputed_by": row.disputed_by,
        "disputed_at": _moment(row.disputed_at),
        "verdict": row.verdict,
        "verdict_why": row.verdict_why,
        "verdict_by": row.verdict_by,
        "verdict_at": _moment(row.verdict_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _cell(value: object) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value

"""Reading the feedback that is kept for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import FeedbackRow, LeadRow

UNDONE = "undone"


@dataclass(frozen=True, kw_only=True)
class FeedbackRecord:
    """One decision; `undone` tells that the person took it back within the time for that."""

    id: int
    lead_id: int
    external_id: str | None
    handoff_id: int
    decision: str
    undone: bool
    reason: str | None
    reason_label: str | None
    teaches: str | None
    answer: str | None
    decided_by: str
    decided_at: datetime
    snapshot: dict[str, object]


def all_feedback(session: Session) -> Iterator[FeedbackRecord]:
    """Every decision, oldest first, read as it is asked for. An undo isn't a record of its own:
    it marks the newest decision before it on the same handoff."""
    undone = _undone_ids(session)
    rows = session.exec(
        select(FeedbackRow, LeadRow.external_id)
        .join(LeadRow, col(LeadRow.id) == col(FeedbackRow.lead_id))
        .where(col(FeedbackRow.decision) != UNDONE)
        .order_by(col(FeedbackRow.id))
        .execution_options(yield_per=500)
    )
    for row, external_id in rows:
        assert row.id is not None
        yield FeedbackRecord(
            id=row.id,
            lead_id=row.lead_id,
            external_id=external_id,
            handoff_id=row.handoff_id,
            decision=row.decision,
            undone=row.id in undone,
            reason=row.reason,
            reason_label=row.reason_label,
            teaches=row.teaches,
            answer=row.answer,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            snapshot=row.snapshot,
        )


def _undone_ids(session: Session) -> set[int]:
    taken_back: set[int] = set()
    newest: dict[int, int] = {}
    rows = session.exec(
        select(FeedbackRow.id, FeedbackRow.handoff_id, FeedbackRow.decision)
        .where(
            col(FeedbackRow.handoff_id).in_(
                select(FeedbackRow.handoff_id).where(col(FeedbackRow.decision) == UNDONE)
            )
        )
        .order_by(col(FeedbackRow.id))
    )
    for row_id, handoff_id, decision in rows:
        if decision == UNDONE:
            if handoff_id in newest:
                taken_back.add(newest[handoff_id])
        elif row_id is not None:
            newest[handoff_id] = row_id
    return taken_back

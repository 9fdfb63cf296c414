"""Reading the feedback that is kept for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from storage.tables import FeedbackRow, LeadRow, RejectionRow

UNDONE = "undone"
VERDICTS = frozenset({"upheld", "overturned"})
"""Decisions about a rejection that was contested; they end nothing by themselves."""


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
    rejection: RejectionRow | None = None
    """What marketing answered and contested, and what was decided then, of a rejection."""


def all_feedback(session: Session) -> Iterator[FeedbackRecord]:
    """Every decision, oldest first, read as it is asked for. An undo isn't a record of its own:
    it marks the newest decision before it on the same handoff that wasn't undone. A verdict is a
    record of its own, and stands in the rejection's too."""
    undone = _undone_ids(session)
    rows = session.exec(
        select(FeedbackRow, LeadRow.external_id, RejectionRow)
        .join(LeadRow, col(LeadRow.id) == col(FeedbackRow.lead_id))
        .outerjoin(RejectionRow, col(RejectionRow.feedback_id) == col(FeedbackRow.id))
        .where(col(FeedbackRow.decision) != UNDONE)
        .order_by(col(FeedbackRow.id))
        .execution_options(yield_per=500)
    )
    for row, external_id, rejection in rows:
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
            rejection=rejection,
        )


def standing(session: Session, handoff_id: int, *, before: int | None = None) -> list[FeedbackRow]:
    """The decisions on a handoff that weren't taken back, oldest first; as they were `before` the
    feedback with this id, where one is given. An accept that is followed by a rejection was given
    back."""
    rows = session.scalars(_OF_HANDOFF, {"handoff": handoff_id})
    kept: list[FeedbackRow] = []
    for row in rows:
        if before is not None and row.id is not None and row.id >= before:
            break
        if row.decision == UNDONE:
            del kept[-1:]
        elif row.decision not in VERDICTS:
            kept.append(row)
    return kept


def gave_back(session: Session, rejection: FeedbackRow) -> bool:
    """Whether the lead had been accepted before it was rejected on the same handoff."""
    earlier = standing(session, rejection.handoff_id, before=rejection.id)
    return bool(earlier) and earlier[-1].decision == "accepted"


def next_decision(session: Session, feedback: FeedbackRow) -> str | None:
    """What was decided next on the same handoff."""
    session.flush()
    asked = {"handoff": feedback.handoff_id, "than": feedback.id}
    decided: str | None = session.connection().scalar(_NEXT, asked)
    return decided


_OF_HANDOFF = (
    select(FeedbackRow)
    .where(col(FeedbackRow.handoff_id) == bindparam("handoff"))
    .order_by(col(FeedbackRow.id))
)
_NEXT = (
    columns(col(FeedbackRow.decision))
    .where(
        col(FeedbackRow.handoff_id) == bindparam("handoff"),
        col(FeedbackRow.id) > bindparam("than"),
    )
    .order_by(col(FeedbackRow.id))
    .limit(1)
)


def _undone_ids(session: Session) -> set[int]:
    taken_back: set[int] = set()
    stands: dict[int, list[int]] = {}
    rows = session.exec(
        select(FeedbackRow.id, FeedbackRow.handoff_id, FeedbackRow.decision)
        .where(
            col(FeedbackRow.handoff_id).in_(
                select(FeedbackRow.handoff_id).where(col(FeedbackRow.decision) == UNDONE)
            ),
            col(FeedbackRow.decision).not_in(VERDICTS),
        )
        .order_by(col(FeedbackRow.id))
    )
    for row_id, handoff_id, decision in rows:
        kept = stands.setdefault(handoff_id, [])
        if decision != UNDONE and row_id is not None:
            kept.append(row_id)
        elif kept:
            taken_back.add(kept.pop())
    return taken_back

"""Writes down what was done: the history of a lead and the feedback of a decision."""

from sqlalchemy import String, bindparam, insert
from sqlmodel import col, select

from commands.context import Context
from leads.agreement import Reason
from storage.tables import FeedbackRow, HandoffRow, HistoryRow

_HISTORY = insert(HistoryRow)

_FEEDBACK_COLUMNS = (
    "handoff_id",
    "lead_id",
    "snapshot",
    "decision",
    "reason",
    "reason_label",
    "teaches",
    "answer",
    "decided_by",
    "decided_at",
)
# The snapshot is copied inside the database: byte for byte what was known at the handoff.
_FEEDBACK = (
    insert(FeedbackRow)
    .from_select(
        _FEEDBACK_COLUMNS,
        select(
            col(HandoffRow.id),
            col(HandoffRow.lead_id),
            col(HandoffRow.snapshot),
            *(bindparam(name, type_=String()) for name in _FEEDBACK_COLUMNS[3:-1]),
            bindparam("decided_at", type_=FeedbackRow.__table__.c.decided_at.type),  # type: ignore[attr-defined]
        ).where(col(HandoffRow.id) == bindparam("handoff")),  # type: ignore[call-overload]
    )
    .returning(col(FeedbackRow.id))
)


def record(
    ctx: Context, act: str, *, lead_id: int, handoff_id: int | None = None, why: str = ""
) -> None:
    """Adds a line to the lead's history; `act` is a static name in the past tense."""
    ctx.check_may_write()
    ctx.session.connection().execute(
        _HISTORY,
        {
            "lead_id": lead_id,
            "handoff_id": handoff_id,
            "at": ctx.now,
            "by": ctx.actor_email,
            "act": act,
            "why": why,
        },
    )


def keep_feedback(
    ctx: Context,
    handoff_id: int,
    decision: str,
    *,
    reason: Reason | None = None,
    answer: str | None = None,
) -> int:
    """Keeps a decision with the handoff's snapshot, for good; returns the feedback's id."""
    kept = ctx.session.connection().execute(
        _FEEDBACK,
        {
            "handoff": handoff_id,
            "decision": decision,
            "reason": reason.code if reason else None,
            "reason_label": reason.label if reason else None,
            "teaches": reason.teaches.value if reason else None,
            "answer": answer,
            "decided_by": ctx.actor_email,
            "decided_at": ctx.now,
        },
    )
    feedback_id = kept.scalar_one()
    assert feedback_id is not None
    return feedback_id

"""Rejections as marketing's side of the agreement: to be answered in time, and perhaps contested.

Each change is one statement that finds its only winner, however many people act at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, false, func, text, true, update
from sqlalchemy import select as columns
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, case, col, select
from sqlmodel.sql.expression import Select

from leads.lead import Lead
from storage.leads import lead_value
from storage.tables import FeedbackRow, LeadRow, RejectionRow

UPHELD = "upheld"
OVERTURNED = "overturned"

# In the words of the partial indexes: with bound values the planners can't use them.
_UNANSWERED = text("rejection.answered_at IS NULL")
_IS_CONTESTED = text("rejection.disputed_at IS NOT NULL AND rejection.verdict IS NULL")
_WILL_REMIND = text("rejection.remind_at IS NOT NULL")


def claim_answer(session: Session, feedback_id: int, **answered: object) -> bool:
    """Keep the answer to a rejection that has none: True for exactly one of any number."""
    return _claim(session, feedback_id, col(RejectionRow.answered_at).is_(None), answered)


def claim_dispute(session: Session, feedback_id: int, **disputed: object) -> bool:
    """Keep that a rejection is contested, once: True for exactly one of any number."""
    return _claim(session, feedback_id, col(RejectionRow.disputed_at).is_(None), disputed)


def claim_verdict(session: Session, feedback_id: int, **decided: object) -> bool:
    """Keep the verdict on a contested rejection: True for exactly one of any number."""
    contested = col(RejectionRow.disputed_at).is_not(None) & col(RejectionRow.verdict).is_(None)
    return _claim(session, feedback_id, contested, decided)


def claim_reminder(session: Session, feedback_id: int, remind_at: datetime) -> bool:
    """Take the reminder that was due at `remind_at`: True for exactly one of any number."""
    still = col(RejectionRow.remind_at) == remind_at
    return _claim(session, feedback_id, still, {"remind_at": None})


def drop(session: Session, feedback_id: int) -> bool:
    """Delete a rejection that is taken back. False, and nothing is deleted, when marketing has
    answered or contested it."""
    session.flush()
    untouched = (
        col(RejectionRow.feedback_id) == feedback_id,
        col(RejectionRow.answered_at).is_(None),
        col(RejectionRow.disputed_at).is_(None),
    )
    gone = session.execute(
        delete(RejectionRow)
        .where(*untouched)
        .returning(col(RejectionRow.feedback_id))
        .execution_options(synchronize_session="fetch")
    ).first()
    return gone is not None or session.get(RejectionRow, feedback_id) is None


def due_reminders(session: Session, moment: datetime, limit: int) -> list[RejectionRow]:
    """Rejections whose owner is to be reminded by `moment`, the longest overdue first."""
    return list(
        session.exec(
            select(RejectionRow)
            .where(_WILL_REMIND, col(RejectionRow.remind_at) <= moment)
            .order_by(col(RejectionRow.remind_at), col(RejectionRow.feedback_id))
            .limit(limit)
        )
    )


def newest_of(session: Session, handoff_id: int) -> RejectionRow | None:
    """The rejection of a handoff that stands or stood last, if there is one."""
    return session.exec(
        select(RejectionRow)
        .where(RejectionRow.handoff_id == handoff_id)
        .order_by(col(RejectionRow.feedback_id).desc())
        .limit(1)
    ).first()


def is_taken_up(session: Session, handoff_id: int) -> bool:
    """Whether marketing has answered or contested the rejection of this handoff."""
    row = newest_of(session, handoff_id)
    return row is not None and (row.answered_at is not None or row.disputed_at is not None)


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A rejection and its lead, as somebody on marketing's side needs to see it."""

    feedback_id: int
    lead: Lead
    code: str
    """Of the reason."""
    reason: str
    """What the reason is called."""
    said: str | None
    """What the form asked beside the reason."""
    by: str
    """E-mail of who rejected."""
    at: datetime
    owner: str
    answer_by: datetime | None
    evidence: str | None
    disputed_by: str | None
    disputed_at: datetime | None


_REJECTED = (
    select(RejectionRow, FeedbackRow, LeadRow)
    .join(FeedbackRow, col(FeedbackRow.id) == col(RejectionRow.feedback_id))
    .join(LeadRow, col(LeadRow.id) == col(RejectionRow.lead_id))
)
# Not by the column itself: for its index the planner would leave that of what waits, and read
# every rejection that was ever to be answered.
_IS_PROMISED = case((col(RejectionRow.answer_by).is_(None), false()), else_=true())
_WAITING = _REJECTED.where(_UNANSWERED, _IS_PROMISED).order_by(
    func.coalesce(RejectionRow.answer_by, RejectionRow.rejected_at), col(RejectionRow.feedback_id)
)
_CONTESTED = _REJECTED.where(_IS_CONTESTED).order_by(
    col(RejectionRow.disputed_at), col(RejectionRow.feedback_id)
)


def waiting(
    session: Session, owner: str | None = None, *, limit: int | None = None
) -> list[Rejected]:
    """Rejections whose answer is promised and not given yet, the one that is due first at the top;
    those of one `owner`, where one is given."""
    question = _WAITING if owner is None else _WAITING.where(RejectionRow.owner == owner)
    return _read(session, question.limit(limit) if limit is not None else question)


def count_waiting(session: Session, now: datetime, owner: str | None = None) -> tuple[int, int]:
    """How many rejections wait for their answer, and how many of these are late."""
    session.flush()
    question = _HOW_MANY if owner is None else _HOW_MANY_OF
    n, n_late = session.connection().execute(question, {"now": now, "owner": owner}).one()
    return n, n_late


_HOW_MANY = (
    columns(
        func.count(),
        func.coalesce(
            func.sum(case((col(RejectionRow.answer_by) < bindparam("now"), 1), else_=0)), 0
        ),
    )
    .select_from(RejectionRow)
    .where(_UNANSWERED, _IS_PROMISED)
)
_HOW_MANY_OF = _HOW_MANY.where(col(RejectionRow.owner) == bindparam("owner"))


def disputed_open(session: Session) -> list[Rejected]:
    """Contested rejections without a verdict, the oldest dispute first."""
    return _read(session, _CONTESTED)


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What became of the rejections of a period on marketing's side. `missed` are past their time
    without an answer; those that weren't due yet by then are left out of `due`."""

    rejected: int
    due: int
    in_time: int
    late: int
    missed: int
    disputed: int
    upheld: int
    overturned: int


def answering(session: Session, since: datetime, until: datetime, now: datetime) -> Answering:
    """How the rejections of [since, until) were answered and contested, as of `now`. The answer is
    what counts; a rejection that was taken back is no rejection."""
    row = RejectionRow
    answered, by = col(row.answered_at), col(row.answer_by)
    in_time, late = answered <= by, answered > by
    missed = answered.is_(None) & (by < now)
    figures = session.execute(
        select(  # type: ignore[call-overload]
            func.count(),
            _n(by.is_not(None) & (answered.is_not(None) | (by < now))),
            _n(in_time),
            _n(late),
            _n(missed),
            _n(col(row.disputed_at).is_not(None)),
            _n(col(row.verdict) == UPHELD),
            _n(col(row.verdict) == OVERTURNED),
        )
        .select_from(row)
        .where(col(row.rejected_at) >= since, col(row.rejected_at) < until)
    ).one()
    names = ("rejected", "due", "in_time", "late", "missed", "disputed", "upheld", "overturned")
    return Answering(**dict(zip(names, figures, strict=True)))


def of_lead(session: Session, lead_id: int) -> Sequence[RejectionRow]:
    """Every rejection of a lead that wasn't taken back, oldest first."""
    return session.exec(
        select(RejectionRow)
        .where(RejectionRow.lead_id == lead_id)
        .order_by(col(RejectionRow.feedback_id))
    ).all()


def _claim(
    session: Session, feedback_id: int, still: ColumnElement[bool], changes: dict[str, object]
) -> bool:
    session.flush()
    won = session.scalars(
        update(RejectionRow)
        .where(col(RejectionRow.feedback_id) == feedback_id, still)
        .values(**changes)
        .returning(RejectionRow),
        execution_options={"populate_existing": True, "synchronize_session": False},
    ).first()
    if won is None:
        seen = session.identity_map.get(session.identity_key(RejectionRow, feedback_id))
        if seen is not None:
            session.refresh(seen)
    return won is not None


def _n(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _read(session: Session, question: Select[RejectionRow, FeedbackRow, LeadRow]) -> list[Rejected]:
    return [
        Rejected(
            feedback_id=row.feedback_id,
            lead=lead_value(lead),
            code=feedback.reason or "",
            reason=feedback.reason_label or feedback.reason or "",
            said=feedback.answer,
            by=feedback.decided_by,
            at=feedback.decided_at,
            owner=row.owner,
            answer_by=row.answer_by,
            evidence=row.evidence,
            disputed_by=row.disputed_by,
            disputed_at=row.disputed_at,
        )
        for row, feedback, lead in session.exec(question)
    ]

"""Handoffs: who has what, and the one place where a decision finds its only winner."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    TextClause,
    bindparam,
    func,
    text,
    update,
)
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from leads.lifecycle import HandoffState
from storage.tables import HandoffRow, LeadRow

# In words that match the partial indexes: with bound values the planners can't use them.
_OPEN = text("handoff.state IN ('offered', 'accepted')")


def claim_state(
    session: Session,
    handoff_id: int,
    expected: Collection[HandoffState],
    **changes: object,
) -> bool:
    """Change the handoff if its state is one of `expected`: True for exactly one of any number of
    callers at once. A row that the session has read already shows the changes afterwards."""
    changed = (
        update(HandoffRow)
        .where(
            col(HandoffRow.id) == handoff_id,
            col(HandoffRow.state).in_(sorted(state.value for state in expected)),
        )
        .values(**changes)
        .returning(HandoffRow)
    )
    fresh = {"populate_existing": True, "synchronize_session": False}
    won = session.scalars(changed, execution_options=fresh).first() is not None
    if not won:
        seen = session.identity_map.get(session.identity_key(HandoffRow, handoff_id))
        if seen is not None:
            session.refresh(seen)
    return won


def current(session: Session, lead_id: int) -> HandoffRow | None:
    """The newest handoff of a lead, open or not; one that was withdrawn doesn't count."""
    return session.exec(
        select(HandoffRow)
        .where(
            HandoffRow.lead_id == lead_id,
            HandoffRow.state != HandoffState.WITHDRAWN.value,
        )
        .order_by(col(HandoffRow.id).desc())
        .limit(1)
    ).first()


def of_lead(session: Session, lead_id: int) -> list[HandoffRow]:
    """Every handoff of a lead, oldest first."""
    return list(
        session.exec(
            select(HandoffRow).where(HandoffRow.lead_id == lead_id).order_by(col(HandoffRow.id))
        )
    )


def open_of_rep(session: Session, rep: str) -> list[HandoffRow]:
    """What a rep has to decide or to work, the most urgent promise first."""
    due = func.coalesce(col(HandoffRow.contact_by), col(HandoffRow.accept_by))
    return list(
        session.exec(
            select(HandoffRow).where(HandoffRow.rep == rep, _OPEN).order_by(due, col(HandoffRow.id))
        )
    )


def open_counts(session: Session) -> dict[str, int]:
    """How many open handoffs each rep has, but for explored ones, which take nobody's place; a rep
    with none is left out."""
    session.flush()
    return {row.rep: row.n for row in session.connection().execute(_OPEN_COUNTS)}


_OPEN_COUNTS = (
    columns(col(HandoffRow.rep), func.count().label("n"))
    .where(_OPEN, col(HandoffRow.explored).is_(False))
    .group_by(col(HandoffRow.rep))
)


def explored_since(session: Session, moment: datetime) -> int:
    """How many leads were offered by chance since then, however often they were passed on."""
    session.flush()
    return session.connection().execute(_EXPLORED, {"moment": moment}).scalar_one()


def company_owner(session: Session, company_key: str | None) -> str | None:
    """E-mail of the rep who last accepted a lead of this company, or None."""
    if not company_key:
        return None
    session.flush()
    return session.connection().scalar(_COMPANY_OWNER, {"key": company_key})


_COMPANY_OWNER = (
    columns(col(LeadRow.owner))
    .where(col(LeadRow.company_key) == bindparam("key"), col(LeadRow.owner).is_not(None))
    .order_by(col(LeadRow.sal_at).desc().nulls_last(), col(LeadRow.id).desc())
    .limit(1)
)


def snoozed_until(session: Session, moment: datetime, limit: int = 500) -> list[HandoffRow]:
    """Offers whose snooze ends by `moment`, the longest overdue first."""
    return list(
        session.exec(
            select(HandoffRow)
            .where(
                col(HandoffRow.snoozed_until).is_not(None),
                col(HandoffRow.snoozed_until) <= moment,
                HandoffRow.state == HandoffState.OFFERED.value,
            )
            .order_by(col(HandoffRow.snoozed_until), col(HandoffRow.id))
            .limit(limit)
        )
    )


# IS, in the words of the partial indexes: with a comparison alone SQLite wouldn't use them.
_HAS_STEP = text("handoff.step_at IS NOT NULL")
_HAS_RETRY = text("handoff.retry_at IS NOT NULL")


def due_steps(session: Session, moment: datetime, limit: int) -> list[int]:
    """Ids of the handoffs whose running clock has a step of the ladder due by `moment`, the longest
    overdue first. Where the database locks rows, they are ours until the transaction ends, and
    those of somebody else are left out."""
    return _due(session, _DUE_STEPS, moment, limit)


def is_step_due(session: Session, moment: datetime) -> bool:
    """Whether `due_steps` would find anything; locks nothing."""
    return session.connection().scalar(_IS_STEP_DUE, {"moment": moment}) is not None


def is_retry_due(session: Session, moment: datetime) -> bool:
    """Whether `due_retries` would find anything; locks nothing."""
    return session.connection().scalar(_IS_RETRY_DUE, {"moment": moment}) is not None


def due_retries(session: Session, moment: datetime, limit: int) -> list[int]:
    """The same of the handoffs for which a rep is to be looked for again by `moment`."""
    return _due(session, _DUE_RETRIES, moment, limit)


def _due(session: Session, question: Select[Any], moment: datetime, limit: int) -> list[int]:
    session.flush()
    return list(session.connection().scalars(question, {"moment": moment, "most": limit}))


def _due_by(has: TextClause, at: ColumnElement[datetime]) -> Select[Any]:
    return (
        columns(col(HandoffRow.id))
        .where(has, at <= bindparam("moment", type_=at.type))
        .order_by(at, col(HandoffRow.id))
    )


def _ours(due: Select[Any]) -> Select[Any]:
    some = due.limit(bindparam("most", type_=Integer()))
    return some.with_for_update(skip_locked=True)


_TABLE: Table = HandoffRow.__table__  # type: ignore[attr-defined]
_STEPS = _due_by(_HAS_STEP, _TABLE.c.step_at)
_RETRIES = _due_by(_HAS_RETRY, _TABLE.c.retry_at)
_DUE_STEPS, _IS_STEP_DUE = _ours(_STEPS), _STEPS.limit(1)
_DUE_RETRIES, _IS_RETRY_DUE = _ours(_RETRIES), _RETRIES.limit(1)
_EXPLORED = columns(func.count()).where(
    col(HandoffRow.offered_at) >= bindparam("moment", type_=_TABLE.c.offered_at.type),
    col(HandoffRow.explored).is_(True),
    col(HandoffRow.previous).is_(None),
)


_STEP_AT = columns(col(HandoffRow.step_at)).where(col(HandoffRow.id) == bindparam("handoff"))


def step_at(session: Session, handoff_id: int) -> datetime | None:
    """When the next step of the handoff's running clock is due."""
    due: datetime | None = (
        session.connection().execute(_STEP_AT, {"handoff": handoff_id}).scalar_one()
    )
    return due

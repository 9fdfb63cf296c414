"""Handoffs: who has what, and the one place where a decision finds its only winner."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, text, update
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
    """How many open handoffs each rep has; a rep with none is left out."""
    session.flush()
    return {row.rep: row.n for row in session.connection().execute(_OPEN_COUNTS)}


_OPEN_COUNTS = (
    columns(col(HandoffRow.rep), func.count().label("n")).where(_OPEN).group_by(col(HandoffRow.rep))
)


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

"""Leads and what they did: rows to plain values, and how a lead is found again."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from leads.lead import Company, EngagementEvent, Lead
from storage.tables import EventRow, LeadRow

_RECYCLED = text("lead.stage = 'recycled'")  # as in the partial index


def lead_value(row: LeadRow) -> Lead:
    """The lead of a row as the rules know it. The row must be flushed: its id is needed."""
    if row.id is None:
        raise ValueError("the lead isn't stored yet")
    return Lead(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        title=row.title,
        company=Company(
            name=row.company_name,
            domain=row.company_domain,
            industry=row.company_industry,
            employees=row.company_employees,
            country=row.company_country,
        ),
        campaign=row.campaign,
        interests=tuple(row.interests),
        extra=dict(row.extra),
        created_at=row.created_at,
    )


def events_of(session: Session, lead_id: int) -> tuple[EngagementEvent, ...]:
    """What a lead did, oldest first."""
    session.flush()
    rows = session.connection().execute(_EVENTS, {"lead": lead_id})
    return tuple(
        EngagementEvent(id=event_id, type=kind, name=name, at=at)
        for event_id, kind, name, at in rows
    )


_EVENTS = (
    columns(col(EventRow.event_id), col(EventRow.type), col(EventRow.name), col(EventRow.at))
    .where(col(EventRow.lead_id) == bindparam("lead"))
    .order_by(col(EventRow.at), col(EventRow.id))
)


def find_lead(session: Session, external_id: str | None, email: str | None) -> LeadRow | None:
    """The lead with this external id, else the one with this e-mail (compared in lower case)."""
    if external_id:
        found = session.scalars(_BY_EXTERNAL_ID, {"key": external_id}).first()
        if found:
            return found
    if email:
        return session.scalars(_BY_EMAIL, {"key": email.casefold()}).first()
    return None


_BY_EXTERNAL_ID = columns(LeadRow).where(col(LeadRow.external_id) == bindparam("key"))
_BY_EMAIL = columns(LeadRow).where(col(LeadRow.email) == bindparam("key"))


def search(session: Session, words: str, limit: int) -> list[LeadRow]:
    """Leads whose name, e-mail or company contain every word, or whose external id is `words`;
    newest first."""
    terms = words.casefold().split()
    if not terms:
        return []
    column = col(LeadRow.search)
    found = select(LeadRow).where(*(column.contains(term, autoescape=True) for term in terms))
    rows = list(session.exec(found.order_by(col(LeadRow.id).desc()).limit(limit)))
    exact = find_lead(session, words.strip(), None)
    if exact is None:
        return rows
    return [exact, *(row for row in rows if row.id != exact.id)][:limit]


def due_recycles(session: Session, now: datetime, limit: int = 500) -> list[LeadRow]:
    """Recycled leads whose date has come, the longest waiting first."""
    return list(
        session.exec(
            select(LeadRow)
            .where(_RECYCLED, col(LeadRow.recycle_at) <= now)
            .order_by(col(LeadRow.recycle_at), col(LeadRow.id))
            .limit(limit)
        )
    )

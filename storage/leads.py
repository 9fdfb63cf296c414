"""Leads and what they did: rows to plain values, and how a lead is found again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import String, bindparam, case, insert, or_, text
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from leads.criteria import Score
from leads.lead import Company, EngagementEvent, Lead
from leads.lifecycle import Stage
from storage.tables import EventRow, LeadRow
from storage.upsert import inserted_id

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


def find_lead(
    session: Session, external_id: str | None, email: str | None, *, to_change: bool = False
) -> LeadRow | None:
    """The lead with this external id, else the one with this e-mail (compared in lower case).
    With `to_change`, whoever else wants to change it waits until this transaction has ended, and
    then finds what it left."""
    keys = {"external_id": external_id or None, "email": email.casefold() if email else None}
    return session.scalars(_BY_KEYS_TO_CHANGE if to_change else _BY_KEYS, keys).first()


_HAS_ID = col(LeadRow.external_id) == bindparam("external_id", type_=String())
_BY_KEYS = (
    columns(LeadRow)
    .where(or_(_HAS_ID, col(LeadRow.email) == bindparam("email", type_=String())))
    .order_by(case((_HAS_ID, 0), else_=1))
)
# Rows that refer to the lead may still be added by others. SQLite has one writer and no locks.
_BY_KEYS_TO_CHANGE = _BY_KEYS.with_for_update(key_share=True)


def insert_lead(
    session: Session,
    lead: Lead,
    score: Score,
    *,
    stage: Stage,
    mql_at: datetime | None,
    received_at: datetime,
) -> Lead:
    """Keep a new lead; returns it with its id. The campaign it came by is its first, and stays
    that. Around the ORM, which takes six times as long."""
    company = lead.company
    row = {
        "external_id": lead.external_id,
        "email": lead.email,
        "source": lead.source,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "phone": lead.phone,
        "title": lead.title,
        "company_name": company.name,
        "company_domain": company.domain,
        "company_industry": company.industry,
        "company_employees": company.employees,
        "company_country": company.country,
        "company_key": company_key(company),
        "campaign": lead.campaign,
        "first_campaign": lead.campaign,
        "interests": list(lead.interests),
        "extra": dict(lead.extra),
        "search": searched(lead),
        "created_at": lead.created_at,
        "received_at": received_at,
        "stage": stage.value,
        "score": score.points,
        "score_fit": score.fit,
        "score_engagement": score.engagement,
        "criteria_version": score.criteria_version,
        "mql_at": mql_at,
    }
    return replace(lead, id=inserted_id(session.connection().execute(_ADD_LEAD, row)))


_ADD_LEAD = insert(LeadRow.__table__)  # type: ignore[attr-defined]
_LONGEST_KEY = 500  # an index of PostgreSQL takes 2,700 bytes


def company_key(company: Company) -> str | None:
    """What makes two leads of one company: the domain, else the name, folded to lower case."""
    key = company.domain or company.name
    return key.casefold()[:_LONGEST_KEY] if key else None


def searched(lead: Lead) -> str:
    """The text that `search` looks in."""
    words = (lead.first_name, lead.last_name, lead.email, lead.company.name, lead.external_id)
    return " ".join(word for word in words if word).casefold()


def unknown_events(
    session: Session, events: Iterable[EngagementEvent]
) -> tuple[EngagementEvent, ...]:
    """Those of `events` that were never kept, each once (the last with its id)."""
    by_id = {event.id: event for event in events}
    if not by_id:
        return ()
    known = set(session.connection().scalars(_KNOWN_EVENTS, {"ids": list(by_id)}))
    return tuple(event for event in by_id.values() if event.id not in known)


_KNOWN_EVENTS = columns(col(EventRow.event_id)).where(
    col(EventRow.event_id).in_(bindparam("ids", expanding=True))
)


def insert_events(session: Session, lead_id: int, events: Iterable[EngagementEvent]) -> None:
    """Keep what a lead did."""
    rows = [
        {
            "event_id": event.id,
            "lead_id": lead_id,
            "type": event.type,
            "name": event.name,
            "at": event.at,
        }
        for event in events
    ]
    if rows:
        session.connection().execute(_ADD_EVENTS, rows)


_ADD_EVENTS = insert(EventRow.__table__)  # type: ignore[attr-defined]


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


def largest_deal(session: Session, *, but: str) -> int:
    """The id of the largest open opportunity that isn't owned by `but`; there must be one."""
    found = select(LeadRow.id).where(LeadRow.stage == Stage.OPPORTUNITY.value, LeadRow.owner != but)
    lead_id = session.exec(found.order_by(col(LeadRow.amount).desc()).limit(1)).one()
    assert lead_id is not None
    return lead_id

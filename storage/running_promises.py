"""Promises that are broken and still not kept, and how old the leads in hands are. Each query reads
what is open, not what ever was."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, text
from sqlalchemy import select as columns
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, select

from leads.lifecycle import HandoffState
from storage.statistics import IS_OPEN
from storage.tables import HandoffRow, LeadRow, RejectionRow

# In the words of the partial index: with bound values the planners can't use it.
_UNANSWERED = text("rejection.answered_at IS NULL")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """So many promises of one person are past their time; `since` is when the first was due."""

    n: int
    since: datetime


def undecided(
    session: Session, now: datetime, since: datetime, until: datetime
) -> dict[str, Broken]:
    """By rep, the offers made in [since, until) whose time to decide is over; not those that only
    wait for a rep."""
    due = col(HandoffRow.accept_by)
    waits = and_(col(HandoffRow.state) == HandoffState.OFFERED.value, due < now)
    has_rep = col(HandoffRow.retry_at).is_(None)
    return _by_rep(session, and_(waits, has_rep), due, since, until)


def untouched(
    session: Session, now: datetime, since: datetime, until: datetime
) -> dict[str, Broken]:
    """By rep, the accepted leads, offered in [since, until), whose first touch is overdue."""
    due = col(HandoffRow.contact_by)
    waits = and_(
        col(HandoffRow.state) == HandoffState.ACCEPTED.value,
        col(HandoffRow.first_touch_at).is_(None),
        due < now,
    )
    return _by_rep(session, waits, due, since, until)


def _by_rep(
    session: Session,
    is_broken: ColumnElement[bool],
    due: ColumnElement[datetime] | Mapped[datetime | None],
    since: datetime,
    until: datetime,
) -> dict[str, Broken]:
    """Counted by cases: as conditions, the planner would rather read every offer of those days or
    every clock that was ever due than the few handoffs that are open."""
    offered = col(HandoffRow.offered_at)
    counts = and_(is_broken, offered >= since, offered < until)
    rows = session.execute(
        columns(
            col(HandoffRow.rep),
            func.sum(case((counts, 1), else_=0)),
            func.min(case((counts, due))),
        )
        .where(IS_OPEN)
        .group_by(col(HandoffRow.rep))
    )
    return {rep: Broken(n=n, since=first) for rep, n, first in rows if n}


def unanswered(
    session: Session,
    now: datetime,
    since: datetime,
    until: datetime,
    *,
    campaign: str | None = None,
    source: str | None = None,
) -> Broken | None:
    """The rejections made in [since, until) whose answer is overdue; None when there are none."""
    due, rejected = col(RejectionRow.answer_by), col(RejectionRow.rejected_at)
    counts = and_(due < now, rejected >= since, rejected < until)
    question = columns(func.sum(case((counts, 1), else_=0)), func.min(case((counts, due)))).where(
        _UNANSWERED
    )
    if campaign is not None or source is not None:
        is_campaign = campaign is not None
        brought = (
            col(LeadRow.campaign) == campaign if is_campaign else col(LeadRow.source) == source
        )
        question = question.join_from(
            RejectionRow, LeadRow, col(LeadRow.id) == col(RejectionRow.lead_id)
        ).where(brought)
    n, first = session.execute(question).one()
    return Broken(n=n, since=first) if first else None


@dataclass(frozen=True, kw_only=True)
class Qualified:
    """Since when the leads in hands are MQLs: how many, the first, the one or two in the middle,
    and how many before the moment that was asked for."""

    n: int
    oldest: datetime | None
    middle: tuple[datetime, ...]
    old: int


def ages(
    session: Session,
    *,
    old_from: datetime,
    campaign: str | None = None,
    rep: str | None = None,
) -> Qualified:
    """Of the leads that are offered or accepted now; of one campaign or rep, where one is given."""
    question = (
        select(LeadRow.mql_at)
        .join(HandoffRow, col(HandoffRow.lead_id) == col(LeadRow.id))
        .where(IS_OPEN, col(LeadRow.mql_at).is_not(None))
    )
    if campaign is not None:
        question = question.where(LeadRow.campaign == campaign)
    if rep is not None:
        question = question.where(HandoffRow.rep == rep)
    found = sorted(at for at in session.exec(question) if at is not None)
    n = len(found)
    return Qualified(
        n=n,
        oldest=found[0] if found else None,
        middle=(found[(n - 1) // 2], found[n // 2]) if found else (),
        old=sum(at <= old_from for at in found),
    )

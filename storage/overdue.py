"""Leads that need somebody in sales now. Each query reads what is open, not what ever was."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, text
from sqlalchemy import select as columns
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from leads.lead import Lead
from leads.lifecycle import HandoffState
from leads.missing import Missing
from storage.leads import lead_value
from storage.statistics import IS_OPEN
from storage.tables import HandoffRow, LeadRow

# In the words of the partial index: with bound values the planners can't use it.
_LOOKED_FOR = text("handoff.retry_at IS NOT NULL")


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """A lead that waits for `who` (an e-mail) since `since`."""

    lead: Lead
    missing: Missing
    who: str
    since: datetime


def late_handoffs(
    session: Session, now: datetime, limit: int, reps: Collection[str] | None = None
) -> list[Overdue]:
    """Offers past their time to decide, accepted leads past the time of their first touch, and
    leads that nobody could take; the longest waiting first, of these reps only where some are
    given. A snoozed offer isn't late."""
    is_offered = col(HandoffRow.state) == HandoffState.OFFERED.value
    has_nobody = and_(is_offered, col(HandoffRow.retry_at).is_not(None))
    due: ColumnElement[datetime] = case(
        (has_nobody, col(HandoffRow.offered_at)),
        (is_offered, col(HandoffRow.accept_by)),
        else_=col(HandoffRow.contact_by),
    )
    awake = or_(col(HandoffRow.snoozed_until).is_(None), col(HandoffRow.snoozed_until) <= now)
    untouched = and_(~is_offered, col(HandoffRow.first_touch_at).is_(None))
    question = (
        select(LeadRow, HandoffRow, due)
        .join(HandoffRow, col(HandoffRow.lead_id) == col(LeadRow.id))
        .where(IS_OPEN, or_(and_(is_offered, awake), untouched), due < now)
        .order_by(due, col(LeadRow.id))
        .limit(limit)
    )
    if reps is not None:
        question = question.where(col(HandoffRow.rep).in_(sorted(reps)))
    return [
        Overdue(lead=lead_value(lead), missing=_missing(handoff), who=handoff.rep, since=since)
        for lead, handoff, since in session.exec(question)
    ]


def _missing(handoff: HandoffRow) -> Missing:
    if handoff.state != HandoffState.OFFERED:
        return Missing.TOUCH
    return Missing.DECISION if handoff.retry_at is None else Missing.REP


def not_late_without_a_rep(session: Session, now: datetime) -> int:
    """How many leads nobody could take whose time to decide isn't over yet: they need somebody
    now all the same."""
    session.flush()
    return int(session.connection().execute(_NOT_LATE, {"now": now}).scalar_one())


_NOW = bindparam("now", type_=HandoffRow.metadata.tables["handoff"].c.offered_at.type)
# Counted by cases: as a condition, the planner would rather read every offer that ever was.
_NOT_LATE = columns(
    func.coalesce(
        func.sum(
            case(
                (
                    and_(
                        col(HandoffRow.state) == HandoffState.OFFERED.value,
                        col(HandoffRow.offered_at) < _NOW,
                        or_(
                            col(HandoffRow.accept_by) >= _NOW,
                            col(HandoffRow.snoozed_until) > _NOW,
                        ),
                    ),
                    1,
                ),
                else_=0,
            )
        ),
        0,
    )
).where(_LOOKED_FOR)

"""Rows behind the questions people ask: open leads and rejections, by indexed ranges only.

Counts over long times come from `storage.tally`; nothing here reads all leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, and_, bindparam, case, exists, func, text
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from leads.lead import Lead
from leads.lifecycle import HandoffState, Stage
from storage.leads import lead_value
from storage.tables import FeedbackRow, HandoffRow, LeadRow

# In words that match the partial indexes: with bound values the planners can't use them.
IS_OPEN = text("handoff.state IN ('offered', 'accepted')")


@dataclass(frozen=True, kw_only=True)
class OpenLead:
    """A lead that a rep holds, and its two clocks."""

    lead: Lead
    stage: Stage
    score: int
    state: HandoffState
    offered_at: datetime
    accept_by: datetime
    contact_by: datetime | None
    first_touch_at: datetime | None
    snoozed_until: datetime | None

    @property
    def due(self) -> datetime | None:
        """When the rep must do something next: decide, else touch; None when both are done."""
        if self.state is HandoffState.OFFERED:
            return max(self.accept_by, self.snoozed_until or self.accept_by)
        return self.contact_by if self.first_touch_at is None else None


_OPEN_OF_REP = (
    columns(HandoffRow, LeadRow)
    .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
    .where(col(HandoffRow.rep) == bindparam("rep"), IS_OPEN)
)


def open_leads(session: Session, rep: str) -> list[OpenLead]:
    """Every lead that `rep` holds, the one that is due first at the top, those without a clock
    last and newest first."""
    rows = session.execute(_OPEN_OF_REP, {"rep": rep}).all()
    found = [
        OpenLead(
            lead=lead_value(lead),
            stage=Stage(lead.stage),
            score=lead.score,
            state=HandoffState(handoff.state),
            offered_at=handoff.offered_at,
            accept_by=handoff.accept_by,
            contact_by=handoff.contact_by,
            first_touch_at=handoff.first_touch_at,
            snoozed_until=handoff.snoozed_until,
        )
        for handoff, lead in rows
    ]
    timed = [one for one in found if one.due]
    done = [one for one in found if not one.due]
    return sorted(timed, key=lambda one: (one.due or one.offered_at, one.lead.id)) + sorted(
        done, key=lambda one: (one.offered_at, one.lead.id), reverse=True
    )


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """One rejection that still stands."""

    lead: Lead
    reason: str
    reason_label: str
    teaches: str
    answer: str | None
    decided_by: str
    decided_at: datetime


@cache
def still_stands() -> ColumnElement[bool]:
    """A decision stands when its handoff is still in the state that it led to, and it is the
    newest of its kind there. So an undo ends it, giving back ends an acceptance, and overturning
    ends a rejection; a verdict that upholds it ends nothing. Decisions other than accepted,
    rejected and passed never stand."""
    handoff, later = aliased(HandoffRow), aliased(FeedbackRow)
    kept = case(
        (col(handoff.state) == HandoffState.COMPLETED.value, HandoffState.ACCEPTED.value),
        else_=col(handoff.state),
    )
    return and_(
        exists().where(
            col(handoff.id) == col(FeedbackRow.handoff_id), kept == col(FeedbackRow.decision)
        ),
        ~exists().where(
            col(later.handoff_id) == col(FeedbackRow.handoff_id),
            col(later.decision) == col(FeedbackRow.decision),
            col(later.id) > col(FeedbackRow.id),
        ),
    )


def newest_rejections(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    reason: str | None = None,
    campaign: str | None = None,
    source: str | None = None,
    rep: str | None = None,
) -> list[Rejection]:
    """The newest `limit` standing rejections decided in [since, until), newest first; only those
    for `reason`, and of leads from `campaign` or `source` or offered to `rep`, where given."""
    narrow = {"reason": reason, "campaign": campaign, "source": source, "rep": rep}
    given = {name: value for name, value in narrow.items() if value is not None}
    asked = {"since": since, "until": until, "limit": limit, **given}
    rows = session.execute(_newest(frozenset(given)), asked)
    return [
        Rejection(
            lead=lead_value(lead),
            reason=reason_code or "",
            reason_label=label or reason_code or "",
            teaches=teaches or "",
            answer=answer,
            decided_by=decided_by,
            decided_at=decided_at,
        )
        for reason_code, label, teaches, answer, decided_by, decided_at, lead in rows
    ]


_OF_FEEDBACK = ("reason", "reason_label", "teaches", "answer", "decided_by", "decided_at")
"""All but the snapshot, which is large."""

_NARROW = {
    "reason": col(FeedbackRow.reason),
    # Not by their indexes, which know nothing of what is new.
    "campaign": func.coalesce(LeadRow.campaign, ""),
    "source": func.coalesce(LeadRow.source, ""),
    "rep": func.coalesce(HandoffRow.rep, ""),
}


@cache
def _newest(given: frozenset[str]) -> Executable:
    """Built once for what may be given: building it takes longer than running it."""
    decided_at = col(FeedbackRow.decided_at)
    found = columns(*(col(getattr(FeedbackRow, name)) for name in _OF_FEEDBACK), LeadRow).join_from(
        FeedbackRow, LeadRow, col(LeadRow.id) == col(FeedbackRow.lead_id)
    )
    if "rep" in given:
        found = found.join(HandoffRow, col(HandoffRow.id) == col(FeedbackRow.handoff_id))
    return (
        found.where(
            col(FeedbackRow.decision) == HandoffState.REJECTED.value,
            decided_at >= bindparam("since"),
            decided_at < bindparam("until"),
            *(_NARROW[name] == bindparam(name) for name in sorted(given)),
            # As a case that asks about the lead, it is looked at only where all else holds.
            case((col(LeadRow.id).is_not(None), still_stands())),
        )
        .order_by(decided_at.desc())
        .limit(bindparam("limit"))
    )


def holders(session: Session, lead_ids: Sequence[int]) -> dict[int, str]:
    """Who holds each of these leads in an open handoff, by lead id."""
    rows = session.exec(
        select(HandoffRow.lead_id, HandoffRow.rep).where(
            col(HandoffRow.lead_id).in_(lead_ids), IS_OPEN
        )
    )
    return dict(rows.all())

"""Rows behind the daily digest: what happened in a window, what waits now, what was promised.

Every query reads a range of an index: the offers, decisions or due moments of some days, or the
handoffs that are open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, String, case, cast, exists, func, text, type_coerce
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from leads.lead import COMPANY_FIELDS, LEAD_FIELDS, Lead
from leads.lifecycle import HandoffState
from storage.leads import lead_value
from storage.statistics import IS_OPEN, still_stands
from storage.tables import CriteriaRow, FeedbackRow, HandoffRow, LeadRow, RejectionRow

# In the words of the partial index: with bound values the planners can't use it.
_UNANSWERED = text("rejection.answered_at IS NULL")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What one rep still owes: leads to decide and leads to touch, and how many are late."""

    rep: str
    to_accept: int
    accept_late: int
    to_touch: int
    touch_late: int

    @property
    def late(self) -> int:
        """Leads that need this rep now."""
        return self.accept_late + self.touch_late


def waiting_by_rep(session: Session, now: datetime) -> list[Waiting]:
    """Everybody who holds a lead that waits for a decision or a first touch, the most late
    first. A snoozed lead isn't late while it is snoozed."""
    to_accept = col(HandoffRow.state) == HandoffState.OFFERED.value
    to_touch = and_(
        col(HandoffRow.state) == HandoffState.ACCEPTED.value,
        col(HandoffRow.first_touch_at).is_(None),
    )
    awake = or_(col(HandoffRow.snoozed_until).is_(None), col(HandoffRow.snoozed_until) <= now)
    rows = session.execute(
        columns(
            col(HandoffRow.rep),
            _count(to_accept),
            _count(and_(to_accept, awake, col(HandoffRow.accept_by) < now)),
            _count(to_touch),
            _count(and_(to_touch, col(HandoffRow.contact_by) < now)),
        )
        .where(IS_OPEN)
        .group_by(col(HandoffRow.rep))
    )
    found = [
        Waiting(
            rep=rep,
            to_accept=to_accept,
            accept_late=accept_late,
            to_touch=to_touch,
            touch_late=touch_late,
        )
        for rep, to_accept, accept_late, to_touch, touch_late in rows
        if to_accept or to_touch
    ]
    return sorted(found, key=lambda one: (-one.late, -one.to_accept - one.to_touch, one.rep))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def oldest_waiting(session: Session) -> tuple[Lead, datetime] | None:
    """The lead that has waited longest for its first touch, and since when it is an MQL."""
    since = func.coalesce(LeadRow.mql_at, HandoffRow.offered_at)
    row = session.exec(
        select(LeadRow, HandoffRow.offered_at)
        .join(HandoffRow, col(HandoffRow.lead_id) == col(LeadRow.id))
        .where(IS_OPEN, col(HandoffRow.first_touch_at).is_(None))
        .order_by(since, col(LeadRow.id))
        .limit(1)
    ).first()
    if row is None:
        return None
    lead, offered_at = row
    return lead_value(lead), lead.mql_at or offered_at


def handed_over(session: Session, since: datetime, until: datetime) -> int:
    """How many leads were offered in [since, until); one that was passed on counts once."""
    return session.exec(
        select(func.count(func.distinct(HandoffRow.lead_id))).where(
            HandoffRow.offered_at >= since, HandoffRow.offered_at < until
        )
    ).one()


def accepted(session: Session, since: datetime, until: datetime) -> int:
    """How many acceptances of [since, until) stand."""
    return session.exec(
        select(func.count())
        .select_from(FeedbackRow)
        .where(
            FeedbackRow.decision == HandoffState.ACCEPTED.value,
            FeedbackRow.decided_at >= since,
            FeedbackRow.decided_at < until,
            still_stands(),
        )
    ).one()


def rejected_by_reason(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """How many rejections of [since, until) stand, by reason label, the most frequent first."""
    label = func.coalesce(FeedbackRow.reason_label, FeedbackRow.reason, "")
    rows = session.exec(
        select(label, func.count())
        .where(
            FeedbackRow.decision == HandoffState.REJECTED.value,
            FeedbackRow.decided_at >= since,
            FeedbackRow.decided_at < until,
            still_stands(),
        )
        .group_by(label)
    ).all()
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many promises that fell due were kept."""

    kept: int
    due: int


def decided_in_time(session: Session, since: datetime, until: datetime) -> Kept:
    """Of the offers whose time to decide ended in [since, until), how many were decided by then.
    An offer that was withdrawn before its time asks nothing of anybody and isn't counted."""
    on_time = col(HandoffRow.decided_at) <= col(HandoffRow.accept_by)
    withdrawn = col(HandoffRow.state) == HandoffState.WITHDRAWN.value
    due, kept = session.exec(
        select(
            _count(~and_(withdrawn, func.coalesce(on_time, False))),
            _count(and_(~withdrawn, on_time)),
        ).where(HandoffRow.accept_by >= since, HandoffRow.accept_by < until)
    ).one()
    return Kept(kept=kept, due=due)


def touched_in_time(session: Session, since: datetime, until: datetime) -> Kept:
    """Of the accepted leads whose first touch was due in [since, until), how many had it."""
    due, kept = session.exec(
        select(
            func.count(),
            _count(col(HandoffRow.first_touch_at) <= col(HandoffRow.contact_by)),
        ).where(col(HandoffRow.contact_by) >= since, col(HandoffRow.contact_by) < until)
    ).one()
    return Kept(kept=kept, due=due)


def answered_in_time(session: Session, since: datetime, until: datetime) -> Kept:
    """Of the rejections whose answer was due in [since, until), how many had it by then."""
    due, kept = session.exec(
        select(
            func.count(),
            _count(col(RejectionRow.answered_at) <= col(RejectionRow.answer_by)),
        ).where(col(RejectionRow.answer_by) >= since, col(RejectionRow.answer_by) < until)
    ).one()
    return Kept(kept=kept, due=due)


def accepted_as_of(
    session: Session, since: datetime, until: datetime, moment: datetime
) -> tuple[int, int]:
    """Of the leads offered in [since, until), how many were accepted, and how many decided at
    all, as people knew it at `moment`. A decision that was taken back since isn't one, and
    explored leads are in no rate."""
    accepted = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)
    decided = (*accepted, HandoffState.REJECTED.value)
    n_accepted, n_decided = session.exec(
        select(
            _count(col(HandoffRow.state).in_(accepted)),
            _count(col(HandoffRow.state).in_(decided)),
        ).where(
            HandoffRow.offered_at >= since,
            HandoffRow.offered_at < until,
            col(HandoffRow.decided_at) < moment,
            col(HandoffRow.explored).is_(False),
        )
    ).one()
    return n_accepted, n_decided


def new_criteria(session: Session, since: datetime, until: datetime) -> list[CriteriaRow]:
    """The versions that came into force in [since, until) after the first, oldest first."""
    return list(
        session.exec(
            select(CriteriaRow)
            .where(
                CriteriaRow.activated_at >= since,
                CriteriaRow.activated_at < until,
                CriteriaRow.version > 1,
            )
            .order_by(col(CriteriaRow.version))
        )
    )


def answering_by_owner(session: Session, now: datetime) -> list[tuple[str, int, int]]:
    """Every marketer who has rejections to answer: who, how many, how many of them late; the most
    late first."""
    late = _count(col(RejectionRow.answer_by) < now)
    rows = session.exec(
        select(RejectionRow.owner, func.count(), late)
        .where(_UNANSWERED, col(RejectionRow.answer_by).is_not(None))
        .group_by(col(RejectionRow.owner))
    )
    return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))


def came_back(
    session: Session, rep: str, since: datetime, until: datetime, limit: int
) -> list[Lead]:
    """Leads that rested, became MQLs again and were offered to `rep` in [since, until), while the
    rep still holds them, the newest first."""
    earlier = aliased(HandoffRow)
    was_offered_before = exists().where(
        col(earlier.lead_id) == col(HandoffRow.lead_id), col(earlier.offered_at) < LeadRow.mql_at
    )
    return [
        lead_value(lead)
        for lead in session.exec(
            select(LeadRow)
            .join(HandoffRow, col(HandoffRow.lead_id) == col(LeadRow.id))
            .where(
                HandoffRow.rep == rep,
                HandoffRow.offered_at >= since,
                HandoffRow.offered_at < until,
                IS_OPEN,
                was_offered_before,
            )
            .order_by(col(HandoffRow.offered_at).desc(), col(LeadRow.id))
            .limit(limit)
        )
    ]


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """How many of `n` leads have every required field, and how many lack each one."""

    complete: int
    n: int
    missing: dict[str, int]


def completeness(
    session: Session, fields: Sequence[str], since: datetime, until: datetime
) -> Completeness:
    """Of the leads that were offered in [since, until), how many have the required `fields`."""
    known = [_is_known(path) for path in fields]
    offered = select(HandoffRow.lead_id).where(
        HandoffRow.offered_at >= since, HandoffRow.offered_at < until
    )
    figures = session.execute(
        columns(func.count(), _count(and_(True, *known)), *(_count(~one) for one in known)).where(
            col(LeadRow.id).in_(offered)
        )
    ).one()
    n, complete, *missing = figures
    return Completeness(complete=complete, n=n, missing=dict(zip(fields, missing, strict=True)))


def _is_known(path: str) -> ColumnElement[bool]:
    """Whether the lead has a value at `path`, named as in `leads.lead.Lead.value`."""
    name = path.removeprefix("company.")
    if path.startswith("company.") and name in COMPANY_FIELDS:
        return getattr(LeadRow, f"company_{name}").is_not(None)  # type: ignore[no-any-return]
    if path == "interests":
        return cast(LeadRow.interests, String) != "[]"
    if path in LEAD_FIELDS:
        return getattr(LeadRow, path).is_not(None)  # type: ignore[no-any-return]
    name = path.removeprefix("extra.")
    extra: ColumnElement[str] = type_coerce(LeadRow.extra, JSON)[name].as_string()
    return extra.is_not(None)

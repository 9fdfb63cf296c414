"""Rows behind the daily digest: what happened in a window, what waits now, what was promised.

Every query reads a range of an index: the offers, decisions or due moments of some days, or the
handoffs that are open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    JSON,
    Executable,
    Integer,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    text,
    type_coerce,
)
from sqlalchemy import select as columns
from sqlalchemy.orm import Mapped, aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from leads.lead import COMPANY_FIELDS, LEAD_FIELDS, Lead
from leads.lifecycle import HandoffState
from storage.leads import lead_value
from storage.statistics import IS_OPEN, still_stands
from storage.tables import CriteriaRow, FeedbackRow, HandoffRow, LeadRow, RejectionRow

# In the words of the partial index: with bound values the planners can't use it.
_UNANSWERED = text("rejection.answered_at IS NULL")

# Queries are built once: building one takes longer than asking it.


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _within(moment: ColumnElement[datetime] | Mapped[datetime | None]) -> ColumnElement[bool]:
    return and_(moment >= bindparam("since"), moment < bindparam("until"))


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


_TO_ACCEPT = col(HandoffRow.state) == HandoffState.OFFERED.value
_TO_TOUCH = and_(
    col(HandoffRow.state) == HandoffState.ACCEPTED.value,
    col(HandoffRow.first_touch_at).is_(None),
)
_NOW = bindparam("now", type_=HandoffRow.metadata.tables["handoff"].c.offered_at.type)
_AWAKE = or_(col(HandoffRow.snoozed_until).is_(None), col(HandoffRow.snoozed_until) <= _NOW)
_WAITING = (
    columns(
        col(HandoffRow.rep),
        _count(_TO_ACCEPT),
        _count(and_(_TO_ACCEPT, _AWAKE, col(HandoffRow.accept_by) < _NOW)),
        _count(_TO_TOUCH),
        _count(and_(_TO_TOUCH, col(HandoffRow.contact_by) < _NOW)),
    )
    .where(IS_OPEN)
    .group_by(col(HandoffRow.rep))
)


def waiting_by_rep(session: Session, now: datetime) -> list[Waiting]:
    """Everybody who holds a lead that waits for a decision or a first touch, the most late
    first. A snoozed lead isn't late while it is snoozed."""
    session.flush()
    rows = session.connection().execute(_WAITING, {"now": now})
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
    return _number(session, _HANDED_OVER, since, until)


_HANDED_OVER = columns(func.count(func.distinct(col(HandoffRow.lead_id)))).where(
    _within(col(HandoffRow.offered_at))
)


def accepted(session: Session, since: datetime, until: datetime) -> int:
    """How many acceptances of [since, until) stand."""
    return _number(session, _ACCEPTED, since, until)


_ACCEPTED = (
    columns(func.count())
    .select_from(FeedbackRow)
    .where(
        col(FeedbackRow.decision) == HandoffState.ACCEPTED.value,
        _within(col(FeedbackRow.decided_at)),
        still_stands(),
    )
)


def _number(session: Session, question: Executable, since: datetime, until: datetime) -> int:
    session.flush()
    found = session.connection().execute(question, {"since": since, "until": until})
    return int(found.scalar_one())


def rejected_by_reason(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """How many rejections of [since, until) stand, by reason label, the most frequent first."""
    session.flush()
    rows = session.connection().execute(_BY_REASON, {"since": since, "until": until})
    found = [(label, n) for label, n in rows]
    return dict(sorted(found, key=lambda one: (-one[1], one[0])))


_LABEL = func.coalesce(FeedbackRow.reason_label, FeedbackRow.reason, "").label("reason")
_REJECTED = (
    columns(_LABEL)
    .where(
        col(FeedbackRow.decision) == HandoffState.REJECTED.value,
        _within(col(FeedbackRow.decided_at)),
        still_stands(),
    )
    .subquery()
)
_BY_REASON = columns(_REJECTED.c.reason, func.count()).group_by(_REJECTED.c.reason)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many promises that fell due were kept."""

    kept: int
    due: int


def decided_in_time(session: Session, since: datetime, until: datetime) -> Kept:
    """Of the offers whose time to decide ended in [since, until), how many were decided by then.
    An offer that was withdrawn before its time asks nothing of anybody and isn't counted."""
    return _kept(session, _DECIDED, since, until)


_IN_TIME = col(HandoffRow.decided_at) <= col(HandoffRow.accept_by)
_WITHDRAWN = col(HandoffRow.state) == HandoffState.WITHDRAWN.value
_DECIDED = columns(
    _count(~and_(_WITHDRAWN, func.coalesce(_IN_TIME, False))),
    _count(and_(~_WITHDRAWN, _IN_TIME)),
).where(_within(col(HandoffRow.accept_by)))


def _kept(session: Session, question: Executable, since: datetime, until: datetime) -> Kept:
    """How many fell due and how many of them were kept, in this order."""
    session.flush()
    asked = {"since": since, "until": until}
    due, kept = session.connection().execute(question, asked).one()
    return Kept(kept=kept, due=due)


def touched_in_time(session: Session, since: datetime, until: datetime) -> Kept:
    """Of the accepted leads whose first touch was due in [since, until), how many had it."""
    return _kept(session, _TOUCHED, since, until)


_TOUCHED = columns(
    func.count(), _count(col(HandoffRow.first_touch_at) <= col(HandoffRow.contact_by))
).where(_within(col(HandoffRow.contact_by)))


def answered_in_time(session: Session, since: datetime, until: datetime) -> Kept:
    """Of the rejections whose answer was due in [since, until), how many had it by then."""
    return _kept(session, _ANSWERED, since, until)


_ANSWERED = columns(
    func.count(), _count(col(RejectionRow.answered_at) <= col(RejectionRow.answer_by))
).where(_within(col(RejectionRow.answer_by)))


def accepted_as_of(
    session: Session, since: datetime, until: datetime, moment: datetime
) -> tuple[int, int]:
    """Of the leads offered in [since, until), how many were accepted, and how many decided at
    all, as people knew it at `moment`. A decision that was taken back since isn't one, and
    explored leads are in no rate."""
    session.flush()
    asked = {"since": since, "until": until, "moment": moment}
    n_accepted, n_decided = session.connection().execute(_AS_OF, asked).one()
    return n_accepted, n_decided


_TAKEN = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)
_AS_OF = columns(
    _count(col(HandoffRow.state).in_(_TAKEN)),
    _count(col(HandoffRow.state).in_((*_TAKEN, HandoffState.REJECTED.value))),
).where(
    _within(col(HandoffRow.offered_at)),
    col(HandoffRow.decided_at) < bindparam("moment"),
    col(HandoffRow.explored).is_(False),
)


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
    session.flush()
    rows = session.connection().execute(_ANSWERING, {"now": now})
    found = [(owner, n, late) for owner, n, late in rows]
    return sorted(found, key=lambda one: (-one[2], -one[1], one[0]))


_ANSWERING = (
    columns(col(RejectionRow.owner), func.count(), _count(col(RejectionRow.answer_by) < _NOW))
    .where(_UNANSWERED, col(RejectionRow.answer_by).is_not(None))
    .group_by(col(RejectionRow.owner))
)


def came_back(
    session: Session, rep: str, since: datetime, until: datetime, limit: int
) -> list[Lead]:
    """Leads that rested, became MQLs again and were offered to `rep` in [since, until), while the
    rep still holds them, the newest first."""
    asked = {"rep": rep, "since": since, "until": until, "limit": limit}
    return [lead_value(lead) for lead in session.scalars(_CAME_BACK, asked)]


_EARLIER = aliased(HandoffRow)
_CAME_BACK = (
    select(LeadRow)
    .join(HandoffRow, col(HandoffRow.lead_id) == col(LeadRow.id))
    .where(
        col(HandoffRow.rep) == bindparam("rep"),
        _within(col(HandoffRow.offered_at)),
        IS_OPEN,
        exists().where(
            col(_EARLIER.lead_id) == col(HandoffRow.lead_id),
            col(_EARLIER.offered_at) < col(LeadRow.mql_at),
        ),
    )
    .order_by(col(HandoffRow.offered_at).desc(), col(LeadRow.id))
    .limit(bindparam("limit", type_=Integer()))
)


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

"""The decisions of reps as what criteria learn from. Needs numpy: import it only where that is
worked out, away from the bot."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Text, cast, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from leads.agreement import Teaches
from leads.lead import Lead, Scalar
from leads.lifecycle import HandoffState, Stage
from leads.proposals import ProposalState, week_of
from leads.retuning.drift import Decisions
from leads.retuning.event_columns import EventColumns
from leads.retuning.history import History
from leads.retuning.labels import Verdict, labelled
from leads.retuning.lead_table import LeadTable
from storage.feedback import UNDONE, VERDICTS
from storage.lead_columns import MOMENTS, by_column
from storage.tables import EventRow, FeedbackRow, HandoffRow, LeadRow, ProposalRow
from storage.upsert import dialect_of

_OUTCOMES = frozenset({Stage.SQL, Stage.OPPORTUNITY, Stage.WON, Stage.LOST})
_INTERESTS = "interests"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What stands of what was decided on one handoff."""

    handoff: int
    accepted: bool
    teaches: Teaches | None
    reason: str | None
    by: str
    at: datetime
    overturned: bool


@dataclass(frozen=True, kw_only=True)
class Learnable:
    """What may be learned from, and by handoff who decided and why."""

    history: History
    decisions: Mapping[int, Decision]
    newest: int
    """Id of the newest feedback that was read, 0 where there is none."""


def read(session: Session, zone: ZoneInfo) -> Learnable:
    """All decisions from which criteria may learn, with their leads as they were known when they
    were offered (what they did later isn't known). Weeks are those of the zone."""
    decisions = {one.handoff: one for one in standing(session)}
    offers = [offer for offer in _offers(session) if offer.id in decisions]
    winners = {offer.lead_id: offer.rep for offer in offers if _is_won(offer)}
    newest_of = {offer.lead_id: offer.id for offer in offers}
    verdicts = [
        _verdict(offer, decisions[offer.id], winners.get(offer.lead_id), newest_of)
        for offer in offers
    ]
    keep, accepted, weight = labelled(verdicts)
    rows = np.flatnonzero(keep)
    kept = [offers[row] for row in rows]
    told = [decisions[offer.id] for offer in kept]
    ids = np.array([offer.id for offer in kept], np.int64)
    fields = [json.loads(offer.fields or "{}") for offer in kept]
    history = History(
        leads=_table(session, ids, fields, [offer.offered_at for offer in kept]),
        ids=ids,
        names=tuple(map(_name, kept, fields)),
        at=np.array([one.at.timestamp() for one in told], np.float64),
        accepted=accepted[rows],
        weight=weight[rows],
        propensity=np.array([offer.propensity for offer in kept], np.float64),
        explored=np.array([offer.explored for offer in kept], np.bool_),
        weeks=_weeks(told, zone),
        reasons=tuple(one.reason for one in told),
    )
    return Learnable(history=history, decisions=decisions, newest=_newest(session))


def of_late(session: Session, zone: ZoneInfo, since: datetime) -> Decisions:
    """Decisions of every kind from then on, but for those on explored leads."""
    explored = set(
        session.exec(
            select(HandoffRow.id).where(
                col(HandoffRow.explored).is_(True), HandoffRow.offered_at >= since
            )
        )
    )
    found = [one for one in standing(session, since) if one.handoff not in explored]
    found = [one for one in found if one.at >= since]
    return Decisions(
        ids=np.array([one.handoff for one in found], np.int64),
        weeks=_weeks(found, zone),
        accepted=np.array([one.accepted for one in found], np.bool_),
        reasons=tuple(one.reason for one in found),
    )


def learned_until(session: Session, version: int, zone: ZoneInfo) -> int | None:
    """The newest week that the criteria of this version were learned from; None when they weren't
    learned."""
    seen: set[int] = set()
    while version not in seen:
        seen.add(version)
        row = session.exec(
            select(ProposalRow).where(
                ProposalRow.version == version, ProposalRow.state == ProposalState.ACTIVATED.value
            )
        ).first()
        if row is None:
            return None
        restored = row.evidence.get("restores")
        if not isinstance(restored, int):
            newest = session.get(FeedbackRow, row.decisions)
            return week_of(newest.decided_at.astimezone(zone).date()) if newest else None
        version = restored
    return None


_Feedback = Row[int, str, str | None, str | None, str, datetime]


def standing(session: Session, since: datetime | None = None) -> Iterator[Decision]:
    """The last accept or rejection on each handoff that wasn't taken back, by handoff; with
    `since`, of those handoffs on which anything was decided from then on."""
    query = columns(
        col(FeedbackRow.handoff_id),
        col(FeedbackRow.decision),
        col(FeedbackRow.teaches),
        col(FeedbackRow.reason),
        col(FeedbackRow.decided_by),
        col(FeedbackRow.decided_at),
    ).order_by(col(FeedbackRow.handoff_id), col(FeedbackRow.id))
    if since is not None:
        young = select(FeedbackRow.handoff_id).where(col(FeedbackRow.decided_at) >= since)
        query = query.where(col(FeedbackRow.handoff_id).in_(young))
    rows = session.connection().execute(query)
    for _, some in groupby(rows, key=attrgetter("handoff_id")):
        if (found := _last(some)) is not None:
            yield found


def _last(rows: Iterator[_Feedback]) -> Decision | None:
    """What stands of the feedback on one handoff; a pass to a colleague decides nothing."""
    stands: list[_Feedback] = []
    overturned = False
    for row in rows:
        if row.decision == UNDONE:
            del stands[-1:]
        elif row.decision in VERDICTS:
            overturned = row.decision == "overturned"
        else:
            stands.append(row)
    if not stands or stands[-1].decision not in {"accepted", "rejected"}:
        return None
    last = stands[-1]
    return Decision(
        handoff=last.handoff_id,
        accepted=last.decision == "accepted",
        teaches=Teaches(last.teaches) if last.teaches else None,
        reason=last.reason,
        by=last.decided_by,
        at=last.decided_at,
        overturned=overturned,
    )


@dataclass(frozen=True)
class _Offer:
    """A handoff and where its lead stands now."""

    id: int
    lead_id: int
    rep: str
    state: str
    offered_at: datetime
    explored: bool
    propensity: float
    fields: str | None
    stage: str


_OFFERS = {
    dialect: columns(
        col(HandoffRow.id),
        col(HandoffRow.lead_id),
        col(HandoffRow.rep),
        col(HandoffRow.state),
        col(HandoffRow.offered_at),
        col(HandoffRow.explored),
        col(HandoffRow.propensity),
        fields,
        col(LeadRow.stage),
    )
    .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
    .order_by(col(HandoffRow.id))
    for dialect, fields in {
        # Only this part of the snapshot, as text.
        "sqlite": func.json_extract(col(HandoffRow.snapshot), "$.fields"),
        "postgresql": cast(col(HandoffRow.snapshot).op("->")("fields"), Text),
    }.items()
}


def _offers(session: Session) -> Iterator[_Offer]:
    for row in session.connection().execute(_OFFERS[dialect_of(session)]):
        yield _Offer(*row)


def _is_won(offer: _Offer) -> bool:
    return offer.stage == Stage.WON and offer.state == HandoffState.COMPLETED


def _verdict(
    offer: _Offer, decision: Decision, winner: str | None, newest_of: Mapping[int, int]
) -> Verdict:
    outcome = None
    if decision.accepted and offer.state == HandoffState.COMPLETED:
        # It ended won or lost, and what is won stays won.
        outcome = Stage.WON if _is_won(offer) else Stage.LOST
    elif decision.accepted and newest_of[offer.lead_id] == offer.id:
        stage = Stage(offer.stage)
        outcome = stage if stage in _OUTCOMES else None
    return Verdict(
        accepted=decision.accepted,
        teaches=decision.teaches,
        by=decision.by,
        outcome=outcome,
        won_by_other=not decision.accepted and winner not in {None, offer.rep},
        overturned=decision.overturned,
    )


def _table(
    session: Session,
    ids: NDArray[np.int64],
    fields: Sequence[Mapping[str, Scalar | list[str]]],
    at: Sequence[datetime],
) -> LeadTable:
    n = len(ids)
    by_name: dict[str, list[Scalar | None]] = {}
    interests: list[tuple[str, ...]] = [()] * n
    for row, known in enumerate(fields):
        for name, value in known.items():
            if isinstance(value, list):
                interests[row] = tuple(value)
                continue
            found = by_name.get(name)
            if found is None:
                found = by_name[name] = [None] * n
            found[row] = value
    return LeadTable.from_columns(
        n,
        by_name,
        np.array([moment.timestamp() for moment in at], np.float64),
        interests,
        _events(session, ids),
    )


_EVENTS = {
    dialect: columns(col(HandoffRow.id), col(EventRow.type), col(EventRow.name), at)
    .join(EventRow, col(EventRow.lead_id) == col(HandoffRow.lead_id))
    .where(col(EventRow.at) <= col(HandoffRow.offered_at))
    for dialect, at in MOMENTS.items()
}


def _events(session: Session, ids: NDArray[np.int64]) -> EventColumns:
    """What the leads of these handoffs, in order, had done when they were offered."""
    dialect = dialect_of(session)
    found = by_column(session, _EVENTS[dialect])
    if not found or not len(ids):
        return EventColumns.none()
    handoffs, types, names, at = found
    moments = np.array(at, "datetime64[us]" if dialect == "sqlite" else np.int64).astype(np.int64)
    rows = np.minimum(np.searchsorted(ids, handoffs), len(ids) - 1)
    ours = np.flatnonzero(ids[rows] == np.array(handoffs))
    kinds = [(types[place], names[place]) for place in ours]
    return EventColumns.of(rows[ours], kinds, moments[ours])


def _name(offer: _Offer, fields: Mapping[str, object]) -> str:
    first, last, email, number = (
        value if isinstance(value := fields.get(name), str) else None
        for name in ("first_name", "last_name", "email", "external_id")
    )
    lead = Lead(
        id=offer.lead_id,
        created_at=offer.offered_at,
        first_name=first,
        last_name=last,
        email=email,
        external_id=number,
    )
    return lead.name


def _weeks(decisions: Sequence[Decision], zone: ZoneInfo) -> NDArray[np.int64]:
    return np.array([week_of(one.at.astimezone(zone).date()) for one in decisions], np.int64)


def _newest(session: Session) -> int:
    found = session.exec(
        select(FeedbackRow.id).order_by(col(FeedbackRow.id).desc()).limit(1)
    ).first()
    return found or 0

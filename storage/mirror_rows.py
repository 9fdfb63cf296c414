"""Rows behind a rep's mirror: the decisions that are a rep's own, by the index of the rep."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from leads.lifecycle import HandoffState
from leads.mirror import Decided
from storage.statistics import still_stands
from storage.tables import FeedbackRow, HandoffRow

_LONGEST_AGO = timedelta(days=21)
"""An offer older than this is no habit of the week that is looked at."""

_ACCEPTED = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)


def decisions_of(
    session: Session, reps: Collection[str], since: datetime, until: datetime
) -> dict[str, list[Decided]]:
    """What each of `reps` decided in [since, until) and what they accepted earlier whose first
    touch fell due then. What a manager decided in their place isn't theirs."""
    found: dict[str, list[Decided]] = {rep: [] for rep in reps}
    for rep, one in (
        *_accepted(session, reps, since, until),
        *_rejected(session, reps, since, until),
    ):
        found[rep].append(one)
    return found


def _accepted(
    session: Session, reps: Collection[str], since: datetime, until: datetime
) -> list[tuple[str, Decided]]:
    decided, contact_by = col(HandoffRow.decided_at), col(HandoffRow.contact_by)
    # Columns alone: a snapshot is long, and a team's fortnight has many.
    rows = session.execute(
        select(  # type: ignore[call-overload]
            HandoffRow.rep,
            HandoffRow.lead_id,
            HandoffRow.offered_at,
            HandoffRow.accept_by,
            HandoffRow.decided_at,
            HandoffRow.contact_by,
            HandoffRow.first_touch_at,
        ).where(
            col(HandoffRow.rep).in_(sorted(reps)),
            HandoffRow.offered_at >= since - _LONGEST_AGO,
            HandoffRow.offered_at < until,
            HandoffRow.decided_by == HandoffRow.rep,
            col(HandoffRow.state).in_(_ACCEPTED),
            or_(
                (decided >= since) & (decided < until),
                (contact_by >= since) & (contact_by < until),
            ),
        )
    )
    return [
        (
            row.rep,
            Decided(
                lead_id=row.lead_id,
                offered_at=row.offered_at,
                accept_by=row.accept_by,
                decided_at=row.decided_at,
                contact_by=row.contact_by,
                touched_at=row.first_touch_at,
            ),
        )
        for row in rows
    ]


def _rejected(
    session: Session, reps: Collection[str], since: datetime, until: datetime
) -> list[tuple[str, Decided]]:
    rows = session.execute(
        select(  # type: ignore[call-overload]
            HandoffRow.rep,
            HandoffRow.lead_id,
            HandoffRow.offered_at,
            HandoffRow.accept_by,
            FeedbackRow.decided_at,
            FeedbackRow.reason,
            FeedbackRow.reason_label,
        )
        .join(FeedbackRow, col(FeedbackRow.handoff_id) == col(HandoffRow.id))
        .where(
            col(HandoffRow.rep).in_(sorted(reps)),
            HandoffRow.offered_at >= since - _LONGEST_AGO,
            HandoffRow.offered_at < until,
            FeedbackRow.decided_by == HandoffRow.rep,
            FeedbackRow.decision == HandoffState.REJECTED.value,
            FeedbackRow.decided_at >= since,
            FeedbackRow.decided_at < until,
            still_stands(),
        )
    )
    return [
        (
            row.rep,
            Decided(
                lead_id=row.lead_id,
                offered_at=row.offered_at,
                accept_by=row.accept_by,
                decided_at=row.decided_at,
                reason=row.reason_label or row.reason or "",
            ),
        )
        for row in rows
    ]

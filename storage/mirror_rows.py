"""Rows behind a rep's mirror: the decisions that are a rep's own. Those of a few reps are found by
the index of the rep, those of most by the time of the decision: rows of one time lie together."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, or_

from leads.lifecycle import HandoffState
from leads.mirror import Decided
from storage.statistics import still_stands
from storage.tables import FeedbackRow, HandoffRow

_LONGEST_AGO = timedelta(days=21)
"""An offer older than this is no habit of the week that is looked at."""

_TAKEN = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)

Accepted = Select[str, int, datetime, datetime, datetime | None, datetime | None, datetime | None]
Rejected = Select[str, int, datetime, datetime, datetime, str | None, str | None]


def decisions_of(
    session: Session,
    reps: Collection[str],
    since: datetime,
    until: datetime,
    *,
    are_most: bool = False,
) -> dict[str, list[Decided]]:
    """What each of `reps` decided in [since, until) and what they accepted earlier whose first
    touch fell due then. What a manager decided in their place isn't theirs. `are_most` tells that
    few others decide anything: it changes how the rows are found, not which."""
    session.flush()
    found: dict[str, list[Decided]] = {rep: [] for rep in reps}
    oldest = since - _LONGEST_AGO
    asked = {"since": since, "until": until, "oldest": oldest, "reps": sorted(reps)}
    accepted = _ACCEPTED_THEN if are_most else _ACCEPTED_BY
    rejected = _REJECTED_THEN if are_most else _REJECTED_BY
    for rep, one in (
        *_accepted(session, accepted, asked),
        *_rejected(session, rejected, asked),
    ):
        if rep in found and one.offered_at >= oldest:
            found[rep].append(one)
    return found


_DECIDED_AT, _CONTACT_BY = col(HandoffRow.decided_at), col(HandoffRow.contact_by)
_BY_REP = (
    col(HandoffRow.rep).in_(bindparam("reps", expanding=True)),
    col(HandoffRow.offered_at) >= bindparam("oldest"),
    col(HandoffRow.offered_at) < bindparam("until"),
)

# Columns alone: a snapshot is long, and a team's fortnight has many.
_ACCEPTED = columns(
    col(HandoffRow.rep),
    col(HandoffRow.lead_id),
    col(HandoffRow.offered_at),
    col(HandoffRow.accept_by),
    _DECIDED_AT,
    _CONTACT_BY,
    col(HandoffRow.first_touch_at),
).where(
    col(HandoffRow.decided_by) == col(HandoffRow.rep),
    col(HandoffRow.state).in_(_TAKEN),
    or_(
        (bindparam("since") <= _DECIDED_AT) & (bindparam("until") > _DECIDED_AT),
        (bindparam("since") <= _CONTACT_BY) & (bindparam("until") > _CONTACT_BY),
    ),
)
_ACCEPTED_BY = _ACCEPTED.where(*_BY_REP)
# No first touch is due before the decision.
_ACCEPTED_THEN = _ACCEPTED.where(bindparam("since") <= _CONTACT_BY)


def _accepted(
    session: Session, question: Accepted, asked: dict[str, object]
) -> Iterator[tuple[str, Decided]]:
    for (
        rep,
        lead_id,
        offered,
        accept_by,
        decided,
        contact_by,
        touched,
    ) in session.connection().execute(question, asked):
        assert decided is not None
        yield (
            rep,
            Decided(
                lead_id=lead_id,
                offered_at=offered,
                accept_by=accept_by,
                decided_at=decided,
                contact_by=contact_by,
                touched_at=touched,
            ),
        )


_REJECTED_THEN = (
    columns(
        col(HandoffRow.rep),
        col(HandoffRow.lead_id),
        col(HandoffRow.offered_at),
        col(HandoffRow.accept_by),
        col(FeedbackRow.decided_at),
        col(FeedbackRow.reason),
        col(FeedbackRow.reason_label),
    )
    .join_from(FeedbackRow, HandoffRow, col(HandoffRow.id) == col(FeedbackRow.handoff_id))
    .where(
        col(FeedbackRow.decided_by) == col(HandoffRow.rep),
        col(FeedbackRow.decision) == HandoffState.REJECTED.value,
        col(FeedbackRow.decided_at) >= bindparam("since"),
        col(FeedbackRow.decided_at) < bindparam("until"),
        still_stands(),
    )
)
_REJECTED_BY = _REJECTED_THEN.where(*_BY_REP)


def _rejected(
    session: Session, question: Rejected, asked: dict[str, object]
) -> Iterator[tuple[str, Decided]]:
    for rep, lead_id, offered, accept_by, decided, reason, label in session.connection().execute(
        question, asked
    ):
        yield (
            rep,
            Decided(
                lead_id=lead_id,
                offered_at=offered,
                accept_by=accept_by,
                decided_at=decided,
                reason=label or reason or "",
            ),
        )

"""The worker's side of the outbox: claim what is due, and keep what became of it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlmodel import Session

from storage.database import announce
from storage.tables import OutboxState, metadata

_OUTBOX = metadata.tables["outbox"]
_COPY = metadata.tables["card_copy"]
# In the words of the partial indexes: with a bound value SQLite wouldn't use them.
_PENDING: ColumnElement[str] = literal_column("'pending'")
_IS_PARKED: ColumnElement[bool] = _OUTBOX.c.state == literal_column("'dead'")


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A row that is ours until the lease ends. `in_doubt`: an earlier claim ended without a
    result, so the message may be out already."""

    id: int
    verb: str
    destination: str
    copy_id: int
    detail: str
    claims: int
    attempts: int
    in_doubt: bool


@dataclass(frozen=True, kw_only=True)
class Posted:
    """Where a message is now."""

    workspace: str
    conversation: str
    message: str
    thread: str | None


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """It arrived, or there is nothing to be said any more. `shown` is the digest of what the copy
    shows now, None where that didn't change or isn't known."""

    row: Claimed
    posted: Posted | None = None
    shown: str | None = None


@dataclass(frozen=True, kw_only=True)
class Delayed:
    """Not now: again at `ready_at`. `counts` towards parking; `cleared` when surely nothing
    arrived."""

    row: Claimed
    ready_at: datetime
    counts: bool
    cleared: bool
    error: str


@dataclass(frozen=True, kw_only=True)
class Parked:
    """Never by itself: a person has to see to it."""

    row: Claimed
    error: str
    advice: str


Outcome = Delivered | Delayed | Parked


def _waiting() -> Select[tuple[str]]:
    """Hops from destination to destination along the index (a loose index scan)."""
    first, following, ready = _OUTBOX.alias(), _OUTBOX.alias(), _OUTBOX.alias()
    hops = (
        select(func.min(first.c.destination).label("destination"))
        .where(first.c.state == _PENDING)
        .cte("hops", recursive=True)
    )
    further = (
        select(func.min(following.c.destination))
        .where(following.c.state == _PENDING, following.c.destination > hops.c.destination)
        .scalar_subquery()
    )
    hops = hops.union_all(select(further).where(hops.c.destination.is_not(None)))
    return select(hops.c.destination).where(
        select(ready.c.id)
        .where(
            ready.c.state == _PENDING,
            ready.c.destination == hops.c.destination,
            ready.c.ready_at <= bindparam("now", type_=_OUTBOX.c.ready_at.type),
        )
        .exists()
    )


def _heads() -> Select[tuple[int]]:
    row, earlier = _OUTBOX.alias(), _OUTBOX.alias()
    now = bindparam("now", type_=_OUTBOX.c.ready_at.type)
    ahead = (
        select(earlier.c.id)
        .where(
            earlier.c.state == _PENDING,
            earlier.c.lane == row.c.lane,
            earlier.c.id < row.c.id,
            earlier.c.due_at <= now,
        )
        .exists()
    )
    return (
        select(row.c.id)
        .where(
            row.c.state == _PENDING,
            row.c.destination == bindparam("destination"),
            row.c.ready_at <= now,
            ~ahead,
        )
        .order_by(row.c.ready_at, row.c.id)
        .limit(bindparam("limit", type_=Integer()))
        .with_for_update(of=row, skip_locked=True)
    )


WAITING = _waiting()
HEADS = _heads()


_TAKE = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.id.in_(bindparam("ids", expanding=True)),
        _OUTBOX.c.state == _PENDING,
        _OUTBOX.c.ready_at <= bindparam("now", type_=_OUTBOX.c.ready_at.type),
    )
    .values(ready_at=bindparam("until"), claims=_OUTBOX.c.claims + 1)
    .returning(
        _OUTBOX.c.id,
        _OUTBOX.c.verb,
        _OUTBOX.c.destination,
        _OUTBOX.c.copy_id,
        _OUTBOX.c.detail,
        _OUTBOX.c.claims,
        _OUTBOX.c.attempts,
        (_OUTBOX.c.cleared < _OUTBOX.c.claims - 1).label("in_doubt"),
    )
)
_PARKED = (
    select(
        *(_OUTBOX.c[name] for name in ("id", "verb", "destination", "due_at", "error", "advice")),
        _COPY.c.kind,
    )
    .join_from(_OUTBOX, _COPY, _COPY.c.id == _OUTBOX.c.copy_id)
    .where(_IS_PARKED)
    .order_by(_OUTBOX.c.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)
_CLOSE = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row"), _OUTBOX.c.state == _PENDING)
    .values(state=OutboxState.SENT.value, sent_at=bindparam("now"), error=None)
    .returning(_OUTBOX.c.id)
)
_SHOW = update(_COPY).where(_COPY.c.id == bindparam("copy")).values(shown=bindparam("shows"))
_PLACE = _SHOW.values(
    {name: bindparam(name) for name in ("workspace", "conversation", "message", "thread")}
)


def waiting(session: Session, now: datetime) -> list[str]:
    """Destinations that have something ready, as `<platform>:<destination>`. Costs one look-up
    for each destination, however long its queue is."""
    return list(session.connection().scalars(WAITING, {"now": now}))


def claim(
    session: Session, destination: str, now: datetime, lease_until: datetime, limit: int
) -> list[Claimed]:
    """Take up to `limit` rows for one destination, each the head of its lane, longest ready first.
    Nobody else gets them until `lease_until`. A row that isn't due yet holds up nobody; one that
    is due and waits for a retry holds up its lane."""
    ids = (
        session.connection()
        .scalars(HEADS, {"destination": destination, "now": now, "limit": limit})
        .all()
    )
    if not ids:
        return []
    taken = session.connection().execute(_TAKE, {"ids": ids, "now": now, "until": lease_until})
    claimed = [Claimed(**found) for found in taken.mappings()]
    return sorted(claimed, key=lambda found: found.id)


def deliver(session: Session, outcome: Delivered, now: datetime) -> None:
    """Close the row, and keep where its card is and what it shows."""
    connection = session.connection()
    closed = connection.execute(_CLOSE, {"row": outcome.row.id, "now": now}).first()
    if closed is None:
        return
    shows: dict[str, object] = {"copy": outcome.row.copy_id, "shows": outcome.shown}
    if outcome.posted:
        connection.execute(_PLACE, {**shows, **asdict(outcome.posted)})
    elif outcome.shown:
        connection.execute(_SHOW, shows)


def delay(session: Session, outcome: Delayed) -> None:
    """Give the row back, unless the lease ended and somebody else has it."""
    row = outcome.row
    _settle(
        session,
        row,
        _OUTBOX.c.claims == row.claims,
        ready_at=outcome.ready_at,
        attempts=row.attempts + outcome.counts,
        # That this try surely sent nothing says nothing about an earlier one that is in doubt.
        cleared=row.claims if outcome.cleared and not row.in_doubt else _OUTBOX.c.cleared,
        error=outcome.error,
    )


def park(session: Session, outcome: Parked) -> bool:
    """Take the row out of its lane; True when this call did it. Later rows of the lane proceed.
    What the copy shows isn't known for sure any more, so the next drawing is sent in any case."""
    parked = _settle(
        session,
        outcome.row,
        _OUTBOX.c.claims == outcome.row.claims,
        state=OutboxState.DEAD.value,
        error=outcome.error,
        advice=outcome.advice,
    )
    if parked:
        session.connection().execute(_SHOW, {"copy": outcome.row.copy_id, "shows": None})
    return parked


def revive(session: Session, now: datetime, outbox_id: int | None = None) -> int:
    """Have every parked row, or the one with this id, tried again from the start; how many."""
    which = _IS_PARKED if outbox_id is None else and_(_IS_PARKED, _OUTBOX.c.id == outbox_id)
    revived = session.connection().execute(
        update(_OUTBOX)
        .where(which)
        .values(state=OutboxState.PENDING.value, ready_at=now, attempts=0, advice=None)
    )
    if revived.rowcount:
        announce(session)
    return revived.rowcount


@dataclass(frozen=True, kw_only=True)
class ParkedMessage:
    """What wasn't delivered, without what it says: `kind` is its card's, `due_at` when it was to
    come."""

    id: int
    verb: str
    destination: str
    kind: str
    due_at: datetime
    error: str | None
    advice: str | None


def parked_messages(session: Session, limit: int) -> list[ParkedMessage]:
    """What waits for a person to see to it, newest first."""
    rows = session.connection().execute(_PARKED, {"limit": limit})
    return [ParkedMessage(**found) for found in rows.mappings()]


def forget_sent(session: Session, before: datetime, limit: int = 5000) -> int:
    """Delete up to `limit` rows that were sent before this moment, and say how many."""
    old = (
        select(_OUTBOX.c.id)
        .where(_OUTBOX.c.sent_at < before)
        .order_by(_OUTBOX.c.sent_at)
        .limit(limit)
    )
    gone = session.connection().execute(
        delete(_OUTBOX).where(_OUTBOX.c.id.in_(old)).returning(_OUTBOX.c.id)
    )
    return len(gone.all())


def _settle(
    session: Session, row: Claimed, *conditions: ColumnElement[bool], **changes: object
) -> bool:
    settled = session.connection().execute(
        update(_OUTBOX)
        .where(_OUTBOX.c.id == row.id, _OUTBOX.c.state == _PENDING, *conditions)
        .values(**changes)
        .returning(_OUTBOX.c.id)
    )
    return settled.first() is not None

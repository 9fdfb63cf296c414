"""The outbox: what others are to be told, written in the transaction of what happened.

Commands call `post`, `update_copies` and `react`. The worker's side is in `storage.deliveries`.
A row belongs to a lane, one stream (such as one lead) in one conversation, and a lane is delivered
in order; so a slow conversation holds up no other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Executable,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    text,
    union_all,
    update,
)
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from storage.database import announce
from storage.tables import CopyRow, OutboxRow, OutboxState, metadata
from storage.upsert import dialect_of, insert_into

POST = "post"
UPDATE = "update"
REACT = "react"

# In the words of the partial indexes: with a bound value SQLite wouldn't use them.
_PENDING = text("outbox.state = 'pending'")
_DEAD = text("outbox.state = 'dead'")
_OUTBOX = metadata.tables["outbox"]
_COPY = metadata.tables["card_copy"]
_COPY_COLUMNS = (
    _COPY.c.kind,
    _COPY.c.subject,
    _COPY.c.platform,
    _COPY.c.destination,
    _COPY.c.lead_id,
    _COPY.c.thread_of,
    _COPY.c.lane,
    _COPY.c.created_at,
)
_WITH_KEY = select_columns(_OUTBOX.c.id).where(_OUTBOX.c.dedupe_key == bindparam("key"))
_ADD_COPY = (
    insert(_COPY)
    .from_select(
        [column.name for column in _COPY_COLUMNS],
        select_columns(
            *(bindparam(column.name, type_=column.type) for column in _COPY_COLUMNS)
        ).where(~_WITH_KEY.exists()),
    )
    .returning(_COPY.c.id)
)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def post(
    session: Session,
    *,
    kind: str,
    subject: str,
    platform: str,
    destination: str,
    stream: str,
    dedupe_key: str,
    now: datetime,
    due_at: datetime | None = None,
    lead_id: int | None = None,
    thread_of: int | None = None,
) -> int | None:
    """Have a card posted to `person:<email>` or `channel:<name>`, not before `due_at` (at once).

    It is rendered when it is sent, from `kind` and `subject`. `thread_of` is the copy whose thread
    it goes in; give both the same `stream`, so that they arrive in order. Returns the id of the new
    copy, or None when `dedupe_key` was used before: then nothing is added."""
    lane = f"{stream}|{platform}:{destination}"
    connection = session.connection()
    copy_id: int | None = connection.scalar(
        _ADD_COPY,
        {
            "kind": kind,
            "subject": subject,
            "platform": platform,
            "destination": destination,
            "lead_id": lead_id,
            "thread_of": thread_of,
            "lane": lane,
            "created_at": now,
            "key": dedupe_key,
        },
    )
    if copy_id is None:
        return None
    queued = _queued(copy_id, lane, f"{platform}:{destination}", POST, now, due_at, dedupe_key)
    if not _enqueue(session, queued):
        # Another transaction used the key in the meantime.
        connection.execute(delete(_COPY).where(_COPY.c.id == copy_id))
        return None
    return copy_id


def update_copies(
    session: Session, lead_id: int, now: datetime, due_at: datetime | None = None
) -> None:
    """Have every copy of a lead's cards drawn again, not before `due_at` (at once). An update that
    still waits for the same moment serves for this change too."""
    values = {"lead": lead_id, "now": now, "due": due_at or now, "since": due_at or _LONG_AGO}
    _update(session, values, again=False)


def update_copies_and_again(
    session: Session, lead_id: int, now: datetime, *, kind: str, subject: str, again_at: datetime
) -> None:
    """As `update_copies` at once, and the copies of one card once more at `again_at`."""
    values = {
        "lead": lead_id,
        "now": now,
        "due": now,
        "since": _LONG_AGO,
        "kind": kind,
        "subject": subject,
        "again": again_at,
    }
    _update(session, values, again=True)


def _update(session: Session, values: Mapping[str, object], *, again: bool) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # So that the worker can't render one of these before our change is seen.
        connection.execute(_hold_updates(again=again), values)
    if connection.execute(_add_updates(again=again), values).rowcount:
        announce(session)


@cache
def _add_updates(*, again: bool) -> Insert:
    """One statement for any number of copies."""
    wanted = _copies("due", _AT_ONCE)
    chosen: CompoundSelect[Any] | Select[Any] = wanted
    if again:
        chosen = union_all(wanted, _copies("again", _AGAIN).where(*_OF_CARD))
    names = [column.name for column in wanted.selected_columns]
    return insert(_OUTBOX).from_select(names, chosen.order_by("due_at", "copy_id"))


def _copies(due: str, waits: ColumnElement[bool]) -> Select[Any]:
    """The updates to be added: for each copy without one that still waits."""
    serves = select_columns(_OUTBOX.c.id).where(_OUTBOX.c.copy_id == _COPY.c.id, waits)
    due_at = bindparam(due, type_=_OUTBOX.c.due_at.type)
    fixed = {"detail": "", "claims": 0, "cleared": 0, "attempts": 0}
    return select_columns(
        _COPY.c.lane.label("lane"),
        (_COPY.c.platform + ":" + _COPY.c.destination).label("destination"),
        literal(UPDATE).label("verb"),
        _COPY.c.id.label("copy_id"),
        due_at.label("due_at"),
        due_at.label("ready_at"),
        literal(OutboxState.PENDING.value).label("state"),
        bindparam("now", type_=_OUTBOX.c.created_at.type).label("created_at"),
        *(literal(value).label(name) for name, value in fixed.items()),
    ).where(_OF_LEAD, ~serves.exists())


@cache
def _hold_updates(*, again: bool) -> Update:
    of_lead = select_columns(_COPY.c.id).where(_OF_LEAD)
    which = and_(_OUTBOX.c.copy_id.in_(of_lead), _AT_ONCE)
    if again:
        which = or_(which, and_(_OUTBOX.c.copy_id.in_(of_lead.where(*_OF_CARD)), _AGAIN))
    return update(_OUTBOX).where(which).values(created_at=_OUTBOX.c.created_at)


def _still_waits(since: str, due: str) -> ColumnElement[bool]:
    column = _OUTBOX.c.due_at
    first, last = (bindparam(name, type_=column.type) for name in (since, due))
    return and_(
        _OUTBOX.c.verb == UPDATE, _PENDING, _OUTBOX.c.claims == 0, column.between(first, last)
    )


_OF_LEAD = _COPY.c.lead_id == bindparam("lead")
_OF_CARD = (_COPY.c.kind == bindparam("kind"), _COPY.c.subject == bindparam("subject"))
_AT_ONCE = _still_waits("since", "due")
_AGAIN = _still_waits("again", "again")


def update_these(session: Session, copy_ids: Iterable[int], now: datetime) -> None:
    """Have these copies drawn again at once, of cards that are about no lead."""
    for copy_id in copy_ids:
        copy = session.get_one(CopyRow, copy_id)
        destination = f"{copy.platform}:{copy.destination}"
        queued = _queued(copy_id, copy.lane, destination, UPDATE, now, None, "")
        _enqueue(session, queued | {"dedupe_key": None})


def react(
    session: Session, copy_id: int, message: str, sign: str, now: datetime, dedupe_key: str
) -> None:
    """Have `sign` (such as `white_check_mark`) put on `message`, which is in the conversation of
    this copy, for example in its thread."""
    copy = session.get_one(CopyRow, copy_id)
    destination = f"{copy.platform}:{copy.destination}"
    queued = _queued(copy_id, copy.lane, destination, REACT, now, None, dedupe_key)
    _enqueue(session, queued | {"detail": f"{sign} {message}"})


def copy_at(session: Session, conversation: str, message: str) -> CopyRow | None:
    """The copy that was posted as this message, or None: whose thread somebody wrote in."""
    return session.exec(
        select(CopyRow).where(CopyRow.conversation == conversation, CopyRow.message == message)
    ).first()


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """How the outbox is doing. `pending` is what is due by now, `oldest_seconds` how long the
    oldest of that has waited."""

    pending: int
    oldest_seconds: float
    parked: int


def backlog(session: Session, now: datetime) -> Backlog:
    """How much is due and how much is parked; costs one step for each such row."""
    due = _PENDING, col(OutboxRow.due_at) <= now
    pending = session.exec(select(func.count()).select_from(OutboxRow).where(*due)).one()
    oldest = session.exec(
        select(OutboxRow.due_at).where(*due).order_by(col(OutboxRow.due_at)).limit(1)
    ).first()
    parked = session.exec(select(func.count()).select_from(OutboxRow).where(_DEAD)).one()
    waited = (now - oldest).total_seconds() if oldest else 0.0
    return Backlog(pending=pending, oldest_seconds=waited, parked=parked)


def _queued(
    copy_id: int,
    lane: str,
    destination: str,
    verb: str,
    now: datetime,
    due_at: datetime | None,
    dedupe_key: str,
) -> dict[str, object]:
    due = due_at or now
    return {
        "lane": lane,
        "destination": destination,
        "verb": verb,
        "copy_id": copy_id,
        "detail": "",
        "dedupe_key": dedupe_key,
        "due_at": due,
        "ready_at": due,
        "claims": 0,
        "cleared": 0,
        "attempts": 0,
        "state": OutboxState.PENDING.value,
        "created_at": now,
    }


def _enqueue(session: Session, row: Mapping[str, object]) -> bool:
    """False when the row's key was used before."""
    added = session.connection().execute(_added(dialect_of(session)), row).first()
    if added is not None:
        announce(session)
    return added is not None


@cache
def _added(dialect: str) -> Executable:
    added = insert_into(dialect, OutboxRow).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return added.returning(col(OutboxRow.id))

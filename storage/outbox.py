"""The outbox: what others are to be told, written in the transaction of what happened.

Commands call `post`, `update_copies` and `react`. The worker's side is in `storage.deliveries`.
A row belongs to a lane, one stream (such as one lead) in one conversation, and a lane is delivered
in order; so a slow conversation holds up no other.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Update,
    and_,
    bindparam,
    func,
    insert,
    literal,
    text,
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
_WITH_KEY = select_columns(_OUTBOX.c.id).where(_OUTBOX.c.dedupe_key == bindparam("key"))
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
) -> CopyRow | None:
    """Have a card posted to `person:<email>` or `channel:<name>`, not before `due_at` (at once).

    It is rendered when it is sent, from `kind` and `subject`. `thread_of` is the copy whose thread
    it goes in; give both the same `stream`, so that they arrive in order. Returns the new copy, or
    None when `dedupe_key` was used before: then nothing is added."""
    if session.connection().scalar(_WITH_KEY, {"key": dedupe_key}):
        return None
    copy = CopyRow(
        kind=kind,
        subject=subject,
        platform=platform,
        destination=destination,
        lead_id=lead_id,
        thread_of=thread_of,
        lane=f"{stream}|{platform}:{destination}",
        created_at=now,
    )
    session.add(copy)
    session.flush()
    if not _enqueue(session, copy, verb=POST, now=now, due_at=due_at, dedupe_key=dedupe_key):
        session.delete(copy)  # another transaction used the key in the meantime
        session.flush()
        return None
    return copy


def update_copies(
    session: Session,
    lead_id: int,
    now: datetime,
    due_at: datetime | None = None,
    *,
    only: tuple[str, str] | None = None,
) -> None:
    """Have every copy of a lead's cards (or `only` those of a kind and subject) drawn again, not
    before `due_at` (at once). An update that still waits for the same moment serves for this
    change too."""
    kind, subject = only or (None, None)
    values = {
        "lead": lead_id,
        "now": now,
        "due": due_at or now,
        "since": due_at or _LONG_AGO,
        "kind": kind,
        "subject": subject,
    }
    connection = session.connection()
    is_one = only is not None
    if connection.dialect.name == "postgresql":
        # So that the worker can't render one of these before our change is seen.
        connection.execute(_hold_updates(is_one=is_one), values)
    if connection.execute(_add_updates(is_one=is_one), values).rowcount:
        announce(session)


@cache
def _add_updates(*, is_one: bool) -> Insert:
    """One statement for any number of copies."""
    fixed = {"detail": "", "claims": 0, "cleared": 0, "attempts": 0}
    columns: dict[str, ColumnElement[Any]] = {
        "lane": _COPY.c.lane,
        "destination": _COPY.c.platform + ":" + _COPY.c.destination,
        "verb": literal(UPDATE),
        "copy_id": _COPY.c.id,
        "due_at": bindparam("due", type_=_OUTBOX.c.due_at.type),
        "ready_at": bindparam("due", type_=_OUTBOX.c.due_at.type),
        "state": literal(OutboxState.PENDING.value),
        "created_at": bindparam("now", type_=_OUTBOX.c.created_at.type),
        **{name: literal(value) for name, value in fixed.items()},
    }
    serves = select_columns(_OUTBOX.c.id).where(_OUTBOX.c.copy_id == _COPY.c.id, _still_waits())
    copies = select_columns(*columns.values()).where(*_of_lead(is_one=is_one), ~serves.exists())
    return insert(_OUTBOX).from_select(list(columns), copies.order_by(_COPY.c.id))


@cache
def _hold_updates(*, is_one: bool) -> Update:
    copies = select_columns(_COPY.c.id).where(*_of_lead(is_one=is_one))
    held = update(_OUTBOX).where(_OUTBOX.c.copy_id.in_(copies), _still_waits())
    return held.values(created_at=_OUTBOX.c.created_at)


def _of_lead(*, is_one: bool) -> list[ColumnElement[bool]]:
    of_lead = _COPY.c.lead_id == bindparam("lead")
    if not is_one:
        return [of_lead]
    return [
        of_lead,
        _COPY.c.kind == bindparam("kind"),
        _COPY.c.subject == bindparam("subject"),
    ]


def _still_waits() -> ColumnElement[bool]:
    due = _OUTBOX.c.due_at
    return and_(
        _OUTBOX.c.verb == UPDATE,
        _PENDING,
        _OUTBOX.c.claims == 0,
        due.between(bindparam("since", type_=due.type), bindparam("due", type_=due.type)),
    )


def react(
    session: Session, copy_id: int, message: str, sign: str, now: datetime, dedupe_key: str
) -> None:
    """Have `sign` (such as `white_check_mark`) put on `message`, which is in the conversation of
    this copy, for example in its thread."""
    copy = session.get_one(CopyRow, copy_id)
    _enqueue(session, copy, verb=REACT, now=now, dedupe_key=dedupe_key, detail=f"{sign} {message}")


def copies_of(session: Session, kind: str, subject: str) -> list[CopyRow]:
    """Every copy of one card, oldest first."""
    return list(
        session.exec(
            select(CopyRow)
            .where(CopyRow.kind == kind, CopyRow.subject == subject)
            .order_by(col(CopyRow.id))
        )
    )


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


def _enqueue(
    session: Session,
    copy: CopyRow,
    *,
    verb: str,
    now: datetime,
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    detail: str = "",
) -> bool:
    due = due_at or now
    values = {
        "lane": copy.lane,
        "destination": f"{copy.platform}:{copy.destination}",
        "verb": verb,
        "copy_id": copy.id,
        "detail": detail,
        "dedupe_key": dedupe_key,
        "due_at": due,
        "ready_at": due,
        "claims": 0,
        "cleared": 0,
        "attempts": 0,
        "state": OutboxState.PENDING.value,
        "created_at": now,
    }
    row = session.connection().execute(_added(dialect_of(session)), values).first()
    if row is not None:
        announce(session)
    return row is not None


@cache
def _added(dialect: str) -> Executable:
    added = insert_into(dialect, OutboxRow).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return added.returning(col(OutboxRow.id))

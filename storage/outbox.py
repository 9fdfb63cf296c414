"""The outbox: what others are to be told, written in the transaction of what happened.

Commands call `post`, `update_copies` and `react`. The worker's side is in `storage.deliveries`.
A row belongs to a lane, one stream (such as one lead) in one conversation, and a lane is delivered
in order; so a slow conversation holds up no other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text, update
from sqlmodel import Session, col, select

from storage.database import announce
from storage.tables import CopyRow, OutboxRow, OutboxState
from storage.upsert import insert_into

POST = "post"
UPDATE = "update"
REACT = "react"

# In the words of the partial indexes: with a bound value SQLite wouldn't use them.
_PENDING = text("outbox.state = 'pending'")
_DEAD = text("outbox.state = 'dead'")


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
    if session.exec(select(OutboxRow.id).where(OutboxRow.dedupe_key == dedupe_key)).first():
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
    session: Session, lead_id: int, now: datetime, due_at: datetime | None = None
) -> None:
    """Have every copy of a lead's cards drawn again, not before `due_at` (at once). An update that
    still waits for the same moment serves for this change too."""
    copies = session.exec(select(CopyRow).where(CopyRow.lead_id == lead_id)).all()
    redraw(session, copies, now, due_at)


def redraw(
    session: Session, copies: Iterable[CopyRow], now: datetime, due_at: datetime | None = None
) -> None:
    """As `update_copies`, for any copies."""
    waiting = {copy.id: copy for copy in sorted(copies, key=lambda copy: copy.id or 0)}
    if not waiting:
        return
    due = col(OutboxRow.due_at)
    # This locks the rows, so that the worker can't render one of them before our change is seen.
    served = session.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.copy_id).in_(waiting),
            col(OutboxRow.verb) == UPDATE,
            _PENDING,
            col(OutboxRow.claims) == 0,
            due <= now if due_at is None else due == due_at,
        )
        .values(created_at=OutboxRow.created_at)
        .returning(col(OutboxRow.copy_id))
        .execution_options(synchronize_session=False)
    )
    for copy_id in served.scalars():
        waiting.pop(copy_id, None)
    for copy in waiting.values():
        _enqueue(session, copy, verb=UPDATE, now=now, due_at=due_at)


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
    added = insert_into(session, OutboxRow).on_conflict_do_nothing(index_elements=["dedupe_key"])
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
    row = session.connection().execute(added.returning(col(OutboxRow.id)), values).first()
    if row is not None:
        announce(session)
    return row is not None

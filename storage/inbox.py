"""Requests that were handled, so that a repeated delivery does nothing twice."""

from datetime import datetime
from functools import cache

from sqlalchemy import Executable, delete
from sqlmodel import Session, col, select

from storage.tables import InboxRow
from storage.upsert import dialect_of, insert_into


def first_time(session: Session, key: str, now: datetime) -> bool:
    """Whether `key` is new. It counts as seen once this transaction commits; a second delivery at
    the same time waits for that and then gets False."""
    seen = _seen(dialect_of(session))
    return session.connection().execute(seen, {"key": key, "at": now}).first() is not None


@cache
def _seen(dialect: str) -> Executable:
    return insert_into(dialect, InboxRow).on_conflict_do_nothing().returning(col(InboxRow.key))


def forget(session: Session, before: datetime, limit: int = 5000) -> int:
    """Delete up to `limit` keys seen before this moment, and say how many."""
    old = select(InboxRow.key).where(col(InboxRow.at) < before).limit(limit)
    gone = session.execute(
        delete(InboxRow)
        .where(col(InboxRow.key).in_(old))
        .returning(col(InboxRow.key))
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())

"""INSERT … ON CONFLICT for both databases, which SQLAlchemy offers per dialect only.

Build such a statement once for each dialect: building one takes longer than running it."""

from typing import Any, TypeAlias

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Insert: TypeAlias = sqlite.Insert | postgresql.Insert


def dialect_of(session: Session) -> str:
    """The name of the dialect that the database speaks."""
    return session.get_bind().dialect.name


def insert_into(dialect: str, row: type[SQLModel]) -> Insert:
    """An INSERT into the table of `row` that knows `on_conflict_do_nothing` and
    `on_conflict_do_update`. It goes around the ORM: defaults of the model don't apply."""
    table = row.metadata.tables[str(row.__tablename__)]
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def inserted_id(made: CursorResult[Any]) -> int:
    """The id of the one row that a plain INSERT made."""
    key = made.inserted_primary_key
    assert key is not None
    row_id: int = key[0]
    return row_id

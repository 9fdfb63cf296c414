"""INSERT … ON CONFLICT for both databases, which SQLAlchemy offers per dialect only.

Build such a statement once for each dialect: building one takes longer than running it."""

from typing import TypeAlias

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

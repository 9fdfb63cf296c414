"""INSERT … ON CONFLICT for both databases, which SQLAlchemy offers per dialect only."""

from functools import cache
from typing import TypeAlias

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Insert: TypeAlias = sqlite.Insert | postgresql.Insert


def insert_into(session: Session, row: type[SQLModel]) -> Insert:
    """An INSERT into the table of `row` that knows `on_conflict_do_nothing` and
    `on_conflict_do_update`. It goes around the ORM: defaults of the model don't apply."""
    return _insert(session.get_bind().dialect.name, row)


@cache
def _insert(dialect: str, row: type[SQLModel]) -> Insert:
    table = row.metadata.tables[str(row.__tablename__)]
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)

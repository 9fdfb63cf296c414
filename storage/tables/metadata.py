"""What all tables share: how constraints are named, and how a partial index is written."""

from typing import Any

from sqlalchemy import MetaData, text
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


def only_where(condition: str) -> dict[str, Any]:
    """What makes an index partial, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}

"""The migrations make the tables that the code knows."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from storage.database import Database
from storage.engines import address_of, connect
from storage.migrations.versioning import config
from storage.tables import FeedbackRow, HandoffRow, LeadRow, metadata
from tests.conftest import Clock


async def test_migrations_make_exactly_the_tables_of_the_code(either: Database) -> None:
    def differences(session: Session) -> object:
        context = MigrationContext.configure(
            session.connection(), opts={"compare_server_default": True}
        )
        return compare_metadata(context, metadata)

    assert await either.read(differences) == []


async def test_partial_indexes_are_partial_as_the_code_says(either: Database) -> None:
    def where(session: Session) -> dict[str, bool]:
        found = {}
        for table in metadata.tables:
            for index in inspect(session.connection()).get_indexes(table):
                options = index.get("dialect_options", {})
                found[str(index["name"])] = any(name.endswith("_where") for name in options)
        return found

    partial = await either.read(where)
    for table in metadata.tables.values():
        for index in table.indexes:
            wanted = index.dialect_options["sqlite"]["where"] is not None
            assert partial[str(index.name)] == wanted, index.name


def test_a_new_file_is_not_current_until_it_is_migrated(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'new.db'}")
    assert not database.is_current()
    database.migrate()
    database.migrate()
    assert database.is_current()
    database.close_now()


def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    databases = [Database.open(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(4)]
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda database: database.migrate(), databases))
    assert all(database.is_current() for database in databases)
    for database in databases:
        database.close_now()


def test_the_way_back_leaves_no_table(database_url: str) -> None:
    engine = connect(address_of(database_url), threads=1, writes=True)
    with engine.begin() as connection:
        command.downgrade(config(connection), "base")
    engine.dispose()
    file = sqlite3.connect(database_url.removeprefix("sqlite:///"))
    tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    file.close()
    assert tables <= {"alembic_version", "sqlite_sequence"}


@pytest.mark.parametrize("change", ["UPDATE feedback SET reason = 'fit'", "DELETE FROM feedback"])
async def test_feedback_can_neither_be_changed_nor_deleted(
    either: Database, clock: Clock, change: str
) -> None:
    now = clock()

    def decide(session: Session) -> None:
        session.add(LeadRow(id=1, created_at=now, received_at=now))
        session.flush()
        session.add(HandoffRow(id=1, lead_id=1, rep="ana", offered_at=now, accept_by=now))
        session.flush()
        session.add(
            FeedbackRow(
                handoff_id=1,
                lead_id=1,
                decision="rejected",
                reason="too_small",
                decided_by="ana",
                decided_at=now,
            )
        )

    await either.write(decide)
    with pytest.raises(DatabaseError, match="never changed"):
        await either.write(lambda session: session.connection().execute(text(change)))
    assert await either.read(lambda s: s.get_one(FeedbackRow, 1).reason) == "too_small"

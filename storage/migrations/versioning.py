"""Runs the migrations without a configuration file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from storage.engines import connect, is_sqlite

_LOCK = 5_173_002  # any number: whoever migrates this database holds this advisory lock


def config(connection: Connection | None = None) -> Config:
    """What Alembic needs to know to work on `connection`."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def upgrade(address: URL) -> None:
    """Bring the database to the newest version in one transaction, and wait while another process
    does so."""
    engine = connect(address, threads=1, writes=True)
    try:
        with engine.connect() as connection:
            if is_sqlite(address):
                # Changing a table copies and drops it, which must not touch rows that point at it.
                connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                if not is_sqlite(address):
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                command.upgrade(config(connection), "head")
    finally:
        engine.dispose()


def is_newest(address: URL) -> bool:
    """Whether the database has the newest version."""
    engine = connect(address, threads=1, writes=False)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
    finally:
        engine.dispose()
    return set(found) == set(ScriptDirectory.from_config(config()).get_heads())

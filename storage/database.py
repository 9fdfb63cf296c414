"""The database: units of work in threads, one code path for SQLite and PostgreSQL.

SQLite has one writer, which does everything that waits in one transaction (group commit): each
unit in a savepoint of its own, one commit for all, so that one flush to disk serves many callers.
PostgreSQL does the same by itself; there every unit is a transaction in one of several threads.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Self, TypeVar

from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from storage.crew import Crew
from storage.engines import address_of, connect, is_sqlite
from storage.migrations.versioning import is_newest, upgrade

__all__ = ["Database", "Session", "Unavailable", "announce"]

T = TypeVar("T")

Unavailable = OperationalError
"""The database can't be reached, is locked for too long, or its disk is full."""

_SQLITE_READERS = 3
_POSTGRES_WRITERS = 8
_POSTGRES_READERS = 4
_ANNOUNCED = "announced"


def announce(session: Session) -> None:
    """Have the listeners of the database called once this unit of work is committed."""
    session.info[_ANNOUNCED] = True


class Database:
    """Units of work against one database. A unit is a function of a Session. It may be run again
    when the database asks for that (a deadlock), so it has no effects but through the session; it
    neither commits nor waits for anything else. Rows stay readable after it."""

    def __init__(self, address: URL) -> None:
        self._address = address
        alone = is_sqlite(address)
        writers, readers = (1, _SQLITE_READERS) if alone else (_POSTGRES_WRITERS, _POSTGRES_READERS)
        self._write_engine = connect(address, threads=writers, writes=True)
        self._read_engine = connect(address, threads=readers, writes=False)
        self._listeners: list[Callable[[], None]] = []
        self._writers = Crew(
            self._write_engine, "writer", writers, shares=alone, done=self._committed
        )
        self._readers = Crew(self._read_engine, "reader", readers)

    @classmethod
    def open(cls, url: str) -> Self:
        """The database at `sqlite:///file` or `postgresql+psycopg://…`, connected to on first use.
        Raises UnknownDatabase for any other address."""
        return cls(address_of(url))

    @property
    def url(self) -> str:
        """Where the database is, for another process to open; with the password, if it has one."""
        return self._address.render_as_string(hide_password=False)

    @property
    def writes_begun(self) -> int:
        """How many units of work this process began to write so far. Who writes much sees by it
        whether others write as well."""
        return self._writers.begun

    async def write(self, work: Callable[[Session], T]) -> T:
        """Do `work` in a transaction; it is committed and durable when this returns. What `work`
        raises is raised here, and nothing of it is kept."""
        return await asyncio.wrap_future(self._writers.submit(work))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Do `work` on one consistent state of the database. The database refuses writes."""
        return await asyncio.wrap_future(self._readers.submit(work))

    def write_now(self, work: Callable[[Session], T]) -> T:
        """As `write`, where there is no event loop."""
        return self._writers.submit(work).result()

    def read_now(self, work: Callable[[Session], T]) -> T:
        """As `read`, where there is no event loop."""
        return self._readers.submit(work).result()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, in a writer's thread, after each commit that put something in the
        outbox. Returns a function that ends this."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def migrate(self) -> None:
        """Bring the tables to the newest version. Several processes may do so at once."""
        upgrade(self._address)

    def is_current(self) -> bool:
        """Whether the tables have the newest version."""
        return is_newest(self._address)

    async def close(self) -> None:
        """Finish the work that waits, then close every connection."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """As `close`, where there is no event loop."""
        for crew in (self._writers, self._readers):
            crew.close()
        for engine in (self._write_engine, self._read_engine):
            engine.dispose()

    def _committed(self, sessions: Sequence[Session]) -> None:
        if any(session.info.get(_ANNOUNCED) for session in sessions):
            for listener in tuple(self._listeners):
                listener()

"""The same database without its threads: twelve weeks are hundred thousand units of work, and on a
busy machine each would wait for a thread longer than it takes."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from storage.database import Database, Session
from storage.engines import address_of

T = TypeVar("T")


class InlineDatabase(Database):
    """Does every unit of work where it is asked for, in a transaction of its own. What is written
    doesn't wait for the disk."""

    def __init__(self, url: str) -> None:
        super().__init__(address_of(url))
        event.listen(self._write_engine, "connect", _hurry)
        self._writes = self._write_engine.connect()
        self._reads = self._read_engine.connect()

    async def write(self, work: Callable[[Session], T]) -> T:
        return self.write_now(work)

    async def read(self, work: Callable[[Session], T]) -> T:
        return self.read_now(work)

    def close_now(self) -> None:
        self._writes.close()
        self._reads.close()
        super().close_now()

    def write_now(self, work: Callable[[Session], T]) -> T:
        session, result = _done(self._writes, work)
        self._committed([session])
        return result

    def read_now(self, work: Callable[[Session], T]) -> T:
        return _done(self._reads, work)[1]


def _done(connection: Connection, work: Callable[[Session], T]) -> tuple[Session, T]:
    with Session(connection, expire_on_commit=False) as session, session.begin():
        return session, work(session)


def _hurry(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()

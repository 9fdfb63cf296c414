"""Threads that do units of work, one by one or many in one commit."""

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

T = TypeVar("T")

_LONGEST_GROUP = 0.025
"""Seconds after which a group takes no further unit, so that the first needn't wait long."""
_TRIES = 5
# PostgreSQL: serialization failure, deadlock, and a key that another transaction has just taken,
# whose row is found the next time.
_TRY_AGAIN = frozenset({"40001", "40P01", "23505"})


class Closed(Exception):
    """The database was closed before the work began."""


class _GroupLost(Exception):
    """The database gave up the whole transaction because of one unit."""


@dataclass(frozen=True, kw_only=True)
class _Unit:
    work: Callable[[Session], Any]
    future: "Future[Any]" = field(default_factory=Future)


@dataclass(frozen=True, kw_only=True)
class _Done:
    unit: _Unit
    result: object
    session: Session


class Crew:
    """Some threads with a connection each. With `shares`, a thread does everything that waits in
    one transaction. `done` is called after each commit with the sessions that took part."""

    def __init__(
        self,
        engine: Engine,
        name: str,
        threads: int,
        *,
        shares: bool = False,
        done: Callable[[Sequence[Session]], None] | None = None,
    ) -> None:
        self._engine = engine
        self._shares = shares
        self._done = done
        self._waiting: SimpleQueue[_Unit | None] = SimpleQueue()
        self._lock = Lock()
        self._closed = False
        self._begun = 0
        self._threads = [
            Thread(target=self._serve, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def begun(self) -> int:
        """How many units were begun so far."""
        return self._begun

    def submit(self, work: Callable[[Session], T]) -> "Future[T]":
        """Have `work` done; raises Closed after `close`."""
        unit = _Unit(work=work)
        with self._lock:
            if self._closed:
                raise Closed("the database is closed")
            self._waiting.put(unit)
        return unit.future

    def close(self) -> None:
        """Do what waits, then end the threads."""
        with self._lock:
            if not self._closed:
                self._closed = True
                for _ in self._threads:
                    self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (unit := self._waiting.get()) is not None:
            if not unit.future.set_running_or_notify_cancel():
                continue
            self._count()
            if self._shares:
                self._do_group(unit)
            else:
                self._do_alone(unit)

    def _next(self, since: float) -> _Unit | None:
        """A further unit for the group, as long as one waits and there is time."""
        while monotonic() - since < _LONGEST_GROUP:
            try:
                unit = self._waiting.get_nowait()
            except Empty:
                return None
            if unit is None:
                self._waiting.put(None)  # the end is for `_serve`
                return None
            if unit.future.set_running_or_notify_cancel():
                self._count()
                return unit
        return None

    def _count(self) -> None:
        with self._lock:
            self._begun += 1

    def _do_group(self, first: _Unit) -> None:
        """All that waits, in one commit. No caller hears of a result before that."""
        group = [first]
        done: list[_Done] = []
        try:
            with self._engine.begin() as connection:
                since = monotonic()
                unit: _Unit | None = first
                while unit is not None:
                    if finished := self._do_in_savepoint(unit, connection):
                        done.append(finished)
                    if unit := self._next(since):
                        group.append(unit)
        except _GroupLost:
            for unit in _unanswered(group):
                self._do_alone(unit)
        except BaseException as error:  # noqa: BLE001 - goes to who asked for the work
            for unit in _unanswered(group):
                unit.future.set_exception(error)
        else:
            self._tell([finished.session for finished in done])
            for finished in done:
                finished.unit.future.set_result(finished.result)

    def _do_in_savepoint(self, unit: _Unit, connection: Connection) -> _Done | None:
        """None when the unit raised: then nothing of it is left, and the group goes on."""
        # The savepoint is ours and not the session's, which would take three times as long.
        session = Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        driver = _driver_of(connection)
        driver.execute("SAVEPOINT unit")
        try:
            result = unit.work(session)
            session.flush()
            driver.execute("RELEASE unit")
        except BaseException as error:  # noqa: BLE001 - goes to who asked for the work
            _check_alive(connection)
            driver.execute("ROLLBACK TO unit")
            driver.execute("RELEASE unit")
            unit.future.set_exception(error)
            return None
        finally:
            session.close()
        return _Done(unit=unit, result=result, session=session)

    def _do_alone(self, unit: _Unit) -> None:
        """One unit in a transaction of its own, again where the database asks for that."""
        for tried in range(1, _TRIES + 1):
            session = Session(self._engine, expire_on_commit=False)
            try:
                with session, session.begin():
                    result = unit.work(session)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) in _TRY_AGAIN and tried < _TRIES:
                    continue
                unit.future.set_exception(error)
            except BaseException as error:  # noqa: BLE001 - goes to who asked for the work
                unit.future.set_exception(error)
            else:
                self._tell([session])
                unit.future.set_result(result)
            return

    def _tell(self, sessions: Sequence[Session]) -> None:
        if self._done:
            self._done(sessions)


def _unanswered(group: Sequence[_Unit]) -> list[_Unit]:
    return [unit for unit in group if not unit.future.done()]


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # only SQLite's crew shares
    return driver


def _check_alive(connection: Connection) -> None:
    # SQLite rolls back everything on some errors (disk full); going on would then be outside of
    # any transaction.
    if not _driver_of(connection).in_transaction:
        connection.invalidate()
        raise _GroupLost

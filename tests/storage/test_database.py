"""What a unit of work may rely on."""

import asyncio
import sqlite3
import traceback
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from storage import outbox
from storage.crew import Closed
from storage.database import Database, Session
from storage.engines import UnknownDatabase
from storage.tables import InboxRow, LeadRow, TallyRow
from tests.conftest import Clock


def keep(key: str, clock: Clock) -> InboxRow:
    return InboxRow(key=key, at=clock())


async def keys(database: Database) -> set[str]:
    return await database.read(lambda s: set(s.exec(select(InboxRow.key))))


async def test_what_is_written_is_read(either: Database, clock: Clock) -> None:
    row = await either.write(lambda s: s.merge(keep("a", clock)))
    assert row.at == clock()  # readable after the unit of work
    assert await keys(either) == {"a"}


async def test_a_unit_that_raises_leaves_nothing_and_spoils_no_other(
    either: Database, clock: Clock
) -> None:
    def fail(session: Session) -> None:
        session.add(keep("bad", clock))
        session.flush()
        raise LookupError("no")

    def unit(n: int) -> "asyncio.Future[None]":
        return asyncio.ensure_future(either.write(lambda s: s.add(keep(f"{n}", clock))))

    results = await asyncio.gather(
        *(either.write(fail) if n % 3 == 0 else unit(n) for n in range(30)),
        return_exceptions=True,
    )
    assert [isinstance(result, LookupError) for result in results] == [
        n % 3 == 0 for n in range(30)
    ]
    assert await keys(either) == {f"{n}" for n in range(30) if n % 3}


async def test_a_constraint_that_fails_is_told_to_its_own_caller_only(
    either: Database, clock: Clock
) -> None:
    results = await asyncio.gather(
        *(either.write(lambda s: s.add(keep("same", clock))) for _ in range(5)),
        *(either.write(lambda s, n=n: s.add(keep(f"{n}", clock))) for n in range(5)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert sum(isinstance(result, IntegrityError) for result in results) == 4
    assert await keys(either) == {"same", "0", "1", "2", "3", "4"}


async def test_a_key_that_another_took_in_the_meantime_is_found_at_the_second_try(
    either: Database, clock: Clock
) -> None:
    def keep_once(session: Session) -> bool:
        found = session.exec(select(InboxRow.key).where(InboxRow.key == "same")).first()
        if found is None:
            session.add(keep("same", clock))
        return found is None

    kept = await asyncio.gather(*(either.write(keep_once) for _ in range(40)))
    assert sorted(kept) == [False] * 39 + [True]


async def test_an_error_of_the_database_quotes_no_row(either: Database, clock: Clock) -> None:
    def add_twice(session: Session) -> None:
        for _ in range(2):
            lead = LeadRow(email="ada@initech.example", created_at=clock(), received_at=clock())
            session.add(lead)
            session.flush()

    with pytest.raises(IntegrityError) as caught:
        await either.write(add_twice)
    logged = "".join(traceback.format_exception(caught.value))
    assert "lead" in str(caught.value).splitlines()[0]  # which constraint it was is told
    assert "initech" not in logged


async def test_concurrent_read_and_change_loses_no_change(either: Database, clock: Clock) -> None:
    row = TallyRow(dimension="all", measure="m", value="", day=clock().date(), n=0)
    await either.write(lambda s: s.add(row))

    def count(session: Session) -> None:
        row = session.exec(select(TallyRow).with_for_update()).one()
        row.n += 1

    await asyncio.gather(*(either.write(count) for _ in range(200)))
    assert await either.read(lambda s: s.exec(select(TallyRow.n)).one()) == 200


async def test_reading_cannot_write(either: Database, clock: Clock) -> None:
    def try_to_write(session: Session) -> None:
        session.add(keep("a", clock))
        session.flush()

    with pytest.raises(DBAPIError):
        await either.read(try_to_write)
    assert await keys(either) == set()


async def test_two_statements_of_one_read_see_one_state(either: Database, clock: Clock) -> None:
    begun, written = Event(), Event()

    def look_twice(session: Session) -> tuple[int, int]:
        first = len(session.exec(select(InboxRow.key)).all())
        begun.set()
        assert written.wait(10)
        return first, len(session.exec(select(InboxRow.key)).all())

    looking = asyncio.ensure_future(either.read(look_twice))
    await asyncio.to_thread(begun.wait, 10)
    await either.write(lambda s: s.add(keep("a", clock)))
    written.set()
    assert await looking == (0, 0)


async def test_listeners_hear_of_the_outbox_after_the_commit(
    either: Database, clock: Clock
) -> None:
    heard: list[int] = []

    def count() -> None:
        heard.append(
            either.read_now(
                lambda s: s.connection().execute(text("SELECT count(*) FROM outbox")).scalar_one()
            )
        )

    stop = either.listen(count)

    def post(session: Session) -> None:
        outbox.post(
            session,
            kind="test",
            subject="1",
            platform="slack",
            destination="person:ana@acme.example",
            stream="lead:1",
            dedupe_key="1",
            now=clock(),
        )

    await either.write(post)
    await either.write(lambda s: s.add(keep("a", clock)))
    await either.write(post)  # the same key: nothing new
    stop()
    assert heard == [1]


async def test_closing_finishes_what_waits_and_takes_no_more(
    database_url: str, clock: Clock
) -> None:
    database = Database.open(database_url)
    waiting = [
        asyncio.ensure_future(database.write(lambda s, n=n: s.add(keep(f"{n}", clock))))  # type: ignore[misc]
        for n in range(50)
    ]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*waiting)
    with pytest.raises(Closed):
        await database.read(lambda s: None)
    again = Database.open(database_url)
    assert len(await keys(again)) == 50
    await again.close()


async def test_sqlite_keeps_what_is_committed_at_power_loss(
    database: Database, database_url: str
) -> None:
    def pragmas(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = (session.connection().exec_driver_sql(f"PRAGMA {name}") for name in names)
        return [result.scalar_one() for result in found]

    assert await database.write(pragmas) == ["wal", 2, 1, 10000]


async def test_a_full_disk_fails_one_unit_and_the_others_are_done_again(
    database: Database, database_url: str, clock: Clock
) -> None:
    def roll_everything_back(session: Session) -> None:
        # What SQLite does by itself when the disk is full.
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("ROLLBACK")
        raise OSError("disk full")

    results = await asyncio.gather(
        database.write(lambda s: s.add(keep("before", clock))),
        database.write(roll_everything_back),
        database.write(lambda s: s.add(keep("after", clock))),
        return_exceptions=True,
    )
    assert results[0] is None
    assert results[2] is None
    assert isinstance(results[1], Exception)
    assert await keys(database) == {"before", "after"}


@pytest.mark.parametrize("url", ["", "baton.db", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(UnknownDatabase):
        Database.open(url)

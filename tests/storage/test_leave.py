"""Entries of leave on both databases."""

from datetime import UTC, date, datetime

import pytest

from leads.person import Leave
from storage import job_runs, leave
from storage.database import Database, Session
from storage.leave import Source

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = NOW.date()
ANA, BEN = "ana@acme.example", "ben@acme.example"
WEEK = Leave(first=TODAY, last=date(2026, 11, 27))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request: pytest.FixtureRequest) -> Database:
    """An empty database of each kind."""
    name = "database" if request.param == "sqlite" else "postgres"
    found: Database = request.getfixturevalue(name)
    return found


def add(session: Session, email: str, days: Leave, reference: str | None = None) -> int | None:
    return leave.add(
        session,
        email=email,
        leave=days,
        source=Source.CHAT,
        by=email,
        now=NOW,
        reference=reference,
    )


async def test_an_entry_with_the_same_reference_is_kept_once(kept: Database) -> None:
    first = await kept.write(lambda session: add(session, ANA, WEEK, "slack:1"))
    again = await kept.write(lambda session: add(session, ANA, WEEK, "slack:1"))
    assert (first is not None, again) == (True, None)
    rows = await kept.read(lambda session: leave.entries_of(session, ANA, TODAY))
    assert [(row.first, row.last, row.source) for row in rows] == [(WEEK.first, WEEK.last, "chat")]


async def test_days_away_are_the_same_read_for_one_or_for_all(kept: Database) -> None:
    def tell(session: Session) -> None:
        add(session, ANA, WEEK)
        add(session, BEN, Leave(first=date(2026, 7, 1), last=date(2026, 7, 2)))  # long over

    def read(session: Session) -> tuple[object, ...]:
        one = [leave.days_away(session, who, TODAY) for who in (ANA, BEN)]
        leave.read_everybodys(session, TODAY)
        return one, [leave.days_away(session, who, TODAY) for who in (ANA, BEN)]

    await kept.write(tell)
    one, everybody = await kept.read(read)
    assert one == everybody == [(WEEK,), ()]


async def test_an_entry_that_ends_keeps_the_days_that_are_over(kept: Database) -> None:
    def play(session: Session) -> tuple[object, ...]:
        leave_id = add(session, ANA, WEEK)
        wednesday = date(2026, 11, 25)
        row = leave.entry(session, leave_id or 0)
        assert row
        ended = leave.end(session, row, wednesday, NOW)
        again = leave.entry(session, leave_id or 0)
        assert again
        return (
            ended,
            leave.end(session, again, wednesday, NOW),
            leave.days_away(session, ANA, TODAY),
        )

    ended, again, days = await kept.write(play)
    assert (ended, again) == (True, False)
    assert days == (Leave(first=TODAY, last=date(2026, 11, 24)),)


async def test_what_has_begun_is_not_found_again(kept: Database) -> None:
    def play(session: Session) -> tuple[int, int]:
        leave_id = add(session, ANA, WEEK)
        before = len(leave.not_begun(session, TODAY, TODAY))
        job_runs.claim(session, leave.BEGUN, str(leave_id), NOW)
        return before, len(leave.not_begun(session, TODAY, TODAY))

    assert await kept.write(play) == (1, 0)

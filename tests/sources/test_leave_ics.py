"""Leave from calendar files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from sources.leave_ics import Came, Report, import_leave
from storage import leave
from storage.database import Database, Session
from storage.file_errors import FileError
from storage.tables import LeaveRow
from tests.commands.story import ANA, setup_of
from tests.conftest import Clock

Take = Callable[..., Report]
"""Imports a calendar with these events."""

BERLIN = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str | None = "u1", title: str = "Vacation") -> str:
    named = [f"UID:{uid}"] if uid else []
    return "\n".join(["BEGIN:VEVENT", *named, f"SUMMARY:{title}", *lines, "END:VEVENT", ""])


CHRISTMAS = ("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20270103")
OOF = "X-MICROSOFT-CDO-BUSYSTATUS:OOF"


@pytest.fixture
def take(database: Database, clock: Clock, tmp_path: Path) -> Take:
    def imported(*events: str) -> Report:
        file = tmp_path / "leave.ics"
        text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + "".join(events) + "END:VCALENDAR\n"
        file.write_text(text.replace("\n", "\r\n"))
        return import_leave(file, ANA, database=database, setup=setup_of(), clock=clock)

    return imported


async def days(database: Database) -> list[tuple[date, date]]:
    rows = await database.read(
        lambda session: list(session.exec(select(LeaveRow).order_by(col(LeaveRow.id))))
    )
    return [(row.first, row.last) for row in rows]


async def test_whole_days_out_of_office_are_leave_and_a_second_run_changes_nothing(
    take: Take, database: Database
) -> None:
    given = event(*CHRISTMAS, OOF, title="Reise")
    assert _counts(take, given) == {Came.NEW: 1}
    assert _counts(take, given) == {Came.UNCHANGED: 1}
    assert await days(database) == [(date(2026, 12, 24), date(2027, 1, 2))]


async def test_a_newer_file_mends_what_changed(take: Take, database: Database) -> None:
    _counts(take, event(*CHRISTMAS))
    changed = event("DTSTART;VALUE=DATE:20261223", "DTEND;VALUE=DATE:20261231")
    assert _counts(take, changed) == {Came.CHANGED: 1}
    assert await days(database) == [(date(2026, 12, 23), date(2026, 12, 30))]
    assert _counts(take, event(*CHRISTMAS, "STATUS:CANCELLED")) == {Came.ENDED: 1}
    assert (await days(database))[0][1] < date(2026, 12, 23)


async def test_an_event_that_takes_up_the_working_days_is_leave_and_an_hour_is_not(
    take: Take, database: Database
) -> None:
    start, end = "DTSTART;TZID=W. Europe Standard Time:", "DTEND;TZID=W. Europe Standard Time:"
    whole = event(f"{start}20261130T080000", f"{end}20261201T190000", OOF, uid="a", title="Messe")
    hour = event(f"{start}20261203T100000", f"{end}20261203T110000", OOF, uid="b", title="Dentist")
    assert _counts(take, BERLIN, whole, hour) == {Came.NEW: 1, Came.OTHER: 1}
    assert await days(database) == [(date(2026, 11, 30), date(2026, 12, 1))]


async def test_birthdays_meetings_and_what_is_over_are_counted_and_left(
    take: Take, database: Database
) -> None:
    birthday = event(*CHRISTMAS, "TRANSP:TRANSPARENT", uid="a", title="Ben's birthday")
    meeting = event("DTSTART:20261201T100000Z", "DTEND:20261201T110000Z", uid="b", title="Sync")
    past = event("DTSTART;VALUE=DATE:20261001", "DTEND;VALUE=DATE:20261003", uid="c")
    assert _counts(take, birthday, meeting, past) == {Came.OTHER: 2, Came.OVER: 1}
    assert await days(database) == []


async def test_recurring_and_broken_events_are_named(take: Take, database: Database) -> None:
    report = take(
        event(*CHRISTMAS, "RRULE:FREQ=WEEKLY", uid="a", title="Every Friday: vacation"),
        event("DTSTART:2026-13-99", uid="b", title="Broken vacation"),
        event(*CHRISTMAS, uid=None, title="Nameless: vacation"),
        event(*CHRISTMAS, uid="d"),
    )
    assert report.counts == {Came.NEW: 1}
    assert [line.split(":")[0] for line in report.left_out] == [
        "“Every Friday",
        "“Broken vacation”",
        "“Nameless",
    ]
    assert len(await days(database)) == 1


async def test_what_was_taken_back_in_chat_stays_so(
    take: Take, database: Database, clock: Clock
) -> None:
    _counts(take, event(*CHRISTMAS))

    def end(session: Session) -> None:
        row = leave.entry(session, 1)
        assert row
        leave.end(session, row, clock().date(), clock())

    await database.write(end)
    assert _counts(take, event(*CHRISTMAS)) == {Came.UNCHANGED: 1}
    assert (await days(database))[0][1] < date(2026, 12, 24)


@pytest.mark.parametrize("content", [b"", b"name,email\n", b"\x00\xff\xfe"])
def test_what_is_no_calendar_is_told(
    content: bytes, database: Database, clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "leave.ics"
    file.write_bytes(content)
    with pytest.raises(FileError, match="expected a calendar"):
        import_leave(file, ANA, database=database, setup=setup_of(), clock=clock)


def _counts(take: Take, *events: str) -> dict[Came, int]:
    report = take(*events)
    assert report.left_out == ()
    return dict(report.counts)

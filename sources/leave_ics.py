"""Leave from a calendar file (iCalendar, RFC 5545), as Outlook, Google and HR systems write it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from commands import clocks
from commands.context import Context, Setup
from commands.leave_told import today_of
from commands.take_leave import put_down, take_back, took_effect
from leads.away_words import mean_away
from leads.days_away import LONGEST_DAYS, days_covered
from leads.person import Leave, Person
from storage import leave
from storage.database import Database
from storage.file_errors import FileError
from storage.leave import Source
from storage.tables import LeaveRow

LARGEST = 20 * 1024 * 1024  # bytes; years of a busy calendar
_BUSY = "X-MICROSOFT-CDO-BUSYSTATUS"  # learn.microsoft.com/openspecs, MS-OXCICAL 2.1.3.1.1.20.31
_FREE = frozenset({"FREE", "TENTATIVE", "WORKINGELSEWHERE"})
_LONGEST_TITLE = 80


class Came(StrEnum):
    """What came of one event."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ENDED = "taken back"
    OVER = "over"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Report:
    """How many events came to what, and those that were left out with the reason."""

    counts: Mapping[Came, int]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Away:
    """An event that says that its owner is away; `days` is None where it was cancelled."""

    uid: str
    days: Leave | None


class _LeftOut(Exception):
    """An event that can't be taken, and why."""


def import_leave(
    path: Path,
    person: Person,
    *,
    database: Database,
    setup: Setup,
    clock: Callable[[], datetime],
) -> Report:
    """Take the leave in a calendar file for this person: events out of office, and busy ones of
    whole days. Each is known by its UID, so that a second run changes nothing and a newer file
    mends what changed. Raises FileError."""
    events = list(_events(path))

    def take(ctx: Context) -> Report:
        counts: dict[Came, int] = {}
        left_out: list[str] = []
        for event in events:
            try:
                came = _take(ctx, person, event)
            except _LeftOut as problem:
                left_out.append(f"“{_title(event)}”: {problem}")
                continue
            counts[came] = counts.get(came, 0) + 1
        return Report(counts=counts, left_out=tuple(left_out))

    return database.write_now(
        lambda session: take(Context(session=session, now=clock(), setup=setup))
    )


def _events(path: Path) -> Iterator[Event]:
    wanted = "a calendar (.ics)"
    if not path.is_file():
        raise FileError(path, "", wanted, "no such file")
    if path.stat().st_size > LARGEST:
        raise FileError(path, "", f"at most {LARGEST // 1024 // 1024} MB", "more")
    try:
        calendar = Calendar.from_ical(path.read_bytes())
    except ValueError as error:
        raise FileError(path, "", wanted, str(error)[:200]) from error
    for part in calendar.walk("VEVENT"):
        if isinstance(part, Event):
            yield part


def _take(ctx: Context, person: Person, event: Event) -> Came:
    read = _read(ctx, person, event)
    if read is None:
        return Came.OTHER
    reference = f"ics:{person.email}:{read.uid}"
    known = leave.with_reference(ctx.session, reference)
    if read.days is None:
        gone = known is not None and take_back(ctx, person, [known], why="cancelled in a calendar")
        return Came.ENDED if gone else Came.OTHER
    if read.days.last < today_of(ctx, person):
        return Came.OVER if known is None else Came.UNCHANGED
    if known is None:
        put_down(ctx, person, read.days, source=Source.ICS, reference=reference)
        return Came.NEW
    return _change(ctx, person, known, read.days)


def _change(ctx: Context, person: Person, known: LeaveRow, days: Leave) -> Came:
    """What was taken back in chat stays so."""
    same = (known.first, known.last) == (days.first, days.last)
    if same or known.ended_at is not None or known.id is None:
        return Came.UNCHANGED
    leave.change(ctx.session, known.id, known.last, first=days.first, last=days.last)
    changed = leave.entry(ctx.session, known.id)
    if changed:
        took_effect(ctx, person, changed)
    return Came.CHANGED


def _read(ctx: Context, person: Person, event: Event) -> _Away | None:
    """None for an event about anything else. Raises _LeftOut."""
    try:
        begins, ends = event.start, event.end
    except ValueError as error:
        raise _LeftOut(f"it has no days that can be read ({str(error)[:120]})") from error
    words = mean_away(_title(event, whole=True))
    busy = str(event.get(_BUSY, "")).upper()
    is_out = words or busy == "OOF"
    is_whole_day = not isinstance(begins, datetime)
    is_free = busy in _FREE or str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    if not is_out and not (is_whole_day and not is_free):
        return None
    uid = str(event.get("UID", "")).strip()
    if not uid:
        raise _LeftOut("it has no UID, so a second import couldn't know it again")
    if event.get("RRULE") is not None or event.get("RDATE") is not None:
        raise _LeftOut("it recurs; write these days in chat instead")
    if event.get("RECURRENCE-ID") is not None:
        raise _LeftOut("it is one of a series; write these days in chat instead")
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return _Away(uid=uid, days=None)
    days = _days(ctx, person, begins, ends)
    return _Away(uid=uid, days=days) if days else None


def _days(
    ctx: Context, person: Person, begins: date | datetime, ends: date | datetime
) -> Leave | None:
    """The days of an all-day event, whose end is the day after; of any other, the days whose
    working time it takes up."""
    if isinstance(begins, datetime) or isinstance(ends, datetime):
        on = clocks.calendar_without_told_leave(ctx, person)
        return days_covered(on, _moment(begins, person), _moment(ends, person))
    last = max(begins, ends - timedelta(days=1))
    if (last - begins).days >= LONGEST_DAYS:
        raise _LeftOut(f"it lasts longer than {LONGEST_DAYS} days")
    return Leave(first=begins, last=last)


def _moment(value: date | datetime, person: Person) -> datetime:
    """A time without a zone is that of the person's own clock."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), ZoneInfo(person.timezone))
    zoned = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(person.timezone))
    return zoned.astimezone(UTC)


def _title(event: Event, *, whole: bool = False) -> str:
    title = " ".join(str(event.get("SUMMARY", "")).split()) or "without a title"
    return title if whole or len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"

"""Business time: when a person works, and when a promised amount of working time is over.

The law behind everything here: a moment is working time when the wall clock in the person's zone
then reads a time inside a block of that weekday, on a day that is neither a holiday nor leave.
Where clocks go forward an hour inside a block is missing; where they go back it counts twice.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from leads.agreement import Unit, WorkDuration
from leads.person import HoursBlock, Leave, Person

OFFICE_HOURS = (HoursBlock(days=frozenset(range(5)), start=9 * 60, end=18 * 60),)
"""When somebody works whose hours nobody wrote down: Mon-Fri 09:00-18:00."""

HORIZON_DAYS = 400
"""So many days without any working time mean that the person never works again."""

_DAY = timedelta(days=1)
_ZERO = timedelta()
_MICROSECOND = timedelta(microseconds=1)


class NeverWorks(Exception):
    """A calendar has no working time within the horizon, so no promise can fall due in it."""

    def __init__(self, since: datetime) -> None:
        super().__init__(f"no working time within {HORIZON_DAYS} days of {since.isoformat()}")
        self.since = since


@dataclass(frozen=True, slots=True)
class Stretch:
    """An unbroken piece of working time in UTC, `end` exclusive."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """When one person works. Every datetime given must be aware; every one returned is UTC."""

    zone: tzinfo
    hours: tuple[HoursBlock, ...] = OFFICE_HOURS
    holidays: Container[date] = frozenset()
    leave: tuple[Leave, ...] = ()
    _known: dict[date, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Days that were asked about: routing asks about four weeks of every rep for each lead."""
    _whole: dict[date, tuple[Stretch, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The working time of days that were asked about: a decision measures from its offer on."""

    def local_day(self, at: datetime) -> date:
        """The date on the person's own calendar."""
        return at.astimezone(self.zone).date()

    def is_on_leave(self, day: date) -> bool:
        """Whether this day of the person's own calendar is leave."""
        return bool(self.leave) and any(away.first <= day <= away.last for away in self.leave)

    def works_on(self, day: date) -> bool:
        """Whether this day of the person's own calendar is a day of work."""
        found = self._known.get(day)
        if found is None:
            weekday = day.weekday()
            found = self._is_workday(day) and any(weekday in block.days for block in self.hours)
            self._known[day] = found
        return found

    def is_working(self, at: datetime) -> bool:
        """Whether the person works at this moment."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return self.works_on(local.date()) and any(
            local.weekday() in block.days and block.start <= minute < block.end
            for block in self.hours
        )

    def next_working(self, at: datetime) -> datetime | None:
        """`at` itself if it is working time, else when the next begins; None when none does
        within the horizon."""
        if self.is_working(at):
            return at.astimezone(UTC)
        for stretch in self._stretches(at):
            return stretch.start
        return None

    def after(self, at: datetime, duration: WorkDuration, *, share: float = 1.0) -> datetime:
        """The first moment at which `share` of `duration` has been worked since `at`.

        Minutes and hours are counted in working time. A day is one working day, however long it
        is: from 10:00 on a nine-hour Monday to the same ninth of Tuesday; from before or after
        work to the end of the next whole working day. Raises NeverWorks."""
        part = Fraction(share).limit_denominator(10_000)
        match duration.unit:
            case Unit.MINUTES:
                return self._after_time(at, _times(timedelta(minutes=duration.amount), part))
            case Unit.HOURS:
                return self._after_time(at, _times(timedelta(hours=duration.amount), part))
            case Unit.DAYS:
                return self._after_days(at, duration.amount * part)

    def between(self, first: datetime, last: datetime) -> timedelta:
        """The working time from `first` to `last`; zero when `last` isn't later."""
        if last <= first:
            return _ZERO
        return sum((stretch.length for stretch in self._clipped(first, last)), _ZERO)

    def working_days(self, first: datetime, last: datetime) -> float:
        """The working days from `first` to `last`, each counted by the share of it that lies
        between them."""
        days = 0.0
        day, final = self.local_day(first), self.local_day(last)
        while day <= final and first < last:
            whole = self._stretches_of(day)
            if whole:
                worked = sum((_overlap(piece, first, last) for piece in whole), _ZERO)
                days += worked / _length(whole)
            day += _DAY
        return days

    def _is_workday(self, day: date) -> bool:
        return day not in self.holidays and not self.is_on_leave(day)

    def _after_time(self, at: datetime, wanted: timedelta) -> datetime:
        if wanted <= _ZERO:
            return at.astimezone(UTC)
        for stretch in self._stretches(at):
            start = max(at, stretch.start)
            if stretch.end - start >= wanted:
                return start.astimezone(UTC) + wanted
            wanted -= stretch.end - start
        raise NeverWorks(at)

    def _after_days(self, at: datetime, wanted: Fraction) -> datetime:
        if wanted <= 0:
            return at.astimezone(UTC)
        for day in self._days(at):
            whole = self._stretches_of(day)
            length = _length(whole)
            done = sum((_overlap(piece, piece.start, at) for piece in whole), _ZERO)
            left = 1 - Fraction(done // _MICROSECOND, length // _MICROSECOND)
            if wanted <= left:
                return _moment_in(whole, done + _times(length, wanted))
            wanted -= left
        raise NeverWorks(at)

    def _days(self, at: datetime) -> Iterator[date]:
        """Working days from that of `at` on, until none comes within the horizon."""
        day, barren = self.local_day(at), 0
        while barren <= HORIZON_DAYS and day < date.max - _DAY * 3:
            if self._stretches_of(day):
                barren = 0
                yield day
            else:
                barren += 1
            day += _DAY

    def _stretches(self, at: datetime) -> Iterator[Stretch]:
        """Stretches that end after `at`, in order."""
        for day in self._days(at):
            for stretch in self._stretches_of(day):
                if stretch.end > at:
                    yield stretch

    def _clipped(self, first: datetime, last: datetime) -> Iterator[Stretch]:
        for stretch in self._stretches(first):
            if stretch.start >= last:
                return
            yield Stretch(max(first, stretch.start), min(last, stretch.end))

    def _stretches_of(self, day: date) -> tuple[Stretch, ...]:
        """The working time of one local day, in order, without overlaps."""
        found = self._whole.get(day)
        if found is None:
            found = self._whole[day] = self._cut(day)
        return found

    def _cut(self, day: date) -> tuple[Stretch, ...]:
        if not self._is_workday(day):
            return ()
        blocks = [block for block in self.hours if day.weekday() in block.days]
        if not blocks:
            return ()
        midnight = datetime.combine(day, time(), UTC)  # stands for the wall clock here
        found = []
        for piece in _pieces(self.zone, day):
            for block in blocks:
                start = midnight + timedelta(minutes=block.start) - piece.offset
                end = midnight + timedelta(minutes=block.end) - piece.offset
                start, end = max(start, piece.start), min(end, piece.end)
                if start < end:
                    found.append(Stretch(start, end))
        return _joined(found)


def calendar_of(person: Person, holidays: Container[date] = frozenset()) -> WorkCalendar:
    """When this person works; without `hours`, Mon-Fri 09:00-18:00 in the person's zone."""
    return WorkCalendar(
        zone=ZoneInfo(person.timezone),
        hours=person.hours or OFFICE_HOURS,
        holidays=holidays,
        leave=person.leave,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of UTC in which a zone keeps one offset."""

    start: datetime
    end: datetime
    offset: timedelta


@lru_cache(maxsize=8192)
def _pieces(zone: tzinfo, day: date) -> tuple[_Piece, ...]:
    """The UTC time that may belong to a local day, cut where the zone's offset changes.

    Offsets lie between -12 h and +14 h; no zone changes twice within the two days looked at."""
    start = datetime.combine(day, time(), UTC) - timedelta(hours=14)
    end = datetime.combine(day, time(), UTC) + timedelta(hours=36)
    before, after = _offset(zone, start), _offset(zone, end)
    if before == after:
        return (_Piece(start, end, before),)
    low, high = 0, int((end - start).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, start + timedelta(seconds=middle)) == before:
            low = middle
        else:
            high = middle
    change = start + timedelta(seconds=high)
    return (_Piece(start, change, before), _Piece(change, end, after))


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or _ZERO


def _joined(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    stretches.sort(key=lambda stretch: stretch.start)
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and stretch.start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, stretch.end))
        else:
            joined.append(stretch)
    return tuple(joined)


def _length(stretches: tuple[Stretch, ...]) -> timedelta:
    return sum((stretch.length for stretch in stretches), _ZERO)


def _overlap(stretch: Stretch, first: datetime, last: datetime) -> timedelta:
    return max(_ZERO, min(stretch.end, last) - max(stretch.start, first))


def _moment_in(stretches: tuple[Stretch, ...], worked: timedelta) -> datetime:
    """The first moment at which `worked` of these stretches is over."""
    for stretch in stretches:
        if worked <= stretch.length:
            return stretch.start + worked
        worked -= stretch.length
    return stretches[-1].end


def _times(length: timedelta, part: Fraction) -> timedelta:
    return timedelta(microseconds=round((length // _MICROSECOND) * part))

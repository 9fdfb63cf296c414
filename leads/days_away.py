"""Days away as people write them: "from 24 Dec to 2 Jan", "tomorrow", "until Friday", "for a week".

A day without a year is the next one; of a span, the last day is the next one and the first the
newest before it, so that "from 20 Nov to 26 Nov" said on the 23rd is this week.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from leads.periods import month_number
from leads.person import Leave
from leads.worktime import WorkCalendar

LONGEST_DAYS = 400
"""Who is away for longer has left the team, as far as leads are concerned."""

_LONGEST_AGO = timedelta(days=60)
_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_TO = r"(?:to|till|until|til|through|thru|and|-)"


class Trouble(StrEnum):
    """What is wrong with days as they were written."""

    UNREAD = "unread"
    NO_END = "no_end"
    WHICH_DAY = "which_day"
    NO_SUCH_DAY = "no_such_day"
    BACKWARDS = "backwards"
    PAST = "past"
    TOO_LONG = "too_long"


class UnknownDays(ValueError):
    """The days can't be read, or nobody can be away then; `text` is the part in doubt."""

    def __init__(self, trouble: Trouble, text: str) -> None:
        super().__init__(f"{trouble}: {text!r}")
        self.trouble = trouble
        self.text = text


@dataclass(frozen=True)
class _Yearly:
    """A day of every year."""

    month: int
    day: int


@dataclass(frozen=True)
class _Weekly:
    """A day of every week."""

    weekday: int


_Said = date | _Yearly | _Weekly


def parse(text: str, today: date) -> Leave:
    """The days that `text` names, as seen on `today` of the person's own calendar. Both ends are
    days away. Raises UnknownDays."""
    words = _tidy(text)
    first, last = _read(words, today)
    return checked(first, last, today, words)


def checked(first: date, last: date, today: date, text: str = "") -> Leave:
    """The leave of these days. Raises UnknownDays where nobody can take it as of `today`."""
    if last < first:
        raise UnknownDays(Trouble.BACKWARDS, text)
    if last < today:
        raise UnknownDays(Trouble.PAST, text)
    if (last - first).days >= LONGEST_DAYS:
        raise UnknownDays(Trouble.TOO_LONG, text)
    return Leave(first=first, last=last)


def days_covered(calendar: WorkCalendar, start: datetime, end: datetime) -> Leave | None:
    """The days of the person's calendar whose working time lies between two moments, all of it: an
    hour at the dentist's is no leave. None where there is no such day; days without work in between
    belong to it."""
    first = last = None
    day, final = calendar.local_day(start), calendar.local_day(end)
    final = min(final, day + timedelta(days=LONGEST_DAYS - 1))
    while day <= final:
        begins, ends = (_midnight(calendar, one) for one in (day, day + _DAY))
        whole = calendar.between(begins, ends)
        if whole and calendar.between(max(start, begins), min(end, ends)) == whole:
            first, last = first or day, day
        elif whole and first:
            break
        day += _DAY
    return Leave(first=first, last=last) if first and last else None


def merged(leaves: Iterable[Leave]) -> tuple[Leave, ...]:
    """The same days as spans without overlaps, in order; days that follow each other are one."""
    spans: list[Leave] = []
    for one in sorted(leaves, key=lambda leave: (leave.first, leave.last)):
        if one.last < one.first:
            continue  # was taken back before it began
        if spans and one.first <= spans[-1].last + _DAY:
            spans[-1] = Leave(first=spans[-1].first, last=max(spans[-1].last, one.last))
        else:
            spans.append(one)
    return tuple(spans)


def _tidy(text: str) -> str:
    words = re.sub(r"[–—]", "-", text.casefold())
    words = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", words)
    words = re.sub(r"\b(?:on|the|of|between|starting|including)\b|[,;!]", " ", words)
    return " ".join(words.split()).strip(" .")


def _read(words: str, today: date) -> tuple[date, date]:
    named = _NAMED.get(words)
    if named:
        return named(today)
    for read in (_lasting, _within_a_month, _from_to, _until):
        if found := read(words, today):
            return found
    begin = words.removeprefix("from ")
    first = _next(_day(begin, today), today)
    if begin != words:
        raise UnknownDays(Trouble.NO_END, begin)
    return first, first


def _lasting(words: str, today: date) -> tuple[date, date] | None:
    """ "for 3 days", "for a week from Monday", "from 1 Dec for two weeks", on the calendar."""
    found = re.fullmatch(r"(?:from )?(?:(.+) )?for (\w+) (day|week)s?(?: from (.+))?", words)
    if not found or (found[1] and found[4]):
        return None
    amount = _NUMBERS.get(found[2]) or (int(found[2]) if re.fullmatch(r"\d{1,3}", found[2]) else 0)
    if not amount:
        return None
    begin = found[1] or found[4]
    first = _next(_day(begin, today), today) if begin else today
    return first, first + timedelta(days=amount * (7 if found[3] == "week" else 1) - 1)


def _within_a_month(words: str, today: date) -> tuple[date, date] | None:
    """ "24-28 Dec", "24 to 28 December 2026", "Dec 24 - 28"."""
    words = words.removeprefix("from ")
    if found := re.fullmatch(
        rf"(\d{{1,2}})\.? ?{_TO} ?(\d{{1,2}})\.? ([a-z]+\.?(?: \d{{4}})?)", words
    ):
        begin, end = f"{found[1]} {found[3]}", f"{found[2]} {found[3]}"
    elif found := re.fullmatch(rf"([a-z]+)\.? (\d{{1,2}}) ?{_TO} ?(\d{{1,2}})( \d{{4}})?", words):
        year = found[4] or ""
        begin, end = f"{found[2]} {found[1]}{year}", f"{found[3]} {found[1]}{year}"
    else:
        return None
    return _span(begin, end, today, words)


def _from_to(words: str, today: date) -> tuple[date, date] | None:
    found = re.fullmatch(rf"(?:from )?(.+?) {_TO} (.+)", words)
    return _span(found[1], found[2], today, words) if found else None


def _until(words: str, today: date) -> tuple[date, date] | None:
    found = re.fullmatch(rf"{_TO} (.+)", words)
    return (today, _next(_day(found[1], today), today)) if found else None


def _span(begin: str, end: str, today: date, words: str) -> tuple[date, date]:
    said, ends = _day(begin, today), _day(end, today)
    if isinstance(said, date):
        return said, _next(ends, max(said, today))
    if isinstance(said, _Weekly):
        first = _next(said, today)
        if not isinstance(ends, date):
            return first, _next(ends, first)
        return (first if first <= ends else _newest(said, ends)), ends
    last = _next(ends, today)
    first = _newest(said, last)
    if first < today - _LONGEST_AGO:
        raise UnknownDays(Trouble.BACKWARDS, words)
    return first, last


def _day(words: str, today: date) -> _Said:
    """One day; raises UnknownDays."""
    if words in {"today", "now"}:
        return today
    if words == "tomorrow":
        return today + _DAY
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        return _dated(int(found[3]), int(found[2]), found[1], words)
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.? ?(\d{4}|\d{2})?", words):
        return _dated(int(found[1]), int(found[2]), found[3], words)
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?", words):
        return _slashed(int(found[1]), int(found[2]), found[3], words)
    if found := re.fullmatch(r"(\d{1,2})\.? ?([a-z]+)\.?(?: (\d{4}))?", words):
        number, name, year = found[1], found[2], found[3]
    elif found := re.fullmatch(r"([a-z]+)\.? ?(\d{1,2})(?: (\d{4}))?", words):
        name, number, year = found[1], found[2], found[3]
    else:
        return _weekday(words, today)
    month = month_number(name)
    if not month:
        raise UnknownDays(Trouble.UNREAD, words)
    return _dated(int(number), month, year, words)


def _dated(day: int, month: int, year: str | None, words: str) -> _Said:
    try:
        if year is None:
            date(2000, month, day)  # a leap year: it has every day that there is
            return _Yearly(month=month, day=day)
        if len(year) == 4 and not year.startswith("2"):
            raise ValueError(year)
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    except ValueError:
        raise UnknownDays(Trouble.NO_SUCH_DAY, words) from None


def _slashed(one: int, other: int, year: str | None, words: str) -> _Said:
    """Half of the world begins with the month: where both could be one, nobody can tell."""
    if one <= 12 and other <= 12 and one != other:
        raise UnknownDays(Trouble.WHICH_DAY, words)
    return _dated(one, other, year, words) if one > 12 else _dated(other, one, year, words)


def _weekday(words: str, today: date) -> _Said:
    """ "friday", "fri", "this friday"; "next friday" is that of the week after."""
    name = words.removeprefix("this ").removeprefix("next ")
    named = [n for n, day in enumerate(_WEEKDAYS) if len(name) > 2 and day.startswith(name)]
    if not named:
        raise UnknownDays(Trouble.UNREAD, words)
    if words.startswith("next "):
        return _monday(today) + timedelta(days=7 + named[0])
    return _Weekly(weekday=named[0])


def _next(said: _Said, since: date) -> date:
    """The first such day from `since` on; a whole date is itself."""
    match said:
        case _Weekly(weekday=weekday):
            return since + timedelta(days=(weekday - since.weekday()) % 7)
        case _Yearly():
            return min(day for day in _years(said, since) if day >= since)
        case _:
            return said


def _newest(said: _Yearly | _Weekly, until: date) -> date:
    """The last such day until `until`."""
    if isinstance(said, _Weekly):
        return until - timedelta(days=(until.weekday() - said.weekday) % 7)
    return max(day for day in _years(said, until) if day <= until)


def _years(said: _Yearly, around: date) -> list[date]:
    """This day in the years around: of a 29 February there is one in eight years."""
    return [
        date(year, said.month, said.day)
        for year in range(around.year - 8, around.year + 9)
        if (said.month, said.day) != (2, 29) or _is_leap(year)
    ]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _midnight(calendar: WorkCalendar, day: date) -> datetime:
    return datetime.combine(day, time(), calendar.zone)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


_NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "this week": lambda day: (day, _monday(day) + 6 * _DAY),
    "rest week": lambda day: (day, _monday(day) + 6 * _DAY),
    "next week": lambda day: (_monday(day) + 7 * _DAY, _monday(day) + 13 * _DAY),
}

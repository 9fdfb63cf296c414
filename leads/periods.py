"""Periods as people write them: "last 30 days", "this quarter", "2026-Q4", "since 1 Oct"."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from difflib import get_close_matches

DEFAULT = "last 30 days"
"""What a statistic covers when nobody says."""

BEGINNING = date(2000, 1, 1)
"""Where "all" starts."""

_LONGEST = 4  # words of the longest period, "since 1 October 2026"
_MOST_UNITS = 10_000
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days of the agreement's zone, first and last included. A period that still runs ends today;
    `label` follows a figure: "last 30 days", "October 2026"."""

    label: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


class UnknownPeriod(ValueError):
    """No period is called so; `suggestions` are some that come near."""

    def __init__(self, text: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(f"unknown period {text!r}; try {', '.join(suggestions)}")
        self.text = text
        self.suggestions = suggestions


def parse(text: str, now: datetime, zone: tzinfo) -> Period:
    """The period that `text` names, as seen at `now` in `zone`; weeks start on Monday. Empty text
    is the last 30 days. Raises UnknownPeriod."""
    today = now.astimezone(zone).date()
    words = " ".join(text.casefold().replace(",", " ").split()).removeprefix("the ") or DEFAULT
    words = _SYNONYMS.get(words, words)
    if words in _NAMED:
        first, last = _NAMED[words](today)
        return Period(label=words, first=first, last=min(last, today))
    for read in (_rolling, _since, _between, _calendar_part):
        if found := read(words, today):
            return found
    raise UnknownPeriod(text, suggestions(words))


def before(period: Period) -> Period | None:
    """The equally long period that ends the day before; None where that would begin before all
    counting does."""
    first = period.first - timedelta(days=period.days) if period.first > BEGINNING else BEGINNING
    if first <= BEGINNING:
        return None
    label = f"the {period.days} days before" if period.days > 1 else "the day before"
    return Period(label=label, first=first, last=period.first - timedelta(days=1))


def whole(text: str) -> Period:
    """The calendar part that `text` names ("2026-Q4", "2026-11", "2026"), to its last day even
    while it runs. Raises UnknownPeriod."""
    found = _calendar_part(" ".join(text.casefold().split()), BEGINNING)
    if found is None:
        raise UnknownPeriod(text, suggestions(text))
    return found


def split_off(text: str, now: datetime, zone: tzinfo) -> tuple[str, Period | None]:
    """`text` without the period at its end, and that period, or None where there is none."""
    words = text.split()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        try:
            period = parse(" ".join(words[-count:]), now, zone)
        except UnknownPeriod:
            continue
        return " ".join(words[:-count]), period
    return text.strip(), None


def suggestions(text: str) -> tuple[str, ...]:
    """Names of periods that come near `text`, else those asked for most."""
    near = get_close_matches(text.casefold(), [*_NAMED, "last 7 days", DEFAULT], n=3, cutoff=0.6)
    return tuple(near) or (DEFAULT, "this quarter", "2026-Q4", "since 1 Oct")


def _rolling(words: str, today: date) -> Period | None:
    """ "last 30 days", "4 weeks", "90d"; today is the last of the days."""
    found = re.fullmatch(r"(?:last |past )?(\d{1,5}) ?(d|day|days|w|week|weeks)", words)
    if not found or not 1 <= int(found[1]) <= _MOST_UNITS:
        return None
    count, unit = int(found[1]), "week" if found[2].startswith("w") else "day"
    days = count * (7 if unit == "week" else 1)
    return Period(
        label=f"last {count} {unit}s" if count > 1 else f"last {unit}",
        first=max(BEGINNING, today - timedelta(days=days - 1)),
        last=today,
    )


def _since(words: str, today: date) -> Period | None:
    if not words.startswith("since "):
        return None
    first = _date(words.removeprefix("since "), today)
    if first is None or first > today:
        return None
    return Period(label=f"since {_day(first)}", first=first, last=today)


def _between(words: str, today: date) -> Period | None:
    """ "2026-11-16 to 2026-11-22"."""
    first, _, last = words.partition(" to ")
    begins, ends = (_iso_date(part) for part in (first, last))
    if begins is None or ends is None or begins > ends or begins > today:
        return None
    return Period(label=words, first=begins, last=min(ends, today))


def _iso_date(words: str) -> date | None:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words)
    return _checked_date(*map(int, found.groups())) if found else None


def _calendar_part(words: str, today: date) -> Period | None:
    """ "2026", "2026-q4", "q4", "2026-11", "october", "october 2026", "2026-11-20"."""
    if found := re.fullmatch(r"(?:(\d{4})[- ]?)?q([1-4])(?: (\d{4}))?", words):
        month = int(found[2]) * 3 - 2
        year = int(found[1] or found[3] or _newest_year(month, today))
        return _span(f"{year}-Q{found[2]}", year, month, 3, today)
    if found := re.fullmatch(r"\d{4}", words):
        return _span(words, int(words), 1, 12, today)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})", words):
        return _month(int(found[1]), int(found[2]), today)
    if found := re.fullmatch(r"([a-z]+)(?: (\d{4}))?", words):
        month = month_number(found[1])
        return _month(int(found[2] or _newest_year(month, today)), month, today)
    if day := _date(words, today):
        return Period(label=_day(day), first=day, last=day)
    return None


def _newest_year(month: int, today: date) -> int:
    """The year in which this month last began."""
    return today.year if month <= today.month else today.year - 1


def _month(year: int, month: int, today: date) -> Period | None:
    if not 1 <= month <= 12:
        return None
    return _span(f"{_MONTHS[month - 1].capitalize()} {year}", year, month, 1, today)


def _span(label: str, year: int, month: int, months: int, today: date) -> Period | None:
    if not BEGINNING.year <= year < date.max.year:
        return None
    first, last = date(year, month, 1), _month_end(year, month + months - 1)
    return Period(label=label, first=first, last=min(last, today) if first <= today else last)


def _date(words: str, today: date) -> date | None:
    """A day: "2026-10-01", "1 oct", "oct 1", "1 october 2026", "october"; without a year the
    newest such day that isn't in the future."""
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        return _checked_date(int(found[1]), int(found[2]), int(found[3]))
    found = re.fullmatch(
        r"(?:(\d{1,2})\.? )?([a-z]+)\.?(?: (\d{1,2})\b(?!\d))?(?: (\d{4}))?", words
    )
    if not found or (found[1] and found[3]):
        return None
    month, day = month_number(found[2]), int(found[1] or found[3] or 1)
    if found[4]:
        return _checked_date(int(found[4]), month, day)
    for year in range(today.year, today.year - 5, -1):  # 29 February may be four years ago
        day_then = _checked_date(year, month, day)
        if day_then and day_then <= today:
            return day_then
    return None


def _checked_date(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= BEGINNING else None


def month_number(name: str) -> int:
    """1 to 12 for a month's name or its first three letters or more; 0 for any other word."""
    matches = [n for n, month in enumerate(_MONTHS, 1) if len(name) > 2 and month.startswith(name)]
    return matches[0] if matches else 9 if name == "sept" else 0


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1][:3].capitalize()} {day.year}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter(day: date) -> tuple[date, date]:
    month = (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1), _month_end(day.year, month + 2)


_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_Span = Callable[[date], tuple[date, date]]
_NAMED: dict[str, _Span] = {
    "today": lambda day: (day, day),
    "yesterday": lambda day: (day - _DAY, day - _DAY),
    "this week": lambda day: (_monday(day), _monday(day) + 6 * _DAY),
    "last week": lambda day: (_monday(day) - _WEEK, _monday(day) - _DAY),
    "this month": lambda day: (day.replace(day=1), _month_end(day.year, day.month)),
    "last month": lambda day: (
        (day.replace(day=1) - _DAY).replace(day=1),
        day.replace(day=1) - _DAY,
    ),
    "this quarter": _quarter,
    "last quarter": lambda day: _quarter(_quarter(day)[0] - _DAY),
    "this year": lambda day: (date(day.year, 1, 1), date(day.year, 12, 31)),
    "last year": lambda day: (date(day.year - 1, 1, 1), date(day.year - 1, 12, 31)),
    "all": lambda day: (BEGINNING, day),
}
_SYNONYMS = {
    "week": "this week",
    "month": "this month",
    "quarter": "this quarter",
    "year": "this year",
    "all time": "all",
    "ever": "all",
    "last 1 day": "today",
}

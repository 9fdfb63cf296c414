"""How a figure moved, and how long something took, said the same way on every card."""

from datetime import timedelta

from cards.model import Words
from leads.movement import Movement, Pace
from leads.rates import JUDGEABLE_FROM, Rate

_WORDS = "moves"
_MINUTE = timedelta(minutes=1)


def moved(movement: Movement | None) -> Words:
    """↑ up 8 points, as before, or too few to compare; a dash where nothing came before."""
    if movement is None:
        return Words(_WORDS, "nothing_before")
    return Words(_WORDS, "share", moved=movement)


def quickened(pace: Pace | None, *, at_work: bool = False) -> Words:
    """2 h faster, as before, or too few to compare; a dash where nothing came before."""
    if pace is None:
        return Words(_WORDS, "nothing_before")
    return Words(_WORDS, "pace", moved=pace, by=span(pace.by, at_work=at_work, is_bare=True))


def compared(before: str | None) -> Words:
    """With what the figures of a card are compared; nothing where nothing came before."""
    return Words(_WORDS, "compared", before=before)


def median(length: timedelta | None, n: int, *, at_work: bool = False) -> Words:
    """How long the one in the middle of `n` took; that there are too few to say; or a dash."""
    if length is None:
        return Words(_WORDS, "no_time")
    if n < JUDGEABLE_FROM:
        return Words(_WORDS, "few", n=n)
    return span(length, at_work=at_work)


def brief(rate: Rate | None) -> Words:
    """62% of 21 (41%–79%), for a narrow column; a dash of nothing."""
    return Words(_WORDS, "brief", rate=rate)


def span(length: timedelta, *, at_work: bool = False, is_bare: bool = False) -> Words:
    """6 d 4 h on the calendar; 26 h of work, since a working day has no fixed length; `is_bare`
    leaves out that it is of work."""
    if length < _MINUTE:
        return Words(_WORDS, "at_once")
    if not at_work:
        return Words(_WORDS, "on_the_calendar", span=length)
    hours, minutes = divmod(length // _MINUTE, 60)
    return Words(_WORDS, "at_work", hours=hours, minutes=minutes, is_bare=is_bare)

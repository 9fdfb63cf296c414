"""Both sides' promises as lines: how each stands, and how it moved."""

from dataclasses import dataclass
from enum import StrEnum

from cards.model import Light, Words
from leads.rates import Rate
from leads.standing import Standing

_WORDS = "promises"


class Promise(StrEnum):
    """What is held against the agreement, sales' first."""

    DECIDE = "decide"
    TOUCH = "touch"
    ATTEMPTS = "attempts"
    ACCEPTANCE = "acceptance"
    VOLUME = "volume"
    FIELDS = "fields"
    ANSWERS = "answers"


@dataclass(frozen=True, kw_only=True)
class RateLine:
    """A promise that is kept or not, each time: `rate` is how often it was. `promised` is the
    agreed time, share or number as the agreement says it; `missing` is the field missed most."""

    promise: Promise
    standing: Standing
    rate: Rate
    promised: Words | float | int | None = None
    missing: Words | None = None
    missing_n: int = 0


@dataclass(frozen=True, kw_only=True)
class VolumeLine:
    """Leads since Monday (on a Monday: of the week before) against the share of the week's goal
    that its working days so far make."""

    standing: Standing
    found: int
    expected: float
    goal: int
    is_whole_week: bool
    promise: Promise = Promise.VOLUME


PromiseLine = RateLine | VolumeLine


@dataclass(frozen=True, kw_only=True)
class Change:
    """A light that moved, or a share that did. `now` and `before` are shares of the same promise
    where it has some."""

    promise: Promise
    standing: Standing
    before: Standing
    rate: Rate | None = None
    rate_before: Rate | None = None


def promise_line(line: PromiseLine) -> Words:
    """What was promised, how often it was kept, and its light."""
    return Words(_WORDS, line.promise.value, line=line, light=Light(line.standing))


def change_line(change: Change) -> Words:
    """How it is now, and how it was."""
    return Words(
        _WORDS,
        "change",
        change=change,
        light=Light(change.standing),
        before=Light(change.before),
    )

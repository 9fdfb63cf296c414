"""What happened to a lead, newest first: what it did, what colleagues did, decided and wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from cards.contact_links import web_link
from cards.model import Block, Bullets, Note, Words

_TEMPLATE = "timeline"
_LINES_IN_A_BLOCK = 10
_ROOM_IN_A_BLOCK = 2000
"""Characters of lead data; Slack takes 3000 in a text, of which an escape may need five for one,
so the renderer may still cut a hostile one."""
_MOST_LINES = 300
"""A page is read, not archived: beyond this the export is the place to look."""


@dataclass(frozen=True, kw_only=True)
class LeadDid:
    """The lead did something itself."""

    at: datetime
    type: str
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Touched:
    """A colleague tried to reach the lead."""

    at: datetime
    by: str
    kind: str
    outcome: str
    note: str | None = None
    objection: str | None = None
    content: str | None = None


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A colleague wrote a note."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision on a handoff: accepted, rejected, released (given back), passed or undone, with
    its reason; or a verdict, upheld or overturned, with its own in `answer`."""

    at: datetime
    by: str
    decision: str
    reason: str | None = None
    answer: str | date | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Marketing answered a rejection."""

    at: datetime
    by: str
    answer: str
    text: str | None = None
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class Contested:
    """Marketing contested a rejection."""

    at: datetime
    by: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Any further act of the history."""

    at: datetime
    by: str
    act: str
    why: str = ""


Happening = LeadDid | Touched | Noted | Decided | Answered | Contested | Happened


def timeline(happenings: Sequence[Happening], room: int) -> tuple[Block, ...]:
    """At most `room` blocks with the newest of `happenings` (given newest first), and how many
    earlier ones don't fit."""
    blocks: list[Block] = []
    shown = 0
    for lines in _chunks(happenings[:_MOST_LINES]):
        if len(blocks) == room - 1 and shown + len(lines) < len(happenings):
            break
        blocks.append(Bullets(lines=tuple(_words_of(each) for each in lines)))
        shown += len(lines)
    if earlier := len(happenings) - shown:
        blocks.append(Note(text=_words("earlier", n=earlier)))
    return tuple(blocks)


def _chunks(happenings: Sequence[Happening]) -> list[list[Happening]]:
    chunks: list[list[Happening]] = []
    room = 0
    for happening in happenings:
        size = _size(happening)
        if not chunks or size > room or len(chunks[-1]) == _LINES_IN_A_BLOCK:
            chunks.append([])
            room = _ROOM_IN_A_BLOCK
        chunks[-1].append(happening)
        room -= size
    return chunks


def _size(happening: Happening) -> int:
    texts = [value for value in vars(happening).values() if isinstance(value, str)]
    return 100 + sum(len(text) for text in texts)


def _words_of(happening: Happening) -> Words:
    match happening:
        case LeadDid():
            macro = "lead_did"
        case Touched():
            return _words("touched", **vars(happening), url=web_link(happening.content))
        case Noted():
            macro = "noted"
        case Decided():
            macro = "decided"
        case Answered():
            macro = "answered"
        case Contested():
            macro = "contested"
        case Happened():
            macro = "happened"
        case _:
            assert_never(happening)
    return _words(macro, **vars(happening))


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)

"""A playbook as the lines of a form, and back: one pain a line, one objection a line as
`what they say | the answer | link`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cards.contact_links import web_link
from commands import typed
from leads.campaign import Objection

LONGEST_TITLE = 120
LONGEST_PAIN = 200
LONGEST_OPENER = 400
LONGEST_STEP = 300
LONGEST_SAYS = 200
LONGEST_ANSWER = 400
LONGEST_LINK = 500
MOST_PAINS = 10
MOST_OBJECTIONS = 20


class Trouble(StrEnum):
    """What is wrong with a line."""

    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NO_ANSWER = "no_answer"
    TOO_MANY_PARTS = "too_many_parts"
    NOT_A_LINK = "not_a_link"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class BadText(Exception):
    """What was typed can't be kept: `line` (from 1; 0 is the whole text), and the limit broken."""

    trouble: Trouble
    line: int = 0
    limit: int = 0


def one_line(text: str | None, longest: int) -> str:
    """The text on one line; BadText when it is too long, so that nothing is cut unasked."""
    kept = typed.line(text, 10 * longest)
    if len(kept) > longest:
        raise BadText(trouble=Trouble.TOO_LONG, limit=longest)
    return kept


def pains(text: str | None) -> tuple[str, ...]:
    """One pain for each line that isn't empty."""
    found = []
    for number, line in _lines(text):
        found.append(_part(line, LONGEST_PAIN, number))
    if len(found) > MOST_PAINS:
        raise BadText(trouble=Trouble.TOO_MANY, limit=MOST_PAINS)
    return tuple(found)


def objections(text: str | None) -> tuple[Objection, ...]:
    """One objection for each line that isn't empty: `says | answer`, and a link if there is one."""
    return tuple(_objection(line, number) for number, line in _lines(text))


def pain_lines(kept: Sequence[str]) -> str:
    """The pains as the form shows them."""
    return "\n".join(" ".join(pain.split()) for pain in kept)


def objection_lines(kept: Sequence[Objection]) -> tuple[str, ...]:
    """The objections as the form shows them, one a line."""
    return tuple(
        " | ".join(
            _without_bars(part)
            for part in (objection.says, objection.answer, objection.content)
            if part
        )
        for objection in kept
    )


def _objection(line: str, number: int) -> Objection:
    parts = [part.strip() for part in line.split("|")]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) < 2 or not all(parts[:2]):
        raise BadText(trouble=Trouble.NO_ANSWER, line=number)
    if len(parts) > 3:
        raise BadText(trouble=Trouble.TOO_MANY_PARTS, line=number)
    content = _part(parts[2], LONGEST_LINK, number) if len(parts) == 3 else None
    if content and web_link(content) is None:
        raise BadText(trouble=Trouble.NOT_A_LINK, line=number)
    return Objection(
        says=_part(parts[0], LONGEST_SAYS, number),
        answer=_part(parts[1], LONGEST_ANSWER, number),
        content=content,
    )


def _lines(text: str | None) -> Iterator[tuple[int, str]]:
    for number, line in enumerate((text or "").splitlines(), start=1):
        if line.strip():
            yield number, line


def _part(text: str, longest: int, line: int) -> str:
    kept = " ".join(text.split())
    if len(kept) > longest:
        raise BadText(trouble=Trouble.TOO_LONG, line=line, limit=longest)
    return kept


def _without_bars(text: str) -> str:
    return " ".join(text.replace("|", "/").split())

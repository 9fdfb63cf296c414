"""What the asker may ask, and what to say when a question isn't understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.asking import ask_button
from cards.model import Actions, Block, Card, Form, Heading, Note, Paragraph, Words

_WORDS = "help"


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    """One subcommand. `usage` and `example` are as they are typed after `/leads`; `runs` says that
    the example needs nothing that only the asker knows, so that a button may run it."""

    usage: str
    summary: Words
    example: str
    runs: bool = True


def help_card(lines: tuple[HelpLine, ...]) -> Card:
    """One paragraph a subcommand, with a button that tries it."""
    told: list[Block] = []
    for line in lines:
        button = ask_button(Words(_WORDS, "try"), line.example) if line.runs else None
        text = Words(_WORDS, "line", usage=line.usage, summary=line.summary, example=line.example)
        told.append(Paragraph(text=text, button=button))
    return Card(
        summary=Words(_WORDS, "summary"),
        blocks=(
            Heading(text=Words(_WORDS, "heading")),
            Paragraph(text=Words(_WORDS, "how")),
            *told,
            Note(text=Words(_WORDS, "periods")),
        ),
    )


class Expected(StrEnum):
    """What should have stood where something else, or nothing, was written."""

    SUBCOMMAND = "subcommand"
    PERIOD = "period"
    LEAD = "lead"
    FIND = "find"
    WHICH_LEAD = "which_lead"
    ROLE = "role"
    WHICH_ONE = "which_one"
    SOURCE = "source"
    REP = "rep"
    OTHERS_FIGURES = "others_figures"
    FIGURE = "figure"
    DAY = "day"
    CRITERIA = "criteria"


def not_understood(text: str, expected: Expected, suggestions: tuple[str, ...] = ()) -> Card:
    """Says what wasn't understood; `suggestions` are whole questions, each with a button that
    asks it."""
    near = suggestions[:3]
    told = Words(
        _WORDS,
        "unknown",
        text=text,
        kind=expected,
        suggestions=tuple(Words(_WORDS, "question", text=question) for question in near),
    )
    buttons = tuple(
        ask_button(Words(_WORDS, "suggestion", question=question), question) for question in near
    )
    return Card(
        summary=told,
        blocks=(
            Paragraph(text=told),
            Actions(buttons=(*buttons, ask_button(Words(_WORDS, "ask"), "help"))),
        ),
    )


def private_place() -> Card:
    """There is nobody to share with in a private chat."""
    return _told("nothing_to_share")


def shared() -> Card:
    """The answer is on its way to everybody in this conversation."""
    return _told("shared")


def nothing_to_tell() -> Card:
    """A digest was asked for on a day without news."""
    text = Words("digest", "nothing_today")
    return Card(summary=text, blocks=(Paragraph(text=text),))


def _told(macro: str) -> Card:
    text = Words("asking", macro)
    return Card(summary=text, blocks=(Paragraph(text=text),))


EXAMPLES: Mapping[str, Card | Form] = {
    "rep": help_card(
        (
            HelpLine(usage="mine", summary=Words(_WORDS, "mine"), example="mine"),
            HelpLine(
                usage="quality [campaign|source|rep|reason] [period]",
                summary=Words(_WORDS, "quality"),
                example="quality source last week",
            ),
            HelpLine(
                usage="find TEXT", summary=Words(_WORDS, "find"), example="find ada", runs=False
            ),
        )
    ),
    "did_you_mean": not_understood("qualty", Expected.SUBCOMMAND, ("quality campaign last week",)),
    "which_lead": not_understood("", Expected.WHICH_LEAD, ("mine",)),
    "hostile": not_understood(
        "<!channel> *bold* <https://evil.example|click> & co", Expected.SUBCOMMAND
    ),
    "private_place": private_place(),
    "shared": shared(),
    "no_digest": nothing_to_tell(),
}

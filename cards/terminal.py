"""Cards as plain text, for the command line."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import assert_never

from cards import words
from cards.aligned import aligned
from cards.dialects import TERMINAL, Reader, checked_address
from cards.model import (
    Actions,
    Block,
    Bullets,
    Card,
    Divider,
    Facts,
    Heading,
    LinkButton,
    Note,
    Paragraph,
    Picture,
    Table,
    Words,
)

WIDTH = 100


def text(card: Card, zone: tzinfo = UTC) -> str:
    """The card as lines of text, moments in `zone`. Buttons are left out, addresses shown."""
    reader = Reader(zone=zone, locale=card.locale)
    parts = ["\n".join(_lines(block, reader)) for block in card.blocks]
    shown = "\n\n".join(part for part in parts if part)
    return shown or words.render(card.summary, TERMINAL, reader)


def _lines(block: Block, reader: Reader) -> Iterator[str]:
    match block:
        case Heading():
            title = " ".join(_said(block.text, reader).split())
            yield from (title, "=" * min(len(title), WIDTH)) if title else ()
        case Paragraph() | Note():
            yield from _said(block.text, reader).splitlines()
        case Facts():
            pairs = [(_said(fact.label, reader), _said(fact.value, reader)) for fact in block.facts]
            widest = max((len(label) for label, value in pairs if value), default=0)
            yield from (f"{label:<{widest}}  {value}" for label, value in pairs if value)
        case Bullets():
            said = (_said(line, reader) for line in block.lines)
            yield from (f"- {' '.join(line.split())}" for line in said if line)
        case Table():
            yield from _table(block, reader)
        case Divider():
            yield "-" * 20
        case Actions():
            yield from _addresses(block, reader)
        case Picture(alt=alt):
            yield _said(alt, reader)
        case _:
            assert_never(block)


def _table(table: Table, reader: Reader) -> Iterator[str]:
    rows = [[" ".join(_said(cell, reader).split()) for cell in row] for row in table.rows]
    if rows:
        head = [_said(cell, reader) for cell in table.head]
        titles, *lines = aligned([head, *rows], table.numeric, WIDTH)
        yield titles
        yield "-" * len(titles)
        yield from lines


def _addresses(actions: Actions, reader: Reader) -> Iterator[str]:
    for button in actions.buttons:
        if isinstance(button, LinkButton) and (address := checked_address(button.url)):
            yield f"{_said(button.label, reader)}: {address}"


def _said(leaf: Words, reader: Reader) -> str:
    return words.render(leaf, TERMINAL, reader)

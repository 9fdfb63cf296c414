"""The blocks of a neutral card as Adaptive Card elements, version 1.5:
https://adaptivecards.io/explorer"""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from cards import ids, limits, words
from cards.actions import Action
from cards.aligned import aligned
from cards.dialects import TEAMS_MARKDOWN, TEAMS_PLAIN, Reader, checked_address
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Divider,
    Facts,
    Heading,
    LinkButton,
    Menu,
    Note,
    Paragraph,
    Picture,
    Style,
    Table,
    Words,
)

Json = dict[str, object]

_STYLES = {Style.PLAIN: "default", Style.PRIMARY: "positive", Style.DANGER: "destructive"}
_FALLBACK_WIDTH = 80


class ElementWriter:
    """Writes the elements of one card, with texts and tables no longer than it is told."""

    def __init__(self, reader: Reader, *, longest_text: int, most_rows: int) -> None:
        self._reader = reader
        self._longest = longest_text
        self._most_rows = most_rows

    def write(self, block: Block) -> Iterator[Json]:
        """The elements for `block`; none where it has nothing to say."""
        match block:
            case Heading():
                yield from self._text(
                    block.text, {"size": "Large", "weight": "Bolder", "style": "heading"}
                )
            case Paragraph():
                yield from self._paragraph(block)
            case Facts():
                yield from self._facts(block)
            case Bullets():
                yield from self._bullets(block)
            case Note():
                yield from self._text(block.text, {"size": "Small", "isSubtle": True})
            case Table():
                yield from self._table(block)
            case Divider():
                yield {"type": "TextBlock", "text": " ", "separator": True, "spacing": "Small"}
            case Actions():
                yield from action_set([*self._actions(block)])
            case Picture():
                yield from self._text(block.alt, {"size": "Small", "isSubtle": True})
            case _:
                assert_never(block)

    def markdown(self, leaf: Words) -> str:
        """The leaf as Teams' Markdown."""
        said = words.render(leaf, TEAMS_MARKDOWN, self._reader)
        return limits.shorten(said, self._longest, TEAMS_MARKDOWN)

    def plain(self, leaf: Words, longest: int = limits.TEAMS_TITLE) -> str:
        """The leaf without markup; a dash where it says nothing."""
        said = words.render(leaf, TEAMS_PLAIN, self._reader)
        return limits.shorten(said, min(longest, self._longest), TEAMS_PLAIN) or "–"

    def _text(self, leaf: Words, look: Json) -> Iterator[Json]:
        text = self.markdown(leaf)
        if text:
            yield {"type": "TextBlock", "text": text, "wrap": True, **look}

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Json]:
        texts = [*self._text(paragraph.text, {})]
        if not paragraph.button:
            yield from texts
            return
        buttons = [*action_set([self._button(paragraph.button)])]
        if not texts:
            yield from buttons
            return
        yield {
            "type": "ColumnSet",
            "columns": [
                {"type": "Column", "width": "stretch", "items": texts},
                {"type": "Column", "width": "auto", "items": buttons},
            ],
        }

    def _facts(self, facts: Facts) -> Iterator[Json]:
        shown = [
            {"title": self.markdown(fact.label), "value": value}
            for fact in facts.facts
            if (value := self.markdown(fact.value))
        ]
        if shown:
            yield {"type": "FactSet", "facts": shown}

    def _bullets(self, bullets: Bullets) -> Iterator[Json]:
        """`\\r` between the lines is what Microsoft documents for lists."""
        lines = [
            f"- {' '.join(text.split())}" for line in bullets.lines if (text := self.markdown(line))
        ]
        if lines:
            yield {"type": "TextBlock", "text": "\r".join(lines), "wrap": True}

    def _table(self, table: Table) -> Iterator[Json]:
        if not table.rows:
            return
        rows = (table.head, *table.rows[: self._most_rows])
        yield {
            "type": "Table",
            "firstRowAsHeader": True,
            "showGridLines": False,
            "columns": [
                {
                    "width": 1,
                    "horizontalCellContentAlignment": "Right"
                    if column in table.numeric
                    else "Left",
                }
                for column in range(len(table.head))
            ],
            "rows": [_row([self.markdown(cell) for cell in row]) for row in rows],
            "fallback": _lines_of(
                [[self.plain(cell) for cell in row] for row in rows], table.numeric
            ),
        }
        left_out = len(table.rows) - self._most_rows
        if left_out > 0:
            more = Words("parts", "more_rows", n=left_out)
            yield from self._text(more, {"size": "Small", "isSubtle": True})

    def _actions(self, actions: Actions) -> Iterator[Json]:
        for button in actions.buttons:
            match button:
                case Button():
                    yield self._button(button)
                case LinkButton():
                    yield from self._link(button)
                case Menu():
                    # Teams shows these behind the "…" of the row.
                    yield from (
                        self._button(entry) | {"mode": "secondary"} for entry in button.buttons
                    )
                case _:
                    assert_never(button)

    def _button(self, button: Button) -> Json:
        """Inputs of a card belong to its form, so a button takes none along."""
        return execute(
            self.plain(button.label), button.action, button.subject, style=button.style
        ) | {"associatedInputs": "none"}

    def _link(self, button: LinkButton) -> Iterator[Json]:
        address = checked_address(button.url)
        if address:
            yield {"type": "Action.OpenUrl", "title": self.plain(button.label), "url": address}


def execute(
    title: str,
    action: Action,
    subject: str,
    *,
    style: Style = Style.PLAIN,
    carried: Mapping[str, object] | None = None,
) -> Json:
    """A button whose press comes back as `verb` and `data`; `carried` are values of inputs."""
    shown = pressed(title, action.value, subject, carried)
    return shown if style is Style.PLAIN else shown | {"style": _STYLES[style]}


def pressed(
    title: str, verb: str, subject: str, carried: Mapping[str, object] | None = None
) -> Json:
    """The same for any verb."""
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": {"v": ids.VERSION, "h": ids.whole(subject), **(carried or {})},
    }


def action_set(actions: Sequence[Json]) -> Iterator[Json]:
    """A row of actions; those that don't fit stand behind its "…"."""
    if actions:
        row = [
            action if index < limits.TEAMS_ACTIONS else action | {"mode": "secondary"}
            for index, action in enumerate(actions)
        ]
        yield {"type": "ActionSet", "actions": row}


def _row(cells: Sequence[str]) -> Json:
    return {
        "type": "TableRow",
        "cells": [
            {"type": "TableCell", "items": [{"type": "TextBlock", "text": cell, "wrap": True}]}
            for cell in cells
        ],
    }


def _lines_of(rows: Sequence[Sequence[str]], numeric: frozenset[int]) -> Json:
    """The table in a fixed font, for clients that know no tables. Two line breaks are one."""
    lines = aligned(rows, numeric, _FALLBACK_WIDTH)
    return {
        "type": "TextBlock",
        "fontType": "Monospace",
        "wrap": True,
        "text": "\n\n".join(line.replace("  ", "\u00a0\u00a0") for line in lines),
    }

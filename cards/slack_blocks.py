"""The blocks of a neutral card as Block Kit: https://docs.slack.dev/reference/block-kit/blocks"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from cards import ids, limits, words
from cards.aligned import aligned
from cards.charts import Chart
from cards.dialects import SLACK_MRKDWN, SLACK_PLAIN, Reader, checked_address
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

_LINE_WIDTH = 76  # what a modal shows in its fixed font before it breaks a line
_CELL = 300
_LONGEST_FORM_OF_A_LABEL = 200


class BlockWriter:
    """Writes the blocks of one message or view; keeps its action ids apart."""

    def __init__(
        self, reader: Reader, *, tables: bool, files: Mapping[Chart, str] | None = None
    ) -> None:
        self._reader = reader
        self._files = files or {}
        self._tables = tables  # only messages have them, and one each
        self._used: Counter[str] = Counter()

    def write(self, block: Block) -> Iterator[Json]:
        """The Slack blocks for `block`; none where it has nothing to say."""
        match block:
            case Heading():
                yield from self._heading(block)
            case Paragraph():
                yield from self._paragraph(block)
            case Facts():
                yield from self._facts(block)
            case Bullets():
                yield from self._bullets(block)
            case Note():
                yield from self._note(self.mrkdwn(block.text, limits.SLACK_CONTEXT))
            case Table():
                yield from self._table(block)
            case Divider():
                yield {"type": "divider"}
            case Actions():
                yield from self._actions(block)
            case Picture():
                yield self._picture(block)
            case _:
                assert_never(block)

    def mrkdwn(self, leaf: Words, longest: int) -> str:
        """The leaf as mrkdwn of at most `longest` characters."""
        return limits.shorten(words.render(leaf, SLACK_MRKDWN, self._reader), longest, SLACK_MRKDWN)

    def plain(self, leaf: Words, longest: int) -> str:
        """The same as plain text; a dash where it says nothing, for Slack refuses empty texts."""
        said = words.render(leaf, SLACK_PLAIN, self._reader)
        return limits.shorten(said, longest, SLACK_PLAIN) or "–"

    def fits(self, leaf: Words, longest: int) -> bool:
        """Whether it says something as plain text, in at most `longest` characters."""
        said = words.render(leaf, SLACK_PLAIN, self._reader)
        return 0 < limits.length(said) <= longest

    def plain_text(self, leaf: Words, longest: int) -> Json:
        """A plain_text object."""
        return {"type": "plain_text", "text": self.plain(leaf, longest), "emoji": True}

    def _heading(self, heading: Heading) -> Iterator[Json]:
        if words.render(heading.text, SLACK_PLAIN, self._reader):
            yield {"type": "header", "text": self.plain_text(heading.text, limits.SLACK_HEADER)}

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Json]:
        text = self.mrkdwn(paragraph.text, limits.SLACK_SECTION)
        buttons = [*self._button(paragraph.button)] if paragraph.button else []
        if text:
            yield section(text) | ({"accessory": buttons[0]} if buttons else {})
        elif buttons:
            yield {"type": "actions", "elements": buttons}

    def _facts(self, facts: Facts) -> Iterator[Json]:
        fields = []
        for fact in facts.facts[: limits.SLACK_FIELDS]:
            # The label leaves room for the value, and for its own asterisks and line break.
            label = self.mrkdwn(fact.label, _LONGEST_FORM_OF_A_LABEL)
            value = self.mrkdwn(fact.value, limits.SLACK_FIELD - _LONGEST_FORM_OF_A_LABEL - 3)
            if value:
                fields.append(mrkdwn(f"*{label}*\n{value}" if label else value))
        if fields:
            yield {"type": "section", "fields": fields}

    def _bullets(self, bullets: Bullets) -> Iterator[Json]:
        lines = [
            f"•  {' '.join(text.split())}"
            for line in bullets.lines
            if (text := self.mrkdwn(line, limits.SLACK_SECTION - 4))
        ]
        for text in _sections(lines, limits.SLACK_SECTION):
            yield section(text)

    def _note(self, text: str) -> Iterator[Json]:
        if text:
            yield {"type": "context", "elements": [mrkdwn(text)]}

    def _picture(self, picture: Picture) -> Json:
        file = self._files.get(picture.chart)
        if file is None:
            return section(self.mrkdwn(picture.alt, limits.SLACK_SECTION))
        alt = self.plain(picture.alt, limits.SLACK_ALT)
        return {"type": "image", "slack_file": {"id": file}, "alt_text": alt}

    def _table(self, table: Table) -> Iterator[Json]:
        head = [self.plain(cell, _CELL) for cell in table.head[: limits.SLACK_COLUMNS]]
        rows = [
            [self.plain(cell, _CELL) for cell in row[: limits.SLACK_COLUMNS]]
            for row in table.rows[: limits.SLACK_ROWS - 1]
        ]
        if not rows:
            return
        if self._tables:
            self._tables = False
            kept = _rows_that_fit([head, *rows])
            yield _table_block(kept, table.numeric)
            left_out = len(table.rows) - (len(kept) - 1)
        else:
            yield from _fixed_lines([head, *rows], table.numeric)
            left_out = len(table.rows) - len(rows)
        if left_out:
            more = Words("parts", "more_rows", n=left_out)
            yield from self._note(self.mrkdwn(more, limits.SLACK_CONTEXT))

    def _actions(self, actions: Actions) -> Iterator[Json]:
        elements: list[Json] = []
        for button in actions.buttons:
            match button:
                case Button():
                    elements.extend(self._button(button))
                case LinkButton():
                    elements.extend(self._link_button(button))
                case Menu():
                    elements.extend(self._menu(button))
                case _:
                    assert_never(button)
        if elements:
            yield {"type": "actions", "elements": elements}

    def _button(self, button: Button) -> Iterator[Json]:
        """None where its question is longer than a button can hold: only ask.* may be so long."""
        value = ids.encode(button.action, button.subject)
        if limits.length(value) > limits.SLACK_VALUE:
            return
        shown: Json = {
            "type": "button",
            "action_id": self._action_id(button.action),
            "text": self.plain_text(button.label, limits.SLACK_BUTTON),
            "value": value,
        }
        if button.style is not Style.PLAIN:
            shown["style"] = button.style.value
        yield shown

    def _link_button(self, button: LinkButton) -> Iterator[Json]:
        address = checked_address(button.url)
        if address:
            yield {
                "type": "button",
                "action_id": self._action_id("link"),
                "text": self.plain_text(button.label, limits.SLACK_BUTTON),
                "url": address,
            }

    def _menu(self, menu: Menu) -> Iterator[Json]:
        """Its entries hold less than a button: a subject too long for one becomes a button."""
        fits = [
            button
            for button in menu.buttons
            if limits.length(ids.encode(button.action, button.subject)) <= limits.SLACK_OPTION_VALUE
        ]
        fewest, most = limits.SLACK_MENU
        listed = fits[:most] if len(fits) >= fewest else []
        for button in menu.buttons:
            yield from () if button in listed else self._button(button)
        if listed:
            yield {
                "type": "overflow",
                "action_id": self._action_id("menu"),
                "options": [
                    {
                        "text": self.plain_text(button.label, limits.SLACK_OPTION),
                        "value": ids.encode(button.action, button.subject),
                    }
                    for button in listed
                ],
            }

    def _action_id(self, name: str) -> str:
        number = self._used[name]
        self._used[name] += 1
        return f"{name}:{number}"


def mrkdwn(text: str) -> Json:
    """A mrkdwn object in which Slack makes no links and mentions of its own."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Json:
    """A section of text."""
    return {"type": "section", "text": mrkdwn(text)}


def _sections(lines: Sequence[str], longest: int) -> Iterator[str]:
    """The lines in as few texts as hold them whole."""
    text = ""
    for line in lines:
        if text and limits.length(text) + 1 + limits.length(line) > longest:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _rows_that_fit(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    room = limits.SLACK_TABLE
    for index, row in enumerate(rows):
        room -= sum(map(limits.length, row))
        if room < 0:
            return rows[:index]
    return rows


def _table_block(rows: Sequence[Sequence[str]], numeric: frozenset[int]) -> Json:
    return {
        "type": "table",
        "column_settings": [
            {"align": "right" if column in numeric else "left", "is_wrapped": True}
            for column in range(len(rows[0]))
        ],
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows],
    }


def _fixed_lines(rows: Sequence[Sequence[str]], numeric: frozenset[int]) -> Iterator[Json]:
    """Lines in a block of code; the cells are plain text, which mrkdwn still decodes."""
    lines = [_entities(line) for line in aligned(rows, numeric, _LINE_WIDTH)]
    for text in _sections(lines, limits.SLACK_SECTION - 8):
        yield section(f"```\n{text}\n```")


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

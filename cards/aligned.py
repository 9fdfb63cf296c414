"""Tables as lines of text in columns, for places that have no tables."""

import unicodedata
from collections.abc import Sequence

from cards.plain_characters import cut

_GAP = "  "
_WIDEST_COLUMN = 40


def aligned(rows: Sequence[Sequence[str]], numeric: frozenset[int], width: int) -> tuple[str, ...]:
    """One line for each row, at most `width` places wide where the columns can be narrowed to it;
    the columns of `numeric` end flush on the right."""
    widths = _widths(rows, width)
    return tuple(
        _GAP.join(
            _padded(cell, widths[column], right=column in numeric)
            for column, cell in enumerate(row)
        ).rstrip()
        for row in rows
    )


def places(text: str) -> int:
    """How wide `text` is in a font of one width: East Asian characters and emoji take two."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    columns = range(max(map(len, rows), default=0))
    widths = [
        min(max(places(row[column]) for row in rows if column < len(row)), _WIDEST_COLUMN)
        for column in columns
    ]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width and max(widths, default=0) > 4:
        widths[widths.index(max(widths))] -= 1
    return widths


def _padded(cell: str, width: int, *, right: bool) -> str:
    shown = cell
    while places(shown) > width:
        shown = cut(shown, len(shown) - 1 if len(shown) <= width else width)
    blank = " " * (width - places(shown))
    return blank + shown if right else shown + blank

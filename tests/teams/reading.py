"""What a person reads on an Adaptive Card, and what they can press and fill in there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markdown_it.token import Token

Json = Mapping[str, Any]

ZONE = ZoneInfo("Europe/Madrid")
_MOMENT = re.compile(r"\{\{(DATE|TIME)\(([^(),]*)(?:,[A-Z]*)?\)\}\}")
_MENTION = re.compile(r"<at>(.*?)</at>")
_UNSEEN = "\u2060"
"""Cards part what would be markup with it; nobody sees it."""
_INSIDE = ("body", "items", "columns", "rows", "cells")


def readable(card: Json) -> str:
    """All text of the card in reading order, one line per piece."""
    return "\n".join(piece for piece in _pieces(card) if piece)


def actions_of(part: object) -> list[Json]:
    """Every action that can be seen, those behind "…" included, but not those of forms that
    aren't opened yet."""
    return [*_actions(part)]


def button_labels(card: Json) -> list[str]:
    return [str(action["title"]) for action in actions_of(card)]


def inputs_of(part: object) -> dict[str, Json]:
    """Every input by id, but not those of forms that aren't opened yet."""
    return {str(one["id"]): one for one in _elements(part) if one["type"].startswith("Input.")}


def without_markup(text: str) -> str:
    """Markdown as it reads on screen."""
    text = _MOMENT.sub(_moment, text)
    text = _MENTION.sub(r"@\1", text)
    return _plain(_parser().parse(text.replace("\r", "\n"))).replace(_UNSEEN, "")


def _pieces(part: object) -> Iterator[str]:
    for element in _elements(part):
        match element:
            case {"type": "TextBlock", "text": text}:
                yield without_markup(text)
            case {"type": "FactSet", "facts": facts}:
                for fact in facts:
                    yield without_markup(fact["title"])
                    yield without_markup(fact["value"])
            case {"type": "ActionSet", "actions": actions}:
                yield from (str(action["title"]) for action in actions)
            case {"label": label}:
                yield str(label)
                yield from (str(one["title"]) for one in element.get("choices", ()))
            case _:
                pass


def _elements(part: object) -> Iterator[Json]:
    if isinstance(part, list):
        for one in part:
            yield from _elements(one)
    elif isinstance(part, Mapping):
        if part.get("type") not in (None, "AdaptiveCard"):
            yield part
        for inside in _INSIDE:
            yield from _elements(part.get(inside))


def _actions(part: object) -> Iterator[Json]:
    for element in _elements(part):
        if element["type"] == "ActionSet":
            yield from element["actions"]
    if isinstance(part, Mapping):
        yield from part.get("actions", ())


def _moment(match: re.Match[str]) -> str:
    at = datetime.fromisoformat(match[2]).astimezone(ZONE)
    return f"{at:%-d %b %Y}" if match[1] == "DATE" else f"{at:%H:%M}"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def _plain(tokens: Iterable[Token]) -> str:
    inline = [token.children or () for token in tokens if token.type == "inline"]
    return "\n".join("".join(_words(children)) for children in inline)


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        else:
            yield token.content

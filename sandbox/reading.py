"""What a person reads on Block Kit: its text without markup, and its buttons."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_TOKEN = re.compile(r"<([^<>]*)>")
_MARKS = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
_TEXT_KEYS = (
    "title",
    "label",
    "text",
    "fields",
    "hint",
    "elements",
    "element",
    "accessory",
    "rows",
)


def readable(blocks: Iterable[Mapping[str, Any]]) -> str:
    """All text of the blocks in reading order, one line per piece."""
    return "\n".join(piece for block in blocks for piece in _pieces(block) if piece)


def button_labels(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        element["text"]["text"] for _, element in elements_of(blocks) if element["type"] == "button"
    ]


def elements_of(
    blocks: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every interactive element with the block that holds it."""
    for block in blocks:
        held = [*block.get("elements", ())] if block["type"] == "actions" else []
        held += [block[key] for key in ("accessory", "element") if key in block]
        yield from ((block, element) for element in held if "action_id" in element)


def without_markup(text: str) -> str:
    """mrkdwn as it reads on screen: links by their label, emphasis without its marks."""
    text = _TOKEN.sub(_token, text)
    for _ in range(3):
        text = _MARKS.sub(r"\2", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _token(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target.startswith(("@", "#")):
        return label or target
    if target.startswith("!date"):
        return label
    if target.startswith("!"):
        return "@" + target[1:]
    return label or target


def _pieces(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | tuple):
        for part in node:
            yield from _pieces(part)
    elif isinstance(node, Mapping):
        yield from _pieces_of(node)


def _pieces_of(node: Mapping[str, Any]) -> Iterator[str]:
    match node.get("type"):
        case "mrkdwn":
            yield without_markup(node["text"])
        case "image":
            yield node["alt_text"]
        case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
            yield "".join(piece for part in node["elements"] for piece in _pieces(part))
        case _:
            for key in _TEXT_KEYS:
                yield from _pieces(node.get(key))
            for option in node.get("options", ()):
                yield from _pieces(option["text"])

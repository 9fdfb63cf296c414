"""Judges of finished cards, written from the platforms' documents and not from our code."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import adaptive_cards
from jsonschema import Draft6Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token

# What hides, steers or turns text: C0 and C1 controls but line breaks, direction marks, overrides
# and isolates, halves of surrogate pairs. (U+2060 is ours: it parts what would be markup.)
UNSEEN = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

_SLACK_DATE = r"<!date\^\d+\^[^<>|^]*\|[^<>|]*>"
_SLACK_LINK = r"<(?:https?:/|mailto:|tel:)[^\s<>|]+\|[^<>]*>"
_SLACK_PERSON = r"<@U0[A-Z]+>"
_SLACK_TOKEN = re.compile(f"{_SLACK_DATE}|{_SLACK_LINK}|{_SLACK_PERSON}")
_EMOJI = re.compile(r":(?:[a-z_+-][a-z0-9_+-]*|\d{3,4}):")
_ENTITY = re.compile("&(?:amp|lt|gt);")
_TEAMS_MOMENT = re.compile(
    r"\{\{(?:DATE\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ,SHORT|TIME\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\)\}\}"
)
_OURS = {
    "paragraph",
    "text",
    "softbreak",
    "inline",
    "strong",
    "em",
    "link",
    "bullet_list",
    "list_item",
}


def problems_of_mrkdwn(text: str) -> list[str]:
    """What Slack could take for markup that no filter of ours makes."""
    found = []
    rest = _SLACK_TOKEN.sub("", text)
    if "<" in rest or ">" in rest:
        found.append("an angle bracket outside of our tokens")
    if "&" in _ENTITY.sub("", rest):
        found.append("an ampersand that isn't escaped")
    if "~" in rest:
        found.append("a tilde")
    if any(line.lstrip().startswith("&gt;") for line in text.splitlines()):
        found.append("a quotation")
    if re.search(r"(?<!\w)@(?:here|channel|everyone)\b", rest, re.I):
        found.append("a broadcast")
    if _EMOJI.search(rest):
        found.append("an emoji by name")
    found += [f"a single {sign}" for sign in "*`" if rest.count(sign) % 2]
    return found + _problems_of_any(text)


def problems_of_slack_plain(text: str) -> list[str]:
    found = [sign for sign in "<>*~`" if sign in text]
    if "\n" in text:
        found.append("a line break")
    if _EMOJI.search(text):
        found.append("an emoji by name")
    return found + _problems_of_any(text)


def problems_of_teams(text: str, *, mentioned: frozenset[str] = frozenset()) -> list[str]:
    """The same for Teams, as a whole CommonMark parser with HTML sees the text."""
    found = []
    rest = _TEAMS_MOMENT.sub("once", text)
    if "{{" in rest or "${" in rest:
        found.append("a template expression")
    found += [name for name in re.findall("<at>(.*?)</at>", rest) if name not in mentioned]
    rest = re.sub("<at>.*?</at>", "somebody", rest)
    for token in _tokens(rest):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind not in _OURS:
            found.append(f"{kind}: {token.content or token.markup}")
        if kind == "link" and not re.match(
            "https?:/|mailto:|tel:", str(token.attrs.get("href", "tel:"))
        ):
            found.append("a link elsewhere")
    return found + _problems_of_any(text)


def markup_of_teams(text: str) -> list[str]:
    """The kinds of markup in a text; of a stranger's text there must be none."""
    plain = {"paragraph_open", "paragraph_close", "inline", "text"}
    return [token.type for token in _tokens(text) if token.type not in plain]


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _tokens(text: str) -> Iterator[Token]:
    for token in _markdown().parse(text.replace("\r", "\n")):
        yield token
        yield from token.children or ()


def _problems_of_any(text: str) -> list[str]:
    return [f"hidden: {found!r}" for found in UNSEEN.findall(text.replace("\r", "\n"))]


def problems_of_adaptive_card(card: Mapping[str, object]) -> list[str]:
    """By Microsoft's schema of version 1.5, which knows no `msteams`."""
    shown = {name: value for name, value in card.items() if name != "msteams"}
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in _validator().iter_errors(shown)
    ]


@cache
def _validator() -> Draft6Validator:
    """The schema leaves `{}` where an element inherits a property, so `fallback` and `card` aren't
    looked into: `elements_of` finds those, to be judged by themselves."""
    schemas = Path(adaptive_cards.__file__).with_name("schemas")
    return Draft6Validator(json.loads((schemas / "schema-1.5.json").read_text("utf-8")))


def leaves(part: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a document with where it stands."""
    if isinstance(part, str):
        yield path, part
    elif isinstance(part, Mapping):
        for name, value in part.items():
            yield from leaves(value, f"{path}/{name}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from leaves(value, f"{path}/{index}")


def objects(part: object) -> Iterator[Mapping[str, object]]:
    """Every object of a document."""
    if isinstance(part, Mapping):
        yield part
        for value in part.values():
            yield from objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from objects(value)

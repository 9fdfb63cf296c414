"""What strangers type into public forms, and any card as they would have it."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import Enum

from hypothesis import settings
from hypothesis import strategies as st

from cards.dialects import TERMINAL
from cards.model import Card, Form, Mention, Words
from cards.words import BadWords, render

VALUES = (
    "<!channel>",
    "<!here|here>",
    "<@U1>",
    "<#C1|general>",
    "<!date^0^{date}|x>",
    "<https://evil.example|Acme>",
    "&lt;!channel&gt; &amp; &#42;x&#42;",
    "*b* _i_ ~s~ `c` ```code```",
    "> quoted",
    "&gt; quoted",
    "a\n> quoted\n- one\n1. two\n# three\n---",
    "- one",
    "1. one",
    "# title",
    "[a](javascript:alert(1))",
    "[a](https://evil.example) ![x](https://evil.example/p.png) [a]: https://evil.example",
    "<at>Mia Berg</at>",
    "<b>x</b><script>alert(1)</script>",
    "{{DATE(2026-11-20T09:00:00Z,SHORT)}} {{TIME(2026-11-20T09:00:00Z)}}",
    "${data.x} {{ 7 * 7 }} {% for x in y %}",
    "\\*x\\* \\",
    "]",
    "{",
    "x\\",
    ":rotating_light: :100: :+1: @channel @here :x",
    "abc\u202egnp.exe\u2066x\u2069\u200f",
    "nul\0bel\x07esc\x1b[31mred\x1b[0m\x9b31m",
    "line\u2028separator\u2029paragraph\x85next\r\nlast",
    "half \ud83d pair",
    "👩‍👩‍👧‍👦" * 90,
    "🇪🇸 ünïcödé 漢字 עברית",
    "Z̸̢̛̰͕͉̿͗́̕a̵̢͕̎̌l̶͎̈́̕g̴̺͌o̴",
    "x" * 10_000,
    "<!channel>*_~`[a](b)&amp;" * 400,
    "word " * 2000,
    "\n" * 500,
    " ",
    "",
)

_MARKUP = (
    "<! channel > <@ U1 < | * _ ~ ` ``` & amp; lt; [ ] ( ) https://x.example javascript: {{ }} "
    "DATE( TIME( { } $ \\ : smile @ here <at> </at> # - + 1. ! a ü 漢 🙂"
)
_CONTROLS = "\n\r\t \u202e\u2066\u200b\u200d\0\x1b\u2028\ud800"
_PIECES = st.sampled_from([*_MARKUP.split(" "), *_CONTROLS])
texts = st.one_of(st.sampled_from(VALUES), st.lists(_PIECES, max_size=40).map("".join), st.text())


# Shared machines pause; how long one example took says nothing.
unhurried = settings(deadline=None)


def twin(example: Card | Form, texts: Iterator[str]) -> Card | Form:
    """The example with the next of `texts` in place of every string that a template is given."""
    changed = _twin(example, texts)
    assert isinstance(changed, Card | Form)
    return changed


def _twin(part: object, texts: Iterator[str]) -> object:
    match part:
        case Words():
            return _leaf(part, texts)
        case tuple():
            return tuple(_twin(one, texts) for one in part)
        case Mapping():
            return {name: _twin(one, texts) for name, one in part.items()}
        case _ if dataclasses.is_dataclass(part) and not isinstance(part, type):
            changes = {
                each.name: _twin(getattr(part, each.name), texts)
                for each in dataclasses.fields(part)
            }
            return dataclasses.replace(part, **changes)
        case _:
            return part


def _leaf(leaf: Words, texts: Iterator[str]) -> Words:
    """A value that a macro only knows as one of a few words stays as it is."""
    if not leaf.values:
        return leaf
    changed = {name: _other(value, texts) for name, value in leaf.values.items()}
    values = dict(leaf.values)
    for names in (list(values), *([name] for name in values)):
        tried = {**values, **{name: changed[name] for name in names}}
        try:
            render(Words(leaf.template, leaf.macro, **tried), TERMINAL)
        except BadWords:
            continue
        values = tried
        if len(names) == len(values):
            break
    return Words(leaf.template, leaf.macro, **values)


def _other(value: object, texts: Iterator[str]) -> object:
    """Strings become other ones; but an enumeration's, and e-mails by which accounts are found."""
    match value:
        case Enum() | None | bool() | int() | float() | date() | datetime() | timedelta():
            return value
        case str():
            return next(texts)
        case Mention():
            return dataclasses.replace(value, name=next(texts))
        case Words():
            return _twin(value, texts)
        case tuple() | list():
            return type(value)(_other(one, texts) for one in value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            changes = {
                each.name: _other(getattr(value, each.name), texts)
                for each in dataclasses.fields(value)
                if each.init
            }
            return dataclasses.replace(value, **changes)
        case _:
            return value

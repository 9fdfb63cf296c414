"""Who is mentioned on a card."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

from cards.model import Card, Mention, Words


def pinged(card: Card) -> frozenset[str]:
    """The e-mails of everybody whom the card calls."""
    return frozenset(mention.email for mention in _mentions(card) if mention.ping)


def _mentions(part: object) -> Iterator[Mention]:
    """Everybody mentioned anywhere on a card."""
    if isinstance(part, str):
        return
    if isinstance(part, Mention):
        yield part
    elif isinstance(part, Words):
        for value in part.values.values():
            yield from _mentions(value)
    elif isinstance(part, tuple | list):
        for value in part:
            yield from _mentions(value)
    elif is_dataclass(part):
        for name in _names(part.__class__):
            yield from _mentions(getattr(part, name))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))

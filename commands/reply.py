"""What a command returns to the person who asked. Everything others see goes by the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.model import Card, Form, Words


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """The act is done, and the cards that change will show it."""


@dataclass(frozen=True, kw_only=True)
class Tell:
    """A card that only the asker sees, where they asked. `again`: nothing was done, and the same
    once more will do; a platform that can is told so, which delivers it again or keeps the form."""

    card: Card
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """A longer card that only the asker sees, in a page of its own (a modal in Slack)."""

    card: Card


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A form for the asker; where they are in a form already, it is redrawn with this one."""

    form: Form


@dataclass(frozen=True, kw_only=True)
class Correct:
    """The form stays open; `errors` says by input id what to mend."""

    errors: Mapping[str, Words]


@dataclass(frozen=True, kw_only=True)
class Home:
    """The asker's home page."""

    card: Card


Reply = Nothing | Tell | Page | Ask | Correct | Home

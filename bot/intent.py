"""What somebody did in chat, in Baton's own words. Platforms' payloads end where these are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cards.actions import Action
from commands.context import Place, Platform


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The account that acted, as the verified request says."""

    platform: Platform
    workspace: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button, or an entry of a menu."""

    action: Action
    subject: str


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A choice in an open form that asks for more: the form is to be drawn again."""

    action: Action
    subject: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A form. Values are by input id; a field left empty is not there. Days are ISO dates."""

    action: Action
    subject: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The words after `/leads`, or a message to the bot that is meant as such."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message in the thread of one of our cards."""

    text: str
    thread: str
    message: str


@dataclass(frozen=True, kw_only=True)
class OpenedHome:
    """The person opened Baton's home page."""


@dataclass(frozen=True, kw_only=True)
class ShowedStatus:
    """The person's status in the chat is another one now; all are empty when it was cleared.
    `sign` is an emoji's name without colons, `until` when it ends by itself, `change` the
    platform's own name of this change."""

    text: str
    sign: str
    until: datetime | None
    change: str


Deed = Pressed | Changed | Submitted | Asked | Said | OpenedHome | ShowedStatus


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A deed, who did it and where. `key` is the platform's own for this delivery: the same key
    twice does nothing twice."""

    sender: Sender
    deed: Deed
    place: Place
    key: str = field(default="")

"""What the tests' Teams is made of: people, conversations, messages, calls."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.teams.reading import button_labels, readable

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class TeamsUser:
    """Somebody of the tenant. `is_installed` when they have the app for themselves, `in_team` when
    they are in the team that has it."""

    name: str
    email: str
    is_installed: bool = True
    in_team: bool = True
    is_guest: bool = False

    @property
    def id(self) -> str:
        return f"29:{self.email.split('@')[0]}"

    @property
    def aad_object_id(self) -> str:
        return f"aad-{self.email.split('@')[0]}"


class Kind(StrEnum):
    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(kw_only=True)
class Conversation:
    """`members` by user id. The bot is in it unless taken out."""

    id: str
    kind: Kind
    name: str | None
    members: list[str]
    has_bot: bool = True


@dataclass(kw_only=True)
class Message:
    """One message; it stays the same while its content changes. `views` are the cards that only
    one person sees in its place, by user id, until it changes for all. It `rang` when it came if
    that was asked for, as for what Baton says by itself; answers don't."""

    conversation: str
    id: str
    root: str | None
    sender: str
    activity: Json
    by_bot: bool
    rang: bool = False
    revision: int = 0
    reactions: list[str] = field(default_factory=list)
    views: dict[str, Json] = field(default_factory=dict)

    @property
    def card(self) -> Json:
        return _card(self.activity)

    @property
    def alerts(self) -> bool:
        """Whether it asks to ring as it is now."""
        data = self.activity.get("channelData") or {}
        return bool((data.get("notification") or {}).get("alert"))

    def seen_by(self, user: str) -> Json:
        return self.views.get(user) or self.card

    def plain(self) -> str:
        """Everything a person can read on it, a line per piece of text, without markup."""
        return readable(self.card) if self.card else str(self.activity.get("text") or "")

    def buttons(self) -> list[str]:
        return button_labels(self.card)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call to the connector, and the status it was answered with; 0 when the line was cut."""

    method: str
    path: str
    status: int
    code: str
    body: Any = None
    authorization: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An activity sent to the bot, and what came back."""

    activity: Json
    status: int
    body: Json


def _card(activity: Json) -> Json:
    for attachment in activity.get("attachments") or ():
        if attachment.get("contentType") == "application/vnd.microsoft.card.adaptive":
            content: Json = attachment["content"]
            return content
    return {}

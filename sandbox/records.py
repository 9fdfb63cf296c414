"""What a workspace is made of: people, conversations, messages, views, files, calls."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.reading import button_labels, readable

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SandboxUser:
    """Somebody to put into the workspace; the account id follows from the order: U0001, U0002…"""

    name: str
    email: str
    timezone: str = "UTC"
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class SandboxChannel:
    """A channel to make, named without '#'; `members` by e-mail address, None is everybody."""

    name: str
    is_private: bool = False
    bot_is_member: bool = True
    members: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """What somebody shows beside their name; `expires` is in seconds since 1970, 0 for never."""

    text: str = ""
    emoji: str = ""
    expires: int = 0


@dataclass(frozen=True, kw_only=True)
class Member:
    """An account, of a person or of the app's bot."""

    id: str
    name: str
    email: str
    timezone: str
    title: str
    is_bot: bool = False
    status: Status = Status()

    @property
    def handle(self) -> str:
        return self.email.split("@")[0] if self.email else self.name.lower()


class ConversationKind(StrEnum):
    CHANNEL = "channel"
    PRIVATE = "group"
    DIRECT = "im"


@dataclass(frozen=True, kw_only=True)
class Conversation:
    id: str
    name: str
    kind: ConversationKind
    members: frozenset[str]
    is_archived: bool = False

    @property
    def is_direct(self) -> bool:
        return self.kind is ConversationKind.DIRECT


@dataclass(frozen=True, kw_only=True)
class Reaction:
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class File:
    """An upload; `content` stays empty until its bytes have arrived, and it can't be shown in a
    block until Slack has `taken_in` what was completed, a moment later."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes = b""
    taken_in: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it stood when it was read; it does not follow later updates."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    metadata: Json | None = None
    reactions: tuple[Reaction, ...] = ()
    files: tuple[str, ...] = ()
    by_bot: bool = False

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def buttons(self) -> list[str]:
        return button_labels(self.blocks)

    def plain(self) -> str:
        """Everything a person can read on it, a line per piece of text, without markup."""
        return readable(self.blocks) if self.blocks else readable([_as_section(self.text)])


@dataclass(frozen=True, kw_only=True)
class View:
    """A modal or a Home tab; `errors` (by block_id) and `trouble` are what is shown on it."""

    id: str
    user: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def blocks(self) -> tuple[Json, ...]:
        return tuple(self.content.get("blocks", ()))

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    def buttons(self) -> list[str]:
        return button_labels(self.blocks)

    def plain(self) -> str:
        """Everything a person can read on it, the title first."""
        return "\n".join(part for part in (self.title, readable(self.blocks)) if part)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One Web API request as seen; status 0 means that the connection was cut without an answer."""

    method: str
    arguments: Json
    status: int
    error: str = ""


def _as_section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}

"""Where in Slack somebody did something, which decides how they can be answered."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InMessage:
    """A button under a message."""

    trigger_id: str
    response_url: str


@dataclass(frozen=True, kw_only=True)
class InModal:
    """A button or a choice in an open modal."""

    view_id: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class OnHome:
    """A button on the home page."""

    trigger_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class ByCommand:
    """A slash command."""

    trigger_id: str


@dataclass(frozen=True, kw_only=True)
class ByForm:
    """A form that was sent: Slack shows what it is answered with."""


@dataclass(frozen=True, kw_only=True)
class InConversation:
    """A message or a mention."""

    conversation: str
    user_id: str
    thread: str | None
    is_private: bool


@dataclass(frozen=True, kw_only=True)
class AtHome:
    """The home page was opened."""

    user_id: str


Origin = InMessage | InModal | OnHome | ByCommand | ByForm | InConversation | AtHome

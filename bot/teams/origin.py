"""Where in Teams somebody did something, which decides how they can be answered."""

from dataclasses import dataclass

from storage.conversations import ConversationKind, ConversationRef

THREAD = ";messageid="
"""Stands between a channel's id and the message that a thread hangs on."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A conversation, the thread in it for channels, and who did something there (29:…)."""

    ref: ConversationRef
    thread: str | None
    user_id: str
    is_bot: bool = False

    @property
    def is_private(self) -> bool:
        """Whether only they and Baton are there."""
        return self.ref.kind is ConversationKind.PERSONAL


@dataclass(frozen=True, kw_only=True)
class ByClick:
    """A button of a card. `message` is what it is on; `asked` the question that card answers and
    `asked_in` the conversation where, as the button says: neither is verified."""

    spot: Spot
    message: str | None
    asked: str | None = None
    asked_in: str | None = None

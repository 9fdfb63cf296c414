"""What Baton asks of a chat platform when it speaks first, and how a platform says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from cards.charts import Chart
from cards.model import Card
from commands.context import Platform

Pictures = Mapping[Chart, bytes]
"""PNG images of the charts of a card."""

NO_PICTURES: Pictures = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class MessageRef:
    """One message that was posted. `thread` is the message whose thread it is in, if any."""

    platform: Platform
    workspace: str
    conversation: str
    message: str
    thread: str | None = None


class Throttled(Exception):
    """Too many messages for this conversation. Nothing was delivered; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"asked to wait {retry_after:g} s")
        self.retry_after = retry_after


class Unreachable(Exception):
    """The platform didn't answer, or answered that it is broken: worth another try.
    With `uncertain` the message may have arrived all the same."""

    def __init__(self, reason: str = "no answer", *, uncertain: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.uncertain = uncertain


class Undeliverable(Exception):
    """No further try will help. `advice` tells an admin what to do about it."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class Chat(Protocol):
    """The outbound side of one platform. Methods raise Throttled, Unreachable or Undeliverable,
    and never retry by themselves: the outbox worker does."""

    @property
    def platform(self) -> Platform:
        """Which platform this is."""
        ...

    async def post(
        self,
        destination: str,
        card: Card,
        *,
        thread: MessageRef | None,
        outbox_id: int,
        pictures: Pictures = NO_PICTURES,
    ) -> MessageRef:
        """Post a card to `person:<email>` or `channel:<name>`, in a thread if given. The message
        carries `outbox_id`, by which `find_posted` knows it again. A chart that isn't among the
        `pictures`, or whose picture the platform doesn't take, is told in words."""
        ...

    async def update(self, ref: MessageRef, card: Card, pictures: Pictures = NO_PICTURES) -> None:
        """Put `card` in the place of what the message shows."""
        ...

    async def react(self, ref: MessageRef, sign: str) -> None:
        """Put a sign such as `white_check_mark` on a message; there already is fine."""
        ...

    async def find_posted(
        self, destination: str, ref_hint: MessageRef | None, outbox_id: int
    ) -> MessageRef | None:
        """The message that carries `outbox_id`, after an answer was lost; None when it isn't
        there. `ref_hint` is the message whose thread it was meant for."""
        ...

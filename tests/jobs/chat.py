"""A chat in memory that can be told to misbehave."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cards.model import Card, Heading
from commands.context import Platform
from commands.delivery import NO_PICTURES, MessageRef, Pictures, Undeliverable

WORKSPACE = "T1"


@dataclass(kw_only=True)
class Posted:
    """One message of the chat, with everything it ever showed."""

    ref: MessageRef
    destination: str
    outbox_id: int
    showed: list[str]
    signs: list[str] = field(default_factory=list)


class MemoryChat:
    """Keeps messages in order. `troubles` are raised by the next calls, one each (None: nothing
    happens); `losing` makes an answer get lost after the message arrived."""

    def __init__(self, platform: Platform = Platform.SLACK) -> None:
        self._platform = platform
        self.messages: list[Posted] = []
        self.troubles: deque[Exception | None] = deque()
        self.answers_lost: deque[Exception] = deque()
        self.always: Exception | None = None
        self.missing: set[str] = set()
        self.calls = 0
        self.at_once = 0
        self.most_at_once = 0
        self.looked_for: list[int] = []
        self.pictures: list[bytes] = []
        self.began = asyncio.Event()
        self.arrived = asyncio.Event()
        self.slow: asyncio.Event | None = None

    @property
    def platform(self) -> Platform:
        return self._platform

    def shown_in(self, destination: str) -> list[str]:
        """What stands in a conversation now."""
        return [m.showed[-1] for m in self.messages if m.destination == destination]

    async def post(
        self,
        destination: str,
        card: Card,
        *,
        thread: MessageRef | None,
        outbox_id: int,
        pictures: Pictures = NO_PICTURES,
    ) -> MessageRef:
        async with self._call(destination):
            self.pictures += pictures.values()
            ref = MessageRef(
                platform=self._platform,
                workspace=WORKSPACE,
                conversation=f"C-{destination}",
                message=f"{len(self.messages) + 1}.0",
                thread=thread.message if thread else None,
            )
            self.messages.append(
                Posted(ref=ref, destination=destination, outbox_id=outbox_id, showed=[words(card)])
            )
            self._lose_answer()
        self.arrived.set()
        return ref

    async def update(self, ref: MessageRef, card: Card, pictures: Pictures = NO_PICTURES) -> None:
        message = self._message(ref)
        async with self._call(message.destination):
            self.pictures += pictures.values()
            message.showed.append(words(card))
            self._lose_answer()

    async def react(self, ref: MessageRef, sign: str) -> None:
        message = self._message(ref)
        async with self._call(message.destination):
            message.signs.append(sign)

    async def find_posted(
        self, destination: str, ref_hint: MessageRef | None, outbox_id: int
    ) -> MessageRef | None:
        async with self._call(destination):
            self.looked_for.append(outbox_id)
            return next((m.ref for m in self.messages if m.outbox_id == outbox_id), None)

    def _message(self, ref: MessageRef) -> Posted:
        return next(m for m in self.messages if m.ref.message == ref.message)

    @asynccontextmanager
    async def _call(self, destination: str) -> AsyncIterator[None]:
        self.calls += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.began.set()
        try:
            await asyncio.sleep(0)
            if self.slow:
                await self.slow.wait()
            self._misbehave(destination)
            yield
        finally:
            self.at_once -= 1

    def _misbehave(self, destination: str) -> None:
        if destination in self.missing:
            raise Undeliverable("channel_not_found", "Make the channel, or correct team.toml.")
        if self.always:
            raise self.always
        if self.troubles and (trouble := self.troubles.popleft()):
            raise trouble

    def _lose_answer(self) -> None:
        if self.answers_lost:
            raise self.answers_lost.popleft()


def words(card: Card) -> str:
    """The text of a card made by `tests.jobs.conftest`."""
    heading = card.blocks[0]
    assert isinstance(heading, Heading)
    return str(heading.text.values["text"])

"""A chat of forty people and more that answers, throttles, loses answers and is down for hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from cards.actions import Action
from cards.model import Card, Mention, Words
from commands.context import Platform
from commands.delivery import (
    NO_PICTURES,
    MessageRef,
    Pictures,
    Throttled,
    Undeliverable,
    Unreachable,
)
from tests.commands.telling import buttons
from tests.commands.working_day import leaves
from tests.conftest import Clock

WORKSPACE = "T1"


@dataclass(kw_only=True)
class Message:
    """One message: where and when it was posted, and the card that stands in it now."""

    ref: MessageRef
    destination: str
    outbox_id: int
    at: datetime
    card: Card

    @property
    def to(self) -> str | None:
        """Whose own chat it is in."""
        kind, _, email = self.destination.partition(":")
        return email if kind == "person" else None

    def offers(self) -> dict[Action, str]:
        """What its buttons do, each with its subject."""
        return {button.action: button.subject for button in buttons(self.card)}

    def pings(self) -> set[str]:
        """E-mails of those who are mentioned so that they hear of it."""
        return {one.email for one in _mentions(self.card) if one.ping}


@dataclass
class QuarterChat:
    """Keeps every message. Some calls are throttled and some answers lost, drawn by lot; between
    the two moments of `down` nothing answers."""

    clock: Clock
    random: Random
    down: tuple[datetime, datetime]
    gone: set[str] = field(default_factory=set)
    """Destinations that don't exist."""
    messages: list[Message] = field(default_factory=list)
    news: list[Message] = field(default_factory=list)
    refused: int = 0
    throttled: int = 0
    lost: int = 0

    @property
    def platform(self) -> Platform:
        return Platform.SLACK

    async def post(
        self,
        destination: str,
        card: Card,
        *,
        thread: MessageRef | None,
        outbox_id: int,
        pictures: Pictures = NO_PICTURES,
    ) -> MessageRef:
        self._misbehave(destination)
        number = f"{len(self.messages)}"
        ref = MessageRef(
            platform=self.platform,
            workspace=WORKSPACE,
            conversation=f"C-{destination}",
            message=number,
            thread=thread.message if thread else None,
        )
        message = Message(
            ref=ref,
            destination=destination,
            outbox_id=outbox_id,
            at=self.clock.now,
            card=card,
        )
        self.messages.append(message)
        self.news.append(message)
        self._lose()
        return ref

    async def update(self, ref: MessageRef, card: Card, pictures: Pictures = NO_PICTURES) -> None:
        message = self.messages[int(ref.message)]
        self._misbehave(message.destination)
        message.card = card
        self._lose()

    async def react(self, ref: MessageRef, sign: str) -> None:
        self._misbehave("")

    async def find_posted(
        self, destination: str, ref_hint: MessageRef | None, outbox_id: int
    ) -> MessageRef | None:
        self._misbehave(destination)
        return next((one.ref for one in self.messages if one.outbox_id == outbox_id), None)

    def take_news(self) -> list[Message]:
        """What was posted since this was asked last."""
        found, self.news = self.news, []
        return found

    def _misbehave(self, destination: str) -> None:
        if self.down[0] <= self.clock.now < self.down[1]:
            self.refused += 1
            raise Unreachable("503 for hours", uncertain=False)
        if destination in self.gone:
            raise Undeliverable("users_not_found", "Correct team.toml.")
        if self.random.random() < 0.01:
            self.throttled += 1
            raise Throttled(self.random.choice((1.0, 7.0, 30.0)))

    def _lose(self) -> None:
        if self.random.random() < 0.004:
            self.lost += 1
            raise Unreachable("the answer was lost", uncertain=True)


def _mentions(card: Card) -> Iterator[Mention]:
    for words in leaves(card):
        yield from _within(words.values)


def _within(tree: object) -> Iterator[Mention]:
    match tree:
        case Mention():
            yield tree
        case Words(values=values) | (Mapping() as values):
            for part in values.values():
                yield from _within(part)
        case tuple() | list():
            for part in tree:
                yield from _within(part)
        case _:
            pass

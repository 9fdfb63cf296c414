"""What a story needs of a chat. It is `tests.stories.slack` and `tests.stories.teams`."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Protocol


class Trouble(Enum):
    """What can befall a chat."""

    DOWN = auto()
    """The line of every call is cut, and nothing happens."""
    BUSY = auto()
    """Calls are asked to wait a second, and nothing happens."""
    TWICE = auto()
    """What people write or press reaches Baton twice."""


class Outcome(Protocol):
    """What came of something that a person did, as they see it."""

    @property
    def is_done(self) -> bool:
        """Whether Baton took it, whatever it answered."""
        ...

    @property
    def form(self) -> "Form | None":
        """What opened or stayed open: a form, or a page."""
        ...

    @property
    def errors(self) -> Mapping[str, str]:
        """What the form wants mended, by input."""
        ...


class Form(Protocol):
    """A form, or a page to read, in front of one person."""

    def says(self) -> str:
        """All of its words."""
        ...

    async def choose(self, name: str, value: str) -> "Form":
        """Choose something on which the form asks more; the form as it is then."""
        ...

    async def send(self, **fields: str) -> Outcome:
        """Fill in the rest and send it."""
        ...


class Card(Protocol):
    """One card in one conversation; it stays the same card while its content changes."""

    def says(self) -> str:
        """All of its words as they are now."""
        ...

    def buttons(self) -> list[str]:
        """What can be pressed on it now, menus included."""
        ...


class Person(Protocol):
    """Somebody in the chat."""

    def cards(self) -> list[Card]:
        """The cards in their own chat with Baton, oldest first."""
        ...

    async def card(self, about: str) -> Card:
        """Their newest card with these words on it, once it is there."""
        ...

    async def press(self, card: Card, label: str) -> Outcome:
        """Press a button or an entry of a menu, also one that has gone since they looked."""
        ...

    async def ask(self, words: str, channel: str | None = None) -> str:
        """What they are answered, privately, to `/leads words`."""
        ...

    async def share(self, words: str, channel: str) -> None:
        """Ask in a channel, and have the answer shown to everybody there."""
        ...

    async def form_of(self, words: str, label: str) -> Form:
        """The form behind a button of the answer to `/leads words`."""
        ...

    async def say(self, words: str, thread_of: Card) -> None:
        """Write in the thread of a card."""
        ...

    async def home(self) -> str:
        """Baton's own page, as they see it."""
        ...

    def was_told(self) -> str:
        """The last thing that only they could see in answer to something they did."""
        ...


class Chat(Protocol):
    """Acme's chat, and the trouble that can befall it."""

    def person(self, email: str) -> Person:
        """One of Acme's people, or the stranger."""
        ...

    def channel(self, name: str) -> list[Card]:
        """What Baton posted in a channel, oldest first, without threads."""
        ...

    def thread(self, card: Card) -> list[Card]:
        """What Baton posted in the thread of a card."""
        ...

    async def until(self, condition: Callable[[], object]) -> None:
        """Return once it holds; TimeoutError when that takes too long."""
        ...

    async def stirs(self, patience: float) -> None:
        """Return when something changes in the chat, or after so many seconds."""
        ...

    def misbehave(self, trouble: Trouble, calls: int | None = None) -> None:
        """From now on, for so many calls (all)."""
        ...

    def behave(self) -> None:
        """No more trouble."""
        ...

    def suffered(self) -> int:
        """How many calls failed by what befell them."""
        ...

    def markup(self, channel: str) -> list[str]:
        """What on the messages of a channel could be markup that isn't Baton's own."""
        ...

    def refused(self) -> list[str]:
        """Every message that the platform wouldn't take as we wrote it."""
        ...

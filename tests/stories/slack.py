"""A story's chat, played by the Slack sandbox."""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sandbox import Click, Message, Mischief, Persona, Sandbox, Submission, Trouble, View
from sandbox.reading import elements_of
from tests.stories import chat

_PATIENCE = 60.0
_DATE = re.compile(r"<!date\^[0-9]+\^[^|<>]*\|[^<>]*>")
_TROUBLES = {
    chat.Trouble.DOWN: Trouble.OUTAGE,
    chat.Trouble.BUSY: Trouble.RATE_LIMITED,
    chat.Trouble.TWICE: Trouble.DUPLICATE_EVENTS,
}


@dataclass(frozen=True)
class SlackForm:
    """A modal in front of somebody."""

    sandbox: Sandbox
    persona: Persona
    view: View

    def says(self) -> str:
        return self.view.plain()

    async def choose(self, name: str, value: str) -> "SlackForm":
        await self.persona.change(self.view, name, value)
        return SlackForm(self.sandbox, self.persona, self.persona.modal or self.view)

    async def send(self, **fields: str) -> "SlackOutcome":
        return SlackOutcome(
            self.sandbox, self.persona, await self.persona.submit(self.view, dict(fields))
        )


@dataclass(frozen=True)
class SlackOutcome:
    """Slack's answer to a click or a form."""

    sandbox: Sandbox
    persona: Persona
    came: Click | Submission

    @property
    def is_done(self) -> bool:
        return self.came.status == 200 and not self.errors and not self.came.error

    @property
    def form(self) -> SlackForm | None:
        view = self.came.view
        return SlackForm(self.sandbox, self.persona, view) if view else None

    @property
    def errors(self) -> Mapping[str, str]:
        return self.came.errors if isinstance(self.came, Submission) else {}


@dataclass(frozen=True)
class SlackCard:
    """A message, looked up anew each time it is looked at."""

    sandbox: Sandbox
    posted: Message

    @property
    def message(self) -> Message:
        place = self.posted.channel, self.posted.ts
        return self.sandbox.workspace.message(*place) or self.posted

    def says(self) -> str:
        text = self.message.plain()
        for one in self.sandbox.workspace.people:  # as Slack shows a mention
            text = text.replace(f"@{one.id}", f"@{one.name}")
        return text

    def buttons(self) -> list[str]:
        labels = self.message.buttons()
        for _, element in elements_of(self.message.blocks):
            labels += [option["text"]["text"] for option in element.get("options", ())]
        return labels


@dataclass
class SlackPerson:
    """Somebody with a Slack account."""

    sandbox: Sandbox
    persona: Persona
    told: list[str] = field(default_factory=list)

    def cards(self) -> list[chat.Card]:
        mine = [one for one in self.persona.messages() if one.by_bot and not one.is_reply]
        return [SlackCard(self.sandbox, one) for one in mine if not one.ephemeral_to]

    async def card(self, about: str) -> chat.Card:
        await self.sandbox.until(
            lambda: any(about in card.says() for card in self.cards()), _PATIENCE
        )
        return next(card for card in reversed(self.cards()) if about in card.says())

    async def press(self, card: chat.Card, label: str) -> SlackOutcome:
        message = _message(card)
        try:
            click = await self.persona.click(message, label)
        except LookupError:
            click = await self.persona.choose(message, "…", label)
        return SlackOutcome(self.sandbox, self.persona, click)

    async def ask(self, words: str, channel: str | None = None) -> str:
        answer = await self.persona.command(f"/leads {words}", channel)
        assert (answer.status, answer.error) == (200, "")
        return answer.plain()

    async def share(self, words: str, channel: str) -> None:
        answer = await self.persona.command(f"/leads {words}", channel)
        assert answer.message
        await self.persona.click(answer.message, "Share here")

    async def form_of(self, words: str, label: str) -> SlackForm:
        answer = await self.persona.command(f"/leads {words}")
        assert answer.message
        view = (await self.persona.click(answer.message, label)).view
        assert view
        return SlackForm(self.sandbox, self.persona, view)

    async def say(self, words: str, thread_of: chat.Card) -> None:
        await self.persona.say(words, thread=_message(thread_of))

    async def home(self) -> str:
        page = await self.persona.open_home()
        assert page
        return page.plain()

    def was_told(self) -> str:
        whispers = [
            message
            for channel in self.sandbox.workspace.conversations
            for message in self.persona.sees(channel)
            if message.ephemeral_to == self.persona.id
        ]
        return max(whispers, key=lambda message: message.ts).plain() if whispers else ""


@dataclass
class SlackInATest:
    """Acme's Slack."""

    sandbox: Sandbox

    def person(self, email: str) -> SlackPerson:
        return SlackPerson(self.sandbox, self.sandbox.persona(email))

    def channel(self, name: str) -> list[chat.Card]:
        return [
            SlackCard(self.sandbox, message)
            for message in self.sandbox.messages(name)
            if message.by_bot and not message.is_reply and not message.ephemeral_to
        ]

    def thread(self, card: chat.Card) -> list[chat.Card]:
        root = _message(card)
        replies = self.sandbox.workspace.thread(root.channel, root.ts)
        return [SlackCard(self.sandbox, message) for message in replies if message.by_bot]

    async def until(self, condition: Callable[[], object]) -> None:
        await self.sandbox.until(condition, _PATIENCE)

    async def stirs(self, patience: float) -> None:
        workspace = self.sandbox.workspace
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await workspace.changed_since(workspace.revision)

    def misbehave(self, trouble: chat.Trouble, calls: int | None = None) -> None:
        self.sandbox.misbehave(Mischief(trouble=_TROUBLES[trouble], calls=calls))

    def behave(self) -> None:
        self.sandbox.behave()

    def suffered(self) -> int:
        return sum(call.status != 200 for call in self.sandbox.calls)

    def markup(self, channel: str) -> list[str]:
        found = []
        for message in self.sandbox.messages(channel):
            shown = _DATE.sub("", f"{message.blocks}{message.text}")
            found += [sign for sign in ("<!", "<http") if sign in shown]
            found += re.findall("<@U[0-9]+>", message.text)
        return found

    def refused(self) -> list[str]:
        kinds = {"invalid_blocks", "invalid_arguments", "msg_too_long", "no_text"}
        return [f"{one.method}: {one.error}" for one in self.sandbox.calls if one.error in kinds]


def _message(card: chat.Card) -> Message:
    assert isinstance(card, SlackCard)
    return card.message

"""A story's chat, played by the tests' Teams."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cards.teams import REDRAW
from tests.cards.oracles import leaves, problems_of_teams
from tests.stories import chat
from tests.teams.connector import TeamsWorkspace
from tests.teams.personas import Pressing, TeamsPersona, find_action
from tests.teams.reading import actions_of, button_labels, inputs_of, readable
from tests.teams.records import Json, Message
from tests.teams.trouble import Mischief, Trouble

_INPUT = "in_"
_TROUBLES = {chat.Trouble.DOWN: Trouble.OUTAGE, chat.Trouble.BUSY: Trouble.THROTTLED}
_LOOKALIKES = str.maketrans("‹›∗∼ˋ∖", "<>*~`\\")
"""Teams' Markdown can't be escaped, so Baton writes what looks like its signs."""
_MEND = "Please mend this and send it again"


@dataclass(frozen=True)
class TeamsForm:
    """A form or a page in the place of a card, or in one's own chat. `branch` is what was chosen
    on it: an action that sends it, or that opens what is asked next."""

    persona: TeamsPersona
    message: Message
    card: Json
    branch: Json | None = None

    def says(self) -> str:
        return readable(self._whole()).translate(_LOOKALIKES)

    async def choose(self, name: str, value: str) -> "TeamsForm":
        for action in actions_of(self.card):
            if _sends(action).get("data", {}).get(_INPUT + name) == value:
                return TeamsForm(self.persona, self.message, self.card, dict(action))
        raise LookupError(f"no {name} {value!r} here; there is {button_labels(self.card)}")

    async def send(self, **fields: str) -> "TeamsOutcome":
        asked = {_INPUT + name for name in fields} - inputs_of(self._whole()).keys()
        if self.branch is None and asked:
            name = next(
                iter(name.removeprefix(_INPUT) for name in fields if _INPUT + name in asked)
            )
            form = await self.choose(name, fields.pop(name))
            return await form.send(**fields)
        whole, action = self._whole(), self._sender()
        if missing := _missing(whole, fields):
            return TeamsOutcome(self.persona, self.message, Pressing(status=0), None, missing)
        return await _press(self.persona, self.message, whole, action, fields)

    def _whole(self) -> Json:
        """The form with what is asked next opened."""
        if self.branch is None or "card" not in self.branch:
            return self.card
        return {**self.card, "body": [*self.card["body"], *self.branch["card"]["body"]]}

    def _sender(self) -> Json:
        if self.branch is not None:
            return _sends(self.branch)
        senders = [one for one in actions_of(self.card) if (one.get("data") or {}).get("f")]
        (sender,) = senders
        return dict(sender)


@dataclass(frozen=True)
class TeamsOutcome:
    """What came of a press: the answer, and what was written to the person meanwhile."""

    persona: TeamsPersona
    message: Message
    came: Pressing
    written: Message | None
    missing: Mapping[str, str]

    @property
    def is_done(self) -> bool:
        return self.came.status == 200 and not self.errors

    @property
    def form(self) -> TeamsForm | None:
        if self.came.card and _is_over(self.came.card):
            return TeamsForm(self.persona, self.message, self.came.card)
        if self.written and inputs_of(_opened(self.written.card)):
            return TeamsForm(self.persona, self.written, self.written.card)
        return None

    @property
    def errors(self) -> Mapping[str, str]:
        """Teams has no place for errors beside the inputs: each is said to all of them."""
        card = self.came.card
        if card is None or _MEND not in (said := readable(card)):
            return self.missing
        return dict.fromkeys((name.removeprefix(_INPUT) for name in inputs_of(_opened(card))), said)


@dataclass(frozen=True)
class TeamsCard:
    """A message, whose content changes in place."""

    message: Message

    def says(self) -> str:
        return self.message.plain().translate(_LOOKALIKES)

    def buttons(self) -> list[str]:
        return self.message.buttons()


@dataclass(frozen=True)
class TeamsPerson:
    """Somebody with a Teams account."""

    persona: TeamsPersona
    teams: TeamsWorkspace

    def cards(self) -> list[chat.Card]:
        mine = [one for one in self.persona.messages() if one.by_bot and one.rang]
        return [TeamsCard(one) for one in mine if not one.root]

    async def card(self, about: str) -> chat.Card:
        await self.teams.until(lambda: any(about in card.says() for card in self.cards()))
        return next(card for card in reversed(self.cards()) if about in card.says())

    async def press(self, card: chat.Card, label: str) -> TeamsOutcome:
        message = _message(card)
        seen = message.seen_by(self.persona.user.id)
        if label not in button_labels(seen):
            seen = message.card
        return await _press(self.persona, message, seen, find_action(seen, label), {})

    async def ask(self, words: str, channel: str | None = None) -> str:
        return TeamsCard(await self._asked(words, channel)).says()

    async def share(self, words: str, channel: str) -> None:
        answer = await self._asked(words, channel)
        pressing = await self.persona.press(answer, "Share here")
        assert pressing.status == 200

    async def form_of(self, words: str, label: str) -> TeamsForm:
        answer = TeamsCard(await self._asked(words, None))
        form = (await self.press(answer, label)).form
        assert form
        return form

    async def say(self, words: str, thread_of: chat.Card) -> None:
        message = _message(thread_of)
        is_private = message.conversation == self.persona.chat.id
        await self.persona.say(words if is_private else f"@Baton {words}", thread=message)

    async def home(self) -> str:
        return await self.ask("home")

    def was_told(self) -> str:
        told = _answers(self.persona)
        return TeamsCard(told[-1]).says() if told else ""

    async def _asked(self, words: str, channel: str | None) -> Message:
        before = len(_answers(self.persona))
        # Nobody can send an empty message, but everybody can mention Baton and say no more.
        said = f"@Baton {words}" if channel or not words.strip() else words
        await self.persona.say(said, channel)
        delivery = self.teams.deliveries[-1]
        assert delivery.status == 200, delivery
        (answer,) = _answers(self.persona)[before:]
        return answer


@dataclass(frozen=True)
class TeamsInATest:
    """Acme's Teams."""

    teams: TeamsWorkspace

    def person(self, email: str) -> TeamsPerson:
        return TeamsPerson(self.teams.persona(email), self.teams)

    def channel(self, name: str) -> list[chat.Card]:
        messages = self.teams.messages(name)
        return [TeamsCard(one) for one in messages if one.by_bot and not one.root]

    def thread(self, card: chat.Card) -> list[chat.Card]:
        root = _message(card)
        inside = self.teams.tenant.inside(root.conversation)
        return [TeamsCard(one) for one in inside if one.by_bot and one.root == root.id]

    async def until(self, condition: Callable[[], object]) -> None:
        await self.teams.until(condition)

    async def stirs(self, patience: float) -> None:
        await self.teams.stirs(patience)

    def misbehave(self, trouble: chat.Trouble, calls: int | None = None) -> None:
        if trouble is chat.Trouble.TWICE:
            self.teams.copies = 2
        else:
            self.teams.misbehave(Mischief(trouble=_TROUBLES[trouble], calls=calls))

    def behave(self) -> None:
        self.teams.behave()

    def suffered(self) -> int:
        return sum(call.status not in {200, 201} for call in self.teams.calls)

    def markup(self, channel: str) -> list[str]:
        texts = [
            (path, text)
            for message in self.teams.messages(channel)
            for path, text in leaves(message.card.get("body"))
            if path.endswith("/text")
        ]
        return [f"{path}: {one}" for path, text in texts for one in problems_of_teams(text)]

    def refused(self) -> list[str]:
        wrong = {400, 405, 413}
        return [f"{one.path}: {one.code}" for one in self.teams.calls if one.status in wrong]


async def _press(
    persona: TeamsPersona, message: Message, card: Json, action: Json, fields: Mapping[str, str]
) -> TeamsOutcome:
    before = len(_answers(persona))
    came = await persona.act(message, card, action, fields)
    written = _answers(persona)[before:]
    return TeamsOutcome(persona, message, came, written[-1] if written else None, {})


def _answers(persona: TeamsPersona) -> list[Message]:
    """What Baton wrote to somebody because of something they did: it doesn't ring."""
    return [one for one in persona.messages() if one.by_bot and not one.rang]


def _message(card: chat.Card) -> Message:
    assert isinstance(card, TeamsCard)
    return card.message


def _sends(action: Mapping[str, Any]) -> Json:
    """The action itself, or the one that sends what it opens."""
    inside = actions_of(action["card"]) if "card" in action else [action]
    return dict(inside[-1])


def _opened(card: Json) -> Json:
    """The card with everything opened that can be."""
    inside = [one["card"] for one in actions_of(card) if "card" in one]
    return {"body": [*card.get("body", ()), *(part for one in inside for part in one["body"])]}


def _is_over(card: Json) -> bool:
    """Whether it is a form or page in the place of another card, to which it leads back."""
    return any(one.get("verb") == REDRAW for one in actions_of(card)) or bool(
        inputs_of(_opened(card))
    )


def _missing(card: Json, fields: Mapping[str, str]) -> dict[str, str]:
    """What Teams itself wants filled in before it sends anything."""
    return {
        name.removeprefix(_INPUT): str(one.get("errorMessage"))
        for name, one in inputs_of(card).items()
        if one.get("isRequired") and not fields.get(name.removeprefix(_INPUT), one.get("value"))
    }

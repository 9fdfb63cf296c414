"""The hands and eyes of one person in the tests' Teams: what they see, press, fill in and type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tests.teams.activities import Source, describe, pressed, quoting, typed
from tests.teams.reading import actions_of, inputs_of
from tests.teams.records import Conversation, Delivery, Json, Kind, Message, TeamsUser

_INPUT = "in_"
_CARD = "application/vnd.microsoft.card.adaptive"


class Workspace(Source, Protocol):
    """What a persona needs of Teams."""

    async def deliver(self, activity: Json) -> Delivery: ...


@dataclass(frozen=True, kw_only=True)
class Pressing:
    """What came of a press: the card that now stands there for this person, or a line that was
    said, or neither."""

    status: int
    card: Json | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class TeamsPersona:
    """Every act goes to the bot as an activity and returns once the bot has answered."""

    user: TeamsUser
    workspace: Workspace

    @property
    def chat(self) -> Conversation:
        return self.workspace.tenant.personal(self.user)

    def messages(self) -> list[Message]:
        """Their own chat with the bot, oldest first."""
        return self.workspace.tenant.inside(self.chat.id)

    async def install(self) -> None:
        """Adds the app for themselves."""
        for told in (
            {"type": "installationUpdate", "action": "add"},
            {
                "type": "conversationUpdate",
                "membersAdded": [{"id": self.user.id}, {"id": self.workspace.tenant.bot_id}],
            },
        ):
            await self.workspace.deliver(describe(self.workspace, self.user, self.chat, told))

    async def press(self, message: Message, label: str, **fields: str) -> Pressing:
        """Presses a button by its label, as it is now or was for them, filling in `fields`."""
        card = message.seen_by(self.user.id)
        return await self.act(message, card, find_action(card, label), fields)

    async def act(
        self, message: Message, card: Json, action: Json, fields: Mapping[str, str]
    ) -> Pressing:
        """Runs an action that stood on `card` of a message; the inputs that are there go along,
        unless the action wants none. Whoever isn't in the conversation of the message can only say
        so from their own chat."""
        values: Json = {}
        if action.get("associatedInputs") != "none":
            values = {
                name: fields.get(name.removeprefix(_INPUT), str(one.get("value", "")))
                for name, one in inputs_of(card).items()
            }
        where = self.workspace.tenant.conversations[message.conversation]
        if self.user.id not in where.members:
            where = self.chat
        root = (message.root or message.id) if where.kind is Kind.CHANNEL else None
        told = pressed(action, values) | {"replyToId": message.id}
        activity = describe(self.workspace, self.user, where, told, root)
        delivery = await self.workspace.deliver(activity)
        return self._seen(message, delivery)

    async def refresh(self, message: Message) -> Pressing | None:
        """What their client does by itself when it shows a card that asks for it."""
        asked = message.card.get("refresh")
        if not asked or self.user.id not in asked["userIds"]:
            return None
        return await self.act(message, message.card, asked["action"], {})

    async def say(
        self, text: str, channel: str | None = None, thread: Message | None = None
    ) -> Message:
        """Writes a message; `@Baton` is a mention. A thread decides the place by itself: in chats,
        which have none, the message is quoted."""
        tenant = self.workspace.tenant
        where = tenant.channel(channel) if channel else self.chat
        told, root = typed(self.workspace, text), None
        if thread:
            where = tenant.conversations[thread.conversation]
            root = thread.root or thread.id
            if where.kind is not Kind.CHANNEL:
                told, root = quoting(thread, text), None
        message = tenant.say(self.user, where.id, root, {"text": text})
        reply = {"replyToId": root} if root else {}
        told = {**told, "id": message.id, **reply}
        is_heard = where.kind is Kind.PERSONAL or "entities" in told
        if is_heard:
            activity = describe(self.workspace, self.user, where, told, root or message.id)
            await self.workspace.deliver(activity)
        return message

    def _seen(self, message: Message, delivery: Delivery) -> Pressing:
        body = delivery.body
        match body:
            case {"statusCode": 200, "type": kind, "value": dict() as card} if kind == _CARD:
                message.views[self.user.id] = card
                return Pressing(status=delivery.status, card=card)
            case {"statusCode": 200, "value": str(said)}:
                return Pressing(status=delivery.status, said=said)
            case _:
                return Pressing(status=delivery.status)


def find_action(card: Json, label: str) -> Json:
    """The action with this label; LookupError tells what there is."""
    for action in actions_of(card):
        if action.get("title") == label:
            return dict(action)
    raise LookupError(f"no {label!r} here; there is {[one['title'] for one in actions_of(card)]}")

"""A tenant of Teams as its connector knows it, with what it refuses.

Source of the refusals: "Status codes from bot conversational APIs" at
https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.cards.oracles import problems_of_adaptive_card
from tests.teams.records import Conversation, Json, Kind, Message, TeamsUser

_LARGEST_CARD = 28 * 1024
THREAD = ";messageid="


class Refused(Exception):
    """What the connector says no with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message that was taken. `id` is None where Teams made several of it."""

    message: Message
    id: str | None


class Tenant:
    """Its people, one team with its channels (the first is General), and all messages."""

    def __init__(
        self, *, users: Sequence[TeamsUser], channels: Sequence[str], tenant_id: str, bot_id: str
    ) -> None:
        self.id = tenant_id
        self.bot_id = bot_id
        self.team_id = "19:acme@thread.tacv2"
        self.users = {user.id: user for user in users}
        self.conversations: dict[str, Conversation] = {}
        self.messages: list[Message] = []
        self._numbers = count(1795311984000)
        team = [user.id for user in users if user.in_team]
        names: list[str | None] = [None, *channels]
        for name in names:
            identifier = f"19:{name}@thread.tacv2" if name else self.team_id
            self.conversations[identifier] = Conversation(
                id=identifier, kind=Kind.CHANNEL, name=name, members=team
            )

    def user(self, email: str) -> TeamsUser:
        return next(user for user in self.users.values() if user.email == email)

    def channel(self, name: str) -> Conversation:
        for one in self.conversations.values():
            if one.kind is not Kind.PERSONAL and name in {one.name or "General", one.id}:
                return one
        raise LookupError(f"no channel {name!r}")

    def personal(self, user: TeamsUser) -> Conversation:
        """Their own chat with the bot, begun if need be."""
        identifier = f"a:{user.id.removeprefix('29:')}"
        chat = Conversation(id=identifier, kind=Kind.PERSONAL, name=None, members=[user.id])
        return self.conversations.setdefault(identifier, chat)

    def group(self, name: str, users: Sequence[TeamsUser]) -> Conversation:
        members = [user.id for user in users]
        chat = Conversation(id=f"19:{name}@thread.v2", kind=Kind.GROUP, name=name, members=members)
        return self.conversations.setdefault(chat.id, chat)

    def inside(self, conversation: str) -> list[Message]:
        return [one for one in self.messages if one.conversation == conversation]

    def message(self, conversation: str, identifier: str) -> Message | None:
        found = (one for one in self.inside(conversation) if one.id == identifier)
        return next(found, None)

    def say(self, user: TeamsUser, conversation: str, root: str | None, activity: Json) -> Message:
        """Somebody writes."""
        message = self._add(conversation, root, user.id, activity, by_bot=False)
        return message

    def send(self, address: str, activity: Json, reply_to: str | None = None) -> Sent:
        """The bot sends into a conversation, or into a thread of a channel."""
        conversation, root = self._open(address)
        if root and not self.message(conversation.id, root):
            raise Refused(404, "ActivityNotFoundInConversation", "Conversation not found.")
        if conversation.kind is not Kind.CHANNEL:
            root = reply_to or activity.get("replyToId")
        self._check(activity)
        message = self._add(conversation.id, root, self.bot_id, activity, by_bot=True)
        # https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
        # "message splitting": text and an attachment become two messages, and no id is told.
        is_split = bool(activity.get("text")) and bool(activity.get("attachments"))
        return Sent(message=message, id=None if is_split else message.id)

    def create(self, body: Json) -> tuple[str, str | None]:
        """The bot begins a conversation; its id, and the id of its first message."""
        if body.get("isGroup"):
            channel = ((body.get("channelData") or {}).get("channel") or {}).get("id")
            if not channel or not body.get("activity"):
                raise Refused(400, "BadSyntax", "Bad channelData or activity")
            sent = self.send(str(channel), body["activity"])
            return f"{channel}{THREAD}{sent.message.id}", sent.id
        members = body.get("members") or []
        if len(members) != 1 or not body.get("bot"):
            raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters")
        if ((body.get("channelData") or {}).get("tenant") or {}).get("id") != self.id:
            raise Refused(403, "NotEnoughPermissions", "Tenant id mismatch")
        user = self._known(str(members[0].get("id")))
        if user is None:
            raise Refused(400, "BadArgument", "Failed to decrypt pairwise id")
        if not (user.is_installed or user.in_team):
            text = "Bot is not installed in user's personal scope"
            raise Refused(403, "ForbiddenOperationException", text)
        return self.personal(user).id, None

    def update(self, address: str, identifier: str, activity: Json) -> None:
        """The bot changes one of its messages."""
        conversation, _ = self._open(address)
        message = self._own(conversation.id, identifier)
        self._check(activity)
        message.activity = activity
        message.revision += 1
        message.views.clear()

    def react(self, address: str, identifier: str, sign: str) -> None:
        conversation, _ = self._open(address)
        message = self.message(conversation.id, identifier)
        if message is None:
            raise Refused(404, "ActivityNotFoundInConversation", "Conversation not found.")
        if sign not in message.reactions:
            message.reactions.append(sign)

    def roster(self, address: str) -> list[Json]:
        conversation, _ = self._open(address)
        return [self._described(self.users[one]) for one in conversation.members]

    def member(self, address: str, who: str) -> Json:
        conversation, _ = self._open(address)
        user = self._known(who)
        if user is None or user.id not in conversation.members:
            raise Refused(404, "MemberNotFoundInConversation", "Member not found.")
        return self._described(user)

    def channels(self, team: str) -> list[Json]:
        if team != self.team_id:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        self._open(team)
        return [
            {"id": one.id, **({"name": one.name} if one.name else {})}
            for one in self.conversations.values()
            if one.kind is Kind.CHANNEL
        ]

    def _open(self, address: str) -> tuple[Conversation, str | None]:
        identifier, _, root = address.partition(THREAD)
        conversation = self.conversations.get(identifier)
        if conversation is None:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        if not conversation.has_bot:
            text = "The bot is not part of the conversation roster."
            raise Refused(403, "BotNotInConversationRoster", text)
        return conversation, root or None

    def _own(self, conversation: str, identifier: str) -> Message:
        message = self.message(conversation, identifier)
        if message is None:
            raise Refused(404, "ActivityNotFoundInConversation", "Conversation not found.")
        if not message.by_bot:
            raise Refused(403, "NotEnoughPermissions", "Not the bot's message")
        return message

    def _check(self, activity: Json) -> None:
        if activity.get("type") != "message":
            raise Refused(400, "BadArgument", "Unknown activity type")
        if not activity.get("text") and not activity.get("attachments"):
            raise Refused(400, "BadArgument", "Empty message")
        for attachment in activity.get("attachments") or ():
            card = attachment.get("content") or {}
            if len(json.dumps(card, ensure_ascii=False).encode()) > _LARGEST_CARD:
                raise Refused(413, "MessageSizeTooBig", "Message size too large.")
            if problems := problems_of_adaptive_card(card):
                raise Refused(400, "BadArgument", f"Failed to parse card: {problems[0]}")

    def _add(
        self, conversation: str, root: str | None, sender: str, activity: Json, *, by_bot: bool
    ) -> Message:
        message = Message(
            conversation=conversation,
            id=str(next(self._numbers)),
            root=root,
            sender=sender,
            activity=activity,
            by_bot=by_bot,
        )
        message.rang = message.alerts
        self.messages.append(message)
        return message

    def _known(self, who: str) -> TeamsUser | None:
        return next(
            (one for one in self.users.values() if who in {one.id, one.aad_object_id, one.email}),
            None,
        )

    def _described(self, user: TeamsUser) -> dict[str, Any]:
        sign_in = (
            user.email.replace("@", "_") + "#EXT#@acme.example" if user.is_guest else user.email
        )
        return {
            "id": user.id,
            "aadObjectId": user.aad_object_id,
            "name": user.name,
            "email": user.email,
            "userPrincipalName": sign_in,
            "tenantId": self.id,
            "userRole": "guest" if user.is_guest else "user",
        }

"""The state of one workspace, in memory, with a revision that moves on every change."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count

from sandbox.records import (
    Call,
    Conversation,
    ConversationKind,
    File,
    Json,
    Member,
    Message,
    SandboxChannel,
    SandboxUser,
    Status,
    View,
)

TEAM_ID = "T0001"
APP_ID = "A0001"
BOT_ID = "B0001"
BOT_USER_ID = "U0000"


class Workspace:
    """Everybody and everything in it; every change wakes those who wait on the feed."""

    def __init__(
        self,
        *,
        users: Sequence[SandboxUser],
        channels: Sequence[SandboxChannel],
        bot_name: str,
        team_name: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.team_name = team_name
        self.clock = clock
        self.revision = 0
        self.closed = False
        self.members: dict[str, Member] = {BOT_USER_ID: _bot(bot_name)}
        self.conversations: dict[str, Conversation] = {}
        self.modals: dict[str, list[View]] = defaultdict(list)
        self.homes: dict[str, View] = {}
        self.entered: dict[str, dict[str, dict[str, object]]] = defaultdict(dict)
        self.files: dict[str, File] = {}
        self.calls: list[Call] = []
        self._messages: dict[str, dict[str, Message]] = defaultdict(dict)
        self._read: dict[tuple[str, str], str] = {}
        self._ids = count(1)
        self._last_tick = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._add_people(users)
        self._add_channels(channels)

    # The change feed

    def touch(self) -> None:
        self.revision += 1
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed_since(self, revision: int) -> int:
        """The new revision, once there is one later than `revision` or the workspace closes."""
        while self.revision <= revision and not self.closed:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
        return self.revision

    def close(self) -> None:
        self.closed = True
        self.touch()

    def next_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):06d}"

    def next_ts(self) -> str:
        """A message's timestamp: seconds with six places, unique and increasing."""
        self._last_tick = max(int(self.clock() * 1_000_000), self._last_tick + 100)
        seconds, micros = divmod(self._last_tick, 1_000_000)
        return f"{seconds}.{micros:06d}"

    # People and conversations

    @property
    def bot(self) -> Member:
        return self.members[BOT_USER_ID]

    @property
    def people(self) -> list[Member]:
        return [member for member in self.members.values() if not member.is_bot]

    def member_by_email(self, email: str) -> Member | None:
        wanted = email.casefold()
        return next((member for member in self.people if member.email.casefold() == wanted), None)

    def show_status(self, user: str, status: Status) -> Member:
        changed = self.members[user] = replace(self.members[user], status=status)
        self.touch()
        return changed

    def conversation(self, reference: str) -> Conversation | None:
        """By id, `#name`, bare name, or a user id for the direct messages with that person."""
        if reference in self.conversations:
            return self.conversations[reference]
        if reference in self.members and reference != BOT_USER_ID:
            return self.direct(reference)
        name = reference.removeprefix("#")
        return next((found for found in self.channels if found.name == name), None)

    @property
    def channels(self) -> list[Conversation]:
        return [found for found in self.conversations.values() if not found.is_direct]

    def direct(self, user: str) -> Conversation:
        """The direct messages between a person and the bot."""
        return self.conversations["D" + user[1:]]

    def join(self, conversation: Conversation, user: str) -> Conversation:
        joined = replace(conversation, members=conversation.members | {user})
        self.conversations[joined.id] = joined
        self.touch()
        return joined

    def archive(self, reference: str) -> None:
        found = self.conversation(reference)
        if found is None:
            raise KeyError(reference)
        self.conversations[found.id] = replace(found, is_archived=True)
        self.touch()

    # Messages

    def post(self, message: Message) -> Message:
        self._messages[message.channel][message.ts] = message
        self.touch()
        return message

    def delete(self, channel: str, ts: str) -> None:
        self._messages[channel].pop(ts, None)
        self.touch()

    def message(self, channel: str, ts: str) -> Message | None:
        return self._messages[channel].get(ts)

    def messages(self, channel: str, *, seen_by: str | None = None) -> list[Message]:
        """Oldest first, with replies; ephemerals for `seen_by` only, or all of them for None."""
        found = self._messages[channel].values()
        if seen_by is None:
            return list(found)
        return [message for message in found if message.ephemeral_to in (None, seen_by)]

    def thread(self, channel: str, thread_ts: str) -> list[Message]:
        return [
            one
            for one in self.messages(channel)
            if one.thread_ts == thread_ts and one.ts != thread_ts
        ]

    def mark_read(self, user: str, channel: str) -> None:
        latest = max(self._messages[channel], default="")
        if latest and self._read.get((user, channel)) != latest:
            self._read[user, channel] = latest
            self.touch()

    def unread(self, user: str, channel: str) -> int:
        last = self._read.get((user, channel), "")
        return sum(
            message.ts > last and message.user != user and not message.is_reply
            for message in self.messages(channel, seen_by=user)
        )

    # Views

    def new_view(self, user: str, content: Json, *, under: View | None = None) -> View:
        view_id = self.next_id("V")
        root = under.root_view_id if under else view_id
        previous = under.id if under else None
        return View(
            id=view_id,
            user=user,
            content=content,
            hash=self._hash(),
            root_view_id=root,
            previous_view_id=previous,
        )

    def view(self, reference: str) -> View | None:
        """An open modal by its id or external id, or a Home tab by its id."""
        everything = [
            *self.homes.values(),
            *(view for stack in self.modals.values() for view in stack),
        ]
        return next(
            (one for one in everything if reference in (one.id, one.content.get("external_id"))),
            None,
        )

    def modal(self, user: str) -> View | None:
        stack = self.modals[user]
        return stack[-1] if stack else None

    def show_modals(self, user: str, stack: Iterable[View]) -> None:
        self.modals[user] = list(stack)
        self.touch()

    def replace_view(self, old: View, content: Json) -> View:
        new = replace(old, content=content, hash=self._hash(), errors={}, trouble="")
        return self.put_view(new)

    def put_view(self, new: View) -> View:
        if new.content["type"] == "home":
            self.homes[new.user] = new
        self.modals[new.user] = [new if one.id == new.id else one for one in self.modals[new.user]]
        self.touch()
        return new

    def record(self, call: Call) -> None:
        self.calls.append(call)
        self.touch()

    def _hash(self) -> str:
        return f"{self.clock():.0f}.{next(self._ids):08x}"

    def _add_people(self, users: Sequence[SandboxUser]) -> None:
        for number, user in enumerate(users, 1):
            member = Member(
                id=f"U{number:04d}",
                name=user.name,
                email=user.email,
                timezone=user.timezone,
                title=user.title,
            )
            self.members[member.id] = member
            direct = f"D{number:04d}"
            self.conversations[direct] = Conversation(
                id=direct,
                name="directmessage",
                kind=ConversationKind.DIRECT,
                members=frozenset({member.id, BOT_USER_ID}),
            )

    def _add_channels(self, channels: Sequence[SandboxChannel]) -> None:
        for number, channel in enumerate(channels, 1):
            here = {
                one.id
                for one in self.people
                if channel.members is None or one.email in channel.members
            }
            if channel.bot_is_member:
                here.add(BOT_USER_ID)
            self.conversations[f"C{number:04d}"] = Conversation(
                id=f"C{number:04d}",
                name=channel.name,
                kind=ConversationKind.PRIVATE if channel.is_private else ConversationKind.CHANNEL,
                members=frozenset(here),
            )


def _bot(name: str) -> Member:
    return Member(id=BOT_USER_ID, name=name, email="", timezone="UTC", title="App", is_bot=True)

"""The conversations that Baton is in: learned from what Teams sends, remembered, looked up."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from commands.delivery import Undeliverable
from storage import conversations
from storage.conversations import ConversationKind, ConversationRef
from storage.database import Database

GENERAL = "General"
"""What a team's first channel is called; Teams gives it no name and the team's own id."""
_REMEMBERED = timedelta(minutes=10)
_ASKED_AGAIN = timedelta(minutes=1)
"""How long teams aren't asked for their channels again."""
_MOST = 10_000

Kept = TypeVar("Kept")


class NamedChannel(Protocol):
    """A channel as its team lists it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...


class ChannelList(Protocol):
    """What is needed of `bot.teams.connector.ConnectorApi`."""

    async def channels(self, service_url: str, team: str) -> Sequence[NamedChannel]:
        """The channels of a team; raises Throttled, Unreachable or Undeliverable."""
        ...


class Conversations:
    """Never call it inside a transaction. Only `channel` asks Teams, and raises what that does."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], connector: ChannelList
    ) -> None:
        self._database = database
        self._clock = clock
        self._connector = connector
        self._known: OrderedDict[str, tuple[ConversationRef, datetime]] = OrderedDict()
        self._read: OrderedDict[str, tuple[ConversationRef, datetime]] = OrderedDict()
        self._met: OrderedDict[str, ConversationRef] = OrderedDict()
        self._asked_at: datetime | None = None
        self._asking = asyncio.Lock()
        self._news = 0
        self._came = asyncio.Event()

    @property
    def news(self) -> int:
        """Counts what may make people known who were not."""
        return self._news

    def stir(self) -> None:
        """Somebody came, somewhere."""
        self._news += 1
        self._came.set()

    async def news_came(self) -> None:
        """Return once there is news since this was last awaited."""
        await self._came.wait()
        self._came.clear()

    async def learn(
        self, ref: ConversationRef, at: datetime | None = None, *, met: str | None = None
    ) -> None:
        """Baton is in this conversation as of `at` (now), and met this user there."""
        if met:
            _remember(self._met, met, ref)
        now = self._clock()
        known, until = self._known.get(ref.conversation, (None, now))
        learned = _filled(ref, known)
        if learned == known and until > now:
            return
        moment = min(at or now, now)  # nobody's clock may make a row that later news can't change
        await self._database.write(lambda session: conversations.save(session, ref, moment))
        _remember(self._known, ref.conversation, (learned, now + _REMEMBERED))
        self._read.pop(ref.conversation, None)
        if known is None:
            self.stir()

    async def forget(self, tenant_id: str, conversation: str, at: datetime | None = None) -> None:
        """Baton was taken out of a conversation at this moment (now)."""
        moment = at or self._clock()
        await self._database.write(
            lambda session: conversations.forget(session, tenant_id, conversation, moment)
        )
        self._known.clear()
        self._read.clear()
        self._met.clear()

    async def at(self, conversation: str) -> ConversationRef | None:
        """The conversation with this id."""
        read, until = self._read.get(conversation, (None, None))
        if read and until and until > self._clock():
            return read
        found = await self._database.read(lambda session: conversations.find(session, conversation))
        if found:
            _remember(self._read, conversation, (found, self._clock() + _REMEMBERED))
        return found

    async def person(self, user_id: str) -> ConversationRef | None:
        """Somebody's own chat with Baton, by their id in Teams or AAD object id."""
        return await self._database.read(lambda session: conversations.personal(session, user_id))

    async def personal(self, email: str) -> ConversationRef | None:
        """The same by e-mail, for people whose account is known."""
        return await self._database.read(
            lambda session: conversations.personal_by_email(session, email)
        )

    async def channel(self, name: str) -> ConversationRef | None:
        """A channel or group chat by id or name: `gtm`, `#gtm`, or `Sales/gtm` where several teams
        have one. Asks the teams that Baton is in when it doesn't know the name; raises
        Undeliverable for a name that several have."""
        found = await self.at(name) or _named(name, await self._shared())
        if found is None and await self._ask_for_channels():
            found = await self.at(name) or _named(name, await self._shared())
        return found

    async def anchors(self) -> list[ConversationRef]:
        """Where people can be looked up: channels, then group chats, then personal ones."""
        refs = await self._database.read(conversations.everywhere)
        order = (ConversationKind.CHANNEL, ConversationKind.GROUP, ConversationKind.PERSONAL)
        return sorted(refs, key=lambda ref: order.index(ref.kind))

    async def where_met(self, user_id: str) -> ConversationRef | None:
        """A conversation that this user is in."""
        return self._met.get(user_id) or await self.person(user_id)

    async def _shared(self) -> list[ConversationRef]:
        kinds = ConversationKind.CHANNEL, ConversationKind.GROUP
        return await self._database.read(lambda session: conversations.everywhere(session, *kinds))

    async def _ask_for_channels(self) -> bool:
        async with self._asking:
            now = self._clock()
            if self._asked_at and now - self._asked_at < _ASKED_AGAIN:
                return True  # somebody else asked while we waited
            for ref in _one_of_each_team(await self._shared()):
                for one in await self._channels(ref):
                    name = one.name or GENERAL
                    await self.learn(replace(ref, conversation=one.id, name=name))
            self._asked_at = now
            return True

    async def _channels(self, ref: ConversationRef) -> Sequence[NamedChannel]:
        assert ref.team_id is not None
        try:
            return await self._connector.channels(ref.service_url, ref.team_id)
        except Undeliverable:  # Baton was taken out of that team
            return ()


def _one_of_each_team(refs: list[ConversationRef]) -> Iterator[ConversationRef]:
    teams = {ref.team_id: ref for ref in reversed(refs) if ref.team_id}
    yield from teams.values()


def _named(name: str, refs: list[ConversationRef]) -> ConversationRef | None:
    """Never a guess: anybody may give a chat or team of theirs the name of our channel."""
    wanted = name.removeprefix("#").casefold()
    found = [ref for ref in refs if wanted and wanted in _names(ref)]
    if len({ref.conversation for ref in found}) > 1:
        raise Undeliverable(
            f"Baton is in several channels or chats in Teams with the name {name}",
            "Name it in team.toml with its team, such as Sales/gtm, or by its id.",
        )
    return found[0] if found else None


def _names(ref: ConversationRef) -> set[str]:
    is_general = ref.conversation == ref.team_id
    own = (ref.name or (GENERAL if is_general else "")).casefold()
    return {own, f"{ref.team_name or ''}/{own}".casefold()}


def _filled(ref: ConversationRef, known: ConversationRef | None) -> ConversationRef:
    """`ref`, with what it doesn't say as it was known."""
    if known is None:
        return ref
    unsaid = {
        field.name: getattr(known, field.name)
        for field in fields(ref)
        if getattr(ref, field.name) is None
    }
    return replace(ref, **unsaid)


def _remember(store: OrderedDict[str, Kept], key: str, value: Kept) -> None:
    store[key] = value
    store.move_to_end(key)
    if len(store) > _MOST:
        store.popitem(last=False)

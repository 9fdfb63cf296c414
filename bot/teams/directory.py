"""The tenant's directory, as far as Baton meets its people: the rosters of its conversations."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.directory import Account
from bot.teams.conversations import Conversations
from commands.delivery import Undeliverable
from storage.conversations import ConversationRef

_KEPT = timedelta(minutes=5)
"""How long the rosters serve for everybody who is looked up by e-mail."""
_MOST_ASKED = 20
"""Conversations whose rosters are read to find somebody."""


class Member(Protocol):
    """Somebody in a conversation, as `bot.teams.connector` tells it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def tenant_id(self) -> str | None: ...
    @property
    def is_guest(self) -> bool: ...


class Rosters(Protocol):
    """What is needed of `bot.teams.connector.ConnectorApi`."""

    async def member(self, service_url: str, conversation: str, user: str) -> Member | None:
        """Somebody in a conversation; None where they aren't in it."""
        ...

    def members(self, service_url: str, conversation: str) -> AsyncIterator[Member]:
        """Everybody in a conversation."""
        ...


class TeamsAccounts:
    """`bot.directory.AccountSource` for Teams. Ids are those of Teams ("29:…"). Guests and people
    of other tenants have no e-mail here: other companies choose what stands there."""

    def __init__(
        self, rosters: Rosters, conversations: Conversations, clock: Callable[[], datetime]
    ) -> None:
        self._rosters = rosters
        self._conversations = conversations
        self._clock = clock
        self._by_email: dict[str, Account] = {}
        self._read_at: datetime | None = None
        self._read_news = -1

    async def by_id(self, user_id: str) -> Account | None:
        """The account with this id, looked up where it was met; None when there is none."""
        met = await self._conversations.where_met(user_id)
        if met:
            return await self._in(met, user_id)
        for ref in await self._asked():
            found = await self._in(ref, user_id)
            if found:
                return found
        return None

    async def by_email(self, email: str) -> Account | None:
        """The account with this e-mail among the people of Baton's conversations."""
        if self._read_at is None or self._clock() - self._read_at >= _KEPT:
            await self._read_rosters()
        found = self._by_email.get(email.casefold())
        if found is None and self._conversations.news != self._read_news:
            await self._read_rosters()
            found = self._by_email.get(email.casefold())
        return found

    async def _asked(self) -> list[ConversationRef]:
        """The conversations to look in. Of a team one channel, the first if it is known (private
        ones have fewer people), so that a team with many doesn't hide the others."""
        chosen: dict[str, ConversationRef] = {}
        for ref in await self._conversations.anchors():
            place = ref.team_id or ref.conversation
            if place not in chosen or ref.conversation == place:
                chosen[place] = ref
        return list(chosen.values())[:_MOST_ASKED]

    async def _in(self, ref: ConversationRef, user_id: str) -> Account | None:
        member = await self._rosters.member(ref.service_url, ref.conversation, user_id)
        return _account(member, ref) if member else None

    async def _read_rosters(self) -> None:
        news = self._conversations.news
        found: dict[str, Account] = {}
        for ref in await self._asked():
            try:
                async for member in self._rosters.members(ref.service_url, ref.conversation):
                    account = _account(member, ref)
                    if account.email:
                        found.setdefault(account.email, account)
            except Undeliverable:  # Baton was taken out of that conversation
                continue
        self._by_email, self._read_at, self._read_news = found, self._clock(), news


def _account(member: Member, ref: ConversationRef) -> Account:
    is_ours = not member.is_guest and member.tenant_id in {None, "", ref.tenant_id}
    return Account(
        workspace=ref.tenant_id,
        user_id=member.id,
        email=member.email.casefold() if is_ours and member.email else None,
        name=member.name,
    )

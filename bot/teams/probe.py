"""What `doctor` finds out about the connection to Teams, with the fix for each."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

from bot.directory import Account, AccountSource
from bot.finding import Finding, failure, ok, warning
from bot.teams.connector import ConnectorApi
from bot.teams.conversations import GENERAL, Conversations
from bot.teams.tokens import Tokens
from commands.delivery import Throttled, Undeliverable, Unreachable
from leads.person import Channels, Person, Team
from storage.conversations import ConversationKind, ConversationRef

Found = TypeVar("Found")

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_PATIENCE = 5
"""How often a call is tried again when Teams asks to wait."""
_ADD = (
    "Make the app package with `python app.py teams package`, upload it in Teams, add it to the "
    "team, and start Baton."
)


class Probe:
    """Looks at everything and changes nothing, neither in Teams nor in the database."""

    def __init__(
        self,
        connector: ConnectorApi,
        tokens: Tokens,
        conversations: Conversations,
        accounts: AccountSource,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._connector = connector
        self._tokens = tokens
        self._conversations = conversations
        self._accounts = accounts
        self._sleep = sleep

    async def findings(
        self, team: Team, *, app_id: str, tenant_id: str, has_password: bool
    ) -> AsyncIterator[Finding]:
        """Everything there is to say, line by line, as it is found out. Without credentials that
        work only what needs none is looked at."""
        for finding in _settings(app_id, tenant_id):
            yield finding
        how = "its password" if has_password else "its managed identity"
        try:
            await self._tokens.get()
        except (Throttled, Unreachable, Undeliverable) as error:
            yield _lost(f"the bot's token, by {how}", error)
            return
        yield ok(f"the bot gets its token by {how}")
        known = await self._conversations.anchors()
        yield _met(known, tenant_id)
        ours = [ref for ref in known if ref.tenant_id == tenant_id]
        if not ours:
            return
        async for finding in self._channels(team.channels, ours):
            yield finding
        async for finding in self._people(team.people):
            yield finding

    async def _channels(
        self, channels: Channels, known: Sequence[ConversationRef]
    ) -> AsyncIterator[Finding]:
        try:
            there = await self._names(known)
        except (Throttled, Unreachable, Undeliverable) as error:
            yield _lost("the channels", error)
            return
        named = {"handoffs": channels.handoffs, "digest": channels.digest, "wins": channels.wins}
        for purpose, name in named.items():
            if not name:
                fix = f'Add {purpose} = "#channel" under [channels] in team.toml.'
                yield warning(f"no channel is named for {purpose}", fix)
            elif there[name.removeprefix("#").casefold()] > 1:
                fix = "Write it with its team, such as Sales/gtm, or its id into team.toml."
                yield failure(f"{name} ({purpose}): several with the app have this name", fix)
            elif name.removeprefix("#").casefold() in there:
                yield ok(f"{name} ({purpose}): the app is in its team")
            else:
                fix = "Check the name in team.toml, or add the app to the team that has it."
                yield failure(f"{name} ({purpose}): no team with the app has such a channel", fix)

    async def _names(self, known: Sequence[ConversationRef]) -> Counter[str]:
        """How many channels of the teams that have the app, and group chats, have a name or id."""
        there: Counter[str] = Counter()
        for team_id, ref in {ref.team_id: ref for ref in known if ref.team_id}.items():
            for one in await self._patiently(self._connector.channels, ref.service_url, team_id):
                name = (one.name or GENERAL).casefold()
                there.update({one.id.casefold(), name, f"{ref.team_name or ''}/{name}".casefold()})
        for ref in known:
            if ref.kind is ConversationKind.GROUP:
                there.update({ref.conversation.casefold(), (ref.name or "").casefold()})
        return there

    async def _people(self, people: Sequence[Person]) -> AsyncIterator[Finding]:
        installed, through_team = 0, list[str]()
        for person in people:
            try:
                account: Account | None = await self._patiently(
                    self._accounts.by_email, person.email
                )
            except (Throttled, Unreachable, Undeliverable) as error:
                yield _lost(f"the account of {person.name}", error)
                return
            if account is None:
                yield failure(
                    f"{person.name}: Baton meets nobody with the e-mail {person.email}",
                    "Correct the e-mail in team.toml, have the person open the app in Teams, or "
                    "add them to a team that has it.",
                )
            elif await self._conversations.person(account.user_id):
                installed += 1
            else:
                through_team.append(person.name)
        yield ok(f"{installed} of {len(people)} people have a chat with Baton")
        if through_team:
            fix = "To be sure, install the app for everybody: Teams admin center, Setup policies."
            what = f"{len(through_team)} more are reached only through a team with the app"
            yield warning(f"{what}: {', '.join(through_team)}", fix)

    async def _patiently(self, call: Callable[..., Awaitable[Found]], *arguments: str) -> Found:
        for _ in range(_PATIENCE):
            try:
                return await call(*arguments)
            except Throttled as error:
                await self._sleep(error.retry_after)
        return await call(*arguments)


def _settings(app_id: str, tenant_id: str) -> Iterator[Finding]:
    for name, value in (("TEAMS_APP_ID", app_id), ("TEAMS_TENANT_ID", tenant_id)):
        if not _GUID.fullmatch(value):
            fix = "Copy it from the overview of the app registration in Microsoft Entra."
            yield failure(f"{name} doesn't look like an id: {value!r}", fix)


def _met(known: Sequence[ConversationRef], tenant_id: str) -> Finding:
    if not known:
        return failure("Baton is in no conversation in Teams yet", _ADD)
    ours = [ref for ref in known if ref.tenant_id == tenant_id]
    if not ours:
        fix = "Correct TEAMS_TENANT_ID, or add the app in the right company's Teams."
        return failure("all conversations that Baton knows are of another tenant", fix)
    teams = len({ref.team_id for ref in ours if ref.team_id})
    chats = sum(ref.kind is ConversationKind.PERSONAL for ref in ours)
    return ok(f"Baton is in Teams: {teams} teams, {chats} personal chats")


def _lost(what: str, error: Exception) -> Finding:
    match error:
        case Undeliverable():
            return failure(f"{what}: {error}", error.advice)
        case Throttled():
            return warning(f"{what}: Teams asks to wait", "Run doctor again in a minute.")
        case _:
            fix = "Check that this machine reaches login.microsoftonline.com and Teams by https."
            return failure(f"{what}: can't be reached", fix)

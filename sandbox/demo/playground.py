"""The Microsoft 365 Agents Playground as the demo's Teams: a page on this machine that behaves like
Teams, and needs no account. It has one user, five colleagues, and one channel beside General.

Source: https://learn.microsoft.com/microsoftteams/platform/toolkit/debug-your-agents-playground"""

import asyncio
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shlex import join
from uuid import NAMESPACE_URL, uuid5

import aiohttp
import tomlkit

from sandbox.records import SandboxUser
from storage import conversations
from storage.conversations import ConversationKind, ConversationRef
from storage.database import Database

PACKAGE = "@microsoft/m365agentsplayground@0.2.28"
PORT = 56150
"""Where it serves its page, unless that is taken."""
CONFIG = ".m365agentsplayground.yml"
"""The file that it looks for in the folder it is started in."""

_COLLEAGUES = 5  # no more and no fewer, nor more channels: it refuses the file
_GENERAL, _HANDOFFS = "General", "lead-handoffs"
_TEAM, _TEAM_NAME = "team-acme", "Acme"
_CHANNEL = f"channel-{_HANDOFFS}"
_POLL = 0.3


def write_team(source: Path, target: Path, known: Collection[str]) -> None:
    """The team file with the channels that the playground has, and without marketers who aren't
    there to be told anything (`known` are e-mails), as long as one is."""
    document = tomlkit.parse(source.read_text(encoding="utf-8"))
    document["channels"] = {"handoffs": _HANDOFFS, "digest": _GENERAL, "wins": _GENERAL}
    people = document["people"]
    assert isinstance(people, list)
    marketers = [one for one in people if "marketer" in one["roles"]]
    if any(one["email"] in known for one in marketers):
        document["people"] = [
            one for one in people if one["email"] in known or one not in marketers
        ]
    target.write_text(tomlkit.dumps(document), encoding="utf-8")


def shown(me: SandboxUser, everybody: Sequence[SandboxUser]) -> list[SandboxUser]:
    """Who is in the playground: `me`, and the colleagues there is room for."""
    others = [one for one in everybody if one.email != me.email]
    return [me, *others[:_COLLEAGUES]]


def write_config(folder: Path, me: SandboxUser, others: Sequence[SandboxUser]) -> None:
    """Make `me` the playground's user and five of `others` the colleagues."""
    _, *colleagues = shown(me, others)
    config = {
        "version": "0.1.0",
        "tenantId": _guid("tenant"),
        "bot": {"id": "28:baton", "name": "Baton"},
        "currentUser": _user(me),
        "users": [_user(one) for one in colleagues],
        "personalChat": {"id": f"chat-{me.email}"},
        "groupChat": {"id": "chat-sales-and-marketing", "name": "Sales and marketing"},
        "team": {
            "id": _TEAM,
            "name": _TEAM_NAME,
            "aadGroupId": _guid(_TEAM),
            "channels": [{"id": _CHANNEL, "name": _HANDOFFS}],
        },
    }
    # JSON is YAML, too.
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")


def command(folder: Path, address: str) -> str:
    """What to type to start it, for Baton at `address`."""
    start = ["npx", "--yes", PACKAGE, "start", "-e", f"{address}/api/messages", "-c", "msteams"]
    return f"cd {join([str(folder)])} && {join([*start, '--disable-telemetry'])}"


async def opened(database: Database, address: str) -> None:
    """Wait until somebody opens the page. Then tell Baton at `address` that it was added to the
    team, as Teams would have long ago; the playground tells of a channel only when it is looked
    at. Raises aiohttp.ClientError when Baton can't be reached or refuses."""
    known = await _somebody(database)
    async with aiohttp.ClientSession(address, raise_for_status=True) as session:
        for channel, name in ((_TEAM, None), (_CHANNEL, _HANDOFFS)):
            await session.post("/api/messages", json=_added(known, channel, name))


async def _somebody(database: Database) -> ConversationRef:
    while True:
        met = await database.read(
            lambda session: conversations.everywhere(session, ConversationKind.PERSONAL)
        )
        if met:
            return met[0]
        await asyncio.sleep(_POLL)


def _added(known: ConversationRef, channel: str, name: str | None) -> dict[str, object]:
    """What the playground says when a channel is looked at for the first time."""
    return {
        "type": "conversationUpdate",
        "id": _guid(f"added to {channel}"),
        "timestamp": datetime.now(UTC).isoformat(),
        "channelId": "msteams",
        "serviceUrl": known.service_url,
        "from": {"id": known.user_id, "aadObjectId": known.aad_object_id},
        "recipient": {"id": known.bot_id, "name": "Baton"},
        "conversation": {
            "id": channel,
            "conversationType": "channel",
            "isGroup": True,
            "tenantId": known.tenant_id,
            **({"name": name} if name else {}),
        },
        "membersAdded": [{"id": known.bot_id}],
        "channelData": {
            "tenant": {"id": known.tenant_id},
            "team": {"id": _TEAM, "name": _TEAM_NAME, "aadGroupId": _guid(_TEAM)},
            "eventType": "teamMemberAdded",
            "settings": {"selectedChannel": {"id": channel}},
        },
    }


def _user(person: SandboxUser) -> dict[str, str]:
    first, _, last = person.name.partition(" ")
    return {
        "id": f"29:{person.email.partition('@')[0]}",
        "name": person.name,
        "userPrincipleName": person.email,  # so spelled there
        "aadObjectId": _guid(person.email),
        "givenName": first,
        "surname": last,
        "email": person.email,
    }


def _guid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://acme.example/{name}"))

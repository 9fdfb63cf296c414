"""The connector's REST calls, and the one place where its errors become ours.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
and, for members and channels, https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.teams.refusals import TeamsRefused, refusal
from bot.teams.service_urls import ServiceUrls, UntrustedService
from bot.teams.tokens import Tokens
from commands.delivery import Throttled, Undeliverable, Unreachable

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
LATE_SECONDS = 60.0
"""The same for what is sent: whoever waits gives up after ten, but an answer says where it is."""
_DEFAULT_WAIT = 10.0
"""Seconds to wait when Teams says "too many" and not how long."""
_CLASH_WAIT = 1.0
"""The same for 412, which is about several messages at once in one conversation."""
_PAGE = "500"
_USUAL = aiohttp.ClientTimeout(total=ANSWER_SECONDS, connect=CONNECT_SECONDS)
_LATE = aiohttp.ClientTimeout(total=LATE_SECONDS, connect=CONNECT_SECONDS)

Activity = Mapping[str, object]
Answer = Mapping[str, Any]


def open_session() -> aiohttp.ClientSession:
    """The HTTP session that every call to Teams shares; the caller closes it."""
    return aiohttp.ClientSession(timeout=_USUAL)


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in a conversation. `email` is in lower case, and None for guests: what stands there
    was chosen in another company."""

    id: str
    name: str | None
    email: str | None
    aad_object_id: str | None
    tenant_id: str | None
    is_guest: bool


@dataclass(frozen=True, kw_only=True)
class Created:
    """A conversation that was begun, and its first message, if it began with one."""

    conversation: str
    message: str | None


@dataclass(frozen=True, kw_only=True)
class TeamChannel:
    """A channel of a team. Teams gives the General channel no name."""

    id: str
    name: str | None


class ConnectorApi:
    """Calls that don't retry: the outbox does. Every call raises Throttled, Unreachable or
    Undeliverable (TeamsRefused where Teams said no), and nothing else that Teams or the network
    may come up with."""

    def __init__(
        self, session: aiohttp.ClientSession, tokens: Tokens, services: ServiceUrls
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._services = services

    async def send(
        self,
        service_url: str,
        conversation: str,
        activity: Activity,
        *,
        reply_to: str | None = None,
    ) -> str:
        """Send into a conversation; returns the id of the message."""
        path = ["conversations", conversation, "activities", *([reply_to] if reply_to else [])]
        return _id(await self._call("POST", service_url, path, body=activity))

    async def update(
        self, service_url: str, conversation: str, message: str, activity: Activity
    ) -> None:
        """Put `activity` in the place of a message."""
        path = ["conversations", conversation, "activities", message]
        await self._call("PUT", service_url, path, body=activity)

    async def react(self, service_url: str, conversation: str, message: str, sign: str) -> None:
        """Put a reaction such as `1f4dd_memo` on a message; there already is fine. Teams has this
        in preview: https://learn.microsoft.com/microsoftteams/platform/agents-in-teams/agent-reactions"""
        path = ["conversations", conversation, "activities", message, "reactions", sign]
        await self._call("PUT", service_url, path)

    async def create(self, service_url: str, body: Activity) -> Created:
        """Begin a conversation: a chat with one person, or a post in a channel."""
        made = await self._call("POST", service_url, ["conversations"], body=body)
        message = made.get("activityId")
        return Created(
            conversation=_id(made), message=message if isinstance(message, str) else None
        )

    async def create_personal(
        self, service_url: str, *, bot_id: str, tenant_id: str, user_id: str
    ) -> str:
        """The id of a person's own chat with the bot, begun if need be. `user_id` is the one of
        Teams ("29:…") or the person's Microsoft Entra object id."""
        body = {
            "isGroup": False,
            "bot": {"id": bot_id},
            "members": [{"id": user_id}],
            "tenantId": tenant_id,
            "channelData": {"tenant": {"id": tenant_id}},
        }
        return (await self.create(service_url, body)).conversation

    async def create_post(
        self, service_url: str, channel: str, activity: Activity, *, bot_id: str, tenant_id: str
    ) -> Created:
        """A new post in a channel of a team."""
        body = {
            "isGroup": True,
            "bot": {"id": bot_id},
            "tenantId": tenant_id,
            "channelData": {"channel": {"id": channel}, "tenant": {"id": tenant_id}},
            "activity": activity,
        }
        return await self.create(service_url, body)

    async def member(self, service_url: str, conversation: str, user: str) -> Member | None:
        """Somebody in a conversation, by their id in Teams, their object id or their sign-in name;
        None where they aren't in it."""
        try:
            found = await self._call(
                "GET", service_url, ["conversations", conversation, "members", user]
            )
        except TeamsRefused as error:
            if error.status == 404:
                return None
            raise
        return _member(found)

    async def members(self, service_url: str, conversation: str) -> AsyncIterator[Member]:
        """Everybody in a conversation, page by page."""
        path, more = ["conversations", conversation, "pagedmembers"], ""
        while True:
            params = {"pageSize": _PAGE} | ({"continuationToken": more} if more else {})
            page = await self._call("GET", service_url, path, params=params)
            for found in _list(page.get("members")):
                if member := _member(found):
                    yield member
            before, more = more, str(page.get("continuationToken") or "")
            if not more or more == before:
                return

    async def channels(self, service_url: str, team: str) -> tuple[TeamChannel, ...]:
        """The channels of a team, by the id of its General channel."""
        found = await self._call("GET", service_url, ["teams", team, "conversations"])
        return tuple(
            TeamChannel(id=str(one["id"]), name=str(one["name"]) if one.get("name") else None)
            for one in _list(found.get("conversations"))
            if one.get("id")
        )

    async def _call(
        self,
        method: str,
        service_url: str,
        path: list[str],
        *,
        body: Activity | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        try:
            base = self._services.trusted(service_url)
        except UntrustedService as error:
            advice = "Have somebody write to Baton in Teams: it learns the right address from that."
            raise Undeliverable(
                f"the conversation's address isn't trusted: {error}", advice
            ) from None
        url = URL("/".join([base, "v3", *(quote(part, safe="") for part in path)]), encoded=True)
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        token = await self._tokens.get()
        status, headers, text = await self._ask(method, url, data, params, token)
        if status == 401 and token:
            # Nothing was done, and the token may just have been withdrawn.
            other = await self._tokens.get(refused=token)
            if other != token:
                status, headers, text = await self._ask(method, url, data, params, other)
        return _understood(status, headers, text)

    async def _ask(
        self,
        method: str,
        url: URL,
        data: bytes | None,
        params: Mapping[str, str] | None,
        token: str | None,
    ) -> tuple[int, Mapping[str, str], str]:
        headers = {"Content-Type": "application/json; charset=utf-8"} if data is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with self._session.request(
                method,
                url,
                data=data,
                params=params,
                headers=headers,
                allow_redirects=False,
                timeout=_LATE if method == "POST" else _USUAL,
            ) as answer:
                return answer.status, answer.headers, await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            never_sent = isinstance(
                error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
            )
            raise Unreachable(type(error).__name__, uncertain=not never_sent) from error


def _understood(status: int, headers: Mapping[str, str], text: str) -> Answer:
    if status == 429:
        raise Throttled(_seconds(headers, _DEFAULT_WAIT))
    if status == 412:
        raise Throttled(_seconds(headers, _CLASH_WAIT))
    if status >= 500 or 300 <= status < 400:
        raise Unreachable(f"status {status}", uncertain=True)
    if status >= 400:
        raise refusal(status, text)
    if not text.strip():
        return {}
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        # A proxy's page, with a status that promises more.
        raise Unreachable("not an answer of Teams'", uncertain=True) from error
    if isinstance(answer, list):
        return {"conversations": answer, "members": answer}
    return answer if isinstance(answer, dict) else {}


def _id(answer: Answer) -> str:
    found = answer.get("id")
    if isinstance(found, str) and found:
        return found
    # To send it again would show it twice, for as long as Teams answers so.
    raise Undeliverable(
        "Teams took the message but didn't say where it is",
        "The message is there, but won't change any more. Nothing needs to be done.",
    )


def _member(found: Mapping[str, Any]) -> Member | None:
    identifier = found.get("id")
    if not isinstance(identifier, str) or not identifier:
        return None
    guest = str(found.get("userRole") or "").casefold() in {"guest", "anonymous"}
    sign_in = str(found.get("userPrincipalName") or "")
    guest = guest or "#ext#" in sign_in.casefold()
    address = str(found.get("email") or sign_in).casefold()
    return Member(
        id=identifier,
        name=_text(found.get("name")),
        email=address if not guest and "@" in address else None,
        aad_object_id=_text(found.get("aadObjectId") or found.get("objectId")),
        tenant_id=_text(found.get("tenantId")),
        is_guest=guest,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _list(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _seconds(headers: Mapping[str, str], otherwise: float) -> float:
    """Retry-After in seconds."""
    try:
        return max(0.0, float(headers.get("Retry-After", otherwise)))
    except ValueError:
        return otherwise

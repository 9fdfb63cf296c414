"""The token that opens the connector: fetched when needed, kept, and renewed before it ends.

Client secret: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
Managed identity: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
and, in App Service and Container Apps, https://learn.microsoft.com/azure/app-service/overview-managed-identity"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from commands.delivery import Throttled, Undeliverable, Unreachable

logger = logging.getLogger("baton.teams.tokens")

AUTHORITY = "https://login.microsoftonline.com"
_RESOURCE = "https://api.botframework.com"
_METADATA = "http://169.254.169.254/metadata/identity/oauth2/token"
_RENEWED_AHEAD = 600.0
"""Seconds before its end at which a token is renewed, while the old one is still used."""
_SURELY_NEW = 60.0
"""Seconds in which a token that was refused isn't worth replacing: a new one is no better."""
_PAUSE = 10.0
"""Seconds to wait when the source says "too many" and not how long."""
_LONGEST_PAUSE = 3600.0


class Tokens(Protocol):
    """Where the connector's token comes from."""

    async def get(self, refused: str | None = None) -> str | None:
        """The token; None to send none. `refused` is one that Teams didn't take: unless it is
        quite new, another is fetched. Raises Throttled, Unreachable or Undeliverable."""
        ...


class NoToken:
    """Nothing to show: only a client on this machine takes that."""

    async def get(self, refused: str | None = None) -> str | None:
        """See `Tokens`."""
        return None


@dataclass(frozen=True, kw_only=True)
class Request:
    """How one source of tokens is asked."""

    method: str
    url: str
    params: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    advice: str


@dataclass(frozen=True)
class _Kept:
    token: str
    since: float
    until: float


class CachedTokens:
    """`Tokens` of one source, asked once at a time however many wait for it."""

    def __init__(
        self,
        request: Request,
        session: aiohttp.ClientSession,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request = request
        self._session = session
        self._clock = clock
        self._kept: _Kept | None = None
        self._flight: asyncio.Task[_Kept] | None = None
        self._paused_until = 0.0

    async def get(self, refused: str | None = None) -> str | None:
        """See `Tokens`."""
        now = self._clock()
        kept = self._kept
        if kept and kept.token == refused and now - kept.since > _SURELY_NEW:
            kept = self._kept = None
        if kept and now < kept.until:
            if kept.until - now < _RENEWED_AHEAD and now >= self._paused_until:
                self._depart()
            return kept.token
        if now < self._paused_until:
            raise Throttled(self._paused_until - now)
        # One who gives up waiting mustn't take the flight away from the others.
        return (await asyncio.shield(self._depart())).token

    async def landed(self) -> None:
        """Return once nothing is under way."""
        if self._flight:
            await asyncio.wait([self._flight])

    def _depart(self) -> asyncio.Task[_Kept]:
        if self._flight is None:
            self._flight = asyncio.create_task(self._fetch())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: asyncio.Task[_Kept]) -> None:
        self._flight = None
        if flight.cancelled():
            return
        error = flight.exception()
        if error is None:
            self._kept = flight.result()
        else:
            logger.warning("teams.no_token cause=%s", error)

    async def _fetch(self) -> _Kept:
        asked, now = self._request, self._clock()
        try:
            async with self._session.request(
                asked.method,
                asked.url,
                params=asked.params,
                data=asked.form or None,
                headers=asked.headers,
            ) as answer:
                status, text = answer.status, await answer.text()
                pause = _pause(answer.headers)
                body = await answer.json(content_type=None) if status == 200 else {}
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            cause = f"no token: {type(error).__name__}"
            raise Unreachable(cause, uncertain=False) from error
        if status == 429:
            self._paused_until = self._clock() + pause
            raise Throttled(pause)
        if status >= 500:
            raise Unreachable(f"no token: status {status}", uncertain=False)
        match body:
            case {"access_token": str(token), "expires_in": int() | str() as seconds}:
                return _Kept(token=token, since=now, until=now + _lifetime(seconds))
            case _:
                reason = f"Microsoft gives the bot no token: {_cause(status, text)}"
                raise Undeliverable(reason, asked.advice)


def client_secret(
    app_id: str, password: str, tenant_id: str, authority: str = AUTHORITY
) -> Request:
    """A single-tenant app with a password."""
    return Request(
        method="POST",
        url=f"{authority}/{tenant_id}/oauth2/v2.0/token",
        params={},
        form={
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": f"{_RESOURCE}/.default",
        },
        headers={},
        advice="Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID. A client secret ends "
        "after a while: make a new one under “Certificates & secrets” of the app registration.",
    )


def managed_identity(app_id: str, environment: Mapping[str, str]) -> Request:
    """The identity that Azure gives this machine, or, where `environment` says that this is App
    Service, Functions or Container Apps, this app."""
    params = {"resource": _RESOURCE, "client_id": app_id}
    advice = (
        "Assign the managed identity whose client id is TEAMS_APP_ID to the machine or app that "
        "runs Baton; outside Azure, set TEAMS_APP_PASSWORD."
    )
    endpoint, secret = environment.get("IDENTITY_ENDPOINT"), environment.get("IDENTITY_HEADER")
    if endpoint and secret:
        version, headers = "2019-08-01", {"X-IDENTITY-HEADER": secret}
    else:
        endpoint, version, headers = _METADATA, "2018-02-01", {"Metadata": "true"}
    return Request(
        method="GET",
        url=endpoint,
        params={"api-version": version, **params},
        form={},
        headers=headers,
        advice=advice,
    )


def tokens_for(
    app_id: str | None,
    password: str | None,
    tenant_id: str | None,
    session: aiohttp.ClientSession,
    environment: Mapping[str, str],
) -> Tokens:
    """The tokens that the settings ask for; none without an app id. A password needs a tenant."""
    if not app_id:
        return NoToken()
    if password:
        return CachedTokens(client_secret(app_id, password, tenant_id or ""), session)
    return CachedTokens(managed_identity(app_id, environment), session)


def _pause(headers: Mapping[str, str]) -> float:
    """Retry-After in seconds."""
    try:
        said = float(headers.get("Retry-After", _PAUSE))
    except ValueError:
        return _PAUSE
    return min(max(0.0, said), _LONGEST_PAUSE)


def _lifetime(seconds: int | str) -> float:
    """Azure's metadata service says it as text."""
    try:
        return max(0.0, float(seconds))
    except ValueError:
        return 0.0


def _cause(status: int, text: str) -> str:
    """The code of the error, such as AADSTS7000222, without the rest, which names accounts."""
    words: list[Any] = [word.strip('":,.') for word in text.split()]
    return next((word for word in words if word.startswith("AADSTS")), f"status {status}")

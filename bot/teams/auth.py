"""Whether a request really comes from Teams, for our bot and from a place that we answer.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botframework.connector.auth import (
    AuthenticationConstants,
    ChannelValidation,
    JwtTokenExtractor,
    SimpleCredentialProvider,
    VerifyOptions,
)

from bot.teams.keys import KeyRing, KeysUnavailable
from bot.teams.service_urls import UntrustedService

Trusted = Callable[[object], str]
Claims = Mapping[str, Any]

CHANNEL = "msteams"
_TOLERANCE = 300
"""Seconds that clocks may differ."""
_BELIEVED = 300
"""Seconds that a token isn't looked at again: Teams sends the same one for an hour, and checking
a signature takes longer than all the rest of letting somebody in."""
_MOST_TOKENS = 100


class NotFromTeams(Exception):
    """Forged, expired, or meant for somebody else. `cause` is a static word for the log."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True)
class _Believed:
    claims: Claims
    until: float


class Gate:
    """Admits what Teams itself sent to the bot with this app id. The token is checked by the Bot
    Framework's own code; the keys are ours, because its own block the loop without end.

    `trusted` is `bot.teams.service_urls.ServiceUrls.trusted`: our token goes to service URLs, and
    a forged one must not make us send it elsewhere. Other channels of an Azure bot (web chat is
    on by default) are refused: there, people say themselves who they are."""

    only_json = False

    def __init__(
        self,
        app_id: str,
        tenant_id: str | None,
        keys: KeyRing,
        trusted: Trusted,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._wall_clock = wall_clock
        self._believed: OrderedDict[str, _Believed] = OrderedDict()
        self._credentials = SimpleCredentialProvider(app_id, "")
        self._tenant_id = tenant_id
        self._trusted = trusted
        issuer = AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER
        self._extractor = JwtTokenExtractor(
            VerifyOptions(
                issuer=[issuer],
                audience=None,  # validate_identity looks at it
                clock_tolerance=_TOLERANCE,
                ignore_expiration=False,
            ),
            keys.address,
            AuthenticationConstants.ALLOWED_SIGNING_ALGORITHMS,
        )
        self._extractor.open_id_metadata = keys

    async def admit(self, authorization: str | None, activity: Mapping[str, Any]) -> None:
        """Raises NotFromTeams for anything else, and KeysUnavailable where that can't be told."""
        service_url = _trusted(activity, self._trusted)
        if activity.get("channelId") != CHANNEL:
            raise NotFromTeams("channel")
        claims = self._known(authorization) or await self._claims(authorization)
        if claims.get(ChannelValidation.SERVICE_URL_CLAIM) != service_url:
            raise NotFromTeams("other_service_url")
        if self._tenant_id and tenant_of(activity).casefold() != self._tenant_id.casefold():
            raise NotFromTeams("tenant")

    def _known(self, authorization: str | None) -> Claims | None:
        believed = self._believed.get(authorization or "")
        return believed.claims if believed and believed.until > self._wall_clock() else None

    async def _claims(self, authorization: str | None) -> Claims:
        try:
            identity = await self._extractor.get_identity_from_auth_header(
                authorization, CHANNEL, []
            )
            await ChannelValidation.validate_identity(identity, self._credentials)
        except KeysUnavailable:
            raise
        except Exception as error:  # it raises nearly everything, plain Exception included
            raise NotFromTeams(f"token_{type(error).__name__}") from error
        claims: Claims = identity.claims
        expiry = claims.get("exp")
        if not isinstance(expiry, int | float):
            raise NotFromTeams("no_expiry")
        until = min(expiry, self._wall_clock() + _BELIEVED)
        self._believed[authorization or ""] = _Believed(claims, until)
        if len(self._believed) > _MOST_TOKENS:
            self._believed.popitem(last=False)
        return claims


class OpenGate:
    """Admits activities without a token, as a playground on this machine sends them. Only for
    development: the HTTP server must listen on loopback, and so must the service URL. And the
    content type must be JSON, which no browser sends for another site's page without asking."""

    only_json = True

    def __init__(self, trusted: Trusted) -> None:
        self._trusted = trusted

    async def admit(self, authorization: str | None, activity: Mapping[str, Any]) -> None:
        """Raises NotFromTeams for a service URL that is elsewhere."""
        _trusted(activity, self._trusted)


def _trusted(activity: Mapping[str, Any], trusted: Trusted) -> str:
    """The service URL as the activity says it."""
    service_url = activity.get("serviceUrl")
    try:
        trusted(service_url)
    except UntrustedService as error:
        raise NotFromTeams("service_url") from error
    return str(service_url)


def tenant_of(activity: Mapping[str, Any]) -> str:
    """The tenant that an activity is of, "" where it doesn't say."""
    match activity:
        case {"channelData": {"tenant": {"id": str(tenant)}}}:
            return tenant
        case {"conversation": {"tenantId": str(tenant)}}:
            return tenant
        case _:
            return ""

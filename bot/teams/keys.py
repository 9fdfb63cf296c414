"""The public keys that Teams signs with: fetched beside everything else, kept, and never waited
for long."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from botframework.connector.auth import AuthenticationConstants
from jwt import PyJWTError
from jwt.algorithms import RSAAlgorithm

logger = logging.getLogger("baton.teams.keys")

ADDRESS: str = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL
ANSWER_SECONDS = 5.0
BELIEVED = 24 * 3600.0
"""Seconds after which the keys are fetched anew; until that worked the old ones serve on."""
PAUSE = 60.0
"""Seconds between two tries, so that forged key ids don't make us ask the key server each time."""
PAUSE_WITHOUT = 5.0
"""The same as long as there are no keys at all."""


class KeysUnavailable(Exception):
    """The key server doesn't answer, and there are no keys yet to judge by."""


class UnknownKey(Exception):
    """No such key: not signed by Teams."""


class Session(Protocol):
    """What is needed of aiohttp's session."""

    def get(self, url: str, *, timeout: aiohttp.ClientTimeout) -> Any:
        """A GET request."""
        ...


@dataclass(frozen=True)
class Key:
    """One key, in the shape that the Bot Framework's validation wants."""

    public_key: object
    endorsements: list[str]


class KeyRing:
    """Stands in the place of the Bot Framework's own cache of keys, which fetches with blocking
    requests that never time out, and breaks on key ids that it doesn't know."""

    def __init__(
        self,
        session: Session,
        address: str = ADDRESS,
        monotonic: Callable[[], float] = time.monotonic,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.address = address
        self._session = session
        self._monotonic = monotonic
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds)
        self._keys: Mapping[str, Key] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None

    def renew(self) -> None:
        """Begin to fetch the keys, before the first request needs them."""
        self._tried_at = self._monotonic()
        self._renewal = asyncio.create_task(self._renew())

    async def get(self, key_id: str | None) -> Key:
        """The key with this id. Raises UnknownKey and KeysUnavailable."""
        key = self._keys.get(key_id or "")
        if key is None:
            await self._look_again()
            key = self._keys.get(key_id or "")
        elif self._is_old() and self._may_try():
            self.renew()
        if key is None:
            if not self._keys:
                raise KeysUnavailable
            raise UnknownKey
        return key

    async def close(self) -> None:
        """Give up a renewal that is under way."""
        if self._renewal:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def _renew(self) -> None:
        async with self._lock:
            await self._fetch()

    async def _look_again(self) -> None:
        if self._renewal:
            await asyncio.wait([self._renewal])
        async with self._lock:  # one asks, the others wait for what it finds
            if self._may_try():
                self._tried_at = self._monotonic()
                await self._fetch()

    def _may_try(self) -> bool:
        pause = PAUSE if self._keys else PAUSE_WITHOUT
        return self._tried_at is None or self._monotonic() - self._tried_at >= pause

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._monotonic() - self._fetched_at >= BELIEVED

    async def _fetch(self) -> None:
        try:
            metadata = await self._json(self.address)
            found = _keys_of(await self._json(metadata["jwks_uri"]))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            logger.warning("teams.keys_unavailable cause=%s", type(error).__name__)
            return
        if found:
            self._keys, self._fetched_at = found, self._monotonic()

    async def _json(self, url: str) -> Mapping[str, Any]:
        async with self._session.get(url, timeout=self._timeout) as answer:
            answer.raise_for_status()
            content = json.loads(await answer.text())
        if not isinstance(content, dict):
            raise ValueError("not a JSON object")
        return content


def _keys_of(published: Mapping[str, Any]) -> dict[str, Key]:
    """The RSA keys; one that can't be read is left out."""
    found = {}
    for one in published["keys"]:
        if not isinstance(one, dict):
            continue
        try:
            key = Key(RSAAlgorithm.from_jwk(one), list(one.get("endorsements") or ()))
        except PyJWTError:
            continue
        found[str(one["kid"])] = key
    return found

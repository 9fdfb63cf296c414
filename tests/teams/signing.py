"""Keys of our own and the server that publishes them, in the place of Microsoft's."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

APP = "99999999-8888-4777-8666-555555555555"
ISSUER = "https://api.botframework.com"
_NEWER: list[RSAPrivateKey] = []


def key(number: int) -> RSAPrivateKey:
    """The first, second… of a few keys: making one takes its time."""
    while len(_NEWER) <= number:
        _NEWER.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return _NEWER[number]


def token(
    service_url: str, *, signed_by: int = 0, kid: str | None = "key-0", **changes: object
) -> str:
    """A token as Teams' own, signed by the key with this number. A change to None leaves out."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": APP,
        "serviceurl": service_url,
        "nbf": now - timedelta(minutes=1),
        "exp": now + timedelta(hours=1),
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    headers = {"kid": kid} if kid else None
    return jwt.encode(kept, key(signed_by), algorithm="RS256", headers=headers)


class KeyServer:
    """Publishes the keys with these numbers as `key-0`, `key-1`…, each endorsed for Teams."""

    def __init__(self, *numbers: int, endorsements: tuple[str, ...] | None = ("msteams",)) -> None:
        self.numbers = list(numbers or (0,))
        self.endorsements = endorsements
        self.odd: list[object] = []
        self.status = 200
        self.asked = 0
        self.began = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()
        self.address = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/openid", self._metadata)
        application.router.add_get("/keys", self._keys)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}/openid"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.answers.set()
        if self._runner:
            await self._runner.cleanup()

    async def _metadata(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.began.set()
        await self.answers.wait()
        if self.status != 200:
            return web.Response(status=self.status, text="<html>no</html>")
        keys = str(request.url.with_path("/keys"))
        return web.json_response({"issuer": ISSUER, "jwks_uri": keys})

    async def _keys(self, request: web.Request) -> web.Response:
        keys = [self._published(one) for one in self.numbers]
        return web.json_response({"keys": [*self.odd, *keys]})

    def _published(self, number: int) -> Mapping[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key(number).public_key())
        endorsed = {"endorsements": list(self.endorsements)} if self.endorsements else {}
        return {**json.loads(public), "kid": f"key-{number}", "use": "sig", **endorsed}

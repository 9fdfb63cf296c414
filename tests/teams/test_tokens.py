"""The token: one flight for all who wait, renewed ahead, never on the event loop's time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.teams.connector import open_session
from bot.teams.tokens import CachedTokens, NoToken, client_secret, managed_identity, tokens_for
from commands.delivery import Throttled, Undeliverable, Unreachable


@dataclass
class Ticking:
    """Seconds that a test sets."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Issuer:
    """Microsoft's token endpoint, or Azure's metadata service."""

    asked: list[dict[str, str]] = field(default_factory=list)
    seconds: object = 3600
    status: int = 200
    error: str = ""
    retry_after: str | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        told = {**form, **request.query, "path": request.path}
        self.asked.append({**told, **{k.lower(): v for k, v in request.headers.items()}})
        await self.gate.wait()
        if self.status != 200:
            headers = {"Retry-After": self.retry_after} if self.retry_after else None
            said = {"error_description": self.error}
            return web.json_response(said, status=self.status, headers=headers)
        token = f"token-{len(self.asked)}"
        return web.json_response({"access_token": token, "expires_in": self.seconds})


@asynccontextmanager
async def issuer() -> AsyncIterator[Issuer]:
    issuing = Issuer()
    issuing.gate.set()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", issuing.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    issuing.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield issuing
    finally:
        issuing.gate.set()
        await runner.cleanup()


@dataclass(frozen=True)
class Kit:
    tokens: CachedTokens
    issuer: Issuer
    clock: Ticking


@pytest.fixture
async def kit() -> AsyncIterator[Kit]:
    async with issuer() as issuing, open_session() as session:
        clock = Ticking()
        request = client_secret("app", "s3cret", "tenant", issuing.address)
        yield Kit(CachedTokens(request, session, clock), issuing, clock)


async def test_a_token_is_asked_for_as_a_single_tenant_app_does(kit: Kit) -> None:
    assert await kit.tokens.get() == "token-1"
    (asked,) = kit.issuer.asked
    assert asked["path"] == "/tenant/oauth2/v2.0/token"
    assert asked["grant_type"] == "client_credentials"
    assert (asked["client_id"], asked["client_secret"]) == ("app", "s3cret")
    assert asked["scope"] == "https://api.botframework.com/.default"


async def test_a_hundred_who_wait_share_one_flight(kit: Kit) -> None:
    kit.issuer.gate.clear()
    waiting = [asyncio.create_task(kit.tokens.get()) for _ in range(100)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    kit.issuer.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert results[1:] == ["token-1"] * 99
    assert len(kit.issuer.asked) == 1


async def test_a_token_is_renewed_ahead_while_the_old_one_is_still_given(kit: Kit) -> None:
    assert await kit.tokens.get() == "token-1"
    kit.clock.now += 3600 - 599
    kit.issuer.gate.clear()
    assert await kit.tokens.get() == "token-1"
    assert await kit.tokens.get() == "token-1"
    kit.issuer.gate.set()
    await kit.tokens.landed()
    assert await kit.tokens.get() == "token-2"
    assert len(kit.issuer.asked) == 2


async def test_a_token_that_ended_is_waited_for(kit: Kit) -> None:
    await kit.tokens.get()
    kit.clock.now += 3601
    assert await kit.tokens.get() == "token-2"


async def test_a_refused_token_is_replaced_unless_it_is_quite_new(kit: Kit) -> None:
    assert await kit.tokens.get() == "token-1"
    assert await kit.tokens.get(refused="token-1") == "token-1"
    kit.clock.now += 61
    assert await kit.tokens.get(refused="token-1") == "token-2"
    assert await kit.tokens.get(refused="token-1") == "token-2"
    assert len(kit.issuer.asked) == 2


async def test_a_secret_that_has_ended_is_said_in_words_without_the_secret(kit: Kit) -> None:
    kit.issuer.status = 401
    kit.issuer.error = "AADSTS7000222: The provided client secret keys for app 'x' are expired."
    with pytest.raises(Undeliverable) as refused:
        await kit.tokens.get()
    assert "AADSTS7000222" in refused.value.reason
    assert "TEAMS_APP_PASSWORD" in refused.value.advice
    assert "s3cret" not in refused.value.reason + refused.value.advice
    kit.issuer.status = 200
    assert await kit.tokens.get() == "token-2"


@pytest.mark.parametrize(
    ("said", "pause"), [("30", 30.0), (None, 10.0), ("Sun, 22 Nov 2026 03:00:00 GMT", 10.0)]
)
async def test_an_issuer_that_asks_for_patience_is_left_alone_so_long(
    kit: Kit, said: str | None, pause: float
) -> None:
    kit.issuer.status, kit.issuer.retry_after = 429, said
    with pytest.raises(Throttled) as first:
        await kit.tokens.get()
    assert first.value.retry_after == pause
    kit.clock.now += pause - 1
    with pytest.raises(Throttled) as second:
        await kit.tokens.get()
    assert second.value.retry_after == 1
    assert len(kit.issuer.asked) == 1
    kit.issuer.status = 200
    kit.clock.now += 1
    assert await kit.tokens.get() == "token-2"


async def test_the_token_that_is_still_good_serves_on_while_the_issuer_asks_for_patience(
    kit: Kit,
) -> None:
    await kit.tokens.get()
    kit.clock.now += 3600 - 599
    kit.issuer.status, kit.issuer.retry_after = 429, "30"
    for _ in range(3):
        assert await kit.tokens.get() == "token-1"
        await kit.tokens.landed()
    assert len(kit.issuer.asked) == 2


@pytest.mark.parametrize("status", [500, 503])
async def test_an_issuer_in_trouble_is_asked_again_later(kit: Kit, status: int) -> None:
    kit.issuer.status = status
    with pytest.raises(Unreachable) as failed:
        await kit.tokens.get()
    assert not failed.value.uncertain


async def test_an_issuer_that_is_not_there_is_unreachable() -> None:
    async with open_session() as session:
        tokens = CachedTokens(client_secret("app", "s", "t", "http://127.0.0.1:9"), session)
        with pytest.raises(Unreachable):
            await tokens.get()


async def test_a_managed_identity_is_asked_of_the_app_service(kit: Kit) -> None:
    kit.issuer.seconds = "86400"  # as text, as it is there
    environment = {"IDENTITY_ENDPOINT": f"{kit.issuer.address}/msi", "IDENTITY_HEADER": "h"}
    async with open_session() as session:
        tokens = CachedTokens(managed_identity("app", environment), session, kit.clock)
        assert await tokens.get() == "token-1"
        kit.clock.now += 80000
        assert await tokens.get() == "token-1"
    (asked,) = kit.issuer.asked
    assert (asked["path"], asked["x-identity-header"]) == ("/msi", "h")
    assert asked["resource"] == "https://api.botframework.com"
    assert asked["client_id"] == "app"


def test_a_managed_identity_of_a_machine_is_asked_of_its_metadata_service() -> None:
    request = managed_identity("app", {})
    assert request.url == "http://169.254.169.254/metadata/identity/oauth2/token"
    assert request.headers == {"Metadata": "true"}


async def test_the_settings_decide_where_tokens_come_from() -> None:
    async with open_session() as session:
        assert isinstance(tokens_for(None, None, None, session, {}), NoToken)
        assert await NoToken().get() is None
        assert isinstance(tokens_for("app", "s", "t", session, {}), CachedTokens)
        assert isinstance(tokens_for("app", None, None, session, {}), CachedTokens)

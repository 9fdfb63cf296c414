"""Who is let in: keys of our own, and every way in which a request can be wrong."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.teams.auth import Gate, NotFromTeams, OpenGate
from bot.teams.keys import BELIEVED, PAUSE, PAUSE_WITHOUT, KeyRing, KeysUnavailable, UnknownKey
from bot.teams.service_urls import ServiceUrls
from bot.teams.side import connect
from commands.context import Setup
from storage.database import Database
from tests.bot.conftest import Office
from tests.conftest import Clock
from tests.teams.activities import describe, typed
from tests.teams.connector import TeamsWorkspace
from tests.teams.inbound import ANA, CHANNELS, PEOPLE, Inside, inbound_side
from tests.teams.records import Json
from tests.teams.signing import APP, KeyServer, key, token

LONG_AGO = datetime.now(UTC) - timedelta(hours=2)


def question(inside: Inside) -> Json:
    """A message to Baton, as Teams writes it."""
    ana = inside.teams.persona(ANA)
    told = typed(inside.teams, "quality") | {"id": "1"}
    return describe(inside.teams, ana.user, ana.chat, told)


async def status_of(inside: Inside, activity: Mapping[str, Any], authorization: str | None) -> int:
    """What Baton answers to it."""
    headers = {"Authorization": authorization} if authorization is not None else {}
    url = f"{inside.teams.app_url}/api/messages"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=activity, headers=headers) as answer,
    ):
        return answer.status


async def test_what_teams_signed_is_carried_out(inside: Inside) -> None:
    activity = question(inside)
    good = f"Bearer {token(inside.teams.service_url)}"
    assert await status_of(inside, activity, good) == 200
    assert inside.office.done == ["asked"]


def unsigned() -> str:
    """Claims that are all right, under a signature that is none."""
    parts: list[object] = [
        {"alg": "none", "typ": "JWT"},
        jwt.decode(token("https://x.example"), options={"verify_signature": False}),
    ]
    written = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
    return ".".join([*written, ""])


def odd(service_url: str) -> str:
    """A token of the right key whose issuer is no text."""
    good = jwt.decode(token(service_url), options={"verify_signature": False})
    claims = json.dumps({**good, "iss": [good["iss"]]}).encode()
    return jwt.PyJWS().encode(claims, key(0), algorithm="RS256", headers={"kid": "key-0"})


WRONG: Mapping[str, Callable[[str], str | None]] = {
    "no header": lambda url: None,
    "empty": lambda url: "",
    "only a scheme": lambda url: "Bearer",
    "another scheme": lambda url: f"Basic {token(url)}",
    "no token": lambda url: "Bearer ",
    "three parts": lambda url: f"Bearer {token(url)} x",
    "garbage": lambda url: "Bearer abc",
    "garbage with dots": lambda url: "Bearer a.b.c",
    "not UTF-8": lambda url: "Bearer \u00ff\u00fe.x.y",
    "cut off": lambda url: f"Bearer {token(url)[:-20]}",
    "unsigned": lambda url: f"Bearer {unsigned()}",
    "signed by another key": lambda url: f"Bearer {token(url, signed_by=1)}",
    "an unknown key id": lambda url: f"Bearer {token(url, signed_by=1, kid='key-1')}",
    "no key id": lambda url: f"Bearer {token(url, kid=None)}",
    "signed with a shared secret": lambda url: (
        "Bearer "
        + jwt.encode({"iss": "https://api.botframework.com", "aud": APP}, "x" * 64, "HS256")
    ),
    "another issuer": lambda url: f"Bearer {token(url, iss='https://sts.windows.net/x/')}",
    "no issuer": lambda url: f"Bearer {token(url, iss=None)}",
    "an issuer that is no text": lambda url: "Bearer " + odd(url),
    "another audience": lambda url: f"Bearer {token(url, aud='another-app')}",
    "no audience": lambda url: f"Bearer {token(url, aud=None)}",
    "two audiences": lambda url: f"Bearer {token(url, aud=[APP, 'another-app'])}",
    "expired": lambda url: f"Bearer {token(url, exp=LONG_AGO)}",
    "never expires": lambda url: f"Bearer {token(url, exp=None)}",
    "not yet valid": lambda url: f"Bearer {token(url, nbf=LONG_AGO + timedelta(days=2))}",
    "another service URL": lambda url: f"Bearer {token('https://smba.trafficmanager.net/x')}",
    "no service URL": lambda url: f"Bearer {token(url, serviceurl=None)}",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_token_is_refused_and_nothing_is_done(inside: Inside, wrong: str) -> None:
    authorization = WRONG[wrong](inside.teams.service_url)
    assert await status_of(inside, question(inside), authorization) == 401
    assert inside.office.done == []
    assert inside.teams.calls == []
    assert await inside.conversations.anchors() == []


async def test_a_key_that_is_not_endorsed_for_teams_is_refused(
    database: Database, clock: Clock, setup: Setup
) -> None:
    keys = KeyServer(endorsements=("webchat", "skype"))
    async with inbound_side(database, clock, setup, keys=keys) as inside:
        good = f"Bearer {token(inside.teams.service_url)}"
        assert await status_of(inside, question(inside), good) == 401
        assert inside.office.done == []


@pytest.mark.parametrize("channel", ["webchat", "directline", "emulator", "", None, 5])
async def test_other_channels_of_the_bot_are_refused(
    database: Database, clock: Clock, setup: Setup, channel: object
) -> None:
    """There, people say themselves who they are."""
    keys = KeyServer(endorsements=("msteams", "webchat", "directline"))
    async with inbound_side(database, clock, setup, keys=keys) as inside:
        good = f"Bearer {token(inside.teams.service_url)}"
        activity = question(inside) | {"channelId": channel}
        assert await status_of(inside, activity, good) == 401
        assert inside.office.done == []


@pytest.mark.parametrize(
    "service_url",
    [
        "https://evil.example/teams",
        "https://smba.trafficmanager.net.evil.example/",
        "http://smba.trafficmanager.net/emea/",
        "file:///etc/passwd",
        "",
        None,
        7,
        ["https://smba.trafficmanager.net/emea/"],
    ],
)
async def test_a_service_url_elsewhere_is_refused_even_with_its_own_token(
    inside: Inside, service_url: object
) -> None:
    activity = question(inside) | {"serviceUrl": service_url}
    good = f"Bearer {token(str(service_url), serviceurl=service_url)}"
    assert await status_of(inside, activity, good) == 401
    assert inside.office.done == []


async def test_another_tenant_is_refused(inside: Inside) -> None:
    activity = question(inside)
    activity["channelData"] = {"tenant": {"id": "another"}}
    good = f"Bearer {token(inside.teams.service_url)}"
    assert await status_of(inside, activity, good) == 401
    del activity["channelData"]
    activity["conversation"]["tenantId"] = None
    assert await status_of(inside, activity, good) == 401
    assert inside.office.done == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"a":'])
async def test_what_is_no_activity_is_refused(inside: Inside, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {token(inside.teams.service_url)}"}
    url = f"{inside.teams.app_url}/api/messages"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        assert answer.status == 401


async def test_a_slow_key_server_holds_up_nobody_else(
    database: Database, clock: Clock, setup: Setup
) -> None:
    keys = KeyServer()
    keys.answers.clear()
    async with inbound_side(database, clock, setup, keys=keys) as inside:
        activity = question(inside)
        good = f"Bearer {token(inside.teams.service_url)}"
        waiting = [
            asyncio.create_task(status_of(inside, activity | {"id": str(number)}, good))
            for number in range(5)
        ]
        await inside.keys.began.wait()
        # While five wait for the keys, others are answered by the same loop.
        assert [await status_of(inside, activity, None) for _ in range(20)] == [401] * 20
        assert not any(task.done() for task in waiting)
        inside.keys.answers.set()
        assert await asyncio.gather(*waiting) == [200] * 5
        assert inside.keys.asked == 1


async def test_a_key_server_that_never_answers_is_given_up_and_tried_again_later(
    database: Database, clock: Clock, setup: Setup
) -> None:
    keys = KeyServer()
    keys.answers.clear()
    async with inbound_side(database, clock, setup, keys=keys, key_seconds=0.05) as inside:
        good = f"Bearer {token(inside.teams.service_url)}"
        assert await status_of(inside, question(inside), good) == 503
        assert await status_of(inside, question(inside), good) == 503
        assert inside.keys.asked == 1
        assert inside.office.done == []


@pytest.fixture
def watch() -> list[float]:
    """What the watch shows, in seconds."""
    return [1000.0]


async def test_new_keys_are_learned_when_teams_changes_them(watch: list[float]) -> None:
    async with KeyServer(0) as server, aiohttp.ClientSession() as session:
        ring = KeyRing(session, server.address, lambda: watch[0])
        await ring.get("key-0")
        server.numbers = [1]
        with pytest.raises(UnknownKey):
            await ring.get("key-1")
        assert server.asked == 1  # forged key ids don't make us ask each time
        watch[0] += PAUSE
        assert (await ring.get("key-1")).public_key is not None
        assert server.asked == 2


async def test_old_keys_serve_on_while_the_key_server_is_away(watch: list[float]) -> None:
    async with KeyServer(0) as server, aiohttp.ClientSession() as session:
        ring = KeyRing(session, server.address, lambda: watch[0])
        first = await ring.get("key-0")
        server.status = 502
        watch[0] += BELIEVED
        assert await ring.get("key-0") is first
        await ring.close()


async def test_without_any_key_nothing_can_be_judged(watch: list[float]) -> None:
    async with KeyServer(0) as server, aiohttp.ClientSession() as session:
        server.status = 500
        ring = KeyRing(session, server.address, lambda: watch[0])
        with pytest.raises(KeysUnavailable):
            await ring.get("key-0")
        server.status = 200
        watch[0] += PAUSE_WITHOUT
        assert (await ring.get("key-0")).endorsements == ["msteams"]


async def test_a_token_that_was_good_is_refused_once_it_has_expired() -> None:
    """A token is believed for a while without another look at its signature."""
    url = "http://127.0.0.1/teams"
    activity = {"serviceUrl": url, "channelId": "msteams", "conversation": {"tenantId": "t"}}
    now = [datetime.now(UTC).timestamp()]
    async with KeyServer(0) as server, aiohttp.ClientSession() as session:
        ring = KeyRing(session, server.address)
        trusted = ServiceUrls(loopback=True).trusted
        gate = Gate(APP, "t", ring, trusted, lambda: now[0])
        header = f"Bearer {token(url, exp=datetime.now(UTC) + timedelta(minutes=10))}"
        await gate.admit(header, activity)
        await gate.admit(header, activity)
        with pytest.raises(NotFromTeams):
            await gate.admit(header, {**activity, "serviceUrl": "http://localhost/teams"})
        with pytest.raises(NotFromTeams):
            await gate.admit(header, {**activity, "conversation": {"tenantId": "u"}})
        server.numbers = [1]
        ring.renew()
        await ring.get("key-1")
        now[0] += 299
        await gate.admit(header, activity)
        now[0] += 2  # the key has been withdrawn, and now that counts
        with pytest.raises(NotFromTeams):
            await gate.admit(header, activity)


async def test_the_open_gate_admits_only_services_on_this_machine() -> None:
    gate = OpenGate(ServiceUrls(loopback=True).trusted)
    await gate.admit(None, {"serviceUrl": "http://localhost:56150/_connector"})
    for elsewhere in ("https://evil.example/", "", None):
        with pytest.raises(NotFromTeams):
            await gate.admit(None, {"serviceUrl": elsewhere})


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json; charset=utf-8", 200), ("text/plain", 415)]
)
async def test_without_tokens_another_sites_page_cannot_speak_for_anybody(
    database: Database, clock: Clock, setup: Setup, content_type: str, status: int
) -> None:
    async with TeamsWorkspace(users=PEOPLE, channels=CHANNELS) as teams:
        office = Office()
        async with connect(None, database, setup, clock, routes=office.routes()) as side:
            application = web.Application()
            application.add_routes(side.routes)
            async with TestClient(TestServer(application)) as client:
                ana = teams.persona(ANA)
                told = typed(teams, "quality") | {"id": "1"}
                answer = await client.post(
                    "/api/messages",
                    data=json.dumps(describe(teams, ana.user, ana.chat, told)),
                    headers={"Content-Type": content_type},
                )
        assert answer.status == status
        assert office.done == (["asked"] if status == 200 else [])


async def test_a_key_that_is_no_object_is_left_out() -> None:
    async with KeyServer(0) as server, aiohttp.ClientSession() as session:
        server.odd = ["garbage", None, 7]
        ring = KeyRing(session, server.address)
        assert (await ring.get("key-0")).endorsements == ["msteams"]


def test_the_tests_keys_differ() -> None:
    assert key(0).public_key() != key(1).public_key()

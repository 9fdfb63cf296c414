"""A workspace with three people and a small Bolt app that talks to it as it would to Slack."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox, SandboxChannel, SandboxUser

PEOPLE = [
    SandboxUser(
        name="Ana Ortiz", email="ana@acme.example", timezone="Europe/Madrid", title="Sales rep"
    ),
    SandboxUser(name="Ben Ito", email="ben@acme.example", timezone="Asia/Tokyo", title="Sales rep"),
    SandboxUser(name="Mia Roth", email="mia@acme.example", title="Marketing"),
]
CHANNELS = [
    SandboxChannel(name="gtm"),
    SandboxChannel(name="deals", is_private=True, members=("ana@acme.example",)),
    SandboxChannel(name="board", is_private=True, bot_is_member=False),
    SandboxChannel(name="random", bot_is_member=False),
]


class Clock:
    """Real time until told to move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        import time

        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(
        users=PEOPLE,
        channels=CHANNELS,
        clock=clock,
        answer_within=0.5,
        retry_delays=(0.0, 0.0, 0.0),
    ) as started:
        yield started


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=sandbox.bot_token, base_url=sandbox.api_url, session=session, retry_handlers=[]
        )


@pytest.fixture
def bolt(sandbox: Sandbox, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(
        client=client, signing_secret=sandbox.signing_secret, process_before_response=True
    )


@pytest.fixture
async def app(sandbox: Sandbox, bolt: AsyncApp) -> AsyncIterator[AsyncApp]:
    """The Bolt app, served on a free port that the sandbox delivers to."""

    async def events(request: web.Request) -> web.Response:
        answer = await bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    application = web.Application()
    application.add_routes([web.post("/slack/events", events)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    sandbox.app_url = f"http://{host}:{port}"
    yield bolt
    await runner.cleanup()

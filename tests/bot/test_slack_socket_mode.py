"""Socket Mode: the same Bolt app, over a connection that Baton opens."""

import asyncio
import json
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.directory import Directory
from bot.router import Router
from bot.slack.app import SlackApp
from bot.slack.socket_mode import SocketMode
from bot.slack.web import SlackWeb, open_session
from sandbox import Sandbox
from tests.bot.conftest import ANA, Office


class Gateway:
    """The part of Slack that Socket Mode connects to."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.connected: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._url = ""

    def application(self) -> web.Application:
        """apps.connections.open, and the socket it leads to."""
        application = web.Application()
        application.router.add_post("/api/apps.connections.open", self._open)
        application.router.add_get("/socket", self._socket)
        return application

    async def _open(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers["Authorization"])
        url = str(request.url.with_scheme("ws").with_path("/socket"))
        return web.json_response({"ok": True, "url": url})

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self.connected.put(socket)
        async for message in socket:
            await self.answers.put(json.loads(message.data))
        return socket


def command(user: str, text: str) -> dict[str, object]:
    """A slash command in its envelope."""
    payload = {
        "command": "/leads",
        "text": text,
        "team_id": "T0001",
        "user_id": user,
        "channel_id": "C0001",
        "trigger_id": f"trigger {text}",
        "response_url": "https://hooks.slack.example/1",
    }
    return {
        "type": "slash_commands",
        "envelope_id": f"envelope {text}",
        "payload": payload,
        "accepts_response_payload": True,
    }


async def test_a_command_is_answered_over_the_socket_and_a_failed_one_is_not_acknowledged(
    sandbox: Sandbox, router: Router, directory: Directory, office: Office
) -> None:
    ana = sandbox.persona(ANA).id
    await directory.user_of(ANA)
    await directory.account_of("T0001", ana)
    gateway = Gateway()
    office.breaks = {"asked"}
    async with TestServer(gateway.application()) as server, open_session() as session:
        web_api = SlackWeb("xoxb-x", str(server.make_url("/api/")), session)
        socket_mode = SocketMode(SlackApp(router, web_api, directory, ""), "xapp-1")
        await socket_mode.connect()
        socket = await asyncio.wait_for(gateway.connected.get(), 5)
        await socket.send_json(command(ana, "broken"))
        await socket.send_json(command(ana, "funnel"))
        answer = await asyncio.wait_for(gateway.answers.get(), 5)
        await socket_mode.close()
    assert gateway.tokens == ["Bearer xapp-1"]
    assert answer["envelope_id"] == "envelope funnel"
    assert answer["payload"]["response_type"] == "ephemeral"
    assert [deed.subject for deed in office.deeds] == ["funnel"]
    assert gateway.answers.empty()

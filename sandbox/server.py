"""The sandbox as one thing to start: Slack's Web API, its deliveries to the app, and the page."""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.api import Api
from sandbox.browser import Browser
from sandbox.delivery import Courier, Delivery
from sandbox.hands import Hands
from sandbox.mischief import Mischief, Moods
from sandbox.personas import Persona
from sandbox.records import Call, Message, SandboxChannel, SandboxUser, View
from sandbox.tickets import Tickets
from sandbox.web_api import WebApi
from sandbox.workspace import Workspace

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "team:read",
    "users:read",
    "users:read.email",
)
_LARGEST_REQUEST = 20 * 1024 * 1024


class Sandbox:
    """One Slack workspace on loopback, from `async with` to its end; `port=0` takes a free one.

    `app_url` may be set later: deliveries go to `app_url` + "/slack/events". `answer_within` and
    `retry_delays` are in seconds; Slack itself retries events after 0, 1 and 5 minutes.
    """

    def __init__(
        self,
        *,
        users: Sequence[SandboxUser],
        channels: Sequence[SandboxChannel],
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107 (nothing to protect)
        host: str = "127.0.0.1",
        port: int = 0,
        bot_name: str = "Baton",
        bot_token: str = "xoxb-sandbox",  # noqa: S107
        team_name: str = "Acme",
        scopes: Sequence[str] = SCOPES,
        commands: Sequence[str] = ("/leads",),
        command_hint: str = "try /leads help",
        answer_within: float = 3.0,
        retry_delays: Sequence[float] = (0.0, 0.2, 1.0),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.signing_secret = signing_secret
        self.bot_token = bot_token
        self.url = ""
        self.workspace = Workspace(
            users=users, channels=channels, bot_name=bot_name, team_name=team_name, clock=clock
        )
        self._address = (host, port)
        self._scopes = tuple(scopes)
        self._commands = (tuple(commands), command_hint)
        self._moods = Moods()
        self._tickets = Tickets(clock)
        self._courier = Courier(
            workspace=self.workspace,
            moods=self._moods,
            signing_secret=signing_secret,
            answer_within=answer_within,
            retry_delays=retry_delays,
        )
        self._runner: web.AppRunner | None = None
        self._hands: Hands | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=_LARGEST_REQUEST)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        host, port = self._address
        # The routes need the address, and the address is known only once bound.
        bound = _bound(host, port)
        self.url = f"http://{host}:{bound.getsockname()[1]}"
        await self._courier.open()
        application.add_routes(self._routes())
        await self._runner.setup()
        await web.SockSite(self._runner, bound).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.workspace.close()
        if self._runner:
            await self._runner.cleanup()
        await self._courier.close()

    @property
    def api_url(self) -> str:
        return self.url + "/api/"

    @property
    def app_url(self) -> str:
        return self._courier.app_url

    @app_url.setter
    def app_url(self, url: str) -> None:
        self._courier.app_url = url
        self.workspace.touch()

    @property
    def calls(self) -> list[Call]:
        """Every Web API call in the order of the answers, uses of response_url among them."""
        return self.workspace.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Every request sent to the app with its answer, retries and copies among them."""
        return self._courier.deliveries

    @property
    def hands(self) -> Hands:
        if self._hands is None:
            raise RuntimeError("the sandbox has not been entered")
        return self._hands

    def persona(self, email: str) -> Persona:
        member = self.workspace.member_by_email(email)
        if member is None:
            raise LookupError(f"nobody has the address {email!r}")
        return Persona(member=member, workspace=self.workspace, hands=self.hands)

    def messages(self, channel: str) -> list[Message]:
        """All of a channel, oldest first, ephemerals to anybody included."""
        found = self.workspace.conversation(channel)
        if found is None:
            raise LookupError(f"no channel {channel!r}")
        return self.workspace.messages(found.id)

    def home(self, email: str) -> View | None:
        return self.persona(email).home

    def archive(self, channel: str) -> None:
        self.workspace.archive(channel)

    def misbehave(self, mischief: Mischief) -> None:
        """Adds trouble to what is already on."""
        self._moods.start(mischief)
        self.workspace.touch()

    def behave(self) -> None:
        self._moods.stop()
        self.workspace.touch()

    async def until(
        self,
        condition: Callable[[], object],
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> None:
        """Returns once the condition holds, looked at again after every change in the workspace."""
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    await self.workspace.changed_since(self.workspace.revision)
        except TimeoutError:
            raise TimeoutError(f"not within {timeout} s; last calls: {self.calls[-3:]}") from None

    async def verify_url(self) -> bool:
        """Whether the app answers Slack's url_verification."""
        return await self.hands.verify_url()

    def _routes(self) -> list[web.RouteDef]:
        self._hands = Hands(
            workspace=self.workspace,
            tickets=self._tickets,
            courier=self._courier,
            base_url=self.url,
        )
        api = Api(
            workspace=self.workspace, tickets=self._tickets, scopes=self._scopes, base_url=self.url
        )
        commands, hint = self._commands
        browser = Browser(
            workspace=self.workspace,
            hands=self._hands,
            moods=self._moods,
            commands=commands,
            hint=hint,
        )
        return [
            *WebApi(api=api, moods=self._moods, bot_token=self.bot_token).routes(),
            *browser.routes(),
        ]


def _bound(host: str, port: int) -> socket.socket:
    """A bound socket of our own, so that the address is known before anything is served."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound

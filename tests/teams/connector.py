"""Teams on loopback for tests: its connector, its deliveries to the bot, and its people's hands."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from tests.teams.activities import describe
from tests.teams.personas import TeamsPersona
from tests.teams.records import Call, Delivery, Json, Message, TeamsUser
from tests.teams.tenant import Refused, Tenant
from tests.teams.trouble import HAPPENS, Mischief, Trouble

TENANT = "11111111-2222-4333-8444-555555555555"
BOT = "28:99999999-8888-4777-8666-555555555555"
_PATIENCE = 60.0


class TeamsWorkspace:
    """One tenant of Teams on loopback, from `async with` to its end.

    `app_url` may be set later: activities go to `app_url` + "/api/messages", with what `authorize`
    says of each as their Authorization header. With `token` the connector wants it of the bot."""

    def __init__(
        self,
        *,
        users: Sequence[TeamsUser],
        channels: Sequence[str],
        bot_name: str = "Baton",
        token: str | None = None,
        page_size: int = 500,
    ) -> None:
        self.tenant = Tenant(users=users, channels=channels, tenant_id=TENANT, bot_id=BOT)
        self.bot_name = bot_name
        self.token = token
        self.page_size = page_size
        self.app_url = ""
        self.service_url = ""
        self.authorize: Callable[[Json], str | None] = lambda activity: None
        self.calls: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.mischief: list[Mischief] = []
        self.copies = 1
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=20 * 1024 * 1024)
        application.router.add_route("*", "/teams/v3/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.service_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/teams"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.behave()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    def persona(self, email: str) -> TeamsPersona:
        """Somebody's hands and eyes."""
        return TeamsPersona(user=self.tenant.user(email), workspace=self)

    def messages(self, channel: str) -> list[Message]:
        """All of a channel or group chat, oldest first, threads included."""
        return self.tenant.inside(self.tenant.channel(channel).id)

    def misbehave(self, mischief: Mischief) -> Mischief:
        """Make trouble from now on."""
        self.mischief.append(mischief)
        return mischief

    def behave(self) -> None:
        """No more trouble; slow answers are given now."""
        for one in self.mischief:
            one.gate.set()
        self.mischief.clear()
        self.copies = 1

    async def until(self, condition: Callable[[], object], patience: float = _PATIENCE) -> None:
        """Return once it holds; TimeoutError when that takes too long."""
        async with asyncio.timeout(patience):
            while not condition():
                await self.stirs(patience)

    async def stirs(self, patience: float) -> None:
        """Return when something changes, or after so many seconds."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._changed.wait()

    async def install_in_team(self) -> None:
        """A team's owner adds the app: Teams tells the bot so, in the General channel."""
        general = self.tenant.conversations[self.tenant.team_id]
        owner = next(iter(self.tenant.users.values()))
        added = [{"id": self.tenant.bot_id}]
        told = {"type": "conversationUpdate", "membersAdded": added}
        await self.deliver(describe(self, owner, general, told))

    async def deliver(self, activity: Json) -> Delivery:
        """Send an activity to the bot, as it is, in so many `copies` at once; the first answer."""
        copies = (self._deliver(activity) for _ in range(self.copies))
        return (await asyncio.gather(*copies))[0]

    async def _deliver(self, activity: Json) -> Delivery:
        assert self._session is not None
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if authorization := self.authorize(activity):
            headers["Authorization"] = authorization
        data = json.dumps(activity).encode()
        url = f"{self.app_url}/api/messages"
        async with self._session.post(url, data=data, headers=headers) as answer:
            text = await answer.text()
            body = json.loads(text) if text.startswith("{") else {}
            delivery = Delivery(activity=activity, status=answer.status, body=body)
        self.deliveries.append(delivery)
        self.touch()
        return delivery

    def touch(self) -> None:
        """Something changed that somebody may wait for."""
        self._changed.set()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        parts = [*request.match_info["path"].split("/")]
        body = await request.json() if request.can_read_body else {}
        name = f"{request.method} {request.match_info['path']}"
        struck = next((one for one in self.mischief if one.strikes(name)), None)
        status, code, answer = self._outcome(request, parts, body, struck)
        if struck and struck.trouble is Trouble.SLOW:
            self.touch()
            await struck.gate.wait()
        cut = struck is not None and struck.trouble in {Trouble.LOST_ANSWER, Trouble.OUTAGE}
        call = Call(
            method=request.method,
            path=request.match_info["path"],
            status=0 if cut else status,
            code=code,
            body=body,
            authorization=request.headers.get("Authorization", ""),
        )
        self.calls.append(call)
        self.touch()
        if cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if struck and struck.trouble is Trouble.NOT_TEAMS:
            return web.Response(
                text="<html>Sign in to the network</html>", content_type="text/html"
            )
        headers = {}
        if struck and status in {412, 429} and struck.retry_after:
            headers["Retry-After"] = struck.retry_after
        return web.json_response(answer, status=status, headers=headers)

    def _outcome(
        self, request: web.Request, parts: list[str], body: Json, struck: Mischief | None
    ) -> tuple[int, str, object]:
        if struck and struck.trouble not in HAPPENS:
            return _struck(struck)
        try:
            if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
                raise Refused(401, "Unauthorized", "Authorization has been denied")
            status, answer = self._route(request, parts, body)
        except Refused as error:
            said = {"error": {"code": error.code, "message": error.message}}
            return error.status, error.code, said
        if struck and struck.trouble is Trouble.GATEWAY_TIMEOUT:
            return 504, "ServiceError", {}
        return status, "", answer

    def _route(self, request: web.Request, parts: list[str], body: Json) -> tuple[int, object]:
        match request.method, *parts:
            case "POST", "conversations":
                conversation, message = self.tenant.create(body)
                activity = {"activityId": message} if message else {}
                return 201, {"id": conversation, **activity}
            case "POST", "conversations", where, "activities", *reply_to:
                sent = self.tenant.send(where, body, reply_to[0] if reply_to else None)
                return 201, {"id": sent.id} if sent.id else {}
            case "PUT", "conversations", where, "activities", message:
                self.tenant.update(where, message, body)
                return 200, {"id": message}
            case "PUT", "conversations", where, "activities", message, "reactions", sign:
                self.tenant.react(where, message, sign)
                return 200, {}
            case "GET", "conversations", where, "members":
                return 200, self.tenant.roster(where)
            case "GET", "conversations", where, "members", who:
                return 200, self.tenant.member(where, who)
            case "GET", "conversations", where, "pagedmembers":
                return 200, self._page(self.tenant.roster(where), request)
            case "GET", "teams", team, "conversations":
                return 200, {"conversations": self.tenant.channels(team)}
            case _:
                raise Refused(405, "MethodNotAllowed", "Unknown API")

    def _page(self, members: list[Json], request: web.Request) -> Json:
        first = int(request.query.get("continuationToken") or 0)
        last = first + min(self.page_size, int(request.query.get("pageSize") or 500))
        more = {"continuationToken": str(last)} if last < len(members) else {}
        return {"members": members[first:last], **more}


def _struck(struck: Mischief) -> tuple[int, str, object]:
    match struck.trouble:
        case Trouble.THROTTLED:
            return (
                429,
                "Throttled",
                {"error": {"code": "Throttled", "message": "Too many requests."}},
            )
        case Trouble.CLASH:
            text = "Precondition failed, please try again."
            return (
                412,
                "PreconditionFailed",
                {"error": {"code": "PreconditionFailed", "message": text}},
            )
        case Trouble.REFUSED:
            said = {"code": struck.code, "message": struck.message}
            return struck.status, struck.code, {"error": said}
        case Trouble.BAD_GATEWAY:
            return 502, "ServiceError", {}
        case Trouble.SERVER_ERROR:
            return 500, "ServiceError", {}
        case _:
            return 200, "", {}

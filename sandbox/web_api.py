"""Slack's side of HTTP: /api/METHOD, uploads and response URLs, with mischief in front."""

import asyncio
from dataclasses import replace

from aiohttp import web

from sandbox import chat_methods, people_methods, view_methods
from sandbox.api import Api
from sandbox.arguments import Arguments, SlackError, read_arguments
from sandbox.mischief import Moods, Trouble
from sandbox.posting import content_of, post_as_bot
from sandbox.records import Call, Json
from sandbox.tickets import ResponseAddress

METHODS = people_methods.METHODS | chat_methods.METHODS | view_methods.METHODS

_LOSES_ANSWER = web.RequestKey("loses_answer", bool)


class WebApi:
    def __init__(self, *, api: Api, moods: Moods, bot_token: str) -> None:
        self._api = api
        self._moods = moods
        self._bot_token = bot_token

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/{method}", self.call),
            web.get("/api/{method}", self.call),
            web.post("/respond/{key:.+}", self.respond),
            web.post("/upload/{file}", self.upload),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args = Arguments(given={})
        try:
            args = await read_arguments(request)
            suffered = await self._suffer(request, name, args)
            if suffered is not None:
                return suffered
            answer = self._answer(request, name, args)
        except SlackError as problem:
            answer = _refusal(problem)
        if self._loses(request):
            return self._cut(request, name, args)
        error = str(answer.get("error", ""))
        self._api.workspace.record(
            Call(method=name, arguments=args.readable(), status=200, error=error)
        )
        scopes = {"x-oauth-scopes": ",".join(self._api.scopes)}
        return web.json_response(answer, headers=scopes)

    async def respond(self, request: web.Request) -> web.StreamResponse:
        args = Arguments(given={})
        try:
            args = await read_arguments(request)
            suffered = await self._suffer(request, "response_url", args)
            if suffered is not None:
                return suffered
            self._use_response_url(request.match_info["key"], args)
            error = ""
        except SlackError as problem:
            error = problem.error
        if self._loses(request):
            return self._cut(request, "response_url", args)
        status = 404 if error else 200
        call = Call(method="response_url", arguments=args.readable(), status=status, error=error)
        self._api.workspace.record(call)
        return (
            web.json_response({"ok": False, "error": error}, status=404)
            if error
            else web.Response(text="ok")
        )

    async def upload(self, request: web.Request) -> web.StreamResponse:
        files = self._api.workspace.files
        file = files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404, text="file_not_found")
        content = await _uploaded(request)
        files[file.id] = replace(file, content=content)
        return web.Response(text=f"OK - {len(content)}")

    def _answer(self, request: web.Request, name: str, args: Arguments) -> Json:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer if scheme.lower() == "bearer" else args.text("token")
        if name not in METHODS:
            raise SlackError("unknown_method")
        if not token:
            raise SlackError("not_authed")
        if token != self._bot_token:
            raise SlackError("invalid_auth")
        return {"ok": True, **METHODS[name](self._api, args)}

    async def _suffer(
        self, request: web.Request, name: str, args: Arguments
    ) -> web.StreamResponse | None:
        for mischief in self._moods.strike(name):
            match mischief.trouble:
                case Trouble.LATENCY:
                    await asyncio.sleep(mischief.seconds)
                case Trouble.LOST_ANSWER:
                    request[_LOSES_ANSWER] = True
                case Trouble.OUTAGE:
                    return self._cut(request, name, args)
                case Trouble.RATE_LIMITED:
                    headers = {"Retry-After": str(mischief.retry_after)}
                    self._record(name, args, 429, "ratelimited")
                    return web.json_response(
                        {"ok": False, "error": "ratelimited"}, status=429, headers=headers
                    )
                case Trouble.DUPLICATE_EVENTS:
                    pass  # concerns deliveries, not calls
                case Trouble.SERVER_ERROR:
                    self._record(name, args, 500, "internal_error")
                    return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        return None

    def _loses(self, request: web.Request) -> bool:
        return bool(request.get(_LOSES_ANSWER, False))

    def _cut(self, request: web.Request, name: str, args: Arguments) -> web.StreamResponse:
        """Ends the connection without a byte of an answer."""
        self._record(name, args, 0, "connection_cut")
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)

    def _record(self, name: str, args: Arguments, status: int, error: str) -> None:
        call = Call(method=name, arguments=args.readable(), status=status, error=error)
        self._api.workspace.record(call)

    def _use_response_url(self, key: str, args: Arguments) -> None:
        address = self._api.tickets.use(key)
        original = self._api.workspace.message(address.channel, address.message_ts)
        if args.flag("delete_original"):
            self._api.workspace.delete(address.channel, address.message_ts)
            return
        text, blocks = content_of(self._api.workspace, args)
        if args.flag("replace_original") and original:
            self._api.workspace.post(replace(original, text=text, blocks=blocks))
            address.posted_ts = original.ts
        else:
            address.posted_ts = self._post(address, args, (text, blocks))

    def _post(
        self, address: ResponseAddress, args: Arguments, content: tuple[str, tuple[Json, ...]]
    ) -> str:
        message = post_as_bot(
            self._api.workspace,
            self._api.workspace.conversations[address.channel],
            content,
            thread_ts=args.text("thread_ts") or None,
            ephemeral_to=None if args.text("response_type") == "in_channel" else address.user,
        )
        return message.ts


def _refusal(problem: SlackError) -> Json:
    answer: Json = {"ok": False, "error": problem.error}
    if problem.messages:
        answer |= {"errors": [_short(one) for one in problem.messages]}
        answer |= {"response_metadata": {"messages": problem.messages}}
    return answer


def _short(message: str) -> str:
    return message.removeprefix("[ERROR] ")


async def _uploaded(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""

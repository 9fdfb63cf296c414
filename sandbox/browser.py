"""The page, and what it asks for: a snapshot, a feed of changes, the acts of a person."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

from sandbox.arguments import SlackError
from sandbox.hands import Hands
from sandbox.mischief import Mischief, Moods, Trouble
from sandbox.reading import elements_of
from sandbox.records import Conversation, Json, Member, Message, Status, View
from sandbox.snapshot import seen_by, snapshot
from sandbox.workspace import Workspace

PAGE = Path(__file__).parent / "page"
_POLICY = "default-src 'self'; img-src 'self' https: data:; base-uri 'none'; form-action 'self'"
_HEARTBEAT = 15.0

Act = Callable[[Member, Json], Awaitable[Json]]


class Browser:
    def __init__(
        self,
        *,
        workspace: Workspace,
        hands: Hands,
        moods: Moods,
        commands: Sequence[str],
        hint: str,
    ) -> None:
        self._workspace = workspace
        self._hands = hands
        self._moods = moods
        self._commands = list(commands)
        self._hint = hint
        self._acts: dict[str, Act] = {
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "write": self._write,
            "home": self._home,
            "status": self._status,
            "read": self._read,
            "mischief": self._mischief,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.index),
            web.get("/page/state", self.state),
            web.get("/page/changes", self.changes),
            web.get("/page/{name:[a-z]+\\.(?:css|js|svg)}", self.asset),
            web.post("/page/act/{act}", self.act),
            web.get("/files/{file}", self.file),
        ]

    async def index(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.FileResponse(PAGE / "index.html", headers=headers)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        path = PAGE / request.match_info["name"]
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-store"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        file = self._workspace.files.get(request.match_info["file"])
        if file is None or not file.mimetype.startswith("image/"):
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    async def state(self, request: web.Request) -> web.StreamResponse:
        """A snapshot for `as`, a user id or e-mail address; else for the first person."""
        member = self._member(request.query.get("as", "")) or self._workspace.people[0]
        drawn = snapshot(self._workspace, self._moods, member, request.query)
        return web.json_response(drawn | {"commands": self._commands, "hint": self._hint})

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the revision, each time it has moved."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        revision = -1
        try:
            while not self._workspace.closed:
                revision = await self._next_change(revision)
                await response.write(f"data: {revision}\n\n".encode())
        except ClientConnectionResetError:
            pass  # the page has been closed
        return response

    async def act(self, request: web.Request) -> web.StreamResponse:
        """One act of a person; only JSON, so that no foreign page can post a form here."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        wanted: Json = await request.json()
        member = self._member(str(wanted.get("as", "")))
        act = self._acts.get(request.match_info["act"])
        if member is None or act is None:
            raise web.HTTPNotFound
        try:
            return web.json_response(await act(member, wanted))
        except (LookupError, SlackError) as problem:
            return web.json_response({"status": 0, "error": str(problem)}, status=409)

    async def _next_change(self, revision: int) -> int:
        """Waits for a change, but never so long that a dead connection goes unnoticed."""
        try:
            async with asyncio.timeout(_HEARTBEAT):
                return await self._workspace.changed_since(revision)
        except TimeoutError:
            return revision

    async def _press(self, member: Member, wanted: Json) -> Json:
        where = self._message(wanted) if wanted.get("ts") else self._view(wanted)
        names = (wanted["block_id"], wanted["action_id"])
        target = next(
            (
                pair
                for pair in elements_of(where.blocks)
                if (pair[0]["block_id"], pair[1]["action_id"]) == names
            ),
            None,
        )
        if target is None:
            raise LookupError("this button is gone")
        chosen = wanted.get("value")
        if isinstance(where, Message):
            done = await self._hands.act_on_message(member, where, target, chosen)
        else:
            done = await self._hands.act_on_view(
                member, where, target, chosen, wanted.get("entered")
            )
        return {"status": done.status, "error": done.error}

    async def _submit(self, member: Member, wanted: Json) -> Json:
        done = await self._hands.submit(member, self._view(wanted), wanted.get("entered") or {})
        return {"status": done.status, "error": done.error, "errors": done.errors}

    async def _close(self, member: Member, wanted: Json) -> Json:
        done = await self._hands.close(member, self._view(wanted))
        return {"status": done.status, "error": done.error}

    async def _write(self, member: Member, wanted: Json) -> Json:
        where = self._conversation(member, wanted)
        text = str(wanted["text"]).strip()
        if not text.startswith("/"):
            await self._hands.say(member, where, text, wanted.get("thread"))
            return {"status": 200, "error": ""}
        command = text.split()[0]
        if wanted.get("thread"):
            return {"status": 0, "error": f"{command} is not supported in threads"}
        if command not in self._commands:
            return {"status": 0, "error": f"{command} is not a valid command"}
        done = await self._hands.command(member, where, text)
        return {"status": done.status, "error": done.error}

    async def _home(self, member: Member, wanted: Json) -> Json:
        done = await self._hands.open_home(member)
        return {"status": done.status, "error": done.error}

    async def _status(self, member: Member, wanted: Json) -> Json:
        status = Status(text=str(wanted.get("text", "")), emoji=str(wanted.get("emoji", "")))
        done = await self._hands.show_status(member, status)
        return {"status": done.status, "error": done.error}

    async def _read(self, member: Member, wanted: Json) -> Json:
        self._workspace.mark_read(member.id, self._conversation(member, wanted).id)
        return {"status": 200, "error": ""}

    async def _mischief(self, member: Member, wanted: Json) -> Json:
        self._moods.stop()
        for name in wanted.get("troubles", ()):
            self._moods.start(Mischief(trouble=Trouble(name), seconds=2.0, retry_after=2))
        self._workspace.touch()
        return {"status": 200, "error": ""}

    def _member(self, reference: str) -> Member | None:
        found = self._workspace.members.get(reference)
        return (
            self._workspace.member_by_email(reference) if found is None or found.is_bot else found
        )

    def _conversation(self, member: Member, wanted: Json) -> Conversation:
        here = self._workspace.conversations[str(wanted["at"])]
        if here not in seen_by(self._workspace, member):
            raise LookupError("not in this conversation")
        return here

    def _message(self, wanted: Json) -> Message:
        found = self._workspace.message(str(wanted["channel"]), str(wanted["ts"]))
        if found is None:
            raise LookupError("this message is gone")
        return found

    def _view(self, wanted: Json) -> View:
        found = self._workspace.view(str(wanted["view_id"]))
        if found is None:
            raise LookupError("this view is gone")
        return found

"""`POST /ingest/leads` and `/ingest/events`: what web forms, CRMs and marketing tools send.

Each item is a unit of work of its own: it is durable before it is answered, and a bad one keeps
nothing from the good ones.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from commands.context import Context, Setup
from commands.receive_lead import EmailTaken, Received, UnknownLead, receive, receive_events
from sources.lead_schema import BadField, parse_event, parse_lead, taken
from storage.database import Database

MAX_BYTES = 5 * 1024 * 1024
MAX_ITEMS = 1000

Answer = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """The two routes. `token` is what callers must bear; without one everything is refused."""

    database: Database
    setup: Setup
    clock: Callable[[], datetime]
    token: str | None

    def routes(self) -> list[web.RouteDef]:
        """The routes, to be added to an application."""
        return [
            web.post("/ingest/leads", self._leads),
            web.post("/ingest/events", self._events),
        ]

    async def _leads(self, request: web.Request) -> web.Response:
        return await self._each(request, self._one_lead)

    async def _events(self, request: web.Request) -> web.Response:
        return await self._each(request, self._one_event)

    async def _each(
        self, request: web.Request, receive_one: Callable[[object], Awaitable[Answer]]
    ) -> web.Response:
        if not self._may(request):
            return _problem(401, "send the header `Authorization: Bearer <INGEST_TOKEN>`")
        if request.content_length is not None and request.content_length > MAX_BYTES:
            return _too_large()
        try:
            body = json.loads(await request.read(), parse_constant=_no_number)
        except web.HTTPRequestEntityTooLarge:
            return _too_large()
        except (ValueError, RecursionError):
            return _problem(400, "the body is not JSON; send one object or an array of objects")
        items = body if isinstance(body, list) else [body]
        if len(items) > MAX_ITEMS:
            return _problem(413, f"more than {MAX_ITEMS} items; send them in several requests")
        answers = await asyncio.gather(*(receive_one(item) for item in items))
        return web.json_response(answers, status=202)

    def _may(self, request: web.Request) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return (
            bool(self.token)
            and scheme.casefold() == "bearer"
            and hmac.compare_digest(given.strip().encode(), (self.token or "").encode())
        )

    async def _one_lead(self, raw: object) -> Answer:
        try:
            incoming = parse_lead(raw)
        except BadField as error:
            return _refused(error)
        context = self._context()
        try:
            return _answer(
                await self.database.write(
                    lambda session: receive(context(session=session), incoming)
                )
            )
        except EmailTaken as error:
            return _refused(taken(error))

    async def _one_event(self, raw: object) -> Answer:
        try:
            event = parse_event(raw)
            context = self._context()
            received = await self.database.write(
                lambda session: receive_events(
                    context(session=session),
                    external_id=event.external_id,
                    email=event.email,
                    events=[event.value()],
                )
            )
        except BadField as error:
            return _refused(error)
        except UnknownLead:
            return _refused(
                BadField("email", "there is no lead with this e-mail or id; send the lead first")
            )
        return _answer(received)

    def _context(self) -> Callable[..., Context]:
        return partial(Context, now=self.clock(), setup=self.setup)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} isn't JSON")


def _answer(received: Received) -> Answer:
    return {
        "lead": str(received.lead_id),
        "result": received.result.value,
        "score": received.score,
        "stage": received.stage.value,
    }


def _refused(error: BadField) -> Answer:
    return {"error": {"field": error.field, "message": error.message}}


def _problem(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=status)


def _too_large() -> web.Response:
    return _problem(413, "more than 5 MB; send the leads in several requests")

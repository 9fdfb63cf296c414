"""How the process is doing: `/healthz`, `/readyz` and `/metrics`."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from storage import outbox
from storage.database import Database

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Vitals:
    """Counts requests and reads the outbox when asked; ids and texts never become labels."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._watched: list[asyncio.Task[None]] = []
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "baton_http_requests",
            "Requests answered.",
            ["route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "baton_http_request_seconds",
            "Time from request to answer, the commit included.",
            ["route"],
            registry=self._registry,
        )
        self._pending = Gauge(
            "baton_outbox_pending", "Messages waiting to be delivered.", registry=self._registry
        )
        self._oldest = Gauge(
            "baton_outbox_oldest_seconds",
            "How long the oldest due message has been waiting.",
            registry=self._registry,
        )
        self._parked = Gauge(
            "baton_outbox_parked",
            "Messages that could not be delivered and wait for a person.",
            registry=self._registry,
        )

    def watch(self, task: asyncio.Task[None]) -> None:
        """Without this task the process isn't healthy."""
        self._watched.append(task)

    def routes(self) -> list[web.RouteDef]:
        """The three routes."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Counts and times every request by its route."""
        started = time.perf_counter()
        status = 500
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        else:
            return response
        finally:
            resource = request.match_info.route.resource
            route = resource.canonical if resource else "unknown"
            self._requests.labels(route, status).inc()
            self._seconds.labels(route).observe(time.perf_counter() - started)

    async def _healthz(self, _request: web.Request) -> web.Response:
        if any(task.done() for task in self._watched):
            return web.json_response({"status": "nothing is delivered any more"}, status=503)
        return web.json_response({"status": "ok"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        if await asyncio.to_thread(self._database.is_current):
            return web.json_response({"status": "ready"})
        return web.json_response(
            {"status": "the database is not up to date; restart Baton"}, status=503
        )

    async def _metrics(self, _request: web.Request) -> web.Response:
        now = self._clock()
        backlog = await self._database.read(lambda session: outbox.backlog(session, now))
        self._pending.set(backlog.pending)
        self._oldest.set(backlog.oldest_seconds)
        self._parked.set(backlog.parked)
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

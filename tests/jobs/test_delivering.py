"""A worker that fails takes its process with it, where everybody sees it."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from sqlmodel import Session

from jobs.delivering import DeliveryEnded, deliver
from jobs.vitals import Vitals
from tests.jobs.conftest import Stage


def _refuse_claims(session: Session) -> None:
    session.connection().execute(
        text(
            "CREATE TRIGGER refuse BEFORE UPDATE ON outbox "
            "BEGIN SELECT RAISE(ABORT, 'no claims'); END"
        )
    )


async def test_a_worker_that_fails_ends_its_process_and_is_not_called_healthy(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    vitals = Vitals(stage.database, stage.clock)
    application = web.Application()
    application.add_routes(vitals.routes())

    async def live() -> None:
        delivering = deliver(stage.worker)
        vitals.watch(delivering)
        assert (await client.get("/healthz")).status == 200
        try:
            await stage.database.write(_refuse_claims)
            await stage.post("hello")
            await asyncio.Event().wait()
        finally:
            await delivering

    async with TestClient(TestServer(application)) as client, asyncio.timeout(10):
        with pytest.raises(DeliveryEnded, match="no claims"):
            await asyncio.create_task(live())
        assert (await client.get("/healthz")).status == 503
    assert "outbox_worker_failed" in caplog.text


async def test_a_worker_that_is_stopped_stops_nobody_else(stage: Stage) -> None:
    delivering = deliver(stage.worker)
    await stage.post("hello")
    async with asyncio.timeout(10):
        await stage.chat.arrived.wait()
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    await asyncio.sleep(0)
    assert stage.chat.messages

"""The worker as a task: it wakes by itself, and stops without losing anything."""

import asyncio
from contextlib import suppress

from sqlmodel import select

from jobs.outbox_worker import Pace
from storage.tables import OutboxRow
from tests.jobs.conftest import ANA, Stage


async def cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_it_wakes_when_something_is_enqueued(stage: Stage) -> None:
    running = asyncio.create_task(stage.worker.run())
    for n in range(3):
        await stage.post(f"{n}", stream=f"lead:{n}")
        async with asyncio.timeout(5):
            await stage.chat.arrived.wait()
        stage.chat.arrived.clear()
    await cancel(running)
    assert stage.chat.shown_in(ANA) == ["0", "1", "2"]
    states = await stage.database.read(lambda s: s.exec(select(OutboxRow.state)).all())
    assert states == ["sent"] * 3


async def test_what_is_on_its_way_when_it_stops_is_kept(stage: Stage) -> None:
    stage.chat.slow = asyncio.Event()
    running = asyncio.create_task(stage.worker.run())
    await stage.post("slow")
    async with asyncio.timeout(5):
        await stage.chat.began.wait()
    running.cancel()
    stage.chat.slow.set()
    with suppress(asyncio.CancelledError):
        await running
    states = await stage.database.read(lambda s: s.exec(select(OutboxRow.state)).all())
    assert states == ["sent"]


async def test_what_takes_too_long_when_it_stops_is_given_back(stage: Stage) -> None:
    stage.chat.slow = asyncio.Event()
    worker = stage.another_worker(Pace(grace=0.0))
    running = asyncio.create_task(worker.run())
    await stage.post("slow")
    async with asyncio.timeout(5):
        await stage.chat.began.wait()
    await cancel(running)
    stage.chat.slow = None
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["slow"]
    assert stage.chat.looked_for == [1]

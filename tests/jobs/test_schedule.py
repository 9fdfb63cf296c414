"""Chores of the clock."""

import asyncio
from datetime import timedelta

import pytest

from commands.context import Context, Setup
from jobs.schedule import CLEAN_UP, Chore, Schedule
from storage import inbox, job_runs
from storage.database import Database
from tests.conftest import Clock


async def test_what_came_due_is_caught_up_with_at_the_start(
    database: Database, setup: Setup, clock: Clock
) -> None:
    ran = asyncio.Event()
    loop = asyncio.get_running_loop()

    def note(ctx: Context) -> None:
        assert ctx.now == clock()
        loop.call_soon_threadsafe(ran.set)

    schedule = Schedule(
        database, setup, clock, [Chore(name="note", every=timedelta(hours=1), run=note)]
    )
    schedule.start()
    async with asyncio.timeout(5):
        await ran.wait()
    await schedule.stop()


async def test_two_processes_do_a_period_once(
    database: Database, setup: Setup, clock: Clock
) -> None:
    posted: list[str] = []

    def post(ctx: Context) -> None:
        if job_runs.claim(ctx.session, "digest", "2026-11-23", ctx.now):
            posted.append("digest")

    chore = Chore(name="digest", every=timedelta(minutes=1), run=post)
    schedules = [Schedule(database, setup, clock, [chore]) for _ in range(10)]
    await asyncio.gather(*(schedule.run_all() for schedule in schedules))
    assert posted == ["digest"]


async def test_a_period_whose_work_failed_is_free_again(
    database: Database, setup: Setup, clock: Clock
) -> None:
    def fail(ctx: Context) -> None:
        assert job_runs.claim(ctx.session, "digest", "2026-11-23", ctx.now)
        raise RuntimeError("no digest")

    chore = Chore(name="digest", every=timedelta(minutes=1), run=fail)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await Schedule(database, setup, clock, [chore]).run_all()
    assert not await database.read(lambda s: job_runs.has_run(s, "digest", "2026-11-23"))


async def test_old_request_keys_are_cleaned_up_and_new_ones_kept(
    database: Database, setup: Setup, clock: Clock
) -> None:
    await database.write(lambda s: inbox.first_time(s, "old", clock()))
    clock.advance(days=8)
    await database.write(lambda s: inbox.first_time(s, "new", clock()))
    await Schedule(database, setup, clock, [CLEAN_UP]).run_all()
    assert await database.write(lambda s: inbox.first_time(s, "old", clock()))
    assert not await database.write(lambda s: inbox.first_time(s, "new", clock()))

"""What the clock asks for. APScheduler only ticks; whether something is due, the database knows, so
that any number of processes may tick."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from commands.context import Context, Setup
from storage import deliveries, inbox
from storage.database import Database, Session, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

KEEP_KEYS = timedelta(days=7)
"""Longer than any platform redelivers a request."""
KEEP_SENT = timedelta(days=30)
"""How long one may look up what was sent."""
_BATCH = 5000


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Something to look after every so often. `run` does in one transaction what is due, and
    claims it by `storage.job_runs` or by a state, so that another process finds nothing to do.
    When it returns True there is more, and it is called again at once. `is_due`, where there is
    one, is asked first by a unit of work that only reads: where it says no, nothing is begun that
    could write."""

    name: str
    every: timedelta
    run: Callable[[Context], object]
    is_due: Callable[[Context], bool] | None = None


def clean_up(ctx: Context) -> bool:
    """Delete keys of old requests and rows of old messages, some at a time."""
    keys = inbox.forget(ctx.session, ctx.now - KEEP_KEYS, _BATCH)
    rows = deliveries.forget_sent(ctx.session, ctx.now - KEEP_SENT, _BATCH)
    return _BATCH in {keys, rows}


CLEAN_UP = Chore(name="clean_up", every=timedelta(hours=1), run=clean_up)


class Schedule:
    """Runs chores once at the start, to catch up with what came due meanwhile, and then again and
    again."""

    def __init__(
        self,
        database: Database,
        setup: Setup,
        clock: Callable[[], datetime],
        chores: Iterable[Chore],
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._chores = tuple(chores)
        self._running: set[asyncio.Task[object]] = set()
        self._ticker = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True}
        )

    def start(self) -> None:
        """Begin to tick, in the running event loop."""
        for chore in self._chores:
            self._ticker.add_job(
                self._tick,
                "interval",
                seconds=chore.every.total_seconds(),
                args=(chore,),
                id=chore.name,
                next_run_time=datetime.now(self._ticker.timezone),
            )
        self._ticker.start()

    async def stop(self) -> None:
        """Tick no more, and let what runs end."""
        self._ticker.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running)

    async def run_all(self) -> None:
        """Every chore once, now: for tests and the command line."""
        for chore in self._chores:
            await self._do(chore)

    async def _tick(self, chore: Chore) -> None:
        # The ticker cancels its own tasks when it stops; ours may end.
        task: asyncio.Task[object] = asyncio.create_task(self._survive(chore))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _survive(self, chore: Chore) -> None:
        try:
            await self._do(chore)
        except Unavailable:
            log.warning("chore_database_unavailable", extra={"chore": chore.name}, exc_info=True)

    async def _do(self, chore: Chore) -> None:
        more: object = True
        while more is True:
            asked = partial(Context, now=self._clock(), setup=self._setup)
            if chore.is_due and not await self._database.read(_work(chore.is_due, asked)):
                return
            more = await self._database.write(_work(chore.run, asked))


def _work(work: Callable[[Context], T], context: Callable[..., Context]) -> Callable[[Session], T]:
    return lambda session: work(context(session=session))

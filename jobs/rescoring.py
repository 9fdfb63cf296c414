"""Rescores the open leads when criteria came into force, without anybody noticing: the work is
done in another process, and written a little at a time."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from commands import rescore_leads
from commands.context import Context, Setup
from commands.rescore_leads import Batch
from jobs.aside import Aside, AsideEnded
from storage.database import Database, Session, Unavailable
from storage.lead_scores import any_under_older

log = logging.getLogger(__name__)

_LOOK_EVERY = timedelta(seconds=15)
_OFFERED_AT_ONCE = 10
_PAUSE = 1.0
"""As long as a part took, when others write as well: then half of the time is theirs alone."""


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """What a rescoring did."""

    version: int
    leads: int
    qualified: int


class Rescoring:
    """Keeps the scores of open leads under the criteria in force."""

    def __init__(
        self, database: Database, setup: Setup, clock: Callable[[], datetime], aside: Aside
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._aside = aside

    async def keep(self, every: timedelta = _LOOK_EVERY) -> None:
        """Rescore whenever that is due, until cancelled. Another process may do so as well."""
        while True:
            try:
                await self.run()
            except (Unavailable, AsideEnded):
                log.warning("rescoring_interrupted", exc_info=True)
            await asyncio.sleep(every.total_seconds())

    async def run(self) -> Rescored | None:
        """Rescore all open leads if that is due; None when it isn't. What was done before an
        interruption isn't done again."""
        due, upto = await self._database.read(
            lambda session: (rescore_leads.due(session), rescore_leads.over(session))
        )
        if due is None:
            return None
        version, leads, qualified = due, 0, 0
        if await self._database.read(lambda session: any_under_older(session, due, upto)):
            ahead = self._begin(after_id=0)
            try:
                while (batch := await ahead) is not None:
                    if (batch.version, batch.upto) != (version, upto):
                        # Newer criteria came, or a trial ended: all over again.
                        version, upto, leads = batch.version, batch.upto, 0
                        ahead = self._begin(after_id=0)
                        continue
                    ahead = self._begin(after_id=batch.last_id)
                    leads += await self._write(batch)
                    qualified += await self._hand_over(batch)
            finally:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)
        await self._database.write(
            lambda session: rescore_leads.finish(self._in(session), version, upto)
        )
        log.info("leads_rescored", extra={"version": version, "leads": leads})
        return Rescored(version=version, leads=leads, qualified=qualified)

    def _begin(self, after_id: int) -> "asyncio.Task[Batch | None]":
        url, now = self._database.url, self._clock()
        limit = rescore_leads.READ_AT_ONCE if after_id else rescore_leads.READ_FIRST
        return asyncio.create_task(self._aside(rescore_leads.scored, url, now, after_id, limit))

    async def _write(self, batch: Batch) -> int:
        """Give way after each part, if others wrote in the meantime: somebody clicks."""
        written, time = 0, asyncio.get_running_loop().time
        for part in range(len(batch.scores)):
            began, before = time(), self._database.writes_begun
            written += await self._database.write(
                lambda session, part=part: rescore_leads.write_batch(  # type: ignore[misc]
                    self._in(session), batch, part
                )
            )
            if self._database.writes_begun > before + 1:
                await asyncio.sleep(_PAUSE * (time() - began))
        return written

    async def _hand_over(self, batch: Batch) -> int:
        qualified = 0
        for start in range(0, len(batch.reached), _OFFERED_AT_ONCE):
            some = batch.reached[start : start + _OFFERED_AT_ONCE]
            qualified += await self._database.write(
                lambda session, some=some: sum(  # type: ignore[misc]
                    rescore_leads.qualify(self._in(session), lead_id) for lead_id in some
                )
            )
        return qualified

    def _in(self, session: Session) -> Context:
        return Context(session=session, now=self._clock(), setup=self._setup)

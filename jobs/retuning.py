"""Makes the proposals that were asked for, and looks for drift, without anybody noticing: what
takes long is done in another process."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from commands.context import Context, Setup
from commands.learning import drift, making
from jobs.aside import Aside, AsideEnded
from leads.proposals import ProposalState
from storage.database import Database, Session, Unavailable

log = logging.getLogger(__name__)

_LOOK_EVERY = timedelta(seconds=5)


class Retuning:
    """Takes up what was asked for. Any number of processes may do so."""

    def __init__(
        self, database: Database, setup: Setup, clock: Callable[[], datetime], aside: Aside
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._aside = aside

    async def keep(self, every: timedelta = _LOOK_EVERY) -> None:
        """Do whatever is due, until cancelled. What is interrupted is taken up again when its
        lease is over."""
        while True:
            try:
                await self.run()
                await self.watch()
            except (Unavailable, AsideEnded):
                log.warning("retuning_interrupted", exc_info=True)
            await asyncio.sleep(every.total_seconds())

    async def run(self) -> ProposalState | None:
        """Make one proposal; what it became, None when none was asked for or it was taken over."""
        if not await self._database.read(lambda session: making.is_due(self._in(session))):
            return None
        job = await self._database.write(lambda session: making.take(self._in(session)))
        if job is None:
            return None
        made = await self._aside(making.made, self._database.url, job, self._clock())
        state = await self._database.write(
            lambda session: making.keep(self._in(session), job, made)
        )
        log.info("proposal_made", extra={"proposal": job.proposal, "state": state})
        return state

    async def watch(self) -> int:
        """Look for drift once a day; how many messages told of it."""
        if not await self._database.read(lambda session: drift.is_due(self._in(session))):
            return 0
        zone = self._setup.agreement.timezone
        found = await self._aside(drift.looked, self._database.url, zone, self._clock())
        return await self._database.write(lambda session: drift.tell(self._in(session), found))

    def _in(self, session: Session) -> Context:
        return Context(session=session, now=self._clock(), setup=self._setup)

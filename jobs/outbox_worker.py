"""Delivers the outbox: in order within a lane, at the pace of each conversation, until it arrives.

One loop keeps what became of the last tries and claims the next rows in the same transaction; each
claimed row is then tried in a task of its own. A row that is claimed when the process dies is
claimed again when its lease ends, and looked for in the chat before it is sent again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from commands.context import Context, Platform, Setup
from commands.delivery import Chat
from jobs.attempt import RETRY_AFTER, Attempt, Draw, Present
from jobs.pacing import TEMPOS, Allowance, Breaker, Gates, Tempo
from jobs.parking import see_to
from storage import deliveries
from storage.database import Database, Session, Unavailable
from storage.deliveries import Claimed, Delayed, Delivered, Outcome, Parked

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast and how stubbornly to deliver; times in seconds. `interval` and `burst` are per
    conversation; without them, as the platform documents. ValueError when a lease could end while
    its row still waits for its turn: another worker would send it a second time."""

    interval: float | None = None
    burst: int | None = None
    sends_at_once: int = 16
    claims_at_once: int = 64
    # The last of 64 rows waits for three turns of 16, its own is the fourth: 4 times 20 s, and the
    # rest is for the waiting of a burst and for the database.
    lease: float = 120.0
    time_limit: float = 20.0
    grace: float = 5.0
    poll: float = 1.0
    retry_after: tuple[float, ...] = RETRY_AFTER

    def __post_init__(self) -> None:
        turns = -(-self.claims_at_once // self.sends_at_once)
        if self.lease <= turns * self.time_limit:
            raise ValueError(
                f"lease must be longer than (claims_at_once / sends_at_once) * time_limit: "
                f"{self.lease:g} s for {turns} turns of {self.time_limit:g} s"
            )

    def tempo(self, platform: Platform) -> Tempo:
        """How fast to talk in a conversation of this platform."""
        usual = TEMPOS[platform]
        return Tempo(
            interval=usual.interval if self.interval is None else self.interval,
            burst=usual.burst if self.burst is None else self.burst,
        )


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What one look at the outbox gave. `held` when more is ready behind closed gates."""

    claimed: int
    held: bool


class OutboxWorker:
    """Delivers what the outbox holds. It wakes by itself when this process enqueues something, and
    looks every `pace.poll` seconds for what others enqueued or what came due."""

    def __init__(
        self,
        database: Database,
        setup: Setup,
        clock: Callable[[], datetime],
        chats: Mapping[Platform, Chat],
        *,
        present: Present,
        draw: Draw,
        pace: Pace | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._chats = chats
        self._present = present
        self._draw = draw
        self._pace = pace or Pace()
        self._sleep = sleep
        tempos = {platform: self._pace.tempo(platform) for platform in chats}
        self._tempos = tempos
        self._gates = {of: Gates(tempo.interval, tempo.burst) for of, tempo in tempos.items()}
        self._breakers = {platform: Breaker() for platform in chats}
        self._places = asyncio.Semaphore(self._pace.sends_at_once)
        self._tasks: dict[asyncio.Task[None], Platform] = {}
        self._outcomes: list[Outcome] = []
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at the outbox now. To be called in the event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled; then finish what is on its way, for at most `pace.grace`
        seconds, and give back the rest."""
        loop = asyncio.get_running_loop()

        def wake_from_thread() -> None:
            with suppress(RuntimeError):  # the loop was closed in the meantime
                loop.call_soon_threadsafe(self._wake.set)

        stop_listening = self._database.listen(wake_from_thread)
        try:
            while True:
                self._wake.clear()
                if not await self._survive_a_round():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._pause()):
                            await self._wake.wait()
        finally:
            stop_listening()
            await self._finish()

    async def drain(self) -> None:
        """Deliver until nothing is due. What waits for a retry or for a platform that doesn't
        answer is left; the pace of conversations is kept."""
        while True:
            now = self._clock()
            round_ = await self._round()
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            elif round_.claimed == 0 and not self._outcomes:
                if not round_.held:
                    return
                opens = min(self._closed(now).values(), default=now)
                await self._sleep(max(0.0, (opens - now).total_seconds()))

    async def _survive_a_round(self) -> bool:
        """One round; True when there may be more to claim at once."""
        try:
            round_ = await self._round()
        except Unavailable:
            log.warning("outbox_database_unavailable", exc_info=True)
            return False
        return round_.claimed >= self._pace.claims_at_once

    async def _round(self) -> _Round:
        """Keep the results so far and claim what may go next, in one transaction."""
        now = self._clock()
        outcomes, self._outcomes = self._outcomes, []
        closed = frozenset(self._closed(now))
        allowances = {platform: self._allowance(platform, now) for platform in self._chats}
        room = self._pace.claims_at_once - len(self._tasks)

        def keep_and_claim(session: Session) -> tuple[list[Claimed], bool]:
            self._keep(session, outcomes, now)
            return self._claim(session, now, closed, dict(allowances), room)

        try:
            claimed, held = await self._database.write(keep_and_claim)
        except BaseException as error:
            self._outcomes = outcomes + self._outcomes
            if not (outcomes and isinstance(error, Exception)):
                raise
            # Either the database is away, which this says again, or an outcome can't be kept.
            outcomes = []
            claimed, held = await self._database.write(keep_and_claim)
            await self._keep_one_by_one(now)
        for row in claimed:
            self._start(row, now)
        return _Round(claimed=len(claimed), held=held)

    async def _keep_one_by_one(self, now: datetime) -> None:
        """Keep what can be kept, so that one outcome doesn't hold up the others. What can't is let
        go: its lease ends, and then the row is looked for in the chat and tried again."""
        while self._outcomes:
            outcome = self._outcomes[0]
            try:
                await self._database.write(partial(self._keep, outcomes=[outcome], now=now))
            except Exception:
                log.exception("outbox_outcome_not_kept", extra={"outbox_id": outcome.row.id})
            self._outcomes.remove(outcome)

    def _allowance(self, platform: Platform, now: datetime) -> Allowance:
        allowance = self._breakers[platform].allowance(now)
        if allowance is Allowance.ONE and platform in self._tasks.values():
            return Allowance.NONE
        return allowance

    def _claim(
        self,
        session: Session,
        now: datetime,
        closed: frozenset[str],
        allowances: dict[Platform, Allowance],
        room: int,
    ) -> tuple[list[Claimed], bool]:
        claimed: list[Claimed] = []
        held = False
        lease_until = now + timedelta(seconds=self._pace.lease)
        for destination in deliveries.waiting(session, now):
            platform = _platform_of(destination)
            allowance = allowances.get(platform, Allowance.NONE) if platform else Allowance.NONE
            if platform is None or allowance is Allowance.NONE:
                continue
            if destination in closed:
                held = True
                continue
            one = allowance is Allowance.ONE
            limit = min(1 if one else self._tempos[platform].burst, room - len(claimed))
            if limit <= 0:
                break
            found = deliveries.claim(session, destination, now, lease_until, limit)
            claimed += found
            if one and found:
                allowances[platform] = Allowance.NONE
        return claimed, held

    def _keep(self, session: Session, outcomes: list[Outcome], now: datetime) -> None:
        for outcome in sorted(outcomes, key=lambda outcome: outcome.row.id):
            match outcome:
                case Delivered():
                    deliveries.deliver(session, outcome, now)
                case Delayed():
                    deliveries.delay(session, outcome)
                case Parked():
                    if deliveries.park(session, outcome):
                        see_to(Context(session=session, now=now, setup=self._setup), outcome)

    def _start(self, row: Claimed, now: datetime) -> None:
        platform = Platform(row.destination.partition(":")[0])
        breaker = self._breakers[platform]
        attempt = Attempt(
            row=row,
            chat=self._chats[platform],
            database=self._database,
            setup=self._setup,
            clock=self._clock,
            present=self._present,
            draw=self._draw,
            is_open=lambda: breaker.allowance(self._clock()) is not Allowance.NONE,
            places=self._places,
            time_limit=self._pace.time_limit,
            retry_after=self._pace.retry_after,
        )
        wait = self._gates[platform].reserve(row.destination, now)
        task = asyncio.create_task(self._try(attempt, platform, wait))
        self._tasks[task] = platform
        task.add_done_callback(self._ended)

    async def _try(self, attempt: Attempt, platform: Platform, wait: float) -> None:
        try:
            if wait > 0:
                await self._sleep(wait)
            outcome = await attempt.outcome()
        except asyncio.CancelledError:
            self._outcomes.append(attempt.released())
            raise
        self._outcomes.append(outcome)
        self._learn(attempt, outcome, platform)

    def _learn(self, attempt: Attempt, outcome: Outcome, platform: Platform) -> None:
        now = self._clock()
        if attempt.answered:
            self._breakers[platform].answered()
        elif attempt.answered is False:
            self._breakers[platform].failed(now)
        if attempt.hold:
            self._gates[platform].hold(attempt.row.destination, now, attempt.hold)
        match outcome:
            case Delayed():
                log.info("outbox_delayed", extra={"outbox_id": outcome.row.id})
            case Parked():
                log.error("outbox_parked", extra={"outbox_id": outcome.row.id})
            case Delivered():
                pass

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self._wake.set()
        if not task.cancelled():
            task.result()

    def _closed(self, now: datetime) -> dict[str, datetime]:
        """The conversations that have to wait, and until when."""
        return {
            name: at for gates in self._gates.values() for name, at in gates.closed(now).items()
        }

    def _pause(self) -> float:
        """Seconds until there may be something to do that nobody wakes us for."""
        now = self._clock()
        opens = list(self._closed(now).values())
        opens += [at for breaker in self._breakers.values() if (at := breaker.opens_at())]
        soonest = min(((at - now).total_seconds() for at in opens if at > now), default=60.0)
        return min(soonest, self._pace.poll)

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._pace.grace)
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._outcomes:
            await self._keep_one_by_one(self._clock())


def _platform_of(destination: str) -> Platform | None:
    name = destination.partition(":")[0]
    return next((platform for platform in Platform if platform == name), None)

"""Baton is killed (SIGKILL) again and again under load, with Slack misbehaving meanwhile; then
everything that anybody was promised is looked for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic

import pytest
from pydantic import SecretStr

from composition import Settings, read_files
from leads.lifecycle import HandoffState
from sandbox import Mischief, Sandbox, Trouble
from storage.database import Database, Session
from storage.tables import FeedbackRow, HandoffRow, LeadRow, OutboxRow
from tests import acme
from tests.faults import promises, shown
from tests.faults.batons import Baton, Nursery, nursery
from tests.faults.crowd import Crowd, Doors

_MOODS = (
    None,
    None,
    Mischief(trouble=Trouble.RATE_LIMITED, method="chat.postMessage", calls=3),
    Mischief(trouble=Trouble.RATE_LIMITED, calls=8),
    Mischief(trouble=Trouble.SERVER_ERROR, calls=6),
    Mischief(trouble=Trouble.LOST_ANSWER, method="chat.postMessage", calls=3),
    Mischief(trouble=Trouble.LOST_ANSWER, calls=4, after=3),
    Mischief(trouble=Trouble.OUTAGE, calls=12),
    Mischief(trouble=Trouble.LATENCY, calls=20, seconds=0.1),
    Mischief(trouble=Trouble.DUPLICATE_EVENTS, calls=5),
)


@dataclass
class Ordeal:
    """One run: who is outside, what is inside, and the chance that decides when it dies."""

    sandbox: Sandbox
    settings: Settings
    nursery: Nursery
    doors: Doors
    crowd: Crowd
    random: Random
    kills: int = 0
    began: float = field(default_factory=monotonic)

    async def start(self) -> Baton:
        known = self.settings.model_dump(exclude_none=True)
        plain = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in known.items()
        }
        return await self.nursery.start(plain)

    async def open(self, baton: Baton) -> None:
        self.doors.open(baton.pid, await self.nursery.address(baton))

    async def kill(self, baton: Baton) -> None:
        """At once, wherever it is."""
        await self.nursery.kill(baton)
        self.doors.close(baton.pid)
        self.kills += 1

    async def live_and_die(self) -> None:
        """One life: sometimes too short to listen, else until some requests were made, or until
        a moment that has to do with nothing."""
        baton = await self.start()
        if self.random.random() < 0.08:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.random.uniform(0.01, 0.3)):
                    await self.open(baton)
            await self.kill(baton)
            return
        await self.open(baton)
        await self.some_time()
        await self.kill(baton)

    async def some_time(self) -> None:
        """Some load passes, with Slack in some mood."""
        mood = self.random.choice(_MOODS)
        if mood:
            self.sandbox.misbehave(mood)
        watched: list[Callable[[], int]] = [
            lambda: len(self.sandbox.calls),
            lambda: len(self.sandbox.deliveries),
            lambda: len(self.crowd.leads),
        ]
        seen = self.random.choice(watched)
        until = seen() + self.random.randint(10, 60)
        with suppress(TimeoutError):
            await self.sandbox.until(lambda: seen() >= until, self.random.uniform(0.5, 2.5))
        self.sandbox.behave()

    async def drain(self, database: Database) -> None:
        """Until nothing that is due is left to be delivered."""
        deadline = monotonic() + 60
        while left := await database.read(lambda session: shown.unsent(session, _now())):
            assert monotonic() < deadline, f"never sent: {left[:5]}\n{self.nursery.log_end()}"
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await self.sandbox.workspace.changed_since(self.sandbox.workspace.revision)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def ordeal(folder: Path, database_url: str, seed: int) -> AsyncIterator[Ordeal]:
    """A town with everybody in it, and a nursery."""
    random = Random(seed)
    async with acme.workspace(retry_delays=(0.0, 1.0, 4.0)) as sandbox, nursery(folder) as place:
        doors = Doors(sandbox, random)
        yield Ordeal(
            sandbox=sandbox,
            settings=acme.settings(sandbox, database_url),
            nursery=place,
            doors=doors,
            crowd=Crowd(sandbox, doors, random),
            random=random,
        )


async def _nothing_is_lost(one: Ordeal, database: Database) -> None:
    setup, _ = read_files(one.settings)
    sandbox, now = one.sandbox, _now()

    def check(session: Session) -> dict[str, str]:
        findings = {
            "broken promises": promises.broken_promises(session, sandbox),
            "lost notes": promises.lost_notes(session, sandbox),
            "lost leads": promises.lost_leads(session, one.crowd.leads),
            "torn leads": promises.torn_leads(session),
            "wrong tallies": promises.wrong_tallies(session),
            "dropped messages": shown.dropped(session, sandbox, now),
            "doubled messages": shown.doubled(sandbox),
            "orphaned messages": shown.orphaned(session, sandbox),
            "misplaced cards": shown.misplaced(session, sandbox),
            "stale cards": shown.stale(session, setup, sandbox, now),
            "disordered cards": shown.disordered(session, sandbox),
        }
        return {name: text for name, found in findings.items() if (text := "\n".join(found))}

    problems = await database.read(check)
    assert not problems, "\n\n".join(f"{name}:\n{text}" for name, text in problems.items())


async def _settle(one: Ordeal, database: Database, people: asyncio.Task[None]) -> None:
    """Everybody goes home, everything is delivered, and the books are checked."""
    one.crowd.go_home()
    await people
    await one.drain(database)
    await _nothing_is_lost(one, database)
    await _tell(one, database)


async def _tell(one: Ordeal, database: Database) -> None:
    """What the run was like, for whoever reads the log; and that it was a run worth the name."""

    def count(session: Session) -> str:
        decisions = promises.rows(session, FeedbackRow)
        states = [row.state for row in promises.rows(session, HandoffRow)]
        assert len(decisions) > one.kills // 4
        return (
            f"{one.kills} kills in {monotonic() - one.began:.0f} s: "
            f"{len(promises.rows(session, LeadRow))} leads, {len(states)} handoffs "
            f"({states.count(HandoffState.ACCEPTED)} accepted), {len(decisions)} decisions, "
            f"{len(promises.answered_deeds(one.sandbox))} answered deeds, "
            f"{len(promises.rows(session, OutboxRow))} outbox rows"
        )

    print(await database.read(count))


@pytest.mark.kill
@pytest.mark.timeout(420)
async def test_fifty_deaths_under_load_lose_nothing_and_do_nothing_twice(
    tmp_path: Path, database_url: str
) -> None:
    database = Database.open(database_url)
    async with ordeal(tmp_path, database_url, seed=20261122) as one:
        people = asyncio.create_task(one.crowd.run())
        while one.kills < 50:
            await one.live_and_die()
            assert not people.done(), people.result()
        await one.open(await one.start())
        await _settle(one, database, people)
    await database.close()


@pytest.mark.kill
@pytest.mark.postgres
@pytest.mark.timeout(300)
async def test_two_batons_on_postgresql_die_in_turn_and_lose_nothing(
    tmp_path: Path, postgres_url: str
) -> None:
    database = Database.open(postgres_url)
    async with ordeal(tmp_path, postgres_url, seed=20261123) as one:
        people = asyncio.create_task(one.crowd.run())
        batons = [await one.start(), await one.start()]
        for baton in batons:
            await one.open(baton)
        while one.kills < 8:
            await one.some_time()
            victim = batons.pop(one.random.randrange(2))
            await one.kill(victim)
            assert not people.done(), people.result()
            await one.some_time()  # the other one carries on alone
            batons.append(await one.start())
            await one.open(batons[-1])
        await _settle(one, database, people)
    await database.close()

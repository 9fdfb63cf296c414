"""Three processes climb the same ladders while they are killed and time jumps: every step happens
once, and is told once."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic

import aiohttp
import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from sandbox import Sandbox
from storage.database import Database, Session
from storage.tables import CopyRow, HandoffRow, HistoryRow, OutboxRow
from tests import acme
from tests.faults import shown
from tests.faults.batons import Baton, Nursery, nursery
from tests.faults.promises import rows

_LADDER = """
ladder = [
  { at = "50%", do = "remind" },
  { at = "100%", do = "escalate" },
  { at = "125%", do = "mark" },
  { at = "150%", do = "reassign" },
]
"""
_ACTS = ("reminded", "escalated", "marked", "reassigned", "kept")
_LEADS = 6
_JUMPS = (7, 16, 31, 46, 61, 95)
"""Minutes; some shorter than the way between two steps, some longer than the whole ladder."""
_HOURS = 5


@dataclass
class Town:
    """Three Batons with one clock, and the chat that they speak in."""

    sandbox: Sandbox
    nursery: Nursery
    settings: dict[str, str]
    clock: Path
    random: Random
    batons: list[Baton]
    ahead: float = 0.0
    kills: int = 0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def jump(self, minutes: float) -> None:
        """All clocks at once, and never half; while nothing is being sent, as a lease that ends by
        a jump is no lease."""
        self.ahead += minutes * 60
        half = self.clock.with_suffix(".new")
        half.write_text(str(self.ahead))
        half.replace(self.clock)

    async def begin(self) -> None:
        for _ in range(3):
            self.batons.append(await self.nursery.start(self.settings, self.clock))
        for baton in self.batons:
            self.sandbox.app_url = await self.nursery.address(baton)

    async def kill_one(self) -> None:
        """Any of them, wherever it is, and another one comes up."""
        victim = self.batons.pop(self.random.randrange(3))
        await self.nursery.kill(victim)
        self.kills += 1
        self.batons.append(await self.nursery.start(self.settings, self.clock))
        self.sandbox.app_url = await self.nursery.address(self.batons[0])

    async def send_leads(self) -> None:
        """Leads that any rep may take."""
        address = await self.nursery.address(self.batons[-1])
        async with aiohttp.ClientSession() as http:
            for number in range(_LEADS):
                lead = acme.lead(number)
                lead["company"] = {"name": f"Company {number}", "employees": 500}
                token = {"Authorization": f"Bearer {acme.INGEST_TOKEN}"}
                url = f"{address}/ingest/leads"
                async with http.post(url, json=lead, headers=token) as answer:
                    assert answer.status == 202, await answer.text()

    async def accept_some(self) -> None:
        """Every rep takes the first lead that they have, if it can be had still."""
        for rep in acme.REPS:
            person = self.sandbox.persona(rep)
            cards = [one for one in person.messages() if "Accept" in one.buttons()]
            if cards:
                await person.click(cards[0], "Accept")

    async def settle(self, database: Database) -> None:
        """Until what is due is done, and what is due to be sent is sent."""
        deadline = monotonic() + 20
        while left := await database.read(lambda session: _left(session, self.now)):
            assert monotonic() < deadline, f"{left[:5]}\n{self.nursery.log_end()}"
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.sandbox.workspace.changed_since(self.sandbox.workspace.revision)


def _left(session: Session, now: datetime) -> list[object]:
    due = select(HandoffRow.id).where(col(HandoffRow.step_at) <= now)
    return [*session.exec(due), *shown.unsent(session, now)]


@pytest.mark.kill
@pytest.mark.postgres
@pytest.mark.timeout(90)
async def test_three_processes_that_die_climb_every_ladder_once(
    tmp_path: Path, postgres_url: str
) -> None:
    database = Database.open(postgres_url)
    async with acme.workspace() as sandbox, nursery(tmp_path) as place:
        settings = _settings(sandbox, postgres_url, tmp_path)
        random = Random(20261122)
        clock = tmp_path / "clock"
        clock.write_text("0")
        town = Town(sandbox, place, settings, clock, random, [])
        await town.begin()
        await town.send_leads()
        await town.settle(database)
        await town.accept_some()
        await town.settle(database)
        while town.ahead < _HOURS * 3600:
            town.jump(random.choice(_JUMPS))
            for _ in range(random.randint(0, 2)):
                calls = len(sandbox.calls)
                wanted = calls + random.randint(1, 6)
                with suppress(TimeoutError):
                    await sandbox.until(lambda wanted=wanted: len(sandbox.calls) >= wanted, 0.5)  # type: ignore[misc]
                await town.kill_one()
            await town.settle(database)
            if random.random() < 0.4:
                await town.accept_some()
                await town.settle(database)
        town.jump(24 * 60)
        await town.settle(database)
        assert town.kills >= 5
        problems = await database.read(lambda session: list(_problems(session, town)))
        assert not problems, "\n".join(problems)
        told = await database.read(lambda session: _told(session, town))
        assert "'accepted'" in told
        print(told)
    await database.close()


def _settings(sandbox: Sandbox, url: str, folder: Path) -> dict[str, str]:
    """Acme's settings with a ladder, and with an hour for the first touch too."""
    known = (acme.FOLDER / "agreement.toml").read_text()
    known = known.replace('contact_within = "24h"', f'contact_within = "1h"{_LADDER}')
    agreement = folder / "agreement.toml"
    agreement.write_text(known)
    settings = acme.settings(sandbox, url, agreement=agreement).model_dump(exclude_none=True)
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings.items()
    }


def _problems(session: Session, town: Town) -> Iterator[str]:
    yield from shown.doubled(town.sandbox)
    yield from shown.dropped(session, town.sandbox, town.now)
    posts = Counter(
        (copy.kind, copy.subject, copy.destination)
        for copy, row in session.exec(
            select(CopyRow, OutboxRow).join(OutboxRow, col(OutboxRow.copy_id) == col(CopyRow.id))
        )
        if row.verb == "post"
    )
    yield from (f"{what} was enqueued {n} times" for what, n in posts.items() if n > 1)
    history = rows(session, HistoryRow)
    for handoff in rows(session, HandoffRow):
        acts = [one for one in history if one.handoff_id == handoff.id]
        yield from _misclimbed(handoff, acts)


def _misclimbed(handoff: HandoffRow, history: list[HistoryRow]) -> Iterator[str]:
    """What isn't the whole ladder of the clock to the decision up to the accept, if there was one,
    and then the whole ladder of the clock to the first touch."""
    clocks: list[list[tuple[str, int]]] = [[]]
    for row in history:
        if row.act == "accepted":
            clocks.append([])
        elif row.act in _ACTS:
            step = re.search(r"step (\d) of 4", row.why)
            clocks[-1].append((row.act, int(step[1]) if step else 0))
    first, last = clocks[0], clocks[-1]
    end = "reassigned" if handoff.state == "withdrawn" else "kept"
    whole = [("reminded", 1), ("escalated", 2), ("marked", 3), (end, 4)]
    if first != whole[: len(first)] or last != whole or len(clocks) > 2:
        yield f"handoff {handoff.id} of {handoff.rep} is {handoff.state}: {clocks}"


def _told(session: Session, town: Town) -> str:
    history = Counter(row.act for row in rows(session, HistoryRow))
    sent = Counter(copy.kind for copy in rows(session, CopyRow) if copy.message)
    return f"{town.kills} kills; {dict(history)}; messages {dict(sent)}"

"""Acme at work: its chat and Baton in one process, on a database of the test's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic
from typing import TypeVar

import aiohttp
import pytest
from sqlmodel import SQLModel, col, select

from commands.context import Platform, Setup
from composition import CHORES, company, running
from jobs.outbox_worker import Pace
from jobs.schedule import Schedule
from sandbox import Sandbox
from storage.database import Database
from storage.tables import HandoffRow, HistoryRow
from tests import acme
from tests.faults.shown import unsent
from tests.stories.chat import Card, Chat
from tests.stories.slack import SlackInATest
from tests.stories.teams import TeamsInATest

Row = TypeVar("Row", bound=SQLModel)

PACE = Pace(interval=0.01, burst=10, time_limit=2.0, poll=0.1, retry_after=(0.05,) * 200)
"""As in production but quicker."""


class RunningClock:
    """Goes on by itself from Monday, 23 November 2026, 10:00 UTC, and can be put forward."""

    def __init__(self) -> None:
        self._start = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        self._since = monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=monotonic() - self._since)

    def put(self, moment: datetime) -> None:
        """It is this moment now."""
        self._start, self._since = moment, monotonic()

    def advance(self, **amount: float) -> None:
        """Move on by days=, hours=, minutes=."""
        self.put(self() + timedelta(**amount))


@dataclass
class Acme:
    """The company of a story."""

    chat: Chat
    database: Database
    setup: Setup
    clock: RunningClock
    address: str
    http: aiohttp.ClientSession
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def sandbox(self) -> Sandbox:
        """Its Slack, in stories that are about Slack only."""
        assert isinstance(self.chat, SlackInATest)
        return self.chat.sandbox

    async def send(self, told: object) -> list[dict[str, object]]:
        """What the marketing system sends to `/ingest/leads`, and the answer."""
        token = {"Authorization": f"Bearer {acme.INGEST_TOKEN}"}
        async with self.http.post(
            f"{self.address}/ingest/leads", json=told, headers=token
        ) as answer:
            assert answer.status == 202, await answer.text()
            taken: list[dict[str, object]] = await answer.json()
            return taken

    async def receives(self, rep: str, **changes: object) -> tuple[str, Card]:
        """A lead that qualifies comes in for this rep: its name, and the rep's card."""
        number = next(self.numbers)
        await self.send(acme.lead(number, acme.COUNTRIES[rep], **changes))
        name = f"Byron{number}"
        card = await self.chat.person(rep).card(f"{name},")
        await self.chat.until(lambda: self._lines(name))
        return name, card

    def line(self, name: str) -> Card:
        """The lead's line in the handoffs channel."""
        (line,) = self._lines(name)
        return line

    def _lines(self, name: str) -> list[Card]:
        return [one for one in self.chat.channel("lead-handoffs") if f"{name}," in one.says()]

    async def told(self, name: str, words: str) -> str:
        """What is said in the thread of the lead's line, once these words are among it."""
        line = self.line(name)
        await self.chat.until(lambda: any(words in one.says() for one in self.chat.thread(line)))
        return "\n".join(one.says() for one in self.chat.thread(line))

    async def wake(self) -> None:
        """What the schedule does by itself a few seconds later: bring back what came due."""
        chores = Schedule(self.database, self.setup, self.clock, CHORES)
        await chores.run_all()

    async def delivered(self) -> None:
        """Return once nothing that is due is left to be told."""
        deadline = monotonic() + 20
        while await self.database.read(lambda session: unsent(session, self.clock())):
            assert monotonic() < deadline, "it was never told"
            await self.chat.stirs(0.05)

    async def rows_of(self, table: type[Row]) -> list[Row]:
        """Everything in a table that has no id."""
        return await self.database.read(lambda session: list(session.exec(select(table))))

    async def rows(self, table: type[Row]) -> list[Row]:
        """Everything in a table, oldest first."""
        by = col(table.id)  # type: ignore[attr-defined]
        return await self.database.read(
            lambda session: list(session.exec(select(table).order_by(by)))
        )

    async def handoffs(self) -> list[tuple[str, str]]:
        """Rep and state of every handoff, oldest first."""
        return [(one.rep, one.state) for one in await self.rows(HandoffRow)]

    async def acts(self, act: str) -> list[str]:
        """Who did this, oldest first."""
        return [one.by for one in await self.rows(HistoryRow) if one.act == act]


@asynccontextmanager
async def at_work(
    database_url: str, platform: Platform = Platform.SLACK, **files: object
) -> AsyncIterator[Acme]:
    """Acme with its chat and its Baton; `files` are settings that name other files than Acme's."""
    clock = RunningClock()
    async with AsyncExitStack() as stack:
        where: SlackInATest | TeamsInATest
        if platform is Platform.SLACK:
            sandbox = await stack.enter_async_context(acme.workspace())
            opened = stack.enter_context(
                company(acme.settings(sandbox, database_url, **files), clock)
            )
            sandbox.app_url = address = await stack.enter_async_context(running(opened, PACE))
            where = SlackInATest(sandbox)
        else:
            teams = await stack.enter_async_context(acme.teams())
            settings = acme.settings_in_teams(database_url, **files)
            opened = stack.enter_context(company(settings, clock, anonymous_teams=True))
            teams.app_url = address = await stack.enter_async_context(running(opened, PACE))
            await teams.install_in_team()
            where = TeamsInATest(teams)
        here = Acme(
            chat=where,
            database=opened.database,
            setup=opened.setup,
            clock=clock,
            address=address,
            http=await stack.enter_async_context(aiohttp.ClientSession()),
        )
        await here.wake()  # what is due on the first morning, with nothing to tell yet, is over
        yield here


@pytest.fixture(params=list(Platform))
def platform(request: pytest.FixtureRequest) -> Platform:
    """Every story is played on each platform, but for those that are about one of them."""
    played: Platform = request.param
    return played


@pytest.fixture
async def here(database_url: str, platform: Platform) -> AsyncIterator[Acme]:
    """Acme at work. Whatever happens in a story, the chat must never refuse how we write."""
    async with at_work(database_url, platform) as company_at_work:
        yield company_at_work
        assert company_at_work.chat.refused() == []

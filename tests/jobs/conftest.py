"""A worker with a chat in memory, and cards whose words a test can change."""

from datetime import datetime

import pytest

from cards.charts import Chart
from cards.model import Card, Heading, Picture, Words
from commands.card_kind import CardKind
from commands.context import Context, Platform, Setup
from jobs.outbox_worker import OutboxWorker, Pace
from leads.agreement import Agreement, SalesPromise, Unit, WorkDuration
from leads.criteria import Criteria
from leads.person import Channels, Person, Role, Team
from storage import outbox
from storage.database import Database, Session
from storage.tables import LeadRow
from tests.conftest import Clock
from tests.jobs.chat import MemoryChat

ADMIN = "ada@acme.example"
ANA = "person:ana@acme.example"
CHANNEL = "channel:#lead-handoffs"


class Stage:
    """Everything around one worker: enqueue with `post`, say with `says` what cards show."""

    def __init__(self, database: Database, setup: Setup, clock: Clock, chat: MemoryChat) -> None:
        self.database = database
        self.setup = setup
        self.clock = clock
        self.chat = chat
        self.says: dict[str, str | None] = {}
        self.charts: dict[str, Chart] = {}
        self.worker = self.another_worker()

    def another_worker(self, pace: Pace | None = None) -> OutboxWorker:
        return OutboxWorker(
            self.database,
            self.setup,
            self.clock,
            {self.chat.platform: self.chat},
            present=self.present,
            draw=self.draw,
            pace=pace,
            sleep=self.clock.sleep,
        )

    async def draw(self, chart: Chart) -> bytes:
        return chart.title.encode()

    def present(self, ctx: Context, kind: str, subject: str) -> Card | None:
        if kind not in {"test", CardKind.PARKED_DELIVERY}:
            raise KeyError(kind)
        text = self.says.get(subject, subject)
        if text is None:
            return None
        words = Words("test", "test", text=text)
        chart = self.charts.get(subject)
        picture = (Picture(chart=chart, alt=words),) if chart else ()
        return Card(summary=words, blocks=(Heading(text=words), *picture))

    async def post(
        self,
        subject: str,
        destination: str = ANA,
        *,
        stream: str = "lead:1",
        lead_id: int | None = None,
        due_at: datetime | None = None,
        thread_of: int | None = None,
    ) -> int:
        """Enqueue a card; returns the id of its copy."""

        def work(session: Session) -> int | None:
            if lead_id and session.get(LeadRow, lead_id) is None:
                now = self.clock()
                session.add(LeadRow(id=lead_id, created_at=now, received_at=now))
                session.flush()
            return outbox.post(
                session,
                kind="test",
                subject=subject,
                platform=Platform.SLACK,
                destination=destination,
                stream=stream,
                dedupe_key=f"{stream}:{subject}:{destination}",
                now=self.clock(),
                due_at=due_at,
                lead_id=lead_id,
                thread_of=thread_of,
            )

        copy = await self.database.write(work)
        assert copy is not None
        return copy

    async def changed(self, lead_id: int, due_at: datetime | None = None) -> None:
        """Have the copies of a lead drawn again."""
        await self.database.write(
            lambda session: outbox.update_copies(session, lead_id, self.clock(), due_at)
        )


@pytest.fixture
def setup() -> Setup:
    hour = WorkDuration(amount=1, unit=Unit.HOURS)
    people = (Person(name="Ada Admin", email=ADMIN, roles=frozenset({Role.ADMIN})),)
    return Setup(
        agreement=Agreement(
            name="Acme",
            fallback=ADMIN,
            sales=SalesPromise(accept_within=hour, contact_within=hour),
            criteria=Criteria(version=1, threshold=60, rules=()),
            reasons=(),
        ),
        team=Team(people=people, channels=Channels()),
    )


@pytest.fixture
def chat() -> MemoryChat:
    return MemoryChat()


@pytest.fixture
async def stage(database: Database, setup: Setup, clock: Clock, chat: MemoryChat) -> Stage:
    return Stage(database, setup, clock, chat)

"""Rescoring from end to end: worked out in another process, written here."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from commands import rescore_leads
from commands.context import Context, Setup
from commands.criteria_in_force import seed
from commands.receive_lead import IncomingLead, receive
from jobs.aside import Aside
from jobs.rescoring import Rescored, Rescoring
from leads.criteria import Criteria, FieldCondition, FieldTest, Group, Rule
from leads.lifecycle import Stage
from leads.person import Person, Role, Team
from storage.criteria_body import criteria_body
from storage.database import Database
from storage.tables import CriteriaRow, HandoffRow, LeadRow
from tests.conftest import Clock

LEADS = 40


def worth(points: int, *, version: int, threshold: int = 60) -> Criteria:
    """Criteria that give points for five visits or more."""
    visits = FieldCondition(field="visits", test=FieldTest.AT_LEAST, value=5)
    rule = Rule(id="visits", label="Visits", group=Group.FIT, points=points, when=visits)
    return Criteria(version=version, threshold=threshold, rules=(rule,))


@pytest.fixture
async def aside() -> AsyncIterator[Aside]:
    async with Aside() as process:
        yield process


@pytest.fixture
def setup(setup: Setup) -> Setup:
    """With a rep who takes leads, and criteria that nobody reaches."""
    rep = Person(name="Ana Ortiz", email="ana@acme.example", roles=frozenset({Role.REP}))
    return replace(
        setup,
        agreement=replace(setup.agreement, criteria=worth(1, version=1)),
        team=Team(people=(*setup.team.people, rep), channels=setup.team.channels),
    )


@pytest.fixture
async def rescoring(database: Database, setup: Setup, clock: Clock, aside: Aside) -> Rescoring:
    """Of a company whose leads were scored under version 1."""

    def begin(session: Session) -> None:
        ctx = Context(session=session, now=clock(), setup=setup)
        seed(ctx, ())
        for number in range(LEADS):
            receive(ctx, IncomingLead(external_id=f"L-{number}", extra={"visits": number}))

    await database.write(begin)
    return Rescoring(database, setup, clock, aside)


async def activate(database: Database, clock: Clock, criteria: Criteria) -> None:
    await database.write(
        lambda session: session.add(
            CriteriaRow(
                version=criteria.version,
                body=dict(criteria_body(criteria)),
                activated_at=clock(),
                by="a test",
            )
        )
    )


async def happened(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def scores(database: Database) -> list[tuple[int, int]]:
    """Score and version of each lead."""
    rows = await database.read(
        lambda session: session.exec(select(LeadRow).order_by(col(LeadRow.id))).all()
    )
    return [(row.score, row.criteria_version) for row in rows]


async def test_leads_are_rescored_once_for_a_version(
    rescoring: Rescoring, database: Database, clock: Clock
) -> None:
    await activate(database, clock, worth(30, version=2))
    assert await rescoring.run() == Rescored(version=2, leads=LEADS, qualified=0)
    assert await scores(database) == [(0, 2)] * 5 + [(30, 2)] * (LEADS - 5)
    assert await rescoring.run() is None


async def test_where_nothing_is_to_be_done_no_process_is_started(
    rescoring: Rescoring, aside: Aside
) -> None:
    assert await rescoring.run() == Rescored(version=1, leads=0, qualified=0)
    assert await rescoring.run() is None
    assert aside.pid is None


async def test_those_who_reach_the_threshold_are_handed_over(
    rescoring: Rescoring, database: Database, clock: Clock
) -> None:
    await activate(database, clock, worth(30, version=2, threshold=30))
    assert await rescoring.run() == Rescored(version=2, leads=5, qualified=LEADS - 5)
    assert await scores(database) == [(0, 2)] * 5 + [(30, 2)] * (LEADS - 5)
    handoffs = await database.read(lambda session: session.exec(select(HandoffRow)).all())
    assert len({handoff.lead_id for handoff in handoffs}) == len(handoffs) == LEADS - 5
    rows = await database.read(lambda session: session.exec(select(LeadRow)).all())
    assert sum(row.stage == Stage.MQL for row in rows) == LEADS - 5


async def test_an_interrupted_rescoring_goes_on_where_it_stopped(
    rescoring: Rescoring, database: Database, setup: Setup, clock: Clock
) -> None:
    await activate(database, clock, worth(30, version=2, threshold=30))

    def begin(session: Session) -> None:
        ctx = Context(session=session, now=clock(), setup=setup)
        batch = rescore_leads.read_batch(session, clock(), after_id=0, limit=12)
        assert batch is not None
        rescore_leads.write_batch(ctx, batch, 0)
        rescore_leads.qualify(ctx, batch.reached[0])

    await database.write(begin)
    assert await rescoring.run() == Rescored(version=2, leads=0, qualified=LEADS - 6)
    assert await scores(database) == [(0, 2)] * 5 + [(30, 2)] * (LEADS - 5)


async def test_a_rescoring_that_is_cancelled_leaves_no_process_and_can_begin_again(
    rescoring: Rescoring, database: Database, clock: Clock, aside: Aside
) -> None:
    await activate(database, clock, worth(30, version=2))
    keeping = asyncio.create_task(rescoring.keep())
    async with asyncio.timeout(60):
        await happened(lambda: aside.pid is not None)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert aside.pid is None
    assert (await rescoring.run()) == Rescored(version=2, leads=LEADS, qualified=0)


async def test_newer_criteria_that_come_in_between_are_the_ones_that_count(
    rescoring: Rescoring, database: Database, clock: Clock
) -> None:
    await activate(database, clock, worth(30, version=2))
    running = asyncio.create_task(rescoring.run())
    await activate(database, clock, worth(12, version=3))
    await running
    await rescoring.run()
    assert await scores(database) == [(0, 3)] * 5 + [(12, 3)] * (LEADS - 5)
    assert await database.read(rescore_leads.due) is None


async def test_when_the_process_is_killed_the_work_is_taken_up_again(
    rescoring: Rescoring, database: Database, clock: Clock, aside: Aside
) -> None:
    await activate(database, clock, worth(30, version=2))
    keeping = asyncio.create_task(rescoring.keep(every=timedelta(milliseconds=10)))
    async with asyncio.timeout(60):
        await happened(lambda: aside.pid is not None)
        assert aside.pid is not None
        os.kill(aside.pid, signal.SIGKILL)
        await happened(lambda: aside.pid is None)
        while await database.read(rescore_leads.due) is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    keeping.cancel()
    assert await scores(database) == [(0, 2)] * 5 + [(30, 2)] * (LEADS - 5)


async def test_the_preview_is_worked_out_in_the_other_process(
    rescoring: Rescoring, database: Database, clock: Clock, aside: Aside
) -> None:
    told = await aside(rescore_leads.distribution, database.url, worth(30, version=2), clock())
    assert (dict(told.now), dict(told.then)) == ({0: 5, 1: LEADS - 5}, {0: 5, 30: LEADS - 5})

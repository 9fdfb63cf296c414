"""Leads read straight into columns are the leads that are kept."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads import scoring
from leads.criteria import Criteria, EventCondition, FieldCondition, FieldTest, Group, Rule, Score
from leads.lead import Company, EngagementEvent, Lead
from leads.lifecycle import Stage
from storage.database import Database, Session
from storage.lead_columns import LeadBatch, Needs, read_open
from storage.leads import events_of, insert_events, insert_lead, lead_value
from storage.tables import LeadRow
from tests.leads.made_up import NOW, event, lead
from tests.leads.retuning.strategies import criteria, events, leads

NO_SCORE = Score(points=0, fit=0, engagement=0, lines=(), criteria_version=1)
LOOKS_AT_ALL = Criteria(
    version=2,
    threshold=1,
    rules=(
        Rule(
            id="interest",
            label="Wants seats",
            group=Group.FIT,
            points=3,
            when=FieldCondition(field="interests", test=FieldTest.IS, value="Seats"),
        ),
        Rule(
            id="visits",
            label="Visits",
            group=Group.FIT,
            points=5,
            when=FieldCondition(field="visits", test=FieldTest.AT_LEAST, value=2.5),
        ),
        Rule(
            id="employees",
            label="Small",
            group=Group.FIT,
            points=7,
            when=FieldCondition(field="company.employees", test=FieldTest.AT_MOST, value=10),
        ),
        Rule(
            id="pages",
            label="Pages",
            group=Group.ENGAGEMENT,
            points=11,
            when=EventCondition(event="page_view", within=timedelta(days=2)),
            each=True,
        ),
    ),
)


def keep(
    session: Session,
    value: Lead,
    did: list[EngagementEvent],
    *,
    stage: Stage = Stage.NEW,
    version: int = 1,
) -> int:
    kept = insert_lead(
        session,
        value,
        replace(NO_SCORE, criteria_version=version),
        stage=stage,
        mql_at=None,
        received_at=NOW,
    )
    insert_events(session, kept.id, (replace(one, id=uuid4().hex) for one in did))
    return kept.id


def alone(session: Session, batch: LeadBatch, under: Criteria, now: datetime) -> list[int]:
    return [
        scoring.score(
            under,
            lead_value(session.get_one(LeadRow, lead_id)),
            events_of(session, lead_id),
            now,
        ).points
        for lead_id in batch.ids
    ]


@settings(max_examples=40, deadline=None)
@given(criteria, st.lists(st.tuples(leads, st.lists(events, max_size=3)), min_size=1, max_size=5))
def test_their_scores_are_those_of_each_lead_by_itself(
    migrated_file: Path, under: Criteria, people: list[tuple[Lead, list[EngagementEvent]]]
) -> None:
    file = migrated_file.with_name("columns.db")
    database = Database.open(f"sqlite:///{shutil.copy(migrated_file, file)}")

    def compare(session: Session) -> None:
        for value, did in people:
            keep(session, replace(value, email=None), did)
        session.flush()
        batch = read_open(session, Needs.of(under), NOW, after_id=0, limit=100)
        assert batch is not None
        assert len(batch.ids) == len(people)
        assert batch.table.scores(under).tolist() == alone(session, batch, under, NOW)

    database.write_now(compare)
    database.close_now()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_both_databases_give_the_same(kind: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("database_url" if kind == "sqlite" else "postgres_url")
    database = Database.open(url)
    now = datetime(2026, 11, 20, 12, 0, 0, 1, tzinfo=UTC)
    two_days = timedelta(days=2)

    def compare(session: Session) -> list[int]:
        small = Company(employees=3, country="ÉS")
        keep(session, replace(lead(visits=3), email=None, company=small), [])
        keep(session, replace(lead(visits=True), email=None, interests=("seats", "x")), [])
        exactly = replace(event("page_view"), at=now - two_days)
        before = replace(exactly, at=exactly.at - timedelta(microseconds=1))
        keep(session, replace(lead(visits="3"), email=None), [exactly, before, exactly])
        session.flush()
        batch = read_open(session, Needs.of(LOOKS_AT_ALL), now, after_id=0, limit=100)
        assert batch is not None
        scores: list[int] = batch.table.scores(LOOKS_AT_ALL).tolist()
        assert scores == alone(session, batch, LOOKS_AT_ALL, now)
        return scores

    assert database.write_now(compare) == [12, 3, 22]
    database.close_now()


async def test_what_is_read_in_many_parts_is_in_one_table(database: Database) -> None:
    last = replace(lead(visits=True, seats=4), email=None, interests=("seats",))

    def compare(session: Session) -> None:
        for number in range(1_100):
            keep(session, replace(lead(visits=number % 7), email=None), [])
        keep(session, last, [event("page_view")])
        session.flush()
        batch = read_open(session, Needs.of(LOOKS_AT_ALL), NOW, after_id=0, limit=2_000)
        assert batch is not None
        assert len(batch.ids) == len(batch.stages) == len(batch.scores) == 1_101
        assert batch.table.scores(LOOKS_AT_ALL).tolist() == [
            *(5 * (number % 7 > 2) for number in range(1_100)),
            14,
        ]
        assert batch.table.scores(LOOKS_AT_ALL)[-1] == alone(session, batch, LOOKS_AT_ALL, NOW)[-1]

    await database.write(compare)


async def test_only_open_leads_under_an_older_version_come_in_order_of_their_ids(
    database: Database,
) -> None:
    def fill(session: Session) -> list[int]:
        kept = [
            keep(session, replace(lead(), email=None), [event("page_view")], stage=stage)
            for stage in Stage
        ]
        keep(session, replace(lead(), email=None), [], version=2)
        return kept

    ids = await database.write(fill)
    closed = {Stage.WON, Stage.LOST, Stage.DISQUALIFIED}
    is_open = [lead_id for lead_id, stage in zip(ids, Stage, strict=True) if stage not in closed]

    def read(session: Session) -> list[tuple[int, ...]]:
        parts, after_id = [], 0
        needs = Needs.of(LOOKS_AT_ALL)
        while batch := read_open(session, needs, NOW, after_id=after_id, limit=4, before_version=2):
            assert batch.table.holds(EventCondition(event="page_view")).all()
            parts.append(batch.ids)
            after_id = batch.ids[-1]
        return parts

    assert await database.read(read) == [tuple(is_open[:4]), tuple(is_open[4:])]

"""Decisions as what criteria learn from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlmodel import Session

from leads.criteria import EventCondition, FieldCondition, FieldTest
from leads.lifecycle import Stage
from leads.proposals import week_of
from leads.retuning.labels import worth_of
from storage import decisions
from storage.database import Database
from storage.decisions import Learnable
from storage.tables import CriteriaRow, ProposalRow
from tests.storage.decided import REPS, add

AT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
"""Sunday; the decision an hour later is on Monday in Madrid."""
MADRID = ZoneInfo("Europe/Madrid")
ANA, BEN, _ = REPS


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Database:
    """Both databases, one after the other."""
    name = "database" if request.param == "sqlite" else "postgres"
    found: Database = request.getfixturevalue(name)
    return found


async def learn(database: Database, *histories: Mapping[str, object]) -> Learnable:
    def keep(session: Session) -> None:
        for history in histories:
            add(session, **{"at": AT, **history})  # type: ignore[arg-type]

    await database.write(keep)
    return await database.read(lambda session: decisions.read(session, MADRID))


async def test_the_last_decision_stands_and_what_was_undone_does_not(either: Database) -> None:
    found = await learn(
        either,
        {"decisions": ("accepted",)},
        {"decisions": ("rejected", "undone", "accepted")},
        {"decisions": ("accepted", "rejected")},  # given back
        {"decisions": ("rejected", "undone")},
        {"decisions": ("passed",)},
        {"decisions": ("accepted", "rejected", "undone")},
        {"decisions": ()},
    )
    assert found.history.ids.tolist() == [1, 2, 3, 6]
    assert found.history.accepted.tolist() == [True, True, False, True]
    assert found.newest == 12


async def test_only_reasons_that_teach_fit_count_against_a_lead(database: Database) -> None:
    found = await learn(
        database,
        {"decisions": ("rejected",), "reason": "too_small", "teaches": "fit"},
        *(
            {"decisions": ("rejected",), "reason": "x", "teaches": other}
            for other in ("timing", "routing", "data", "reach", "other")
        ),
    )
    assert found.history.ids.tolist() == [1]
    assert found.history.reasons == ("too_small",)


async def test_a_lead_is_as_it_was_known_when_it_was_offered(either: Database) -> None:
    fields = {
        "title": "VP Engineering",
        "company.employees": 60,
        "interests": ["pricing", "api"],
        "extra.visits": 3,
        "first_name": "Ada",
        "last_name": "Byron",
    }
    before, after = AT - timedelta(days=3), AT + timedelta(minutes=1)
    found = await learn(
        either,
        {"fields": fields, "events": (("download", before), ("page_view", after))},
        {"fields": {"email": "b@initech.example"}, "events": (("page_view", before),)},
        {"decisions": (), "events": (("download", before),)},
    )
    table = found.history.leads
    assert table.numbers("company.employees").tolist()[0] == 60
    assert table.numbers("extra.visits").tolist()[0] == 3
    likes = FieldCondition(field="interests", test=FieldTest.IS, value="api")
    assert table.holds(likes).tolist() == [True, False]
    assert table.holds(EventCondition(event="download")).tolist() == [True, False]
    assert table.holds(EventCondition(event="page_view")).tolist() == [False, True]
    week = EventCondition(event="download", within=timedelta(days=2))
    assert not table.holds(week).any()
    assert found.history.names == ("Ada Byron", "b@initech.example")


async def test_weeks_are_those_of_the_agreements_zone(database: Database) -> None:
    found = await learn(database, {})
    assert found.history.weeks.tolist() == [week_of(AT.date()) + 1]
    assert found.history.at.tolist() == [(AT + timedelta(hours=1)).timestamp()]
    elsewhere = await database.read(lambda session: decisions.read(session, ZoneInfo("UTC")))
    assert elsewhere.history.weeks.tolist() == [week_of(AT.date())]


async def test_what_became_of_a_lead_says_how_far_an_accept_is_believed(database: Database) -> None:
    found = await learn(
        database,
        {"stage": "sal"},
        {"stage": "sql"},
        {"stage": "opportunity"},
        {"stage": "won", "state": "completed"},
        {"stage": "lost", "state": "completed"},
        {"stage": "mql", "state": "completed"},  # lost then, and begun anew
    )
    outcomes = [None, Stage.SQL, Stage.OPPORTUNITY, Stage.WON, Stage.LOST, Stage.LOST]
    assert found.history.weight.tolist() == [worth_of(outcome) for outcome in outcomes]


async def test_a_rejected_lead_that_a_colleague_won_was_a_good_one(database: Database) -> None:
    no: dict[str, object] = {"decisions": ("rejected",), "reason": "too_small", "stage": "won"}
    found = await learn(
        database,
        {**no, "rep": ANA},
        {"rep": BEN, "lead_id": 1, "state": "completed"},
        {"decisions": ("rejected", "overturned"), "reason": "not_now", "teaches": "timing"},
        {"decisions": ("rejected", "upheld"), "reason": "too_small"},
    )
    assert found.history.ids.tolist() == [1, 2, 3, 4]
    assert found.history.accepted.tolist() == [True, True, True, False]
    assert found.history.weight[0] == worth_of(Stage.WON)


async def test_the_chance_of_explored_leads_is_kept(database: Database) -> None:
    found = await learn(database, {}, {"explored": True, "propensity": 0.05})
    assert found.history.explored.tolist() == [False, True]
    assert found.history.propensity.tolist() == [1.0, 0.05]


async def test_without_decisions_there_is_an_empty_history(either: Database) -> None:
    found = await learn(either)
    assert len(found.history) == 0
    assert found.newest == 0


async def test_drift_looks_at_decisions_of_every_kind_but_explored_ones(database: Database) -> None:
    await learn(
        database,
        {},
        {"decisions": ("rejected",), "reason": "not_now", "teaches": "timing"},
        {"explored": True},
        {"at": AT - timedelta(weeks=30)},
    )
    since = AT - timedelta(weeks=26)
    found = await database.read(lambda session: decisions.of_late(session, MADRID, since))
    assert found.ids.tolist() == [1, 2]
    assert found.reasons == (None, "not_now")
    assert np.array_equal(found.accepted, [True, False])


async def test_until_when_the_criteria_in_force_were_learned(database: Database) -> None:
    await learn(database, {}, {})

    def activate(session: Session) -> None:
        for version, evidence in ((2, {}), (3, {}), (4, {"restores": 2}), (5, {"restores": 1})):
            session.add(
                ProposalRow(
                    state="activated",
                    asked_at=AT,
                    asked_by="baton",
                    version=version,
                    decisions=1,
                    evidence=dict(evidence),
                )
            )
        session.add(CriteriaRow(version=1, body={}, activated_at=AT, by="agreement file"))

    await database.write(activate)

    def until(session: Session) -> list[int | None]:
        return [decisions.learned_until(session, version, MADRID) for version in range(1, 6)]

    week = week_of(AT.date()) + 1
    assert await database.read(until) == [None, week, week, week, None]

"""Columns of leads: whatever the criteria, each lead's score is the one it has by itself."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads import scoring
from leads.conditions import CLOCK_SKEW
from leads.criteria import (
    AnyOf,
    Condition,
    Criteria,
    EventCondition,
    FieldCondition,
    FieldTest,
    Group,
    Rule,
)
from leads.lead import EngagementEvent, Lead
from leads.retuning.event_columns import EventColumns, moments_of
from leads.retuning.lead_table import LeadTable
from tests.leads.made_up import NOW, event, lead
from tests.leads.retuning.strategies import criteria, events, leads

moments = st.sampled_from([NOW, NOW - timedelta(days=1), NOW + timedelta(microseconds=1)])
rows = st.lists(st.tuples(leads, st.lists(events, max_size=4), moments), max_size=6)

EXACT_HALF = Criteria(
    threshold=1,
    rules=(
        Rule(
            id="half",
            label="Halves to 2.5, which is 2",
            group=Group.ENGAGEMENT,
            points=5,
            when=EventCondition(event="visit"),
            half_life=timedelta(days=1),
        ),
    ),
)


def one_rule(when: Condition) -> Criteria:
    """A point for each event."""
    rule = Rule(id="each", label="Each", group=Group.ENGAGEMENT, points=1, when=when, each=True)
    return Criteria(threshold=1, rules=(rule,))


TWO_DAYS = one_rule(EventCondition(event="visit", within=timedelta(days=2)))
EITHER = one_rule(
    AnyOf(conditions=(EventCondition(event="visit", at_least=2), EventCondition(event="download")))
)
AHEAD = [replace(event("visit"), at=NOW + CLOCK_SKEW + timedelta(microseconds=us)) for us in (0, 1)]


@settings(max_examples=400, deadline=None)
@given(criteria, rows)
@example(TWO_DAYS, [(lead(), [event("visit", days_ago=2), event("visit", days_ago=2.01)], NOW)])
@example(EITHER, [(lead(), [event("visit"), event("download")], NOW)])
@example(one_rule(EventCondition(event="visit")), [(lead(), AHEAD, NOW)])
@example(EXACT_HALF, [(lead(), [event("visit", days_ago=1)], NOW)])
@example(EXACT_HALF, [(lead(), [event("visit", days_ago=2), event("VISIT", days_ago=3)], NOW)])
def test_scores_are_those_of_each_lead_by_itself(
    criteria: Criteria, rows: list[tuple[Lead, list[EngagementEvent], object]]
) -> None:
    table = LeadTable.of(rows)  # type: ignore[arg-type]
    alone = [scoring.score(criteria, *row) for row in rows]  # type: ignore[arg-type]
    assert table.scores(criteria).tolist() == [score.points for score in alone]
    grouped = table.grouped(criteria)
    assert grouped[Group.FIT].tolist() == [score.fit for score in alone]
    assert grouped[Group.ENGAGEMENT].tolist() == [score.engagement for score in alone]
    for rule in criteria.rules:
        assert table.holds(rule.when).tolist() == [scoring.holds(rule.when, *row) for row in rows]  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(criteria, rows.filter(bool), st.data())
def test_taken_rows_keep_their_scores(
    criteria: Criteria, rows: Sequence[object], data: st.DataObject
) -> None:
    table = LeadTable.of(rows)  # type: ignore[arg-type]
    chosen = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8)), np.int64)
    scores = table.scores(criteria)
    assert table.take(chosen).scores(criteria).tolist() == scores[chosen].tolist()
    mask = np.isin(np.arange(len(rows)), chosen)
    assert table.take(mask).scores(criteria).tolist() == scores[mask].tolist()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(0, 10**13)), max_size=30))
def test_decayed_points_are_rounded_as_one_by_one(cases: list[tuple[int, int]]) -> None:
    for points, age in cases:
        rule = Rule(
            id="r",
            label="Visited",
            group=Group.ENGAGEMENT,
            points=points,
            when=EventCondition(event="visit"),
            half_life=timedelta(days=7),
        )
        at = NOW - timedelta(microseconds=age)
        did = [EngagementEvent(id="e", type="visit", at=at)]
        alone = scoring.score(Criteria(threshold=1, rules=(rule,)), lead(), did, NOW).points
        assert LeadTable.of([(lead(), did, NOW)]).points(rule).tolist() == [alone]


def test_true_one_and_one_point_zero_are_three_values() -> None:
    table = LeadTable.of([(lead(paid=paid), (), NOW) for paid in (True, 1, 1.0, "1")])
    codes, values = table.codes("paid")
    assert [(type(values[code]), values[code]) for code in codes] == [
        (bool, True),
        (int, 1),
        (float, 1.0),
        (str, "1"),
    ]
    is_true = FieldCondition(field="paid", test=FieldTest.IS, value=True)
    is_one = FieldCondition(field="extra.paid", test=FieldTest.IS, value=1)
    assert table.holds(is_true).tolist() == [True, False, False, False]
    assert table.holds(is_one).tolist() == [False, True, True, False]


def test_columns_without_lead_objects_score_as_leads_do() -> None:
    people = [lead(title="CTO", visits=3), lead(title=None), lead(title="Intern", visits=9)]
    did = [[event("visit", "Pricing", days_ago=1)], [], [event("visit", days_ago=0.25)]]
    told = LeadTable.of((one, done, NOW) for one, done in zip(people, did, strict=True))
    columns = LeadTable.from_columns(
        3,
        {"title": ["CTO", None, "Intern"], "visits": [3, None, 9], "company.country": ["DE"] * 3},
        np.full(3, NOW.timestamp()),
        interests=[(), (), ()],
        events=EventColumns.of(
            [2, 0],
            [("visit", None), ("visit", "Pricing")],
            moments_of([did[2][0].at, did[0][0].at]),
        ),
    )
    many = Criteria(
        threshold=1,
        rules=(
            *EXACT_HALF.rules,
            Rule(
                id="visits",
                label="Visits: 5 or more",
                group=Group.FIT,
                points=7,
                when=FieldCondition(field="visits", test=FieldTest.AT_LEAST, value=5),
            ),
        ),
    )
    assert columns.scores(many).tolist() == told.scores(many).tolist()
    assert columns.fields == ("company.country", "extra.visits", "title")
    assert columns.events() == (("visit", None), ("visit", "Pricing"))


def test_numbers_are_nan_where_nothing_can_be_compared() -> None:
    table = LeadTable.of([(lead(v=v), (), NOW) for v in (2, True, "3", 10**400, -(10**400), 0.5)])
    assert table.numbers("v").tolist()[0] == 2
    assert np.isnan(table.numbers("v")).tolist() == [False, True, True, False, False, False]
    assert np.isinf(table.numbers("v")).tolist() == [False, False, False, True, True, False]
    assert np.isnan(table.numbers("never told")).all()


def test_a_field_that_no_lead_has_is_no_field_of_the_table() -> None:
    table = LeadTable.of([(lead(title=None, plan="pro"), (), NOW)])
    assert "title" not in table.fields
    codes, values = table.codes("title")
    assert (codes.tolist(), values) == ([-1], ())


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        LeadTable.from_columns(2, {"title": ["CTO"]}, np.zeros(2))
    with pytest.raises(ValueError, match=r"company\.size"):
        LeadTable.from_columns(1, {"company.size": [1]}, np.zeros(1))


def test_a_row_that_is_not_there_cannot_be_taken() -> None:
    with pytest.raises(IndexError):
        LeadTable.of([(lead(), (), NOW)]).take(np.array([1]))


def test_a_table_travels_to_another_process() -> None:
    table = LeadTable.of([(lead(), [event("visit")], NOW)])
    there = pickle.loads(pickle.dumps(table))
    assert there.scores(EXACT_HALF).tolist() == table.scores(EXACT_HALF).tolist() == [2]

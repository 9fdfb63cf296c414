"""How far one version of the criteria goes, and where it leads."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from leads.criteria import Criteria, FieldTest
from leads.retuning.candidates import FEWEST
from leads.retuning.field_column import FieldColumn
from leads.retuning.learning import learned
from leads.retuning.options import Options
from leads.retuning.stepping import stepped
from tests.leads.retuning.planted import GUESSED, history, rule

DECISIONS = history(1600, seed=3)
OPTIONS = Options(seed=5)


def points(criteria: Criteria) -> dict[str, int]:
    return {one.id: one.points for one in criteria.rules}


def test_of_a_handful_of_leads_nothing_is_learned() -> None:
    rejected = np.flatnonzero(~DECISIONS.accepted)[:5]
    topics: list[str | None] = [None] * len(DECISIONS)
    for row in rejected.tolist():
        topics[row] = "rare"
    columns = {**DECISIONS.leads.columns, "extra.rare": FieldColumn.of(topics)}
    leads = replace(DECISIONS.leads, columns=columns)
    rare = rule("extra.rare", FieldTest.IS, "rare", 37)
    card = replace(GUESSED, rules=(*GUESSED.rules, rare))
    found = learned(replace(DECISIONS, leads=leads), card, OPTIONS)
    assert points(found.step)[rare.id] == points(found.aim)[rare.id] == 37


@pytest.mark.parametrize(
    ("most_step", "is_held_back"), [(3, True), (20, True), (40, True), (60, False)]
)
def test_a_step_and_its_aim_differ_only_where_the_limit_holds_something_back(
    most_step: int, is_held_back: bool
) -> None:
    found = learned(DECISIONS, GUESSED, replace(OPTIONS, most_step=most_step))
    before, aim = points(GUESSED), points(found.aim)
    furthest = max(abs(aim.get(one, 0) - before.get(one, 0)) for one in before.keys() | aim.keys())
    assert (furthest > most_step, found.step != found.aim) == (is_held_back, is_held_back)


def test_new_rules_differ_for_as_many_leads_as_are_needed_to_learn_that() -> None:
    employees = np.random.default_rng(2).integers(1, 200, len(DECISIONS))
    columns = {**DECISIONS.leads.columns, "company.employees": FieldColumn.of(employees.tolist())}
    leads = replace(DECISIONS.leads, columns=columns)
    # Those of 50 to 90 people are in between: one border isn't enough, two near each other are too
    # many.
    chance = np.clip((employees - 40) / 60, 0.05, 0.95)
    accepted = np.random.default_rng(3).random(len(DECISIONS)) < chance
    decisions = replace(DECISIONS, leads=leads, accepted=accepted).take(np.arange(300))
    found = learned(decisions, GUESSED, OPTIONS).aim.rules
    holds = [decisions.leads.holds(one.when) for one in found]
    apart = [int((one != other).sum()) for one, other in combinations(holds, 2)]
    assert len(apart) >= 3
    assert min(apart) >= FEWEST


IDLE = (
    rule("company.country", FieldTest.IS, "US", 50),
    rule("extra.topic", FieldTest.IS, True, 50),
)
FRESH = (
    rule("extra.visits", FieldTest.AT_LEAST, 5, 0),
    rule("company.country", FieldTest.IS, "FR", 0),
)


@pytest.mark.parametrize(("most_rules", "come"), [(2, 0), (3, 1), (4, 2)])
def test_new_rules_wait_while_those_that_leave_take_their_room(most_rules: int, come: int) -> None:
    found = stepped(
        DECISIONS,
        np.ones(len(DECISIONS)),
        Criteria(threshold=20, rules=IDLE),
        IDLE,
        FRESH,
        set(),
        set(),
        replace(OPTIONS, most_rules=most_rules, most_step=20),
    )
    step, leaving = points(found.step), {one.id: 30 for one in IDLE}
    assert {one: step[one] for one in leaving} == leaving
    assert step.keys() - leaving.keys() == {one.id for one in FRESH[:come]}
    assert points(found.aim).keys() == {one.id for one in FRESH}

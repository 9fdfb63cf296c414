"""A replay deals out feedback as production would, and compares both sides fairly."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rich.console import Console

from leads.criteria import Criteria
from leads.retuning.history import History
from leads.retuning.lead_table import LeadTable
from sources import replay_picture, replay_report
from sources.outcome_csv import NothingToLearn
from sources.replay import (
    Learned,
    Replay,
    coin_flipped,
    replay,
    shuffled,
)
from sources.replay_plan import Plan, propensities
from tests.sources import made_up

PLAN = Plan(warmup=0.2, batch=200, volume=0.3, explore=0.05)


class Watching:
    """A learner that keeps what it is shown, and scores as the first criteria do."""

    def __init__(self, history: History, first: Criteria) -> None:
        self.criteria = first
        self.seen = [history]

    def scores(self, leads: LeadTable) -> NDArray[np.int64]:
        return leads.scores(self.criteria)

    def learn(self, history: History) -> Learned:
        self.seen.append(history)
        return Learned()


def test_criteria_that_never_change_do_exactly_as_well_as_the_first() -> None:
    run = replay(made_up.decided(1500, made_up.steady), PLAN, learner=Watching)
    assert [batch.accepted for batch in run.batches] == [
        batch.static_accepted for batch in run.batches
    ]
    assert (run.overall.delta, run.overall.low, run.overall.high) == (0, 0, 0)


def test_every_lead_after_the_warm_up_is_in_one_batch_and_volume_is_held() -> None:
    run = replay(made_up.decided(1500, made_up.steady), PLAN, learner=Watching)
    assert run.warmup == 300
    assert [(batch.first, batch.n) for batch in run.batches] == [
        (301 + 200 * number, 200) for number in range(6)
    ]
    assert {(batch.handed_over, batch.explored) for batch in run.batches} == {(60, 10)}
    assert (run.overall.n, run.overall.handed_over) == (1200, 360)
    assert (run.last_third.n, run.last_third.handed_over) == (400, 120)


def test_only_the_warm_up_and_leads_handed_over_give_feedback() -> None:
    leads = made_up.decided(1500, made_up.steady)
    shown: list[Watching] = []

    def learner(history: History, first: Criteria) -> Watching:
        shown.append(Watching(history, first))
        return shown[-1]

    replay(leads, PLAN, learner=learner)
    (watching,) = shown
    assert [len(history) for history in watching.seen] == [300 + 70 * n for n in range(6)]
    for history in watching.seen:
        scores = leads.leads.scores(watching.criteria)
        assert not history.explored[:300].any()
        assert (history.propensity[:300] == 1).all()
        assert (history.propensity > 0).all()
        assert (history.propensity <= 1).all()
        assert (history.accepted == leads.accepted[history.ids - 1]).all()
        for start in range(300, 300 + 200 * (len(history) - 300) // 70, 200):
            batch = (history.ids > start) & (history.ids <= start + 200)
            kept = scores[history.ids[batch & ~history.explored] - 1]
            chance = scores[history.ids[batch & history.explored] - 1]
            assert (len(kept), len(chance)) == (60, 10)
            assert kept.min() >= chance.max()


def test_a_rejection_that_teaches_no_fit_isnt_learned_from_but_counts() -> None:
    leads = made_up.decided(1500, made_up.steady, rings=0.5)
    shown: list[Watching] = []

    def learner(history: History, first: Criteria) -> Watching:
        shown.append(Watching(history, first))
        return shown[-1]

    run = replay(leads, PLAN, learner=learner)
    assert all("Ringing" not in history.reasons for history in shown[0].seen)
    assert any("Too small" in history.reasons for history in shown[0].seen)
    assert run.overall.handed_over == 360


def test_the_same_seed_gives_the_same_replay_and_another_one_other_luck() -> None:
    leads = made_up.decided(1500, made_up.drifting)
    one, same = (replay(leads, PLAN) for _ in range(2))
    assert [batch.accepted for batch in one.batches] == [batch.accepted for batch in same.batches]
    assert one.overall == same.overall
    other = replay(leads, Plan(warmup=0.2, batch=200, seed=7))
    assert [batch.accepted for batch in other.batches] != [batch.accepted for batch in one.batches]


def test_where_sales_changed_its_mind_retuning_helps_beyond_chance() -> None:
    run = replay(made_up.decided(4000, made_up.drifting), Plan(warmup=0.1, batch=300))
    assert run.overall.delta > 0.1
    assert run.overall.low > 0
    assert run.last_third.low > 0.2


@pytest.mark.parametrize("seed", range(3))
def test_the_controls_show_no_harm(seed: int) -> None:
    plan = Plan(warmup=0.2, batch=300, seed=seed)
    leads = made_up.decided(3000, made_up.drifting)
    for control in (shuffled(leads, plan), coin_flipped(leads, plan)):
        assert replay(control, plan).overall.delta >= -0.01


def test_shuffling_keeps_every_lead_with_its_outcome() -> None:
    leads = made_up.decided(500, made_up.steady, rings=0.3)
    mixed = shuffled(leads, PLAN)
    assert mixed.names != leads.names
    place = {name: row for row, name in enumerate(leads.names)}
    rows = np.array([place[name] for name in mixed.names])
    assert sorted(rows) == list(range(500))
    assert (mixed.accepted == leads.accepted[rows]).all()
    assert mixed.teaches == tuple(leads.teaches[row] for row in rows)
    assert (mixed.leads.numbers("extra.visits") == leads.leads.numbers("extra.visits")[rows]).all()
    assert (mixed.at == leads.at).all()


def test_coins_fall_as_often_as_sales_accepted_and_tell_nothing_of_the_outcome() -> None:
    leads = made_up.decided(4000, made_up.steady, rings=0.3)
    tossed = coin_flipped(leads, PLAN)
    assert abs(tossed.accepted.mean() - leads.accepted.mean()) < 0.03
    assert abs(np.corrcoef(tossed.accepted, leads.accepted)[0, 1]) < 0.05
    assert set(tossed.reasons) == set(tossed.teaches) == {None}
    assert tossed.leads is leads.leads


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.integers(0, 4), min_size=2, max_size=40),
    shares=st.tuples(st.floats(0.05, 0.9), st.floats(0, 0.5)),
)
def test_chances_of_being_handed_over_add_up_to_those_handed_over(
    scores: list[int], shares: tuple[float, float]
) -> None:
    many = max(round(shares[0] * len(scores)), 1)
    few = min(round(shares[1] * len(scores)), len(scores) - many)
    found = propensities(np.array(scores), many, few)
    never = few == 0
    certain = np.sort(scores)[::-1][many - 1]
    added = found[np.array(scores) >= certain].sum() if never else found.sum()
    assert added == pytest.approx(many + few)
    assert ((found > 0) & (found <= 1)).all()


_TOO_LITTLE = {
    "one batch": (700, Plan(warmup=0.2, batch=500), "don't fill two batches"),
    "nobody accepted at first": (900, Plan(warmup=0.2, batch=100), "Try a larger --warmup"),
}


@pytest.mark.parametrize("why", _TOO_LITTLE)
def test_too_little_is_answered_with_what_would_help(why: str) -> None:
    n, plan, says = _TOO_LITTLE[why]
    leads = made_up.decided(n, lambda row, source, visits: 0.0 if row < n / 4 else 0.5)
    if why == "one batch":
        leads = made_up.decided(n, made_up.steady)
    with pytest.raises(NothingToLearn, match=says):
        replay(leads, plan)


@pytest.fixture(scope="module")
def run() -> Replay:
    """A replay to be told of."""
    return replay(made_up.decided(1500, made_up.drifting), PLAN)


def test_json_adds_up(run: Replay) -> None:
    told = json.loads(json.dumps(replay_report.as_json(run)))
    for part in (told["overall"], told["last_third"]):
        assert part["delta"] == pytest.approx(part["retuned"] - part["static"])
        assert part["low"] <= part["delta"] <= part["high"]
    assert told["retune_seconds"] > 0
    batches = told["batches"]
    assert sum(batch["n"] for batch in batches) == told["rows"] - told["warmup"]
    assert sum(batch["accepted"] for batch in batches) == told["overall"]["accepted"]
    assert sum(batch["rules_changed"] for batch in batches) == told["rules_changed"]
    for batch in batches:
        assert batch["retuned"] == batch["accepted"] / batch["handed_over"]
        assert batch["delta"] == pytest.approx(batch["retuned"] - batch["static"])


def test_tables_name_every_batch_and_both_sides(run: Replay) -> None:
    screen = io.StringIO()
    console = Console(width=80, file=screen)
    console.print(replay_report.batches_table(run))
    console.print(replay_report.summary_table(run))
    told = screen.getvalue()
    assert all(f"{batch.first:,}-" in told for batch in run.batches)
    assert f"{run.overall.retuned:.1%}" in told
    assert f"{run.last_third.static:.1%}" in told


def test_a_picture_is_written_without_a_screen(run: Replay, tmp_path: Path) -> None:
    file = tmp_path / "replay.png"
    replay_picture.draw(run, file)
    drawn = file.read_bytes()
    assert drawn.startswith(b"\x89PNG")
    width, height = (int.from_bytes(drawn[at : at + 4]) for at in (16, 20))
    assert (width, height) == (1080, 1080)

"""The alarm when sales begins to decide differently."""

from dataclasses import replace

import numpy as np
import pytest

from leads.retuning.drift import Decisions, drift


def decisions(rates: list[float], *, per_week: int = 60, seed: int = 0) -> Decisions:
    """Weeks with an acceptance rate each; refusals are for one of two reasons alike."""
    chance = np.random.default_rng(seed)
    accepted = np.concatenate([chance.random(per_week) < rate for rate in rates])
    n = len(accepted)
    reasons = [
        None if good else ("too_small", "no_budget")[chance.integers(2)] for good in accepted
    ]
    return Decisions(
        ids=np.arange(n),
        weeks=np.repeat(np.arange(len(rates)), per_week),
        accepted=accepted,
        reasons=tuple(reasons),
    )


def test_a_fall_of_acceptance_is_told_with_examples_of_refused_leads() -> None:
    found = decisions([0.7] * 8 + [0.4] * 2)
    alarm = drift(found)
    assert alarm is not None
    assert alarm.since == 8
    acceptance = alarm.moved[0]
    assert acceptance.reason is None
    assert not acceptance.is_up
    assert (acceptance.before.n, acceptance.now.n) == (480, 120)
    assert len(acceptance.examples) == 5
    assert not found.accepted[list(acceptance.examples)].any()
    assert all(found.weeks[each] >= 8 for each in acceptance.examples)


def test_a_reason_that_takes_over_is_named_though_acceptance_stays() -> None:
    found = decisions([0.6] * 10)
    newer = found.weeks >= 8
    reasons = tuple(
        "too_small" if new and reason else reason
        for new, reason in zip(newer, found.reasons, strict=True)
    )
    alarm = drift(replace(found, reasons=reasons))
    assert alarm is not None
    moved = {each.reason: each.is_up for each in alarm.moved}
    assert moved == {"too_small": True, "no_budget": False}
    assert {reasons[each] for each in alarm.moved[0].examples} <= {"too_small", None}


def test_noise_is_no_alarm() -> None:
    alarms = [drift(decisions([0.6] * 10, seed=seed)) for seed in range(200)]
    assert sum(each is not None for each in alarms) <= 6


@pytest.mark.parametrize("per_week", [5, 10])
def test_too_few_decisions_are_no_alarm(per_week: int) -> None:
    assert drift(decisions([0.9] * 8 + [0.1] * 2, per_week=per_week)) is None


def test_the_order_of_decisions_does_not_matter() -> None:
    found = decisions([0.7] * 8 + [0.4] * 2)
    order = np.random.default_rng(1).permutation(len(found.ids))
    mixed = Decisions(
        ids=found.ids[order],
        weeks=found.weeks[order],
        accepted=found.accepted[order],
        reasons=tuple(found.reasons[row] for row in order),
    )
    assert drift(mixed) == drift(found)


def test_one_period_alone_is_no_alarm() -> None:
    assert drift(decisions([0.1, 0.9])) is None

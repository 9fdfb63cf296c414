"""What decisions teach: a label for each, how far it is believed, and which say nothing of fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leads.agreement import Teaches
from leads.lifecycle import Stage
from leads.retuning.arrays import Flags, Numbers

SURE_AFTER = 10
"""Rejections as trustworthy as these are believed of every rep before there is any of theirs."""
_OVERTURNED_BEFORE = 0.1
"""Of those, the share that is taken as overturned."""
_OUTCOMES = {
    Stage.SQL: 1.5,
    Stage.OPPORTUNITY: 2.0,
    Stage.WON: 3.0,
    Stage.LOST: 0.5,
}
"""How many plain accepts an accept with this outcome is worth."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One rep's decision on one lead, and what became of it. `teaches` is of the rejection's
    reason; `won_by_other` that another rep later won the lead, `overturned` that somebody in
    charge decided that the rejection was wrong."""

    accepted: bool
    teaches: Teaches | None
    by: str
    outcome: Stage | None
    won_by_other: bool = False
    overturned: bool = False

    @property
    def was_wrong(self) -> bool:
        """A rejection of a lead that was good after all."""
        return not self.accepted and (self.won_by_other or self.overturned)


def labelled(verdicts: Sequence[Verdict]) -> tuple[Flags, Flags, Numbers]:
    """For each verdict: whether criteria may learn from it, whether the lead counts as good, and
    how far that is believed.

    A rejection teaches only if its reason is about fit, or if there was none. One that was wrong
    teaches, whatever the reason, that the lead was good. Other rejections are believed as far as
    their rep's were right before."""
    reliability = reliabilities(verdicts)
    keep = np.zeros(len(verdicts), np.bool_)
    good = np.zeros(len(verdicts), np.bool_)
    weight = np.zeros(len(verdicts))
    for row, verdict in enumerate(verdicts):
        good[row] = verdict.accepted or verdict.was_wrong
        if verdict.accepted:
            keep[row], weight[row] = True, worth_of(verdict.outcome)
        elif verdict.was_wrong:
            keep[row], weight[row] = True, worth_of(Stage.WON if verdict.won_by_other else None)
        elif verdict.teaches in (Teaches.FIT, None):
            keep[row], weight[row] = True, reliability[verdict.by]
    return keep, good, weight


def reliabilities(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """For each rep the share of their fit rejections that stood, relative to what is expected of
    anybody and at most 1: the mean of a Beta whose prior counts as `SURE_AFTER` rejections."""
    rejected: dict[str, int] = {}
    wrong: dict[str, int] = {}
    for verdict in verdicts:
        rejected.setdefault(verdict.by, 0)
        if not verdict.accepted and (verdict.was_wrong or verdict.teaches in (Teaches.FIT, None)):
            rejected[verdict.by] += 1
            wrong[verdict.by] = wrong.get(verdict.by, 0) + verdict.was_wrong
    usual = 1 - _OVERTURNED_BEFORE
    return {
        rep: min(
            1.0,
            (usual * SURE_AFTER + count - wrong.get(rep, 0)) / (SURE_AFTER + count) / usual,
        )
        for rep, count in rejected.items()
    }


def worth_of(outcome: Stage | None) -> float:
    """How many plain accepts an accept counts for, given where the lead stands now."""
    return 1.0 if outcome is None else _OUTCOMES.get(outcome, 1.0)

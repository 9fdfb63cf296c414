"""What retuned criteria would have done with leads whose outcome is known.

The leads come in their order. Of the first share every outcome is known; it gives the first
criteria. Then, batch by batch, those with the highest scores go to reps, and a few by chance; only
they give feedback, and after each batch the criteria learn from all feedback so far as they do in
production. Beside them the first criteria stay as they were, and choose equally many.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leads.criteria import Criteria
from leads.retuning.history import History
from leads.retuning.labels import Verdict, labelled
from leads.retuning.lead_table import LeadTable
from leads.retuning.options import Options
from leads.retuning.proposing import Nothing, WhyNot, first_criteria, propose
from sources.outcome_csv import DecidedLeads, NothingToLearn
from sources.replay_plan import Comparison, Plan, Rows, Scores, Stream, compared, propensities, top

Flags = NDArray[np.bool_]

WEEKS_PER_BATCH = 5
"""Where a file has no dates, a batch is taken for so many weeks: retuned about once a month."""

_WEEK = 7 * 86_400.0
_MONDAY = 3 * 86_400.0  # 1970-01-01 was a Thursday


class Learner(Protocol):
    """Something that scores leads and learns from feedback: the card, or a model beside it."""

    def scores(self, leads: LeadTable) -> Scores:
        """Higher for better leads."""
        ...

    def learn(self, history: History) -> "Learned":
        """Learn from all feedback so far."""
        ...


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a retune did; `why_not` where it changed nothing."""

    rules_changed: int = 0
    why_not: WhyNot | None = None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch: how many leads it had, how many each side handed over, what sales took of them,
    what was explored beside them, and what the criteria learned afterwards (None: the last)."""

    first: int
    """Place of its first lead in the file's order, counted from 1."""
    n: int
    handed_over: int
    explored: int
    static_accepted: int
    accepted: int
    learned: Learned | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A whole replay."""

    plan: Plan
    rows: int
    warmup: int
    first: Criteria
    learner: Learner
    batches: tuple[Batch, ...]
    overall: Comparison
    last_third: Comparison

    @property
    def retune_seconds(self) -> float:
        """What one retune took, on average."""
        took = [batch.seconds for batch in self.batches if batch.learned]
        return sum(took) / len(took)


class Card:
    """Criteria that are retuned by the code and the gate of production."""

    def __init__(self, begun: History, criteria: Criteria, plan: Plan) -> None:
        self.criteria = criteria
        self._plan = plan
        self._learned_until = int(begun.weeks.max())

    def scores(self, leads: LeadTable) -> NDArray[np.int64]:
        """Points under the version in force."""
        return leads.scores(self.criteria)

    def learn(self, history: History) -> Learned:
        """Put the proposal into force, if there is one."""
        may = replace(options(history, self._plan), learned_until=self._learned_until)
        found = propose(history, self.criteria, may)
        if isinstance(found, Nothing):
            return Learned(why_not=found.why)
        self.criteria = found.criteria
        self._learned_until = int(history.weeks.max())
        return Learned(rules_changed=len(found.changes))


def replay(
    decided: DecidedLeads,
    plan: Plan,
    *,
    learner: Callable[[History, Criteria], Learner] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Replay:
    """Replay the leads. `learner` makes what is retuned from the warm-up's history and the first
    criteria; left out, it is the card. `progress` is told how many of how many batches are done.
    Raises NothingToLearn."""
    past = history(decided, plan)
    kept = past.weight > 0
    warmup, cuts = _cuts(decided, plan, kept)
    begun = past.take(np.flatnonzero(kept[:warmup]))
    first = _first(begun, plan)
    ours = learner(begun, first) if learner else Card(begun, first, plan)
    feedback = _Feedback(decided, plan, past, warmup)
    static = decided.leads.scores(first)
    batches: list[Batch] = []
    for start, end in cuts:
        rows = np.arange(start, end)
        chosen = feedback.deal(rows, ours.scores(decided.leads.take(rows)))
        held = rows[top(static[rows], feedback.luck[rows], len(chosen))]
        learned, seconds = None, 0.0
        if end < len(decided):
            seen = feedback.until(end)
            began = time.perf_counter()
            learned = ours.learn(seen)
            seconds = time.perf_counter() - began
        batches.append(
            Batch(
                first=start + 1,
                n=len(rows),
                handed_over=len(chosen),
                explored=plan.few(len(rows)),
                static_accepted=int(decided.accepted[held].sum()),
                accepted=int(decided.accepted[chosen].sum()),
                learned=learned,
                seconds=seconds,
            )
        )
        progress(len(batches), len(cuts))
    return Replay(
        plan=plan,
        rows=len(decided),
        warmup=warmup,
        first=first,
        learner=ours,
        batches=tuple(batches),
        overall=compared(batches, plan),
        last_third=compared(batches[len(batches) - ceil(len(batches) / 3) :], plan),
    )


def _first(begun: History, plan: Plan) -> Criteria:
    """The first criteria. Where nothing tells the leads apart yet there are no rules: luck alone
    decides who goes to reps, until something is learned."""
    try:
        return first_criteria(begun, options(begun, plan))
    except ValueError:
        return Criteria(threshold=0, rules=())


class _Feedback:
    """What reps said so far, and of whom they were asked by score and by chance."""

    def __init__(self, decided: DecidedLeads, plan: Plan, past: History, warmup: int) -> None:
        self._plan, self._past = plan, past
        self._for_learning = past.weight > 0
        self._handed_over = np.arange(len(decided)) < warmup
        self._propensity, self._explored = past.propensity.copy(), past.explored.copy()
        self._chance = plan.chance(Stream.EXPLORED)
        self.luck = plan.chance(Stream.LUCK).random(len(decided))

    def deal(self, rows: Rows, scores: Scores) -> Rows:
        """Hand over the best of a batch, and a few of the others; the best are returned."""
        many, few = self._plan.many(len(rows)), self._plan.few(len(rows))
        best = rows[top(scores, self.luck[rows], many)]
        lucky = self._chance.choice(np.setdiff1d(rows, best), few, replace=False)
        self._propensity[rows] = propensities(scores, many, few)
        self._explored[lucky] = True
        self._handed_over[best] = self._handed_over[lucky] = True
        return best

    def until(self, end: int) -> History:
        """The feedback on all leads before row `end` that is for learning."""
        known = replace(self._past, propensity=self._propensity, explored=self._explored)
        return known.take(np.flatnonzero((self._handed_over & self._for_learning)[:end]))


def shuffled(decided: DecidedLeads, plan: Plan) -> DecidedLeads:
    """The same leads in an order of chance, so that nothing drifts: a control."""
    order = plan.chance(Stream.SHUFFLED).permutation(len(decided))
    return replace(
        decided,
        leads=decided.leads.take(order),
        names=tuple(decided.names[row] for row in order),
        accepted=decided.accepted[order],
        reasons=tuple(decided.reasons[row] for row in order),
        teaches=tuple(decided.teaches[row] for row in order),
    )


def coin_flipped(decided: DecidedLeads, plan: Plan) -> DecidedLeads:
    """The same leads, accepted or not by a coin that falls as often for them as reps did: a
    control, in which there is nothing to learn. Reasons would tell of the true outcome and go."""
    coins = plan.chance(Stream.COINS).random(len(decided)) < decided.accepted.mean()
    nothing = (None,) * len(decided)
    return replace(decided, accepted=coins, reasons=nothing, teaches=nothing)


def history(decided: DecidedLeads, plan: Plan) -> History:
    """All the leads as if everybody had been offered. Those whose rejection doesn't teach fit
    weigh nothing: they aren't for learning."""
    verdicts = [
        Verdict(accepted=accepted, teaches=teaches, by="", outcome=None)
        for accepted, teaches in zip(decided.accepted.tolist(), decided.teaches, strict=True)
    ]
    keep, accepted, weight = labelled(verdicts)
    n = len(decided)
    return History(
        leads=decided.leads,
        ids=np.arange(1, n + 1),
        names=decided.names,
        at=decided.at,
        accepted=accepted,
        weight=np.where(keep, weight, 0.0),
        propensity=np.ones(n),
        explored=np.zeros(n, np.bool_),
        weeks=_weeks(decided, plan),
        reasons=decided.reasons,
    )


def options(past: History, plan: Plan) -> Options:
    """What a retune may do: the threshold has to hold the plan's volume."""
    weeks = len(np.unique(past.weeks))
    return Options(
        weekly_volume=plan.volume * float((1 / past.propensity).sum()) / weeks, seed=plan.seed
    )


def _weeks(decided: DecidedLeads, plan: Plan) -> Rows:
    if decided.dated:
        return np.floor((decided.at + _MONDAY) / _WEEK).astype(np.int64)
    return np.arange(len(decided)) * WEEKS_PER_BATCH // plan.batch


def _cuts(decided: DecidedLeads, plan: Plan, kept: Flags) -> tuple[int, list[tuple[int, int]]]:
    """Where the warm-up ends, and each batch's first row and the one after its last."""
    n = len(decided)
    warmup = round(plan.warmup * n)
    labels = decided.accepted[:warmup][kept[:warmup]]
    if not labels.any() or labels.all():
        found = "are all accepted" if labels.any() else "hold nobody whom sales accepted"
        raise NothingToLearn(
            f"The first {warmup:,} of {n:,} leads give the first criteria, and they {found}. "
            "Try a larger --warmup."
        )
    if n - warmup < 2 * plan.batch:
        raise NothingToLearn(
            f"{n:,} leads less a warm-up of {warmup:,} don't fill two batches of {plan.batch:,}. "
            f"Try --batch {max((n - warmup) // 10, 10)}."
        )
    ends = list(range(warmup, n, plan.batch))
    return warmup, [(start, min(start + plan.batch, n)) for start in ends]

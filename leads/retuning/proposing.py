"""Better criteria from decisions, or the reason why there are none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from leads.criteria import Criteria
from leads.retuning.arrays import Flags
from leads.retuning.backtest import Backtest, CalibrationBin, Stretch, backtest, support_floor
from leads.retuning.changes import RuleChange, rule_changes
from leads.retuning.history import History
from leads.retuning.learning import first_learned, learned
from leads.retuning.options import Options
from leads.retuning.ranking import threshold_of
from leads.retuning.reference import spread, unrounded
from leads.retuning.weighing import speaking_for

__all__ = [
    "Backtest",
    "CalibrationBin",
    "Nothing",
    "Options",
    "Proposal",
    "RuleChange",
    "WhyNot",
    "first_criteria",
    "judge",
    "propose",
]

_ORIGINS = 8
"""Moments at which the held-out weeks are foretold anew from all decisions before."""
_FEWEST_WEEKS = 4
_SAMPLE = 4_000
"""Decisions from which the cards of earlier moments are learned, at most."""
_WHOLE = float("inf")


class WhyNot(StrEnum):
    """Why nothing is proposed."""

    TOO_FEW = "too_few"
    """Too few decisions, or weeks, or only one kind of decision."""
    NO_CHANGE = "no_change"
    """The criteria in force are what the decisions say."""
    NO_GAIN = "no_gain"
    """Better ones were tried, and weren't proven better on the held-out weeks."""


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """No proposal; with the backtest if it came that far."""

    why: WhyNot
    backtest: Backtest | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The next version, and its proof."""

    criteria: Criteria
    changes: tuple[RuleChange, ...]
    backtest: Backtest
    moves_in: tuple[int, ...]
    """Ids of leads of the held-out weeks that only the proposed criteria would hand over."""
    moves_out: tuple[int, ...]
    """Ids of those that only the criteria in force would hand over."""
    unknown_below: int | None


def propose(history: History, criteria: Criteria, options: Options) -> Proposal | Nothing:
    """The next version of the criteria, where the newest weeks prove it better.

    The proof is of this very way of learning: at several moments in the held-out weeks the
    criteria are learned from all decisions before, and judged by the decisions after. What is
    proposed is learned in the same way from all decisions up to now, but goes no further than
    both sides allow in one version; the proof is of where it goes, for a first step may well
    leave the order of the leads as it is."""
    history = _usable(history)
    if not _is_enough(history, options):
        return Nothing(why=WhyNot.TOO_FEW)
    found = _next(history, criteria, options)
    changes = rule_changes(history, criteria, found)
    if not changes or not found.rules:
        return Nothing(why=WhyNot.NO_CHANGE)
    held_out = _held_out(history, options)
    volume = _volume(history, criteria, options)
    scores = history.leads.scores(found)
    reached = history.leads.scores(criteria) >= criteria.threshold
    floor = support_floor(scores, history.explored, found.threshold, reached)
    proof = backtest(
        list(_stretches(history, held_out, criteria, _without_limits(options))),
        criteria,
        volume=volume,
        most_weight=options.most_weight,
        seed=options.seed,
        unknown_below=floor,
        is_whole=not _is_at_a_limit(changes, options),
    )
    if not proof.is_proof:
        return Nothing(why=WhyNot.NO_GAIN, backtest=proof)
    passes = scores >= found.threshold
    return Proposal(
        criteria=replace(found, version=criteria.version + 1),
        changes=changes,
        backtest=proof,
        moves_in=tuple(history.ids[held_out & passes & ~reached].tolist()),
        moves_out=tuple(history.ids[held_out & ~passes & reached].tolist()),
        unknown_below=floor,
    )


def judge(
    history: History, criteria: Criteria, other: Criteria, options: Options
) -> Proposal | Nothing:
    """What criteria that somebody edited would have done, whether they are better or not. No proof
    as strict as that of `propose`: who wrote them knew the held-out weeks."""
    history = _usable(history)
    if not _is_enough(history, options):
        return Nothing(why=WhyNot.TOO_FEW)
    held_out = _held_out(history, options)
    scores = history.leads.scores(other)
    reached = history.leads.scores(criteria) >= criteria.threshold
    floor = support_floor(scores, history.explored, other.threshold, reached)
    stretches = _stretches(history, held_out, criteria, options, fixed=other)
    passes = scores >= other.threshold
    return Proposal(
        criteria=replace(other, version=criteria.version + 1),
        changes=rule_changes(history, criteria, other),
        backtest=backtest(
            list(stretches),
            criteria,
            volume=_volume(history, criteria, options),
            most_weight=options.most_weight,
            seed=options.seed,
            unknown_below=floor,
            is_whole=True,
        ),
        moves_in=tuple(history.ids[held_out & passes & ~reached].tolist()),
        moves_out=tuple(history.ids[held_out & ~passes & reached].tolist()),
        unknown_below=floor,
    )


def first_criteria(history: History, options: Options) -> Criteria:
    """Version 1, from decisions that were made without criteria. Its threshold lets as many
    through as were accepted, or as the weekly volume asks. Raises ValueError without decisions of
    both kinds, or when nothing tells them apart."""
    history = _usable(history)
    if not history.accepted.any() or history.accepted.all():
        raise ValueError("there must be accepted and rejected leads to learn from")
    found = first_learned(history, options)
    if not found.rules:
        raise ValueError("nothing that is known of the leads tells accepted from rejected")
    weight = speaking_for(history, _WHOLE)
    share = float(weight @ history.accepted / weight.sum())
    if options.weekly_volume is not None:
        share = _promised(history, options.weekly_volume)
    return replace(found, threshold=threshold_of(history.leads.scores(found), weight, share))


def _without_limits(options: Options) -> Options:
    """As far as a card may go at all."""
    return replace(options, most_step=2 * options.most_points, most_new=options.most_rules)


def _is_at_a_limit(changes: Sequence[RuleChange], options: Options) -> bool:
    """Whether the criteria would have gone further in more than one version."""
    steps = [abs((one.after or 0) - (one.before or 0)) for one in changes]
    new = sum(one.before is None for one in changes)
    return max(steps, default=0) >= options.most_step or new >= options.most_new


def _usable(history: History) -> History:
    """In order, without what counts for nothing."""
    history = history.in_order()
    counts = history.weight > 0
    return history if counts.all() else history.take(counts)


def _is_enough(history: History, options: Options) -> bool:
    weeks = np.unique(history.weeks)
    if len(history) < options.fewest or len(weeks) < options.test_weeks + _FEWEST_WEEKS:
        return False
    held_out = _held_out(history, options)
    old = history.accepted[~held_out]
    is_mixed = bool(old.any()) and not bool(old.all())
    return is_mixed and len(np.unique(history.weeks[held_out])) >= options.test_weeks


def _held_out(history: History, options: Options) -> Flags:
    """The newest weeks: at least as many as asked for, and enough of them to prove something; but
    some weeks always stay to learn from."""
    numbers, counts = np.unique(history.weeks, return_counts=True)
    newer = counts[::-1].cumsum()[::-1]
    few = int((newer >= options.test_share * len(history)).sum()) - 1
    first = max(min(few, len(numbers) - options.test_weeks), min(_FEWEST_WEEKS, len(numbers) - 1))
    start = int(numbers[first])
    if options.learned_until is not None:
        start = max(start, options.learned_until + 1)
    found: Flags = history.weeks >= start
    return found


def _stretches(
    history: History,
    held_out: Flags,
    criteria: Criteria,
    options: Options,
    fixed: Criteria | None = None,
) -> Iterator[Stretch]:
    weeks = np.unique(history.weeks[held_out])
    parts = np.array_split(weeks, min(_ORIGINS, len(weeks)))
    for part in parts:
        before = np.flatnonzero(history.weeks < part[0])
        known = history.take(before[spread(len(before), _SAMPLE)])
        ahead = history.take((history.weeks >= part[0]) & (history.weeks <= part[-1]))
        some = spread(len(ahead), _SAMPLE)
        yield Stretch(
            known=known,
            ahead=ahead,
            criteria=fixed or _next(known, criteria, options),
            some=some,
            unrounded=unrounded(known, ahead.take(some)),
        )


def _next(history: History, criteria: Criteria, options: Options) -> Criteria:
    """What is learned, with the threshold that holds the volume in the newer half."""
    found = learned(history, criteria, options)
    recent = history.take(np.arange(len(history) // 2, len(history)))
    weight = speaking_for(recent, _WHOLE)
    share = _volume(recent, criteria, options)
    return replace(found, threshold=threshold_of(recent.leads.scores(found), weight, share))


def _volume(history: History, criteria: Criteria, options: Options) -> float:
    """The share of leads to hand over: as promised, or as now."""
    if options.weekly_volume is not None:
        return _promised(history, options.weekly_volume)
    weight = speaking_for(history, _WHOLE)
    passing = history.leads.scores(criteria) >= criteria.threshold
    return float(weight @ passing / weight.sum())


def _promised(history: History, weekly_volume: float) -> float:
    """The share of leads that gives so many a week."""
    weekly = float((1 / history.propensity).sum()) / len(np.unique(history.weeks))
    return min(max(weekly_volume / weekly, 0.0), 1.0)

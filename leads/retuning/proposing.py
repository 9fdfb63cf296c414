"""Better criteria from decisions, or the reason why there are none."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from leads.criteria import Criteria
from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.backtest import Backtest, CalibrationBin, Stretch, backtest, support_floor
from leads.retuning.changes import RuleChange, rule_changes
from leads.retuning.history import History
from leads.retuning.learning import first_learned, learned
from leads.retuning.options import Options
from leads.retuning.ranking import threshold_of
from leads.retuning.reference import spread, unrounded
from leads.retuning.stepping import Stepped
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

_ORIGINS, _FEW_ORIGINS = 8, 4
"""Moments at which the held-out weeks are foretold anew from all decisions before, and the same
where there are many: then what is learned hardly differs from one to the next."""
_MANY = 100_000
_FEWEST_WEEKS = 4
_SAMPLE = 20_000
"""Decisions from which the cards of earlier moments are learned, at most..."""
_ENOUGH = 100_000
"""...and that of today: more would leave its points as they are."""
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
    criteria are learned from all decisions before, and judged by the decisions after. Where the
    limit of a step holds them back, and steps alone prove nothing, it may be proven by where they
    lead, for a first step may well leave the order of the leads as it is."""
    history = _usable(history)
    if not _is_enough(history, options):
        return Nothing(why=WhyNot.TOO_FEW)
    known = history.take(spread(len(history), _ENOUGH))
    led = _next(known, _promised(history, len(history), options), criteria, options)
    found = led.step
    changes = rule_changes(history, criteria, found)
    if not changes or not found.rules:
        return Nothing(why=WhyNot.NO_CHANGE)
    held_out = _held_out(history, options)
    reached = history.leads.scores(criteria) >= criteria.threshold
    volume = _volume(history, reached, options)
    scores = history.leads.scores(found)
    floor = support_floor(scores, history.explored, found.threshold, reached)
    steps, aims = _stretches(history, held_out, criteria, options)
    proof = backtest(steps, criteria, volume, options, floor, is_whole=True)
    if not proof.is_proof and led.step != led.aim:
        proof = backtest(aims, criteria, volume, options, floor, is_whole=False)
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
    steps, _ = _stretches(history, held_out, criteria, options, fixed=other)
    volume = _volume(history, reached, options)
    passes = scores >= other.threshold
    return Proposal(
        criteria=replace(other, version=criteria.version + 1),
        changes=rule_changes(history, criteria, other),
        backtest=backtest(steps, criteria, volume, options, floor, is_whole=True),
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
        share = _weekly(history.propensity, history.weeks, options.weekly_volume)
    return replace(found, threshold=threshold_of(history.leads.scores(found), weight, share))


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
) -> tuple[list[Stretch], list[Stretch]]:
    """The held-out weeks with what was learned before each of them, within the limit of a step and
    without it; or with `fixed` criteria."""
    weeks = np.unique(history.weeks[held_out])
    origins = _ORIGINS if np.count_nonzero(held_out) < _MANY else _FEW_ORIGINS
    steps, aims = [], []
    for part in np.array_split(weeks, min(origins, len(weeks))):
        until = int(np.searchsorted(history.weeks, part[0]))
        known = history.take(spread(until, _SAMPLE))
        ahead = history.take((history.weeks >= part[0]) & (history.weeks <= part[-1]))
        some = spread(len(ahead), _SAMPLE)
        found = (
            Stepped(step=fixed, aim=fixed)
            if fixed
            else _next(known, _promised(history, until, options), criteria, options)
        )
        stretch = Stretch(
            known=known,
            ahead=ahead,
            criteria=found.step,
            some=some,
            unrounded=unrounded(known, ahead.take(some)),
        )
        steps.append(stretch)
        aims.append(replace(stretch, criteria=found.aim))
    return steps, aims


def _next(known: History, promised: float | None, criteria: Criteria, options: Options) -> Stepped:
    """What is learned from these decisions, with the threshold that holds the volume in their newer
    half: the share that was promised, or that of now."""
    found = learned(known, criteria, options)
    recent = known.take(np.arange(len(known) // 2, len(known)))
    weight = speaking_for(recent, _WHOLE)
    share = promised
    if share is None:
        share = _reached(recent, recent.leads.scores(criteria) >= criteria.threshold)

    def holding_it(one: Criteria) -> Criteria:
        return replace(one, threshold=threshold_of(recent.leads.scores(one), weight, share))

    step = holding_it(found.step)
    return Stepped(step=step, aim=step if found.step == found.aim else holding_it(found.aim))


def _volume(history: History, reached: Flags, options: Options) -> float:
    """The share of leads to hand over: as promised, or as now."""
    if options.weekly_volume is not None:
        return _weekly(history.propensity, history.weeks, options.weekly_volume)
    return _reached(history, reached)


def _promised(history: History, until: int, options: Options) -> float | None:
    """The share that gives the promised volume in the newer half of the first `until` decisions;
    of a sample nobody could tell how many leads a week holds."""
    if options.weekly_volume is None:
        return None
    newer = slice(until // 2, until)
    return _weekly(history.propensity[newer], history.weeks[newer], options.weekly_volume)


def _reached(history: History, reached: Flags) -> float:
    """The share of leads that reached the threshold, those that nobody was offered among them."""
    weight = speaking_for(history, _WHOLE)
    return float(weight @ reached / weight.sum())


def _weekly(propensity: Numbers, weeks: Counts, volume: float) -> float:
    """The share of leads that gives so many a week."""
    weekly = float((1 / propensity).sum()) / len(np.unique(weeks))
    return min(max(volume / weekly, 0.0), 1.0)

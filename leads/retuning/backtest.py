"""What other criteria would have done with leads whose decisions are known."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from leads.criteria import Criteria
from leads.rates import JUDGEABLE_FROM
from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.comparing import Sides, compared
from leads.retuning.history import History
from leads.retuning.logistic import Prior, chances, fit, grouped
from leads.retuning.options import Options
from leads.retuning.ranking import auc, top_share
from leads.retuning.weighing import honest, speaking_for

_BINS = 5
_HELD = 0.5
"""Of the odds that a card gives, at least this part has to be borne out by later decisions."""
_CLEARLY = 0.5
_BAND = 10
"""Points; support below the threshold is looked at in steps of so many."""


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """Leads with scores from `low` to `high`: how many were expected to be accepted, and were."""

    low: int
    high: int
    n: int
    expected: float
    accepted: float


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """Proposed criteria against those in force on held-out weeks, at equal volume. Rates are from
    0 to 1 and reweighted so that explored leads speak for those that nobody was offered."""

    first_week: int
    last_week: int
    weeks: int
    n: int
    explored: int
    volume: float
    """Share of the reweighted leads that either criteria would hand over."""
    before: float
    """Acceptance under the criteria in force."""
    after: float
    """Acceptance under the proposed ones."""
    delta: float
    low: float
    high: float
    """The 95 % interval of `delta` by a bootstrap of whole weeks."""
    slope: float
    """How far later decisions bear out the odds that the proposed criteria give: 1 wholly."""
    is_whole: bool
    """Whether it is about the proposed criteria themselves. If not, it is about what they are a
    step towards: how far a version may go is limited, what is right isn't."""
    rejected_avoided: tuple[int, ...]
    """Ids of rejected leads that only the criteria in force would hand over."""
    accepted_lost: tuple[int, ...]
    """Ids of accepted leads that only the criteria in force would hand over."""
    volume_before: float
    volume_after: float
    """Leads a week at or above each one's own threshold."""
    calibration: tuple[CalibrationBin, ...]
    auc_before: float
    auc_card: float
    auc_unrounded: float
    """Of a logistic model without rounding or a limit of rules: what the card gives up."""
    unknown_below: int | None
    """Points below which too few leads were ever offered to know; None if there are enough."""

    @property
    def is_proof(self) -> bool:
        """The gate: the whole interval is above zero, and the card tells leads apart in weeks
        that it wasn't learned from."""
        return self.low > 0 and self.slope >= _HELD


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretch:
    """Held-out leads, and what was learned from the leads before them."""

    known: History
    ahead: History
    criteria: Criteria
    some: Counts
    """Rows of those ahead, enough to measure areas by."""
    unrounded: Numbers
    """Log-odds that an unrounded model of the same leads gives them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Looked:
    """The columns of one stretch."""

    sides: Sides
    expected: Numbers
    old: Counts
    new: Counts
    areas: tuple[float, float, float]


def backtest(
    stretches: Sequence[Stretch],
    in_force: Criteria,
    volume: float,
    options: Options,
    unknown_below: int | None,
    *,
    is_whole: bool,
) -> Backtest:
    """The stretches together, each judged by what was known before it (rolling origin). In each
    both criteria hand over the same share of the leads, those that score best under them."""
    looked = [_look(stretch, in_force, volume, options.most_weight) for stretch in stretches]
    sides = _together([each.sides for each in looked])
    found = compared(sides, options.seed)
    ahead = [stretch.ahead for stretch in stretches]
    weight = np.concatenate([speaking_for(each, options.most_weight) for each in ahead])
    ids = np.concatenate([each.ids for each in ahead])
    # Of leads tied at the border each side takes a part: those aren't clearly anybody's.
    only_before = sides.taken_before - sides.taken_after > _CLEARLY
    sizes = np.array([len(each) for each in ahead], np.float64)
    areas = np.average([each.areas for each in looked], axis=0, weights=sizes)
    old = np.concatenate([each.old >= in_force.threshold for each in looked])
    bars = [stretch.criteria.threshold for stretch in stretches]
    new = np.concatenate([each.new >= bar for each, bar in zip(looked, bars, strict=True)])
    count = len(np.unique(sides.weeks))
    return Backtest(
        first_week=int(sides.weeks.min()),
        last_week=int(sides.weeks.max()),
        weeks=count,
        n=len(ids),
        explored=sum(int(each.explored.sum()) for each in ahead),
        volume=volume,
        before=found.before,
        after=found.after,
        delta=found.delta,
        low=found.low,
        high=found.high,
        slope=found.slope,
        is_whole=is_whole,
        rejected_avoided=tuple(ids[only_before & ~sides.accepted].tolist()),
        accepted_lost=tuple(ids[only_before & sides.accepted].tolist()),
        volume_before=float(sides.whole @ old) / count,
        volume_after=float(sides.whole @ new) / count,
        calibration=_calibration(
            np.concatenate([each.new for each in looked]),
            np.concatenate([each.expected for each in looked]),
            sides.accepted,
            weight,
        ),
        auc_before=float(areas[0]),
        auc_card=float(areas[1]),
        auc_unrounded=float(areas[2]),
        unknown_below=unknown_below,
    )


def support_floor(scores: Counts, explored: Flags, threshold: int, old: Flags) -> int | None:
    """Points below which too few leads were ever offered to know how they would do: from the
    threshold down, the first band of so many points that holds fewer than can be judged. `old`
    marks the leads that reached the old threshold; where no others were ever offered, nothing is
    known below what these score."""
    lowest = int(scores.min(initial=threshold))
    floor = threshold
    while floor > lowest:
        in_band = (scores >= floor - _BAND) & (scores < floor)
        if in_band.sum() < JUDGEABLE_FROM:
            return floor
        floor -= _BAND
    return None if explored.any() or not old.all() else max(floor, lowest)


def _look(stretch: Stretch, in_force: Criteria, volume: float, cap: float) -> _Looked:
    ahead, known = stretch.ahead, stretch.known
    weight, whole = speaking_for(ahead, cap), 1 / ahead.propensity
    old, new = ahead.leads.scores(in_force), ahead.leads.scores(stretch.criteria)
    by_old, by_new = _odds(known, in_force, old, cap), _odds(known, stretch.criteria, new, cap)
    some = stretch.some
    accepted = ahead.accepted[some].astype(np.float64)
    return _Looked(
        sides=Sides(
            before=by_old,
            after=by_new,
            taken_before=top_share(old, whole, volume),
            taken_after=top_share(new, whole, volume),
            whole=whole,
            accepted=ahead.accepted,
            trust=ahead.weight,
            weeks=ahead.weeks,
        ),
        expected=chances(by_new),
        old=old,
        new=new,
        areas=(
            auc(old[some], accepted, weight[some]),
            auc(new[some], accepted, weight[some]),
            auc(stretch.unrounded, accepted, weight[some]),
        ),
    )


def _odds(known: History, criteria: Criteria, scores: Counts, cap: float) -> Numbers:
    """Log-odds of an accept at these scores, as the leads known before have it."""
    past = known.leads.scores(criteria).astype(np.float64)[:, None] / 100
    weight = honest(speaking_for(known, cap))
    rows = grouped(past, weight, known.accepted.astype(np.float64), steps=100)
    return fit(rows, Prior.plain(1, 0.01)).logits(scores.astype(np.float64)[:, None] / 100)


def _together(parts: Sequence[Sides]) -> Sides:
    """The leads of all of them."""
    names = [each.name for each in fields(Sides)]
    return Sides(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


def _calibration(
    scores: Counts, expected: Numbers, accepted: Flags, weight: Numbers
) -> tuple[CalibrationBin, ...]:
    """Five groups of about equal weight, by score."""
    values, group = np.unique(scores, return_inverse=True)
    upto = np.bincount(group, weight, len(values)).cumsum()
    middle = upto - np.diff(upto, prepend=0.0) / 2
    part = np.minimum((middle / max(float(upto[-1]), 1e-12) * _BINS).astype(np.int64), _BINS - 1)
    bins = []
    for number in np.unique(part):
        inside = (part == number)[group]
        total = max(float(weight[inside].sum()), 1e-12)
        bins.append(
            CalibrationBin(
                low=int(scores[inside].min()),
                high=int(scores[inside].max()),
                n=int(inside.sum()),
                expected=float(weight[inside] @ expected[inside]) / total,
                accepted=float(weight[inside] @ accepted[inside]) / total,
            )
        )
    return tuple(bins)

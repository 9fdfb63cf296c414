"""The points of a card's rules: those that fit best, and how far one version may move them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leads.criteria import Criteria, Group, Rule, Sign
from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.history import History
from leads.retuning.logistic import Grouped, Prior, fit, grouped
from leads.retuning.options import Options
from leads.retuning.rounding import whole_points
from leads.retuning.rule_columns import rule_columns

PRECISION = 6.0
"""Of what is believed of a rule before: within two fifths of a unit of log-odds of what it was, or
of nothing where it is new."""
_SCALES = 4
"""How often smaller points are tried, until a group's points fit under its cap."""
_PER_LOGIT = (5.0, 40.0)
"""Between these the points of one unit of log-odds are believed."""


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """A version within the limit of a step, and where it leads: the same rules without that limit.
    They are equal where it holds nothing back."""

    step: Criteria
    aim: Criteria


def stepped(
    history: History,
    weight: Numbers,
    criteria: Criteria,
    old: Sequence[Rule],
    new: Sequence[Rule],
    stays: Collection[str],
    untold: Collection[str],
    options: Options,
) -> Stepped:
    """The criteria with these rules, and the points that fit best. An old rule that doesn't stay
    goes towards nothing, and is off the card once it is there; of those `untold` decisions say
    nothing, so they keep their points. New rules come, in their order, as far as there is room
    beside the old ones."""
    rules = [*old, *new]
    if not rules:
        nothing = replace(criteria, rules=())
        return Stepped(step=nothing, aim=nothing)
    rows = grouped(rule_columns(history.leads, rules), weight, history.accepted.astype(np.float64))
    per_logit = _points_per_logit(history, criteria, weight)
    goes = np.array([rule.id not in stays for rule in old] + [False] * len(new))
    keeps = np.array([rule.id in untold for rule in rules])
    place = np.arange(len(rules))
    waits = (place >= len(old)) & (place >= max(options.most_rules, len(criteria.rules)))

    def moved(most_step: int, is_off: Flags) -> Criteria:
        now, low, high = _bounds(rules, most_step, options.most_points)
        left = np.sign(now) * np.maximum(np.abs(now) - most_step, 0)
        fixed = np.where(keeps, now, left)
        low, high = (np.where(is_off | keeps, fixed, bound) for bound in (low, high))
        return _fitted(criteria, rules, rows, per_logit, low, high)

    unbounded = max(abs(rule.points) for rule in rules) + options.most_points
    return Stepped(step=moved(options.most_step, goes | waits), aim=moved(unbounded, goes))


def _fitted(
    criteria: Criteria,
    rules: Sequence[Rule],
    rows: Grouped,
    per_logit: float,
    low: Counts,
    high: Counts,
) -> Criteria:
    for _ in range(_SCALES):
        prior = Prior(
            mean=np.array([rule.points for rule in rules]) / per_logit,
            precision=np.full(len(rules), PRECISION),
            low=low / per_logit,
            high=high / per_logit,
        )
        points = whole_points(fit(rows, prior), per_logit, low, high)
        over = _over_cap(rules, points, rows, criteria)
        if over <= 1:
            break
        per_logit /= over
    moved = [
        replace(rule, points=given)
        for rule, given in zip(rules, points.tolist(), strict=True)
        if given
    ]
    return replace(criteria, rules=tuple(moved))


def _over_cap(rules: Sequence[Rule], points: Counts, rows: Grouped, criteria: Criteria) -> float:
    """How many times the cap of its group the best lead has. Above a cap all leads are alike, so
    the same card in smaller points tells more of them apart."""
    over = 1.0
    for group, cap in ((Group.FIT, criteria.fit_cap), (Group.ENGAGEMENT, criteria.engagement_cap)):
        inside = np.array([rule.group is group for rule in rules])
        if cap:
            sums = rows.design[:, inside] @ points[inside]
            over = max(over, float(sums.max(initial=0.0)) / cap)
    return over


def _bounds(
    rules: Sequence[Rule], most_step: int, most_points: int
) -> tuple[Counts, Counts, Counts]:
    """The points of each rule now, and the whole ones between which it may end."""
    now = np.array([rule.points for rule in rules], np.int64)
    # A rule beyond the limit may stay where a person has put it.
    low = np.maximum(now - most_step, np.minimum(now, -most_points))
    high = np.minimum(now + most_step, np.maximum(now, most_points))
    for one, rule in enumerate(rules):
        if rule.sign is Sign.POSITIVE:
            low[one] = max(low[one], 0)
        if rule.sign is Sign.NEGATIVE:
            high[one] = min(high[one], 0)
    return now, low, high


def _points_per_logit(history: History, criteria: Criteria, weight: Numbers) -> float:
    """How many points of the criteria in force stand for one unit of log-odds."""
    scores = history.leads.scores(criteria).astype(np.float64)[:, None] / 100
    rows = grouped(scores, weight, history.accepted.astype(np.float64), steps=100)
    slope = fit(rows, Prior.plain(1, 0.01)).weights[0] / 100
    low, high = _PER_LOGIT
    # The largest rule of a card is meant to be worth a unit at least, also where it isn't: with
    # criteria that tell nothing apart any other scale would make steps of no effect.
    high = min(max([low, *(abs(rule.points) for rule in criteria.rules)]), high)
    return float(np.clip(1 / slope, low, high)) if slope > 0 else high

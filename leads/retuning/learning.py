"""A card of few rules from decisions: which rules, how many points, from which threshold on."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from leads.criteria import AllOf, Condition, Criteria, Group, Rule, Sign
from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.candidates import FEWEST, Candidates, candidates, pairs
from leads.retuning.history import History
from leads.retuning.lead_table import LeadTable
from leads.retuning.logistic import Grouped, Prior, fit, grouped
from leads.retuning.options import Options
from leads.retuning.recency import best_half_life
from leads.retuning.reference import spread
from leads.retuning.rounding import whole_points
from leads.retuning.rule_columns import rule_columns
from leads.retuning.selecting import Bar, Pool, selected
from leads.retuning.weighing import LEARNING_CAP, ageing, honest, speaking_for
from leads.retuning.wording import group_of, id_of, label_of

_SAMPLE = 8_000
"""Rows on which rules are chosen; points are then fitted on all of them."""
_ENTER, _STAY = 3.0, 1.5
"""The chi-squared that a rule has to gain to come in (more than the 2 of Akaike's criterion, for
there are many to choose from) and to stay."""
_INCUMBENT, _PAIR = 1.2, 0.25
"""How much a gain counts of a rule that is on the card already, for people know it; and of two
conditions together beside each alone, for there are some hundred pairs."""
_PRECISION = 4.0
"""Of what is believed of a rule before: within half a unit of log-odds of what it was."""
_HABIT = 0.3
"""The same of the points in force, in fitting the next ones: these are held by the bounds of a step
already, so little speaks for them but that people know them."""
_SCALES = 4
"""How often smaller points are tried, until a group's points fit under its cap."""
_PER_LOGIT = (5.0, 40.0)
"""Between these the points of one unit of log-odds are believed."""


def learned(history: History, criteria: Criteria, options: Options) -> Criteria:
    """The criteria that the decisions speak for, within the steps that are allowed from those in
    force. Rules that stay keep their ids; version and threshold are still the old ones."""
    rules, known = criteria.rules, len(criteria.rules)
    weight = honest(speaking_for(history, LEARNING_CAP))
    sample = spread(len(history), _SAMPLE)
    leads = history.leads.take(sample)
    found = candidates(leads)
    base = rule_columns(leads, rules)
    conditions = [*(rule.when for rule in rules), *found.conditions]
    pool = Pool(
        design=np.column_stack([base, found.holds]),
        accepted=history.accepted[sample].astype(np.float64),
        weight=weight[sample],
        prior=_signed(rules, len(found.conditions)),
        credit=np.r_[np.full(known, _INCUMBENT), np.ones(len(found.conditions))],
    )
    # Of a rule that hardly ever holds, or fails, decisions say nothing: it stays as it is.
    seen = np.count_nonzero(base, axis=0)
    held = np.flatnonzero((seen < FEWEST) | (seen > len(sample) - FEWEST))
    bar = Bar(
        enter=_ENTER,
        stay=_STAY,
        most=max(options.most_rules, len(held)),
        most_new=options.most_new,
    )
    chosen = selected(pool, held, _new(pool, known), bar)
    pool, conditions = _with_pairs(pool, conditions, chosen, leads)
    is_new = _new(pool, known)
    chosen = selected(pool, held, is_new, bar, chosen)
    half_life = best_half_life(
        pool.design[:, chosen],
        pool.accepted,
        pool.weight,
        history.weeks[sample],
        pool.prior.take(np.array(chosen, np.int64)),
    )
    if half_life is not None:
        weight = honest(weight * ageing(history.weeks, int(history.weeks.max()), half_life))
        chosen = selected(replace(pool, weight=weight[sample]), held, is_new, bar, chosen)
    stays = {rules[one].id for one in chosen if one < known}
    new = [conditions[one] for one in chosen if one >= known]
    return _moved(history, weight, criteria, stays, new, options)


def _new(pool: Pool, known: int) -> Flags:
    """All columns but the first, which are the rules in force."""
    found: Flags = np.arange(pool.design.shape[1]) >= known
    return found


def _with_pairs(
    pool: Pool, conditions: Sequence[Condition], chosen: Sequence[int], leads: LeadTable
) -> tuple[Pool, list[Condition]]:
    """The columns, and those of any two of the chosen conditions together."""
    singles = [conditions[one] for one in chosen if not isinstance(conditions[one], AllOf)]
    holds = [leads.holds(one) for one in singles]
    table = np.column_stack(holds) if holds else np.zeros((leads.n, 0), np.bool_)
    both = pairs(Candidates(conditions=tuple(singles), holds=table))
    plain = Prior.plain(len(both.conditions), _PRECISION)
    prior = Prior(
        mean=np.r_[pool.prior.mean, plain.mean],
        precision=np.r_[pool.prior.precision, plain.precision],
        low=np.r_[pool.prior.low, plain.low],
        high=np.r_[pool.prior.high, plain.high],
    )
    columns = replace(
        pool,
        design=np.column_stack([pool.design, both.holds]),
        prior=prior,
        credit=np.r_[pool.credit, np.full(len(both.conditions), _PAIR)],
    )
    return columns, [*conditions, *both.conditions]


def _moved(
    history: History,
    weight: Numbers,
    criteria: Criteria,
    stays: Collection[str],
    new: Sequence[Condition],
    options: Options,
) -> Criteria:
    """The criteria with the points that fit best, no rule moved by more than a step: one that
    doesn't stay goes towards nothing, and is off the card once it is there."""
    old = [
        rule for rule in criteria.rules if rule.id in stays or abs(rule.points) > options.most_step
    ]
    new = new[: max(max(options.most_rules, len(criteria.rules)) - len(old), 0)]
    taken = {rule.id for rule in criteria.rules}
    fresh: list[Rule] = []
    for condition in new:
        fresh.append(_rule(condition, 0, taken))
        taken.add(fresh[-1].id)
    rules = [*old, *fresh]
    if not rules:
        return replace(criteria, rules=())
    low, high = _bounds(rules, options)
    for one, rule in enumerate(old):
        if rule.id not in stays:
            low[one] = high[one] = rule.points - int(np.sign(rule.points)) * options.most_step
    per_logit = points_per_logit(history, criteria, weight)
    columns = rule_columns(history.leads, rules)
    rows = grouped(columns, weight, history.accepted.astype(np.float64))
    for _ in range(_SCALES):
        prior = Prior(
            mean=np.array([rule.points for rule in rules]) / per_logit,
            precision=np.full(len(rules), _HABIT),
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


def _signed(rules: Sequence[Rule], new: int) -> Prior:
    """Before anything is known, but for the signs that rules are bound to."""
    plain = Prior.plain(len(rules) + new, _PRECISION)
    for one, rule in enumerate(rules):
        # Columns are in units of the rule's points, so that a sign is one of the weight.
        if rule.sign is Sign.POSITIVE:
            plain.low[one] = 0.0
        if rule.sign is Sign.NEGATIVE:
            plain.high[one] = 0.0
    return plain


def _bounds(rules: Sequence[Rule], options: Options) -> tuple[Counts, Counts]:
    """The whole points between which each rule may end."""
    now = np.array([rule.points for rule in rules], np.int64)
    # A rule beyond the limit may stay where a person has put it.
    low = np.maximum(now - options.most_step, np.minimum(now, -options.most_points))
    high = np.minimum(now + options.most_step, np.maximum(now, options.most_points))
    for one, rule in enumerate(rules):
        if rule.sign is Sign.POSITIVE:
            low[one] = max(low[one], 0)
        if rule.sign is Sign.NEGATIVE:
            high[one] = min(high[one], 0)
    return low, high


def points_per_logit(history: History, criteria: Criteria, weight: Numbers) -> float:
    """How many points of the criteria in force stand for one unit of log-odds."""
    scores = history.leads.scores(criteria).astype(np.float64)[:, None] / 100
    rows = grouped(scores, weight, history.accepted.astype(np.float64), steps=100)
    slope = fit(rows, Prior.plain(1, 0.01)).weights[0] / 100
    low, high = _PER_LOGIT
    # The largest rule of a card is meant to be worth a unit at least, also where it isn't: with
    # criteria that tell nothing apart any other scale would make steps of no effect.
    high = min(max([low, *(abs(rule.points) for rule in criteria.rules)]), high)
    return float(np.clip(1 / slope, low, high)) if slope > 0 else high


def first_learned(history: History, options: Options) -> Criteria:
    """A first card, without anything before it."""
    leads = history.leads
    accepted = history.accepted.astype(np.float64)
    weight = honest(speaking_for(history, LEARNING_CAP))
    sample = spread(len(history), _SAMPLE)
    found = candidates(leads.take(sample))
    count = len(found.conditions)
    pool = Pool(
        design=found.holds.astype(np.float64),
        accepted=accepted[sample],
        weight=weight[sample],
        prior=Prior.plain(count, _PRECISION),
        credit=np.ones(count),
    )
    most = options.most_rules
    bar = Bar(enter=_ENTER, stay=_STAY, most=most, most_new=most + 1)
    nobody = np.zeros(0, np.int64)
    chosen = selected(pool, nobody, _new(pool, 0), bar)
    if not chosen:  # a card has a rule; that it tells little apart is for its backtest to say
        chosen = selected(pool, nobody, _new(pool, 0), Bar(enter=0, stay=0, most=1, most_new=1))
    pool, conditions = _with_pairs(pool, found.conditions, chosen, leads.take(sample))
    chosen = selected(pool, nobody, _new(pool, 0), bar, chosen)
    rules: list[Rule] = []
    for one in sorted(chosen):
        rules.append(_rule(conditions[one], 0, {rule.id for rule in rules}))
    if not rules:
        return Criteria(threshold=0, rules=())
    columns = rule_columns(leads, rules)
    best = fit(grouped(columns, weight, accepted), Prior.plain(len(rules), _PRECISION))
    per_logit = options.most_points / max(float(np.abs(best.weights).max()), 1e-9)
    bounds = np.full(len(rules), options.most_points)
    points = whole_points(best, per_logit, -bounds, bounds).tolist()
    given = zip(rules, points, strict=True)
    return Criteria(
        threshold=0, rules=tuple(replace(rule, points=each) for rule, each in given if each)
    )


def _rule(condition: Condition, points: int, taken: set[str]) -> Rule:
    return Rule(
        id=id_of(condition, taken),
        label=label_of(condition),
        group=group_of(condition),
        points=points,
        when=condition,
    )

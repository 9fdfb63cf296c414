"""A card of few rules from decisions: which rules, how many points, from which threshold on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from leads.criteria import AllOf, Condition, Criteria, Rule, Sign
from leads.retuning.arrays import Counts, Flags
from leads.retuning.candidates import FEWEST, Candidates, candidates, pairs
from leads.retuning.history import History
from leads.retuning.lead_table import LeadTable
from leads.retuning.logistic import Prior, fit, grouped
from leads.retuning.options import Options
from leads.retuning.recency import best_half_life
from leads.retuning.reference import spread
from leads.retuning.rounding import whole_points
from leads.retuning.rule_columns import rule_columns
from leads.retuning.selecting import Bar, Pool, selected
from leads.retuning.stepping import PRECISION, Stepped, stepped
from leads.retuning.weighing import LEARNING_CAP, ageing, honest, speaking_for
from leads.retuning.wording import group_of, id_of, label_of

_SAMPLE = 4_000
"""Rows on which rules are chosen; points are then fitted on all of them."""
_ENTER, _STAY = 3.0, 1.0
"""The chi-squared that a rule has to gain to come onto a card that is in force (more than the 2 of
Akaike's criterion, for there are many to choose from), and to stay on it."""
_FIRST_ENTER, _FIRST_STAY = 1.0, 0.5
"""The same for a first card: there is nothing that it could make worse, and of few leads many weak
rules, held back by the prior, tell more than few strong ones."""
_PAIR = 12.0
"""What two conditions together have to gain beside each alone, for there are some hundred pairs."""
_INCUMBENT = 1.2
"""How much a gain counts of a rule that is on the card already, for people know it."""


def learned(history: History, criteria: Criteria, options: Options) -> Stepped:
    """The criteria that the decisions speak for, within the steps that are allowed from those in
    force, and without that limit. Rules that stay keep their ids; version and threshold are still
    the old ones."""
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
        apart=FEWEST,
    )
    pool, conditions, chosen = _selected(pool, conditions, held, known, bar, leads)
    half_life = best_half_life(
        pool.design[:, chosen],
        pool.accepted,
        pool.weight,
        history.weeks[sample],
        pool.prior.take(np.array(chosen, np.int64)),
    )
    if half_life is not None:
        weight = honest(weight * ageing(history.weeks, int(history.weeks.max()), half_life))
        now = replace(pool, weight=weight[sample])
        chosen = selected(now, held, _new(pool, known), bar, chosen)
    stays = {rules[one].id for one in chosen if one < known}
    new = [conditions[one] for one in chosen if one >= known]
    # A rule that doesn't stay is off the card at once if a step takes it there.
    old = [rule for rule in rules if rule.id in stays or abs(rule.points) > options.most_step]
    taken = {rule.id for rule in rules}
    fresh: list[Rule] = []
    for condition in new:
        fresh.append(_rule(condition, taken))
        taken.add(fresh[-1].id)
    untold = {rules[one].id for one in held}
    return stepped(history, weight, criteria, old, fresh, stays, untold, options)


def _selected(
    pool: Pool,
    conditions: Sequence[Condition],
    held: Counts,
    known: int,
    bar: Bar,
    leads: LeadTable,
) -> tuple[Pool, list[Condition], list[int]]:
    """The best columns; then once more with those of any two of their conditions together, which
    are the last ones of the pool that is returned."""
    chosen = selected(pool, held, _new(pool, known), bar)
    pool, more = _with_pairs(pool, conditions, chosen, leads, bar.enter / _PAIR)
    return pool, more, selected(pool, held, _new(pool, known), bar, chosen)


def _new(pool: Pool, known: int) -> Flags:
    """All columns but the first `known`, which are the rules in force."""
    found: Flags = np.arange(pool.design.shape[1]) >= known
    return found


def _with_pairs(
    pool: Pool,
    conditions: Sequence[Condition],
    chosen: Sequence[int],
    leads: LeadTable,
    credit: float,
) -> tuple[Pool, list[Condition]]:
    """The columns, and those of any two of the chosen conditions together."""
    singles = [conditions[one] for one in chosen if not isinstance(conditions[one], AllOf)]
    holds = [leads.holds(one) for one in singles]
    table = np.column_stack(holds) if holds else np.zeros((leads.n, 0), np.bool_)
    both = pairs(Candidates(conditions=tuple(singles), holds=table))
    plain = Prior.plain(len(both.conditions), PRECISION)
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
        credit=np.r_[pool.credit, np.full(len(both.conditions), credit)],
    )
    return columns, [*conditions, *both.conditions]


def _signed(rules: Sequence[Rule], new: int) -> Prior:
    """Before anything is known, but for the signs that rules are bound to."""
    plain = Prior.plain(len(rules) + new, PRECISION)
    for one, rule in enumerate(rules):
        # Columns are in units of the rule's points, so that a sign is one of the weight.
        if rule.sign is Sign.POSITIVE:
            plain.low[one] = 0.0
        if rule.sign is Sign.NEGATIVE:
            plain.high[one] = 0.0
    return plain


def first_learned(history: History, options: Options) -> Criteria:
    """A first card, without anything before it."""
    leads = history.leads
    accepted = history.accepted.astype(np.float64)
    weight = honest(speaking_for(history, LEARNING_CAP))
    sample = spread(len(history), _SAMPLE)
    some = leads.take(sample)
    found = candidates(some)
    count = len(found.conditions)
    pool = Pool(
        design=found.holds.astype(np.float64),
        accepted=accepted[sample],
        weight=weight[sample],
        prior=Prior.plain(count, PRECISION),
        credit=np.ones(count),
    )
    most = options.most_rules
    # Weak rules may be near each other: together they are a slope.
    bar = Bar(enter=_FIRST_ENTER, stay=_FIRST_STAY, most=most, most_new=most + 1)
    nobody = np.zeros(0, np.int64)
    pool, conditions, chosen = _selected(pool, found.conditions, nobody, 0, bar, some)
    if not chosen:  # a card has a rule; that it tells little apart is for its backtest to say
        least = Bar(enter=0, stay=0, most=1, most_new=1)
        chosen = selected(pool, nobody, _new(pool, 0), least)
    rules: list[Rule] = []
    for one in sorted(chosen):
        rules.append(_rule(conditions[one], {rule.id for rule in rules}))
    if not rules:
        return Criteria(threshold=0, rules=())
    columns = rule_columns(leads, rules)
    best = fit(grouped(columns, weight, accepted), Prior.plain(len(rules), PRECISION))
    per_logit = options.most_points / max(float(np.abs(best.weights).max()), 1e-9)
    bounds = np.full(len(rules), options.most_points)
    points = whole_points(best, per_logit, -bounds, bounds).tolist()
    given = zip(rules, points, strict=True)
    return Criteria(
        threshold=0, rules=tuple(replace(rule, points=each) for rule, each in given if each)
    )


def _rule(condition: Condition, taken: set[str]) -> Rule:
    """A rule without points."""
    return Rule(
        id=id_of(condition, taken),
        label=label_of(condition),
        group=group_of(condition),
        points=0,
        when=condition,
    )

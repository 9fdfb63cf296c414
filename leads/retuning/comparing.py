"""What sales would accept under two cards, at equal volume; only a part of the leads is known."""

from dataclasses import dataclass

import numpy as np

from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.blocks import DRAWS, week_sums, widened
from leads.retuning.logistic import Grouped, Prior, chances, fit, grouped, kinds

_STEPS = 20
"""Log-odds are told apart to this part of one."""
_LOOSE = 0.01
"""A prior that only keeps what nothing is known of from running away."""
_AT_ONCE = 100
"""Draws that are worked out together, for the sake of memory."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sides:
    """Held-out decisions, one entry per lead in every column."""

    before: Numbers
    """Log-odds of an accept by the score of the criteria in force..."""
    after: Numbers
    """...and by that of the others."""
    taken_before: Numbers
    """How far each side would hand the lead over, from 0 to 1."""
    taken_after: Numbers
    whole: Numbers
    """For how many leads this one stands: the inverse of its chance to be offered."""
    accepted: Flags
    trust: Numbers
    """How far the label is believed."""
    weeks: Counts


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Shares of the leads handed over that sales would accept, and the 95 % interval of the
    difference."""

    before: float
    after: float
    delta: float
    low: float
    high: float
    slope: float
    """How far the newer half of the decisions bears out the odds that the other card gives: 1
    wholly, 0 not at all (the calibration slope of Cox 1958, Biometrika 45:562-565)."""


def compared(sides: Sides, seed: int) -> Compared:
    """Which side's leads sales would rather accept.

    Of the leads on which two cards differ only a few were offered by chance, so their accepts
    alone would prove nothing for years. So every lead is given the chance of an accept that both
    scores together speak for, by a logistic regression on these very decisions, and the chances
    are averaged over whom each side would hand over: a regression estimator (Cassel, Särndal and
    Wretman 1976, Biometrika 63:615-620). Who was offered was decided by score and lot alone, so
    the regression needs no weights for that; the averages do. The interval is a bootstrap of
    whole weeks, each draw one Newton step away from the fit (Kline and Santos 2012, J. Econom.
    Methods 1:23-41), the leads being as they were. A card that only fits by chance has no slope
    in weeks that it wasn't learned from, and nothing gains by it."""
    columns = np.column_stack([sides.before, sides.after])
    accepted = sides.accepted.astype(np.float64)
    first, kind = kinds(columns, steps=_STEPS)

    def of_each_kind(amount: Numbers) -> Numbers:
        return np.bincount(kind, amount, len(first)).astype(np.float64)

    total, good = of_each_kind(sides.trust), of_each_kind(sides.trust * accepted)
    best = _fitted(Grouped(design=columns[first], total=total, accepted=good))
    design = np.column_stack([np.ones(len(columns)), columns])
    expected = chances(design @ best)
    error = sides.trust * (accepted - expected)
    pulls = week_sums(sides.weeks, *(error[:, None] * design).T)
    bend = (design * (sides.trust * expected * (1 - expected))[:, None]).T @ design
    bend[np.diag_indices_from(bend)] += _LOOSE
    moves = np.linalg.solve(bend, pulls.T).astype(np.float64)
    averages = _Averages(
        design=design[first],
        before=_shares(of_each_kind(sides.whole * sides.taken_before)),
        after=_shares(of_each_kind(sides.whole * sides.taken_after)),
    )
    (before,), (after,) = averages.under(best[None, :])
    blocks = len(pulls)
    low, high = widened(float(after - before), _drawn(averages, best, moves, blocks, seed), blocks)
    return Compared(
        before=float(before),
        after=float(after),
        delta=float(after - before),
        low=low,
        high=high,
        slope=_slope(sides),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Averages:
    """The kinds of leads by both scores, and how much of each kind either side hands over."""

    design: Numbers
    before: Numbers
    after: Numbers

    def under(self, weights: Numbers) -> tuple[Numbers, Numbers]:
        """Both shares under each row of weights."""
        expected = chances(weights @ self.design.T)
        return expected @ self.before, expected @ self.after


def _shares(parts: Numbers) -> Numbers:
    found: Numbers = parts / max(float(parts.sum()), 1e-12)
    return found


def _drawn(averages: _Averages, best: Numbers, moves: Numbers, blocks: int, seed: int) -> Numbers:
    """The difference in each draw of weeks."""
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(blocks, np.full(blocks, 1 / blocks), DRAWS) - 1.0
    deltas = []
    for some in np.array_split(drawn, DRAWS // _AT_ONCE):
        before, after = averages.under(best + some @ moves.T)
        deltas.append(after - before)
    return np.concatenate(deltas)


def _slope(sides: Sides) -> float:
    newer = sides.weeks >= np.median(np.unique(sides.weeks))
    column = sides.after[newer, None]
    rows = grouped(
        column, sides.trust[newer], sides.accepted[newer].astype(np.float64), steps=_STEPS
    )
    return float(_fitted(rows)[1])


def _fitted(rows: Grouped) -> Numbers:
    """Intercept and weights."""
    found = fit(rows, Prior.plain(rows.design.shape[1], _LOOSE), still=1e-3)
    weights: Numbers = np.r_[found.intercept, found.weights]
    return weights

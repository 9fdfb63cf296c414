"""Which conditions earn a place on the card."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.logistic import Fitted, Grouped, Prior, chances, fit

_NEWS = 1e-6
"""A column of which less than this share is its own is made of the chosen ones."""
_STILL = 0.05
"""While rules come and go, weights this near to the best are near enough: Newton squares it."""
_LOOKED = 30
"""Columns that are worked out exactly in each step."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What a condition has to show: `enter` is the least chi-squared to come in, `stay` to stay
    in; `most` is how many there may be in all, `most_new` how many of the new ones; from every
    other one it has to differ for as many leads as `apart`."""

    enter: float
    stay: float
    most: int
    most_new: int
    apart: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """Columns to choose from: `design` (flags mostly), labels, weights, and a prior per column.
    What a column gains is taken times its `credit`."""

    design: Numbers
    accepted: Numbers
    weight: Numbers
    prior: Prior
    credit: Numbers

    @cached_property
    def squares(self) -> Numbers:
        """The squared columns; flags are their own."""
        is_flags = bool(((self.design == 0) | (self.design == 1)).all())
        found: Numbers = self.design if is_flags else np.square(self.design)
        return found

    @cached_property
    def sizes(self) -> Numbers:
        """Their sums."""
        found: Numbers = self.squares.sum(axis=0)
        return found


def selected(
    pool: Pool, held: Counts, is_new: Flags, bar: Bar, begin: Sequence[int] = ()
) -> list[int]:
    """The columns of the best card, found step by step: the one with the largest score statistic
    (Rao 1948) comes in; when the card is full, the one with the smallest Wald statistic goes if
    it is worse; in the end those that don't earn their place go. Those `held` are on it anyway,
    those to `begin` with at first."""
    chosen = list(dict.fromkeys([*held.tolist(), *begin]))
    may_go = np.ones(pool.design.shape[1], np.bool_)
    may_go[held] = False
    best = _refit(pool, chosen, None)
    out: set[int] = set()
    alike = {one: _alike(pool, one, bar.apart) for one in chosen}
    while pool.design.shape[1]:
        gains = _gains(pool, chosen, best) * pool.credit
        gains[[*chosen, *out]] = -1
        for one in chosen:
            gains[alike[one]] = -1
        if is_new[chosen].sum() >= bar.most_new:
            gains[is_new] = -1
        found = int(gains.argmax())
        if gains[found] < bar.enter:
            break
        if len(chosen) >= bar.most:
            worths = _worths(best, chosen, may_go)
            weakest = int(worths.argmin())
            if worths[weakest] >= gains[found]:
                break
            out.add(chosen.pop(weakest))
            best = replace(best, weights=np.delete(best.weights, weakest))
        chosen.append(found)
        alike[found] = _alike(pool, found, bar.apart)
        best = _refit(pool, chosen, np.r_[best.intercept, best.weights, 0.0])
    while chosen:
        worths = _worths(best, chosen, may_go)
        weakest = int(worths.argmin())
        if worths[weakest] >= bar.stay:
            break
        chosen.pop(weakest)
        best = _refit(pool, chosen, np.r_[best.intercept, np.delete(best.weights, weakest)])
    return chosen


def _alike(pool: Pool, column: int, apart: int) -> Flags:
    """The columns that differ from this one for fewer leads than `apart`."""
    shared = pool.design[:, column] @ pool.design
    found: Flags = pool.sizes + pool.sizes[column] - 2 * shared < apart
    return found


def _refit(pool: Pool, chosen: list[int], start: Numbers | None) -> Fitted:
    columns = np.array(chosen, np.int64)
    rows = Grouped(
        design=pool.design[:, columns],
        total=pool.weight,
        accepted=pool.weight * pool.accepted,
    )
    return fit(rows, pool.prior.take(columns), start, _STILL)


def _gains(pool: Pool, chosen: list[int], best: Fitted) -> Numbers:
    """What each column would gain: the squared slope over its variance given the chosen ones, or
    over its empirical variance where that is larger, as it is for a few heavy leads (White 1982,
    Econometrica 50:1-25). What the chosen ones leave of a column is worked out only for those
    that would gain most without them; the others gain -1."""
    held = np.column_stack([np.ones(len(pool.weight)), pool.design[:, chosen]])
    expected = chances(held @ np.r_[best.intercept, best.weights])
    error = pool.weight * (pool.accepted - expected)
    bend = pool.weight * expected * (1 - expected)
    spread = np.square(error)
    slope, across, mixed = np.stack([error, bend, spread]) @ pool.design
    own, seen = np.stack([bend, spread]) @ pool.squares
    total = max(float(bend.sum()), 1e-12)
    middle = across / total
    alone = own - across * middle
    seen += middle * (middle * float(spread.sum()) - 2 * mixed)
    rough = np.square(slope) / (np.maximum(alone, seen) + pool.prior.precision)
    # A column that may only move one way, or not at all, gains nothing from moving the other way.
    rough[(slope > 0) & (pool.prior.high <= 0) | (slope < 0) & (pool.prior.low >= 0)] = -1
    rough[chosen] = -1
    gains = np.full(len(rough), -1.0)
    looked = np.argsort(-rough, kind="stable")[: _LOOKED + len(chosen)]
    bent = held * bend[:, None]
    shared = bent.T @ pool.design[:, looked]
    inner = bent.T @ held
    inner[np.diag_indices_from(inner)] += 1e-6
    news = own[looked] - (shared * np.linalg.solve(inner, shared)).sum(axis=0)
    bounds = np.maximum(news, seen[looked]) + pool.prior.precision[looked]
    gains[looked] = np.square(slope[looked]) / bounds
    gains[looked[news <= _NEWS * np.maximum(own[looked], 1e-12)]] = -1
    gains[rough < 0] = -1
    return gains


def _worths(best: Fitted, chosen: list[int], may_go: Flags) -> Numbers:
    """Wald statistic of each chosen column; those that may not go are worth everything."""
    spread = np.diag(np.linalg.inv(best.curvature)) if chosen else np.zeros(0)
    worths: Numbers = np.square(best.weights) / np.maximum(spread, 1e-12)
    worths[~may_go[chosen]] = np.inf
    return worths

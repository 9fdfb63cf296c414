"""Whether recent decisions should weigh more: decided on past weeks, each foretold from those
before it."""

from math import sqrt

import numpy as np

from leads.retuning.arrays import Counts, Numbers
from leads.retuning.logistic import Grouped, Prior, fit
from leads.retuning.weighing import ageing, honest

_ORIGINS = 4
_SHARES = (0.5, 0.25, 0.125)
"""Half-lives that are tried, as shares of all weeks."""
_FEWEST = 50
"""Decisions in a part that is foretold."""
_ENOUGH = 500.0
"""Decisions, effectively, that have to be left under a half-life."""


def best_half_life(
    design: Numbers, accepted: Numbers, weight: Numbers, weeks: Counts, prior: Prior
) -> float | None:
    """The half-life in weeks under which the last weeks were foretold best from the weeks before
    them (rolling origin: Tashman 2000, Int. J. Forecast. 16:437-450), or None: a shorter memory
    has to be better by more than two standard errors, and leave enough to learn from."""
    numbers = np.unique(weeks)
    if len(numbers) < 2 * _ORIGINS:
        return None
    span = int(numbers[-1] - numbers[0]) + 1
    edges = [part[0] for part in np.array_split(numbers[len(numbers) // 2 :], _ORIGINS)]
    half_lives = [None, *(max(span * share, 1.0) for share in _SHARES)]
    half_lives = [each for each in half_lives if _is_enough(weight, weeks, each)]
    losses = []
    for start, end in zip(edges, [*edges[1:], numbers[-1] + 1], strict=True):
        known, ahead = weeks < start, (weeks >= start) & (weeks < end)
        if known.sum() < _FEWEST or ahead.sum() < _FEWEST:
            continue
        row: list[float] = []
        start_at = None
        for half_life in half_lives:
            total = honest(weight[known] * ageing(weeks[known], int(start), half_life))
            rows = Grouped(design=design[known], total=total, accepted=total * accepted[known])
            found = fit(rows, prior, start_at)
            start_at = np.r_[found.intercept, found.weights]
            logits = found.logits(design[ahead])
            loss = np.logaddexp(0, logits) - accepted[ahead] * logits
            row.append(float(np.average(loss, weights=weight[ahead])))
        losses.append(row)
    if len(losses) < 2 or len(half_lives) < 2:
        return None
    gains = np.array(losses)[:, :1] - np.array(losses)[:, 1:]
    errors = gains.std(axis=0, ddof=1) / sqrt(len(gains))
    sure = gains.mean(axis=0) - 2 * errors
    best = int(sure.argmax())
    return half_lives[best + 1] if sure[best] > 0 else None


def _is_enough(weight: Numbers, weeks: Counts, half_life: float | None) -> bool:
    left = honest(weight * ageing(weeks, int(weeks.max()), half_life))
    return half_life is None or float(left.sum()) >= _ENOUGH

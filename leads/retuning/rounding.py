"""Whole points near the best coefficients."""

import numpy as np

from leads.retuning.arrays import Counts, Numbers
from leads.retuning.logistic import Fitted

_MOST_SWEEPS = 50


def whole_points(best: Fitted, per_logit: float, low: Counts, high: Counts) -> Counts:
    """Integers between `low` and `high` that lose least likelihood, at so many points per unit of
    log-odds. Rounding each by itself lets errors add up, so each is moved in turn to the best
    whole number given the others, in the quadratic form of the loss around its optimum: the
    sequential rounding of FasterRisk (Liu, Zhong, Li, Seltzer, Rudin 2022, NeurIPS 35) by
    coordinates."""
    points = np.clip(np.rint(best.weights * per_logit), low, high)
    bend = np.diag(best.curvature)
    for _ in range(_MOST_SWEEPS):
        is_changed = False
        for one in range(len(points)):
            away = points / per_logit - best.weights
            pull = best.slope[one] + best.curvature[one] @ away
            wanted = np.rint(points[one] - per_logit * pull / bend[one])
            wanted = min(max(wanted, low[one]), high[one])
            if wanted != points[one] and _gain(best, away, one, (wanted - points[one]) / per_logit):
                points[one] = wanted
                is_changed = True
        if not is_changed:
            break
    return points.astype(np.int64)


def lost(best: Fitted, points: Counts, per_logit: float) -> float:
    """How much log-likelihood these points lose against the optimum."""
    away = points / per_logit - best.weights
    return float(best.slope @ away + away @ best.curvature @ away / 2)


def _gain(best: Fitted, away: Numbers, one: int, step: float) -> bool:
    pull = best.slope[one] + best.curvature[one] @ away
    return bool(pull * step + best.curvature[one, one] * step * step / 2 < -1e-12)

"""How much a decision counts in learning: how far it is believed, whom it speaks for, its age."""

import numpy as np

from leads.retuning.arrays import Counts, Numbers
from leads.retuning.history import History

LEARNING_CAP = 2.0
"""In learning an explored lead speaks for fewer than in a backtest: a bias would be a lie there,
variance costs more here (Cortes, Mansour, Mohri 2010, NeurIPS 23, on trading one for the other)."""


def speaking_for(history: History, cap: float) -> Numbers:
    """Inverse propensities, capped, times how far the label is believed (Horvitz and Thompson
    1952). Rates divide by the sum of weights, which is self-normalising (Swaminathan and Joachims
    2015, NeurIPS 28)."""
    found: Numbers = history.weight * np.minimum(1 / history.propensity, cap)
    return found


def ageing(weeks: Counts, now: int, half_life: float | None) -> Numbers:
    """Weights that halve with every `half_life` weeks before `now`."""
    if half_life is None:
        return np.ones(len(weeks))
    found: Numbers = 0.5 ** (np.maximum(now - weeks, 0) / half_life)
    return found


def honest(weight: Numbers) -> Numbers:
    """The weights scaled so that they sum to the effective number of leads, (Σw)² / Σw² (Kish
    1965, Survey Sampling): a few heavy leads must not look like many."""
    squares = float(np.square(weight).sum())
    found: Numbers = weight * (float(weight.sum()) / squares) if squares else weight
    return found

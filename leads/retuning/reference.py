"""An unrounded model beside the card, only to say how much accuracy the card gives up."""

import numpy as np

from leads.retuning.arrays import Counts, Numbers
from leads.retuning.candidates import candidates
from leads.retuning.history import History
from leads.retuning.logistic import Grouped, Prior, fit
from leads.retuning.weighing import LEARNING_CAP, honest, speaking_for

_SAMPLE = 4_000


def unrounded(train: History, test: History) -> Numbers:
    """Log-odds for `test` of a ridge logistic regression on every candidate condition."""
    sample = train.take(spread(len(train), _SAMPLE))
    found = candidates(sample.leads)
    weight = honest(speaking_for(sample, LEARNING_CAP))
    rows = Grouped(
        design=found.holds.astype(np.float64), total=weight, accepted=weight * sample.accepted
    )
    best = fit(rows, Prior.plain(len(found.conditions)))
    if not found.conditions:
        return np.zeros(len(test))
    logits = np.full(len(test), best.intercept)
    for condition, each in zip(found.conditions, best.weights, strict=True):
        logits += each * test.leads.holds(condition)
    return logits


def spread(n: int, most: int) -> Counts:
    """At most so many row numbers, evenly spread over all rows."""
    return np.arange(n) if n <= most else (np.arange(most) * n) // most

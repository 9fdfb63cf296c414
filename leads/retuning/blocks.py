"""Intervals by a bootstrap of whole weeks: leads of one week are alike, weeks are less so."""

from math import sqrt

import numpy as np

from leads.retuning.arrays import Counts, Numbers

DRAWS = 1000


def week_sums(weeks: Counts, *values: Numbers) -> Numbers:
    """One row per week, oldest first, with the sum of each of the values."""
    numbers, week = np.unique(weeks, return_inverse=True)
    return np.column_stack([np.bincount(week, each, len(numbers)) for each in values])


def widened(delta: float, drawn: Numbers, blocks: int) -> tuple[float, float]:
    """The 95 % interval of a difference that came out as `drawn` where whole blocks were drawn
    with replacement (Künsch 1989, Ann. Stat. 17:1217-1241).

    So few blocks vary less than weeks do, so it is widened by sqrt(B / (B - 1)) and from the
    normal to Student's t of B - 1 degrees, as Cameron and Miller (2015, J. Hum. Resour.
    50:317-372) advise for few clusters. With fewer than two blocks nothing is known and the
    interval is everything."""
    if blocks < 2:
        return -1.0, 1.0
    low, high = np.quantile(drawn, (0.025, 0.975))
    wider = sqrt(blocks / (blocks - 1)) * student(blocks - 1) / student(10**6)
    return delta - (delta - float(low)) * wider, delta + (float(high) - delta) * wider


def student(degrees: int) -> float:
    """The 97.5 % point of Student's t, by the expansion of Cornish and Fisher (Abramowitz and
    Stegun 26.7.5), with the exact values where that is off."""
    exact = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764}
    if degrees in exact:
        return exact[degrees]
    z = 1.959963984540054
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(sum(term / degrees**power for power, term in enumerate(terms)))

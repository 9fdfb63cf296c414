"""Who comes first: shares of the best scores, and how well a score tells accepted from rejected."""

import numpy as np

from leads.retuning.arrays import Counts, Numbers


def top_share(scores: Numbers | Counts, weight: Numbers, share: float) -> Numbers:
    """How far each lead belongs to the best `share` of all weight: 1, 0, or in between for those
    tied at the border, of whom chance would take a part."""
    values, group = np.unique(scores, return_inverse=True)
    weights = np.bincount(group, weight, len(values))
    above = weights[::-1].cumsum()[::-1] - weights
    room = share * float(weight.sum()) - above
    parts = np.clip(np.divide(room, weights, out=np.zeros(len(values)), where=weights > 0), 0, 1)
    taken: Numbers = parts[group]
    return taken


def threshold_of(scores: Counts, weight: Numbers, share: float) -> int:
    """The whole points at or above which the weight comes nearest to `share` of all."""
    values, group = np.unique(scores, return_inverse=True)
    shares = np.bincount(group, weight, len(values))[::-1].cumsum()[::-1] / weight.sum()
    # Of all thresholds that part the leads alike the middle one is least in need of luck.
    nearest = int(np.abs(shares - share).argmin())
    below = values[nearest - 1] if nearest else values[nearest] - 1
    return int(values[nearest] - (values[nearest] - below - 1) // 2)


def auc(scores: Numbers | Counts, accepted: Numbers, weight: Numbers) -> float:
    """The chance that an accepted lead scores above a rejected one, ties counted half (Hanley and
    McNeil 1982, Radiology 143:29-36), weighted; 0.5 where there is only one kind."""
    values, group = np.unique(scores, return_inverse=True)
    good = np.bincount(group, weight * accepted, len(values))
    bad = np.bincount(group, weight * (1 - accepted), len(values))
    pairs = float(good.sum() * bad.sum())
    if not pairs:
        return 0.5
    return float(good @ (bad.cumsum() - bad / 2)) / pairs

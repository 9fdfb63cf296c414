"""Logistic regression with a prior and bounds, on rows that stand for many leads."""

from dataclasses import dataclass

import numpy as np

from leads.retuning.arrays import Counts, Flags, Numbers

_MOST_STEPS = 50
_CLOSE = 1e-7
_STILL = 1e-3
_FREE = 1e-9
"""Curvature that keeps a column without information from dividing by zero."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouped:
    """Distinct rows of a matrix, how much weight stands in each, and how much of it accepted."""

    design: Numbers
    total: Numbers
    accepted: Numbers

    @property
    def sure(self) -> float:
        """All weight together."""
        return float(self.total.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Prior:
    """What is believed before: normal around `mean` with `precision`, between `low` and `high`."""

    mean: Numbers
    precision: Numbers
    low: Numbers
    high: Numbers

    @classmethod
    def plain(cls, columns: int, precision: float = 1.0) -> "Prior":
        """Around nothing, without bounds."""
        return cls(
            mean=np.zeros(columns),
            precision=np.full(columns, precision),
            low=np.full(columns, -np.inf),
            high=np.full(columns, np.inf),
        )

    def take(self, columns: Counts) -> "Prior":
        """The prior of some columns."""
        return Prior(
            mean=self.mean[columns],
            precision=self.precision[columns],
            low=self.low[columns],
            high=self.high[columns],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """The most probable coefficients; `curvature` and `slope` are of the loss there, with the
    intercept profiled out, so that the loss nearby is slope·d + d·curvature·d / 2."""

    intercept: float
    weights: Numbers
    curvature: Numbers
    slope: Numbers
    loss: float

    def logits(self, design: Numbers) -> Numbers:
        """Log-odds of rows."""
        found: Numbers = self.intercept + design @ self.weights
        return found


def grouped(columns: Numbers, weight: Numbers, accepted: Numbers, *, steps: int = 50) -> Grouped:
    """Equal rows put together; numbers that are no flags are first rounded to 1/`steps`. Rule
    matrices shrink enormously: a million leads hold a few thousand combinations of 20 rules."""
    first, kind = kinds(columns, steps=steps)
    return Grouped(
        design=columns[first],
        total=np.bincount(kind, weight, len(first)).astype(np.float64),
        accepted=np.bincount(kind, weight * accepted, len(first)).astype(np.float64),
    )


def kinds(columns: Numbers, *, steps: int) -> tuple[Counts, Counts]:
    """A row of each kind, and the kind of each row: rows that are equal, after rounding, are of
    one kind."""
    codes = np.zeros(len(columns), np.int64)
    size = 1
    for column in columns.T:
        flags = column == 1
        if np.count_nonzero(flags) == np.count_nonzero(column):
            parts, levels = flags.astype(np.int64), 2
        else:
            parts = np.rint(column * steps).astype(np.int64)
            parts -= parts.min(initial=0)
            levels = int(parts.max(initial=0)) + 1
        if size * levels >= 2**62:
            codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
            size = int(codes.max(initial=0)) + 1
        codes = codes * levels + parts
        size *= levels
    _, first, kind = np.unique(codes, return_index=True, return_inverse=True)
    return first, kind


def fit(rows: Grouped, prior: Prior, start: Numbers | None = None, still: float = _STILL) -> Fitted:
    """Maximum a posteriori by Newton's method, within bounds by the projected one (Bertsekas 1982,
    SIAM J. Control Optim. 20:221-246). `start` is intercept and weights to begin from;
    a step smaller than `still` is the last."""
    design = np.column_stack([np.ones(len(rows.total)), rows.design])
    mean, precision = np.r_[0.0, prior.mean], np.r_[_FREE, prior.precision + _FREE]
    low, high = np.r_[-np.inf, prior.low], np.r_[np.inf, prior.high]
    share = (float(rows.accepted.sum()) + 0.5) / (rows.sure + 1)
    at = np.r_[np.log(share / (1 - share)), prior.mean] if start is None else start.copy()
    at = np.clip(at, low, high)
    loss = _loss(design, rows, at, mean, precision)
    for _ in range(_MOST_STEPS):
        slope, curvature = _slopes(design, rows, at, mean, precision)
        step = _free_step(curvature, slope, (at <= low) & (slope > 0) | (at >= high) & (slope < 0))
        shrink = 1.0
        while True:
            found = np.clip(at + shrink * step, low, high)
            new_loss = _loss(design, rows, found, mean, precision)
            if new_loss <= loss + _CLOSE or shrink < _CLOSE:
                break
            shrink /= 2
        moved, at, loss = float(np.abs(found - at).max()), found, new_loss
        if moved < still:
            break
    slope, curvature = _slopes(design, rows, at, mean, precision)
    across = curvature[0, 1:]
    return Fitted(
        intercept=float(at[0]),
        weights=at[1:],
        curvature=curvature[1:, 1:] - np.outer(across, across) / curvature[0, 0],
        slope=slope[1:] - across * slope[0] / curvature[0, 0],
        loss=loss,
    )


def chances(logits: Numbers) -> Numbers:
    """Probabilities of log-odds."""
    found: Numbers = 0.5 * (1 + np.tanh(0.5 * logits))
    return found


def log_loss(rows: Grouped, logits: Numbers) -> float:
    """Minus the log-likelihood of all rows together."""
    return float(rows.total @ np.logaddexp(0, logits) - rows.accepted @ logits)


def _loss(design: Numbers, rows: Grouped, at: Numbers, mean: Numbers, precision: Numbers) -> float:
    away = at - mean
    return log_loss(rows, design @ at) + float(0.5 * (precision * away * away).sum())


def _slopes(
    design: Numbers, rows: Grouped, at: Numbers, mean: Numbers, precision: Numbers
) -> tuple[Numbers, Numbers]:
    expected = chances(design @ at)
    slope = design.T @ (rows.total * expected - rows.accepted) + precision * (at - mean)
    curvature = (design * (rows.total * expected * (1 - expected))[:, None]).T @ design
    curvature[np.diag_indices_from(curvature)] += precision
    return slope, curvature


def _free_step(curvature: Numbers, slope: Numbers, is_stuck: Flags) -> Numbers:
    """Newton's step of the columns that aren't pushed against a bound."""
    step = np.zeros(len(slope))
    free = np.flatnonzero(~is_stuck)
    step[free] = -np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
    return step

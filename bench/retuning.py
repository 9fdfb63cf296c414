"""How long criteria take to learn from a million decisions."""

import time

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.report import Line, Reached, reached
from bench.scale import Scale
from leads.retuning.history import History
from leads.retuning.lead_table import LeadTable
from leads.retuning.options import Options
from leads.retuning.proposing import Nothing, first_criteria, propose

_MOST = 2.0
_OWN = "lbfgs"
"""What scikit-learn takes unless it is told otherwise."""
_SOLVERS = (_OWN, "newton-cholesky")
_NUMBERS, _FLAGS, _WEEKS = 20, 20, 52
_FIRST = 5_000


def measure(scale: Scale) -> list[Line]:
    """A retuning of 20 rules over 40 columns, from a table of leads to a proposal with its
    backtest, against one scikit-learn fit of a logistic model on the same 40 columns: with the
    solver that it takes by itself, and with the one that is fastest for so many rows."""
    matrix, accepted = _decisions(scale.many_leads)
    history = _history(matrix, accepted)
    options = Options(seed=1)
    criteria = first_criteria(history.take(np.arange(min(_FIRST, len(history) // 2))), options)
    fits: dict[str, list[float]] = {solver: [] for solver in _SOLVERS}
    ours, found = [], "nothing"
    for _ in range(scale.rounds):
        for solver, took in fits.items():
            started = time.perf_counter()
            LogisticRegression(solver=solver).fit(matrix, accepted)
            took.append(time.perf_counter() - started)
        started = time.perf_counter()
        answer = propose(history, criteria, options)
        ours.append(time.perf_counter() - started)
        found = (
            answer.why.value.replace("_", " ")
            if isinstance(answer, Nothing)
            else f"{len(answer.changes)} rules changed"
        )
    what = f"retuning on {len(history):,} decisions, {matrix.shape[1]} columns"
    return [
        Line(
            what=what if solver == _OWN else f"{what} (fastest solver)",
            floor=f"one logistic fit ({solver}): {min(took):.2f} s",
            ours=f"{min(ours):.2f} s ({found})",
            ratio=min(ours) / min(took),
            goal=f"at most {_MOST:g}" if solver == _OWN else "",
            reached=reached(min(ours) <= _MOST * min(took)) if solver == _OWN else Reached.NO_GOAL,
        )
        for solver, took in fits.items()
    ]


def _decisions(n: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Columns of which every other one matters, more in the second half than in the first."""
    chance = np.random.default_rng(7)
    numbers = chance.poisson(3, (n, _NUMBERS)).astype(np.float64)
    flags = (chance.random((n, _FLAGS)) < 0.3).astype(np.float64)
    matrix = np.column_stack([numbers, flags])
    pull = np.where(np.arange(matrix.shape[1]) % 2, 0.0, chance.normal(0, 0.4, matrix.shape[1]))
    logits = (matrix - matrix.mean(axis=0)) @ pull * np.linspace(0.6, 1.4, n) - 0.5
    return matrix, chance.random(n) < 1 / (1 + np.exp(-logits))


def _history(matrix: NDArray[np.float64], accepted: NDArray[np.bool_]) -> History:
    n = len(accepted)
    fields: dict[str, list[int | bool | float | str | None]] = {}
    for number, column in enumerate(matrix.T):
        if number < _NUMBERS:
            fields[f"extra.visits_{number}"] = [int(value) for value in column.tolist()]
        else:
            fields[f"extra.topic_{number}"] = [bool(value) for value in column.tolist()]
    seconds = np.arange(n, dtype=np.float64)
    plain = np.ones(n)
    return History(
        leads=LeadTable.from_columns(n, fields, seconds),
        ids=np.arange(n),
        names=tuple(map(str, range(n))),
        at=seconds,
        accepted=accepted,
        weight=plain,
        propensity=plain,
        explored=np.zeros(n, np.bool_),
        weeks=np.arange(n) * _WEEKS // n,
        reasons=(None,) * n,
    )

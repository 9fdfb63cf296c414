"""Whether retuned criteria are better than those that stay, and how much a readable card gives up
against models that nobody can read; on real leads, from the folder given with `--data`.

All learn in the same replay (`sources/replay.py`), from the same warm-up, at the same volume, and
each from the feedback on the leads that it chose itself."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.models import Boosted, BoostedOnce, Encoding, Frequencies
from bench.names import HOUSE
from bench.report import Line, reached
from bench.scale import Scale
from leads.retuning.history import History
from leads.retuning.proposing import first_criteria
from leads.retuning.ranking import auc
from sources import lead_map, outcome_csv
from sources.outcome_csv import DecidedLeads
from sources.replay import Replay, coin_flipped, history, options, replay, shuffled
from sources.replay_plan import Comparison, Plan

_NEAR = 0.01
_HARM = -0.01
_TRAINED = 0.8


@dataclass(frozen=True, kw_only=True)
class _Data:
    name: str
    decided: DecidedLeads


def measure(scale: Scale) -> list[Line]:
    """Acceptance at equal volume, mean of several seeds; then the controls, and AUC."""
    if scale.data is None:
        return [Line(what="learning", ours="skipped: give --data with x_education/ and olist/")]
    ours = _x_education(scale.data)
    # What is for learning is decided by reasons, what is measured by outcomes: both ways.
    plain = _Data(name=f"{ours.name} without reasons", decided=outcome_only(ours.decided))
    lines: list[Line] = []
    for data in (ours, plain, _olist(scale.data, scale.folder)):
        lines += _compared(data, scale.rounds)
    return lines + _cards(plain)


def _compared(data: _Data, seeds: int) -> list[Line]:
    plans = [Plan(seed=seed) for seed in range(seeds)]
    ours = [replay(data.decided, plan) for plan in plans]
    boosted = [replay(data.decided, plan, learner=Boosted) for plan in plans]
    once = [replay(data.decided, plan, learner=BoostedOnce) for plan in plans]
    counted = [replay(data.decided, plan, learner=Frequencies) for plan in plans]
    card, best, still, odoo = (
        _mean([run.overall for run in runs]) for runs in (ours, boosted, once, counted)
    )
    lines = [
        Line(
            what=f"{data.name}: acceptance, retuned card against first card",
            floor=f"{card.static:.4f}",
            ours=f"{card.retuned:.4f}, {card.delta:+.4f} ({card.low:+.4f} to {card.high:+.4f})",
            ratio=card.retuned / card.static,
            goal="low > 0",
            reached=reached(card.low > 0),
        ),
        _in_the_end(data, ours),
        Line(
            what=f"{data.name}: against gradient boosting, retuned alike",
            floor=f"{best.retuned:.4f}",
            ours=f"{card.retuned:.4f}",
            ratio=card.retuned / best.retuned,
            goal=f"within {_NEAR}",
            reached=reached(card.retuned >= best.retuned - _NEAR),
        ),
        Line(
            what=f"{data.name}: gradient boosting itself, retuned against trained once",
            floor=f"{still.retuned:.4f}",
            ours=f"{best.retuned:.4f}, {best.retuned - still.retuned:+.4f}",
            ratio=best.retuned / still.retuned,
        ),
        Line(
            what=f"{data.name}: against naive Bayes as Odoo has it, retuned alike",
            floor=f"{odoo.retuned:.4f}",
            ours=f"{card.retuned:.4f}",
            ratio=card.retuned / odoo.retuned,
        ),
    ]
    for name, control in (("order of chance", shuffled), ("outcomes by coin", coin_flipped)):
        runs = [replay(control(data.decided, plan), plan) for plan in plans]
        one = _mean([run.overall for run in runs])
        least = min(run.overall.delta for run in runs)
        lines.append(
            Line(
                what=f"{data.name}: {name}",
                floor=f"{one.static:.4f}",
                ours=f"{one.retuned:.4f}, {one.delta:+.4f}, least {least:+.4f}",
                goal=f"not below {_HARM}",
                reached=reached(least >= _HARM),
            )
        )
    return lines


def _in_the_end(data: _Data, runs: Sequence[Replay]) -> Line:
    one = _mean([run.last_third for run in runs])
    seconds = np.mean([run.retune_seconds for run in runs])
    return Line(
        what=f"{data.name}: the same in the last third",
        floor=f"{one.static:.4f}",
        ours=f"{one.retuned:.4f}, {one.delta:+.4f} ({one.low:+.4f} to {one.high:+.4f}), "
        f"{seconds:.2f} s a retune",
        ratio=one.retuned / one.static,
    )


def _mean(found: Sequence[Comparison]) -> Comparison:
    """The mean over seeds; an interval is as wide as that of one seed, not narrower."""
    return Comparison(
        n=found[0].n,
        handed_over=found[0].handed_over,
        accepted=round(float(np.mean([one.accepted for one in found]))),
        static=float(np.mean([one.static for one in found])),
        retuned=float(np.mean([one.retuned for one in found])),
        delta=float(np.mean([one.delta for one in found])),
        low=float(np.mean([one.low for one in found])),
        high=float(np.mean([one.high for one in found])),
    )


def _cards(data: _Data) -> list[Line]:
    """AUC of cards and of an unrounded logistic model: learned on the oldest four fifths, all of
    whose outcomes count, tested on the newest fifth."""
    decided = data.decided
    cut = round(_TRAINED * len(decided))
    past = history(decided, Plan())
    old, new = past.take(np.arange(cut)), past.take(np.arange(cut, len(decided)))
    plain = _auc(new, _logistic(old, new))
    criteria = first_criteria(old, options(old, Plan()))
    card = _auc(new, new.leads.scores(criteria).astype(np.float64))
    return [
        Line(
            what=f"{data.name}: AUC of a card of {len(criteria.rules)} rules, newest fifth",
            floor=f"{plain:.4f} (logistic model)",
            ours=f"{card:.4f}",
            ratio=card / plain,
            goal=f"within {_NEAR}",
            reached=reached(card >= plain - _NEAR),
        )
    ]


def outcome_only(decided: DecidedLeads) -> DecidedLeads:
    """The same leads, every rejection of which is for learning."""
    nothing = (None,) * len(decided)
    return replace(decided, reasons=nothing, teaches=nothing)


def _auc(past: History, scores: np.ndarray) -> float:
    return auc(scores, past.accepted.astype(np.float64), np.ones(len(past)))


def _logistic(old: History, new: History) -> np.ndarray:
    """Log-odds of a logistic regression on every value as a flag, and on every number as it is,
    as its logarithm and as a flag where it is unknown."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    encoding = Encoding.of(old.leads)
    n = len(encoding.numeric)
    flags = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    found = []
    for past in (old, new):
        matrix = encoding.matrix(past.leads)
        known = np.isfinite(matrix[:, :n])
        if past is old:
            middle = np.nanmedian(matrix[:, :n], axis=0)
        numbers = np.where(known, matrix[:, :n], middle)
        wide = np.column_stack([numbers, np.log1p(np.maximum(numbers, 0)), ~known])
        words = np.nan_to_num(matrix[:, n:], nan=-1)
        if past is old:
            flags.fit(words)
            mean, spread = wide.mean(axis=0), wide.std(axis=0) + 1e-9
        found.append(np.column_stack([(wide - mean) / spread, flags.transform(words)]))
    model = LogisticRegression(max_iter=5000).fit(found[0], old.accepted)
    logits: np.ndarray = model.decision_function(found[1])
    return logits


def _x_education(folder: Path) -> _Data:
    map_file = HOUSE / "docs/examples/course-seller/learning-map.toml"
    return _Data(name="X Education", decided=_read(folder / "x_education" / "leads.csv", map_file))


def _olist(folder: Path, temporary: Path) -> _Data:
    """The two files put together as docs/examples/marketplace/README.md has it."""
    joined = temporary / "olist.csv"
    with (folder / "olist" / "closed_deals.csv").open(encoding="utf-8", newline="") as file:
        deals = {row["mql_id"] for row in csv.DictReader(file)}
    source = folder / "olist" / "marketing_qualified_leads.csv"
    with (
        source.open(encoding="utf-8", newline="") as file,
        joined.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.DictReader(file)
        table = csv.DictWriter(out, [*(rows.fieldnames or ()), "closed"])
        table.writeheader()
        for row in rows:
            if row["first_contact_date"] >= "2018":
                closed = "yes" if row["mql_id"] in deals else "no"
                table.writerow({**row, "closed": closed})
    return _Data(name="Olist", decided=_read(joined, HOUSE / "docs/examples/marketplace/map.toml"))


def _read(file: Path, map_file: Path) -> DecidedLeads:
    return outcome_csv.read(file, lead_map.load(map_file), lambda _read: None)

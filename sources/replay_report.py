"""A replay in plain words and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict

from rich.table import Table

from leads.retuning.proposing import WhyNot
from sources.replay import Batch, Learned, Replay
from sources.replay_plan import Comparison

_FEW_BATCHES = 6
"""Fewer batches than this make an interval that promises too much."""

_WHY = {
    WhyNot.TOO_FEW: "too few yet",
    WhyNot.NO_CHANGE: "none better",
    WhyNot.NO_GAIN: "not proven",
}


def as_json(replay: Replay) -> dict[str, object]:
    """The whole replay; rates and their differences are from 0 to 1, times in seconds."""
    return {
        "rows": replay.rows,
        "warmup": replay.warmup,
        "plan": asdict(replay.plan),
        "overall": asdict(replay.overall),
        "last_third": asdict(replay.last_third),
        "retune_seconds": replay.retune_seconds,
        "rules_changed": sum(_changed(batch) for batch in replay.batches),
        "batches": [
            _batch_json(number, batch) for number, batch in enumerate(replay.batches, start=1)
        ],
    }


def _batch_json(number: int, batch: Batch) -> dict[str, object]:
    static, retuned = _rates(batch)
    learned = batch.learned
    return {
        "batch": number,
        "first": batch.first,
        "n": batch.n,
        "handed_over": batch.handed_over,
        "explored": batch.explored,
        "accepted": batch.accepted,
        "static_accepted": batch.static_accepted,
        "static": static,
        "retuned": retuned,
        "delta": retuned - static,
        "rules_changed": _changed(batch),
        "why_not": learned.why_not.value if learned and learned.why_not else None,
        "retune_seconds": batch.seconds,
    }


def batches_table(replay: Replay) -> Table:
    """One line per batch."""
    table = Table(title="Of those handed over, accepted", title_justify="left")
    table.add_column("leads", no_wrap=True)
    for heading in ("handed\nover", "accepted", "first\nrules", "retuned", "differ-\nence"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("rules\nchanged", no_wrap=True)
    for batch in replay.batches:
        static, retuned = _rates(batch)
        table.add_row(
            f"{batch.first:,}-{batch.first + batch.n - 1:,}",
            f"{batch.handed_over:,}",
            f"{batch.accepted:,}",
            f"{static:.1%}",
            f"{retuned:.1%}",
            points(retuned - static),
            _then(batch.learned),
        )
    return table


def summary_table(replay: Replay) -> Table:
    """Both sides over all batches and over the last third."""
    table = Table()
    table.add_column("")
    for heading in ("leads", "handed\nover", "first\nrules", "retuned", "differ-\nence", "likely"):
        table.add_column(heading, justify="right", no_wrap=True)
    for what, one in (("all", replay.overall), ("last third", replay.last_third)):
        table.add_row(
            what,
            f"{one.n:,}",
            f"{one.handed_over:,}",
            f"{one.static:.1%}",
            f"{one.retuned:.1%}",
            points(one.delta),
            f"{points(one.low)} to {points(one.high)}",
        )
    return table


def in_words(replay: Replay) -> Iterator[str]:
    """What it comes down to, a sentence or two a line."""
    plan, retunes = replay.plan, [batch for batch in replay.batches if batch.learned]
    yield (
        f"Of {replay.rows:,} leads the first {replay.warmup:,} gave {len(replay.first.rules)} "
        f"rules. Then, of each batch, {plan.volume:.0%} went to reps by score and "
        f"{plan.explore:.0%} by chance; the latter aren't counted."
    )
    yield f"{_verdict(replay.overall)} {_in_the_end(replay)}"
    changed = [batch for batch in retunes if _changed(batch)]
    rules = sum(_changed(batch) for batch in retunes)
    said = f"In {len(retunes)} retunes nothing was proven better, so nothing changed."
    if changed:
        said = (
            f"{_times(len(changed))} in {len(retunes)} retunes the criteria changed, by {rules} "
            "rules in all."
        )
    yield f"{said} A retune took {replay.retune_seconds:.2f} s."
    if len(replay.batches) < _FEW_BATCHES:
        yield "So few batches say little: smaller ones (--batch) make the likely range fairer."


def _verdict(one: Comparison) -> str:
    said = (
        f"Sales accepted {one.retuned:.1%} with retuned criteria, {one.static:.1%} with the first"
    )
    if one.low > 0:
        return f"{said}: retuning helped, beyond chance."
    if one.high < 0:
        return f"{said}: retuning did harm, beyond chance."
    return f"{said}: that may be chance."


def _in_the_end(replay: Replay) -> str:
    one = replay.last_third
    return f"In the last third it was {one.retuned:.1%} against {one.static:.1%}."


def _times(n: int) -> str:
    return {1: "Once", 2: "Twice"}.get(n, f"{n} times")


def _then(learned: Learned | None) -> str:
    if learned is None:
        return ""
    return str(learned.rules_changed) if learned.why_not is None else _WHY[learned.why_not]


def _changed(batch: Batch) -> int:
    return batch.learned.rules_changed if batch.learned else 0


def _rates(batch: Batch) -> tuple[float, float]:
    return batch.static_accepted / batch.handed_over, batch.accepted / batch.handed_over


def points(difference: float) -> str:
    """A difference of shares, in percentage points."""
    rounded = round(difference * 100, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"

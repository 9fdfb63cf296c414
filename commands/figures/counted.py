"""Reads the tallies of a period, all of them or of one campaign, source or rep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commands.context import Context
from commands.tallied import narrowed
from leads.breakdown import Breakdown
from leads.periods import Period
from leads.rates import Rate
from storage import tally


@dataclass(frozen=True, kw_only=True)
class Only:
    """The one campaign, source or rep (an e-mail) that was asked for."""

    by: Breakdown
    value: str


def counts(
    ctx: Context, measures: Iterable[str], period: Period, only: Only | None = None
) -> dict[str, int]:
    """Each of `measures` in the period; none is below zero."""
    wanted = tuple(measures)
    dimension, value = (only.by.value, only.value) if only else (tally.ALL, "")
    found = tally.totals(ctx.session, dimension, wanted, period.first, period.last, value=value)
    return _whole(found.get(value, {}), wanted)


def counts_by(
    ctx: Context, by: Breakdown | str, measures: Iterable[str], period: Period
) -> dict[str, dict[str, int]]:
    """The same by campaign, source, rep or reason."""
    wanted = tuple(measures)
    found = tally.totals(ctx.session, by, wanted, period.first, period.last)
    return {value: _whole(each, wanted) for value, each in found.items()}


def reasons(ctx: Context, period: Period, only: Only | None = None) -> dict[str, int]:
    """How often each reason was given, by its code."""
    dimension = narrowed(only.by, only.value) if only else "reason"
    found = tally.totals(ctx.session, dimension, ("rejected",), period.first, period.last)
    return {code: each["rejected"] for code, each in found.items() if each["rejected"] > 0}


def rate(successes: int, n: int) -> Rate:
    """A share of two counts. One may outgrow the other where a lead changed its campaign between
    an act and its undo; then it is cut."""
    return Rate(successes=max(0, min(successes, n)), n=max(0, n))


def _whole(found: Mapping[str, int], measures: Iterable[str]) -> dict[str, int]:
    return {measure: max(0, found.get(measure, 0)) for measure in measures}

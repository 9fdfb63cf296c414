"""Why leads were rejected, what that teaches, and how much of it marketing answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from commands.context import Context
from commands.figures import counted
from commands.figures.counted import Only, counts, rate
from commands.questions.subcommand import days_between
from leads import periods
from leads.agreement import Teaches
from leads.breakdown import Breakdown
from leads.movement import Movement, movement
from leads.periods import Period
from leads.rates import Rate
from storage.statistics import Rejection, newest_rejections

_MOST_EXAMPLES = 3
_OF_ONE = 6
"""So many examples in all where one campaign, source or rep was named: to find them among the
rejections of everybody takes longer the more there are."""


@dataclass(frozen=True, kw_only=True)
class GivenReason:
    """One reason: its share of the rejections, that of the period before, and the newest
    rejections that were made in the period."""

    code: str
    label: str
    teaches: Teaches
    share: Rate
    before: Rate | None
    moved: Movement
    examples: tuple[Rejection, ...]


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """The rejections of leads offered in a period, the most frequent reason first. `answered` is
    how many of the rejections made in the period marketing answered; `left_out` counts reasons."""

    period: Period
    before: Period | None
    decided: int
    rejected: int
    answered: Rate
    parts: tuple[GivenReason, ...]
    left_out: int


def of(ctx: Context, period: Period, only: Only | None = None, *, most: int = 10) -> Reasons:
    """The `most` frequent reasons, with up to three examples each."""
    earlier = periods.before(period)
    decided = counts(ctx, ("accepted", "rejected"), period, only)
    found = counted.reasons(ctx, period, only)
    before = counted.reasons(ctx, earlier, only) if earlier else None
    ordered = [code for code, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
    examples = _examples(ctx, period, ordered[:most], only)
    return Reasons(
        period=period,
        before=earlier,
        decided=sum(decided.values()),
        rejected=sum(found.values()),
        answered=_answered(ctx, period, only),
        parts=tuple(_given(ctx, code, found, before, examples[code]) for code in ordered[:most]),
        left_out=max(0, len(ordered) - most),
    )


def _examples(
    ctx: Context, period: Period, codes: Sequence[str], only: Only | None
) -> dict[str, list[Rejection]]:
    """The newest rejections for each reason."""
    since, until = days_between(ctx, period.first, period.last)
    if only is None:
        return {
            code: newest_rejections(
                ctx.session, since=since, until=until, limit=_MOST_EXAMPLES, reason=code
            )
            for code in codes
        }
    newest = newest_rejections(
        ctx.session,
        since=since,
        until=until,
        limit=_OF_ONE,
        campaign=only.value if only.by is Breakdown.CAMPAIGN else None,
        source=only.value if only.by is Breakdown.SOURCE else None,
        rep=only.value if only.by is Breakdown.REP else None,
    )
    return {code: [one for one in newest if one.reason == code][:_MOST_EXAMPLES] for code in codes}


def _answered(ctx: Context, period: Period, only: Only | None) -> Rate:
    """Nobody counts whose rejections a rep's were, once they are marketing's to answer."""
    if only is not None and only.by is Breakdown.REP:
        return rate(0, 0)
    found = counts(ctx, ("answer_owed", "answered_in_time", "answered_late"), period, only)
    return rate(found["answered_in_time"] + found["answered_late"], found["answer_owed"])


def _given(
    ctx: Context,
    code: str,
    found: dict[str, int],
    before: dict[str, int] | None,
    newest: list[Rejection],
) -> GivenReason:
    share = rate(found[code], sum(found.values()))
    then = rate(before.get(code, 0), sum(before.values())) if before is not None else None
    label, teaches = _meaning(ctx, newest, code)
    return GivenReason(
        code=code,
        label=label,
        teaches=teaches,
        share=share,
        before=then,
        moved=movement(share, then),
        examples=tuple(newest),
    )


def _meaning(ctx: Context, newest: list[Rejection], code: str) -> tuple[str, Teaches]:
    """The label and what it teaches; of a reason that the agreement has no more, as it was kept
    with the newest rejection."""
    known = ctx.setup.agreement.reason(code)
    if known is not None:
        return known.label, known.teaches
    if newest and newest[0].teaches in {each.value for each in Teaches}:
        return newest[0].reason_label, Teaches(newest[0].teaches)
    return code, Teaches.OTHER

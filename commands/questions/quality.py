"""`/leads quality […] [period]`: how many of the leads sales accepted, and how that moved."""

from dataclasses import replace
from datetime import date

from cards.asking import Asking
from cards.model import Card
from cards.quality_card import QualityRow, QualityView, quality_card
from commands.context import Context
from commands.figures import quality
from commands.figures.quality import Part
from commands.figures.reps import may_see
from commands.questions import narrowing, reasons
from commands.questions.narrowing import Narrowed
from commands.questions.subcommand import name_of
from leads.breakdown import Breakdown
from leads.periods import Period

_MOST_ROWS = 15
_REASONS = frozenset({"reason", "reasons"})


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The quality of the leads offered in the period that `words` name, told apart as they say
    (by campaign), or of the one campaign, source or rep they name."""
    first, rest = _without_fillers(words)
    if first in _REASONS:
        return reasons.answer(ctx, asking, rest)
    asked = narrowing.read(ctx, asking, words, "quality", tuple(Breakdown), tells_apart=True)
    return _card(ctx, asking, asked) if isinstance(asked, Narrowed) else asked


def total_of(ctx: Context, first: date, last: date) -> QualityRow:
    """All leads offered on these local days together."""
    return _row(ctx, quality.total_of(ctx, Period(label="", first=first, last=last)), None)


def _without_fillers(words: str) -> tuple[str, str]:
    rest = words.split()
    while rest and rest[0].casefold() in narrowing.FILLERS:
        del rest[0]
    return (rest[0].casefold(), " ".join(rest[1:])) if rest else ("", "")


def _card(ctx: Context, asking: Asking, asked: Narrowed) -> Card:
    by = asked.only.by if asked.only else asked.by or Breakdown.CAMPAIGN
    found = quality.of(ctx, asked.period, by, asked.only)
    reader = narrowing.viewer(ctx, asking)
    parts = [
        part
        for part in found.parts
        if by is not Breakdown.REP or part.value is None or may_see(reader, part.value)
    ]
    return quality_card(
        QualityView(
            asking=asking,
            by=by,
            only=asked.name,
            said=asked.said,
            period=asked.period.label,
            before=found.before.label if found.before else None,
            first=asked.period.first,
            last=asked.period.last,
            total=_row(ctx, found.total, None),
            rows=tuple(_row(ctx, part, by) for part in parts[:_MOST_ROWS]),
            more=max(0, len(parts) - _MOST_ROWS),
            goal=ctx.setup.agreement.marketing.acceptance_rate,
        )
    )


def _row(ctx: Context, part: Part, by: Breakdown | None) -> QualityRow:
    row = QualityRow(
        name=part.value,
        offered=part.offered,
        accepted=part.accepted,
        standing=part.standing,
        moved=part.moved if part.before is not None else None,
    )
    if by is Breakdown.REP and part.value is not None:
        return replace(row, name=name_of(ctx, part.value))
    return row

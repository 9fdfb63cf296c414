"""`/leads reps [period]`: how each rep does, by name, for those who may see it."""

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.model import Card
from cards.reps_card import RepRow, RepsView, reps_card
from commands.context import Context
from commands.figures import reps
from commands.figures.reps import RepFigures, sees_everybody
from commands.questions import narrowing
from commands.questions.subcommand import zone
from leads import periods
from leads.periods import UnknownPeriod

_MOST_ROWS = 60


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The reps in the period that `words` name: managers see everybody, a rep sees themself and
    the team, all others the team."""
    try:
        period = periods.parse(words, ctx.now, zone(ctx))
    except UnknownPeriod as unknown:
        near = tuple(f"reps {name}" for name in unknown.suggestions[:2])
        return not_understood(words, Expected.PERIOD, near)
    reader = narrowing.viewer(ctx, asking)
    found = reps.of(ctx, period, reader)
    return reps_card(
        RepsView(
            asking=asking,
            period=period.label,
            first=period.first,
            last=period.last,
            team=_row(found.team),
            rows=tuple(_row(one) for one in found.people[:_MOST_ROWS]),
            alone=bool(found.people) and not sees_everybody(reader),
            more=max(0, len(found.people) - _MOST_ROWS),
        )
    )


def _row(one: RepFigures) -> RepRow:
    return RepRow(
        name=one.name,
        offered=one.offered,
        accepted=one.accepted,
        decided=one.decided,
        touched=one.touched,
        first_touch=one.first_touch.median,
        touches_timed=one.first_touch.n,
        won=one.won,
    )

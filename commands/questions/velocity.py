"""`/leads velocity […] [period]`: how fast leads move, step by step."""

from cards.asking import Asking
from cards.model import Card
from cards.velocity_card import LegLine, OpenAges, VelocityView, velocity_card
from commands.context import Context
from commands.figures import velocity
from commands.questions import narrowing
from commands.questions.narrowing import Narrowed
from leads.breakdown import Breakdown

_ALLOWED = (Breakdown.CAMPAIGN, Breakdown.REP)


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The medians of the period that `words` name: of one campaign the stages, of one rep what
    that rep promised."""
    asked = narrowing.read(ctx, asking, words, "velocity", _ALLOWED)
    if not isinstance(asked, Narrowed):
        return asked
    found = velocity.of(ctx, asked.period, asked.only)
    ages = found.ages
    return velocity_card(
        VelocityView(
            asking=asking,
            only=asked.name,
            said=asked.said if asked.only else "",
            period=asked.period.label,
            before=found.before.label if found.before else None,
            first=asked.period.first,
            last=asked.period.last,
            legs=tuple(
                LegLine(
                    leg=leg.leg,
                    n=leg.took.n,
                    median=leg.took.median,
                    moved=leg.moved if leg.before is not None else None,
                )
                for leg in found.legs
            ),
            ages=OpenAges(n=ages.n, median=ages.median, oldest=ages.oldest, old=ages.old),
        )
    )

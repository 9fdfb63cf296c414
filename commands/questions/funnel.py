"""`/leads funnel […] [period]`: how far the leads came that qualified in a period."""

from cards.asking import Asking
from cards.funnel_card import FunnelStep, FunnelView, funnel_card
from cards.model import Card
from commands.context import Context
from commands.figures import funnel
from commands.questions import narrowing
from commands.questions.narrowing import Narrowed
from leads.breakdown import Breakdown


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The funnel of the leads that became MQL in the period that `words` name, of one campaign,
    source or rep where they name one."""
    asked = narrowing.read(ctx, asking, words, "funnel", tuple(Breakdown))
    if not isinstance(asked, Narrowed):
        return asked
    found = funnel.of(ctx, asked.period, asked.only)
    return funnel_card(
        FunnelView(
            asking=asking,
            only=asked.name,
            said=asked.said if asked.only else "",
            period=asked.period.label,
            before=found.before.label if found.before else None,
            first=asked.period.first,
            last=asked.period.last,
            steps=tuple(
                FunnelStep(
                    stage=step.stage,
                    reached=step.reached,
                    of_previous=step.of_previous,
                    moved=step.moved if step.before is not None else None,
                    median=step.took.median,
                    timed=step.took.n,
                )
                for step in found.steps
            ),
            lost=found.lost,
        )
    )

"""`/leads reasons […] [period]`: why leads were rejected, and what that teaches."""

from cards.asking import Asking
from cards.model import Card
from cards.reasons_card import Example, ReasonLine, ReasonsView, reasons_card
from commands.context import Context
from commands.figures import reasons
from commands.figures.reasons import GivenReason
from commands.questions import narrowing
from commands.questions.narrowing import Narrowed
from leads.breakdown import Breakdown


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The rejections of leads offered in the period that `words` name, of one campaign, source or
    rep where they name one."""
    asked = narrowing.read(ctx, asking, words, "reasons", tuple(Breakdown))
    if not isinstance(asked, Narrowed):
        return asked
    found = reasons.of(ctx, asked.period, asked.only)
    return reasons_card(
        ReasonsView(
            asking=asking,
            only=asked.name,
            said=asked.said if asked.only else "",
            period=asked.period.label,
            before=found.before.label if found.before else None,
            first=asked.period.first,
            last=asked.period.last,
            decided=found.decided,
            rejected=found.rejected,
            answered=found.answered,
            lines=tuple(_line(ctx, part) for part in found.parts),
            more=found.left_out,
        )
    )


def _line(ctx: Context, part: GivenReason) -> ReasonLine:
    return ReasonLine(
        label=part.label,
        teaches=part.teaches,
        share=part.share,
        moved=part.moved if part.before is not None else None,
        examples=tuple(
            Example(
                lead_id=one.lead.id,
                name=one.lead.name,
                company=one.lead.company.name,
                at=one.decided_at,
                url=ctx.setup.agreement.crm_address(one.lead),
            )
            for one in part.examples
        ),
    )

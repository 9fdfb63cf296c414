"""`/leads` of a rep: what I hold, and by when I must do what."""

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.lead_lines import Next, OpenLeadLine
from cards.model import Card
from cards.my_leads_card import MyLeadsView, my_leads_card
from commands.context import Context
from leads.lifecycle import HandoffState
from leads.person import Role
from storage.statistics import OpenLead, open_leads

_MOST_LINES = 15


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The asker's open leads, the most urgent first; `words` change nothing."""
    actor = ctx.actor
    if actor is None or Role.REP not in actor.roles:
        return not_understood("mine", Expected.ROLE, ("quality", "funnel"))
    lines = lines_of(ctx, actor.email)
    return my_leads_card(
        MyLeadsView(
            asking=asking,
            lines=tuple(lines[:_MOST_LINES]),
            total=len(lines),
            late=sum(line.is_late for line in lines),
            capacity=actor.capacity,
        )
    )


def lines_of(ctx: Context, rep: str) -> list[OpenLeadLine]:
    """All that `rep` holds, the most urgent first."""
    return [_line(ctx, one) for one in open_leads(ctx.session, rep)]


def _line(ctx: Context, one: OpenLead) -> OpenLeadLine:
    snoozed = one.snoozed_until if one.state is HandoffState.OFFERED else None
    is_asleep = snoozed is not None and snoozed > ctx.now
    due = one.due
    return OpenLeadLine(
        lead_id=one.lead.id,
        name=one.lead.name,
        title=one.lead.title,
        company=one.lead.company.name,
        stage=one.stage,
        score=one.score,
        next=_next(one),
        due=due,
        is_late=due is not None and due < ctx.now and not is_asleep,
        snoozed_until=snoozed if is_asleep else None,
    )


def _next(one: OpenLead) -> Next:
    if one.state is HandoffState.OFFERED:
        return Next.DECIDE
    return Next.WORK if one.first_touch_at else Next.TOUCH

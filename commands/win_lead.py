"""A lead became a customer: the rep and the campaign are thanked once, where wins are read."""

from collections.abc import Mapping

from sqlmodel import col, select

from cards import work_notices
from cards.model import Card
from cards.win_card import WinView, win_card
from cards.work_forms import won_form
from commands import outgoing, typed
from commands.context import Context
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.wins import credited
from commands.working import ACTS, may_step, number, step, work_on
from leads.lifecycle import Stage
from storage import content_rows
from storage.handoffs import current
from storage.leads import lead_value
from storage.tables import HistoryRow, LeadRow

_LONGEST_REASON = 500
_MOST_CONTENT = 3


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the win of the handoff with this id."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    if refusal := may_step(ctx, work, Stage.WON):
        return refusal
    return Ask(form=won_form(work.handoff_id, work.name, amount=work.lead.amount))


def win(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Make the lead won, end its handoff, and enqueue the one post about it."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    try:
        amount = typed.amount(values.get("amount"))
    except typed.NotAnAmount:
        return Correct(errors={"amount": work_notices.amount_wrong()})
    convinced = typed.text(values.get("convinced"), _LONGEST_REASON)
    if refusal := step(ctx, work, Stage.WON, why=convinced, amount=amount):
        return refusal
    outgoing.to_wins(ctx, work.lead_id)
    return Nothing()


def present_win(ctx: Context, subject: str) -> Card | None:
    """The post in the wins channel about the lead with this id; None when it isn't won."""
    lead_id = number(subject)
    lead = ctx.session.get(LeadRow, lead_id) if lead_id else None
    if lead is None or lead_id is None or lead.stage != Stage.WON:
        return None
    handoff = current(ctx.session, lead_id)
    thanks = credited(ctx, lead, handoff)
    content = content_rows.content_of(ctx.session, [lead_id]).get(lead_id, ())
    return win_card(
        WinView(
            lead=lead_value(lead).name,
            company=lead.company_name,
            amount=lead.amount,
            currency=ctx.setup.agreement.currency,
            tier=thanks.tier,
            rep=thanks.rep,
            campaign=thanks.campaign,
            owner=thanks.owner,
            content=content[:_MOST_CONTENT],
            accepted_after=thanks.accepted_after,
            convinced=_convinced(ctx, lead_id),
        )
    )


def _convinced(ctx: Context, lead_id: int) -> str | None:
    why = ctx.session.exec(
        select(HistoryRow.why)
        .where(HistoryRow.lead_id == lead_id, HistoryRow.act == ACTS[Stage.WON])
        .order_by(col(HistoryRow.id).desc())
        .limit(1)
    ).first()
    return why or None

"""A rep whose card can't be delivered: nobody waits for somebody who doesn't know, so it is tried
in their own chat, and then the fallback is offered the lead instead."""

from commands import clocks, counting, offer_lead, outgoing
from commands.card_kind import CardKind
from commands.context import Context
from commands.deciding import claim, read
from commands.recording import record
from commands.working import number
from leads.lifecycle import HandoffState
from storage.tables import LeadRow


def reach_in_own_chat(ctx: Context, subject: str) -> None:
    """Send the battle card of the handoff `subject`, while it is undecided, to its rep's own chat:
    it couldn't be posted in the thread where they wanted it."""
    handoff_id = number(subject)
    case = read(ctx, handoff_id) if handoff_id is not None else None
    if case is None or case.state is not HandoffState.OFFERED:
        return
    outgoing.to_person(
        ctx,
        case.rep,
        CardKind.BATTLE_CARD,
        subject,
        dedupe_key=f"offer:{case.id}:own_chat",
        lead_id=case.lead_id,
    )


def reach_fallback(ctx: Context, subject: str) -> None:
    """Withdraw the offer with the handoff id `subject`, while it is undecided, and offer its lead
    to the fallback with the reason. Nothing is done when it is the fallback who has it: there is
    nobody behind them."""
    handoff_id = number(subject)
    case = read(ctx, handoff_id) if handoff_id is not None else None
    if case is None or case.rep == ctx.setup.agreement.fallback:
        return
    if case.state is not HandoffState.OFFERED or not claim(ctx, case, HandoffState.WITHDRAWN):
        return
    why = f"{clocks.rep_of(ctx, case.rep).name} couldn't be reached in chat"
    record(ctx, "withdrawn", lead_id=case.lead_id, handoff_id=case.id, why=why)
    counting.count_offered(ctx, case, case, -1)
    mql = offer_lead.mql_of(ctx, ctx.session.get_one(LeadRow, case.lead_id))
    offer_lead.hand_to_fallback(ctx, mql, why=why, previous=case.id)
    outgoing.refresh(ctx, case.lead_id)

"""Takes a lead from who has it and offers it to somebody else: because time ran out, because a
manager says so, because they went on leave, or because a rep is free at last."""

from enum import StrEnum

from commands import clocks, counting, offer_lead, outgoing
from commands.claims import claim_handoff
from commands.context import Context
from commands.deciding import Case, move_stage, owner_before
from commands.recording import keep_feedback, record
from commands.running_clock import STOPPED
from leads.lifecycle import HandoffState, Stage, move_handoff
from leads.person import Person
from storage.tables import LeadRow


class Because(StrEnum):
    """Why a lead was taken from somebody: the act in its history, from which their card says it."""

    TIME_OVER = "reassigned"
    A_MANAGER = "handed_on"
    AWAY = "moved"
    REP_IS_FREE = "offered_on"


def can_move(case: Case) -> bool:
    """Whether the lead may be taken from who has it: it is undecided, or accepted and nobody has
    done anything with it yet."""
    if case.state is HandoffState.OFFERED:
        return True
    untouched = case.touches == 0 and case.first_touch_at is None
    return case.state is HandoffState.ACCEPTED and untouched and case.stage is Stage.SAL


def move_on(
    ctx: Context, case: Case, because: Because, *, why: str, note: str, to: Person | None = None
) -> bool:
    """Withdraw the handoff and offer its lead to `to`, else to whom the rules say, who is told by
    `note` how it came there. `why` is for the history. False, with nothing done, when it was
    decided or touched in the meantime."""
    if not can_move(case) or not _withdraw(ctx, case):
        return False
    record(ctx, because.value, lead_id=case.lead_id, handoff_id=case.id, why=why)
    if case.state is HandoffState.ACCEPTED:
        _take_back_accept(ctx, case)
    else:
        counting.count_offered(ctx, case, case, -1)
    if because is Because.REP_IS_FREE:
        counting.count_found_rep(ctx, case, case)
    mql = offer_lead.mql_of(ctx, ctx.session.get_one(LeadRow, case.lead_id))
    if to:
        offer_lead.hand_to(ctx, mql, to, why=note, previous=case.id)
    else:
        offer_lead.offer(ctx, mql, prior_note=note, previous=case.id)
    outgoing.refresh(ctx, case.lead_id)
    return True


def to_who_is_free(ctx: Context, case: Case) -> bool:
    """Offer a lead that waits with the fallback to the rep who can take it at last."""
    name = clocks.rep_of(ctx, case.rep).name
    note = f"it waited with {name} until a rep could take it"
    return move_on(ctx, case, Because.REP_IS_FREE, why="a rep can take it now", note=note)


def somebody_else_can(ctx: Context, case: Case) -> bool:
    """Whether the rules find a rep who hasn't had this lead."""
    row = ctx.session.get_one(LeadRow, case.lead_id)
    return offer_lead.somebody_can(ctx, row)


def _withdraw(ctx: Context, case: Case) -> bool:
    return claim_handoff(
        ctx,
        case.id,
        {"state": case.state.value, "touches": case.touches},
        state=move_handoff(case.state, HandoffState.WITHDRAWN).value,
        decided_at=ctx.now,
        decided_by=ctx.actor_email,
        snoozed_until=None,
        retry_at=None,
        **STOPPED,
    )


def _take_back_accept(ctx: Context, case: Case) -> None:
    """As an undo does: the acceptance counts for nothing. That its time ran out still does."""
    move_stage(ctx, case, Stage.MQL, owner=owner_before(ctx, case), sal_at=None)
    keep_feedback(ctx, case.id, "undone")
    counting.count_taken_from(ctx, case, case)

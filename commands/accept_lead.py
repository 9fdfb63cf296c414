"""A rep takes a lead."""

from collections.abc import Mapping

from commands import clocks, counting
from commands.context import Context
from commands.deciding import already, case_of, claim, move_stage, show_everywhere
from commands.recording import keep_feedback, record
from commands.reply import Nothing, Reply, Tell
from leads.lifecycle import HandoffState, Stage


def accept(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Accept the handoff with this id for its rep, who has to get in touch by the agreement's
    time from now."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    due = clocks.contact_by(ctx, clocks.rep_of(ctx, case.rep))
    if not claim(ctx, case, HandoffState.ACCEPTED, contact_by=due):
        return already(ctx, case, HandoffState.ACCEPTED)
    move_stage(ctx, case, Stage.SAL, owner=case.rep, sal_at=ctx.now)
    record(ctx, "accepted", lead_id=case.lead_id, handoff_id=case.id)
    keep_feedback(ctx, case.id, "accepted")
    counting.count_taken(ctx, case, case)
    show_everywhere(ctx, case)
    return Nothing()

"""A rep takes a lead."""

from collections.abc import Mapping

from cards import notices
from commands import clocks, counting, timing
from commands.context import Context
from commands.deciding import already, case_of, claim, move_stage, show_everywhere
from commands.recording import keep_feedback, record
from commands.reply import Nothing, Reply, Tell
from commands.running_clock import Clock, started
from leads.lifecycle import HandoffState, Stage


def accept(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Accept the handoff with this id for its rep, who has to get in touch by the agreement's
    time from now."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    began = started(ctx, clocks.rep_of(ctx, case.rep), Clock.TOUCH)
    kept = {"clock_before": case.clock_from, "step_before": case.step, "extended_by": None}
    took = timing.of_decision(ctx, case)
    if not claim(ctx, case, HandoffState.ACCEPTED, **began, **kept, **took.columns("decided")):
        return already(ctx, case, HandoffState.ACCEPTED)
    move_stage(ctx, case, Stage.SAL, owner=case.rep, sal_at=ctx.now)
    record(ctx, "accepted", lead_id=case.lead_id, handoff_id=case.id)
    keep_feedback(ctx, case.id, "accepted")
    counting.count_taken(ctx, case, case, took)
    show_everywhere(ctx, case)
    if ctx.actor and ctx.actor.email != case.rep:
        rep = clocks.rep_of(ctx, case.rep).name
        return Tell(card=notices.accepted_for(case.name, rep, case.lead_id))
    return Nothing()

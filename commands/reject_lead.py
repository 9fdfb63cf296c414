"""A rep turns a lead down with a typed reason, and the lead goes where that reason sends it."""

from collections.abc import Mapping

from cards import decision_forms
from cards.decision_forms import RejectFormView
from commands import counting, timing, turn_down
from commands.context import Context
from commands.deciding import already, case_of, claim, show_everywhere
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from leads.lifecycle import HandoffState


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for rejecting the handoff with this id: the reason, then only what it asks."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case)
    view = RejectFormView(
        handoff_id=case.id,
        lead=case.name,
        reasons=ctx.setup.agreement.reasons,
        chosen=values.get("reason"),
        colleagues=turn_down.colleagues(ctx, case),
        attempts=ctx.setup.agreement.sales.attempts,
        touches=case.touches,
    )
    return Ask(form=decision_forms.reject_form(view))


def reject(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Reject the handoff for the reason in `values`, keep the feedback, send the lead on, and
    tell marketing in the thread of its line."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case, HandoffState.REJECTED)
    no = turn_down.read_no(ctx, case, ctx.setup.agreement.reasons, values)
    if isinstance(no, Correct):
        return no
    took = timing.of_decision(ctx, case)
    if not claim(ctx, case, HandoffState.REJECTED, **took.columns("decided")):
        return already(ctx, case, HandoffState.REJECTED)
    counting.count_rejected(ctx, case, case, no.reason.code, took)
    turn_down.send_on(ctx, case, no)
    turn_down.keep_no(ctx, case, no, "rejected")
    show_everywhere(ctx, case)
    return Nothing()

"""A rep gives back what they had accepted, with a typed reason: the lead goes where that reason
sends it, and the acceptance counts no more."""

from collections.abc import Mapping, Sequence

from cards import decision_forms, rejection_notices
from cards.actions import Action
from cards.decision_forms import RejectFormView
from commands import counting, touching, turn_down
from commands.claims import claim_handoff
from commands.context import Context
from commands.deciding import Case, case_of, owner_before, read, show_everywhere
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.running_clock import STOPPED
from commands.working import already, work_on
from leads.agreement import Reason, Teaches
from leads.lifecycle import HandoffState, Onward, Stage, move_handoff, onward
from storage.tables import LeadRow

_QUALIFIED_WAITS_FOR = frozenset({Teaches.TIMING, Teaches.REACH})
"""What a qualified lead may be given back for; all else is a reason to close it as lost."""


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for giving back the accepted handoff with this id: as for a rejection."""
    case = _held(ctx, subject)
    if isinstance(case, Tell):
        return case
    view = RejectFormView(
        handoff_id=case.id,
        lead=case.name,
        reasons=tuple(_reasons(ctx, case)),
        chosen=values.get("reason"),
        colleagues=turn_down.colleagues(ctx, case),
        attempts=ctx.setup.agreement.sales.attempts,
        touches=case.touches,
        action=Action.RELEASE,
        is_qualified=case.stage is Stage.SQL,
    )
    return Ask(form=decision_forms.reject_form(view))


def release(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Give the lead back for the reason in `values`. It stays counted that the lead was accepted
    by sales once, but the rejection is the final word on the handoff."""
    case = _held(ctx, subject)
    if isinstance(case, Tell):
        return Nothing() if _did_so(ctx, subject) else case
    no = turn_down.read_no(ctx, case, _reasons(ctx, case), values)
    if isinstance(no, Correct):
        return no
    if not _claim(ctx, case):
        again = work_on(ctx, subject)
        return again if isinstance(again, Tell) else already(ctx, again)
    short = not touching.is_kept(ctx, case.id, case.touches)
    counting.count_given_back(ctx, case, case, no.reason.code, short=short)
    changes: dict[str, object] = {"owner": owner_before(ctx, case)}
    if onward(no.reason) is Onward.REROUTE:
        # It will be counted as accepted by sales when the next rep accepts it.
        counting.count_begins_anew(ctx, ctx.session.get_one(LeadRow, case.lead_id), case)
        changes["sal_at"] = None
    turn_down.send_on(ctx, case, no, **changes)
    turn_down.keep_no(ctx, case, no, "released")
    show_everywhere(ctx, case)
    return Nothing()


def _held(ctx: Context, subject: str) -> Case | Tell:
    """The accepted handoff that the actor may give back; else what to tell them."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.stage not in {Stage.SAL, Stage.SQL} or not _reasons(ctx, case):
        card = rejection_notices.nothing_to_give_back(case.name, case.lead_id)
        return Tell(card=card)
    return case


def _did_so(ctx: Context, subject: str) -> bool:
    """Whether the actor gave it back just now: then there is nothing to be told."""
    case = read(ctx, int(subject)) if subject.isdigit() else None
    return (
        case is not None
        and case.state is HandoffState.REJECTED
        and case.decided_by == ctx.actor_email
        and case.decided_at == ctx.now
    )


def _reasons(ctx: Context, case: Case) -> Sequence[Reason]:
    reasons = ctx.setup.agreement.reasons
    if case.stage is not Stage.SQL:
        return reasons
    return [
        reason
        for reason in reasons
        if reason.teaches in _QUALIFIED_WAITS_FOR and onward(reason) is Onward.RECYCLE
    ]


def _claim(ctx: Context, case: Case) -> bool:
    """End the accepted handoff: True for exactly one of any number of people at once. A first touch
    that isn't due yet is owed no more."""
    owes_touch = case.first_touch_at is None and case.contact_by is not None
    spared = owes_touch and case.contact_by is not None and ctx.now < case.contact_by
    return claim_handoff(
        ctx,
        case.id,
        {"state": HandoffState.ACCEPTED.value, "touches": case.touches},
        state=move_handoff(HandoffState.ACCEPTED, HandoffState.REJECTED).value,
        decided_at=ctx.now,
        decided_by=ctx.actor_email,
        contact_by=None if spared else case.contact_by,
        **STOPPED,
    )

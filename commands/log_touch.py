"""A rep tried to reach a lead: one more touch; the first one stops the contact clock."""

from collections.abc import Mapping

from cards import work_notices
from cards.work_forms import LONGEST_NOTE, outcome_id, touch_form
from commands import outgoing, typed
from commands.context import Context
from commands.recording import record
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import Work, already, work_on
from leads.lifecycle import HandoffState
from leads.touch import OUTCOMES, TouchKind, TouchOutcome
from storage.handoffs import claim_state
from storage.tables import HandoffRow, TouchRow


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for a touch on the handoff with this id, with the values so far."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    form = touch_form(
        work.handoff_id, work.name, kind=values.get("kind", ""), note=values.get("note")
    )
    return Ask(form=form)


def log(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep the touch and draw the lead's cards again."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    if values.get("kind") not in set(TouchKind):
        return Correct(errors={"kind": work_notices.choice_missing()})
    kind = TouchKind(values["kind"])
    outcome = values.get(outcome_id(kind), "")
    if outcome not in OUTCOMES[kind]:
        return Correct(errors={outcome_id(kind): work_notices.choice_missing()})
    note = typed.text(values.get("note"), LONGEST_NOTE)
    if not _keep(ctx, work, kind, TouchOutcome(outcome), note):
        return already(ctx, work)
    outgoing.refresh(ctx, work.lead_id)
    return Nothing()


def _keep(ctx: Context, work: Work, kind: TouchKind, outcome: TouchOutcome, note: str) -> bool:
    """Whether it was kept: a handoff that ended in the meantime takes no touch."""
    # Only a person stops the clock: an automated mail isn't a touch.
    is_first = work.handoff.first_touch_at is None and ctx.actor is not None
    stop = {"first_touch_at": ctx.now} if is_first else {}
    counted = claim_state(
        ctx.session,
        work.handoff_id,
        {HandoffState.ACCEPTED},
        touches=HandoffRow.touches + 1,
        **stop,
    )
    if not counted:
        return False
    ctx.session.add(
        TouchRow(
            handoff_id=work.handoff_id,
            lead_id=work.lead_id,
            kind=kind.value,
            outcome=outcome.value,
            note=note or None,
            by=ctx.actor_email,
            at=ctx.now,
        )
    )
    record(
        ctx,
        "touched",
        lead_id=work.lead_id,
        handoff_id=work.handoff_id,
        why=f"{kind.value}: {outcome.value}",
    )
    return True

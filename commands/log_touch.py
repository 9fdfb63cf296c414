"""A rep tried to reach a lead: one more touch; the first one stops the contact clock."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards import work_notices
from cards.work_forms import (
    LONGEST_NOTE,
    LONGEST_OBJECTION,
    SOMETHING_ELSE,
    TouchFormView,
    key_of,
    outcome_id,
    touch_form,
)
from commands import counting, outgoing, timing, touching, typed
from commands.context import Context
from commands.playbook import campaign_of
from commands.recording import record
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.running_clock import STOPPED
from commands.working import Work, already, work_on
from leads.lifecycle import HandoffState
from leads.touch import OUTCOMES, TouchKind, TouchOutcome, is_contact
from storage.handoffs import claim_state
from storage.tables import HandoffRow, TouchRow


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for a touch on the handoff with this id, with the values so far."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    return Ask(form=touch_form(_view(ctx, work, values)))


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
    heard = _heard(ctx, work, values)
    if not isinstance(heard, _Heard):
        return heard
    note = typed.text(values.get("note"), LONGEST_NOTE)
    if not _keep(ctx, work, kind, TouchOutcome(outcome), note, heard):
        return already(ctx, work)
    outgoing.refresh(ctx, work.lead_id)
    return Nothing()


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What the lead objected and which content was used, where the form says so."""

    objection: str | None
    content: str | None


def _view(
    ctx: Context, work: Work, values: Mapping[str, str], *, is_stale: bool = False
) -> TouchFormView:
    book = campaign_of(ctx, work.lead.campaign)
    known = book.objections if book else ()
    return TouchFormView(
        handoff_id=work.handoff_id,
        lead=work.name,
        kind=values.get("kind", ""),
        note=values.get("note"),
        objections=tuple(dict.fromkeys(one.says for one in known)),
        objection=values.get("objection", ""),
        content=tuple(dict.fromkeys(one.content for one in known if one.content)),
        is_stale=is_stale,
    )


def _heard(ctx: Context, work: Work, values: Mapping[str, str]) -> _Heard | Reply:
    """What the form says beside the touch itself; else what is to be mended, or the form anew
    where the playbook changed under it."""
    view = _view(ctx, work, values, is_stale=True)
    objections = {key_of(text): text for text in view.objections}
    contents = {key_of(text): text for text in view.content}
    own = typed.line(values.get("objection_text"), LONGEST_OBJECTION)
    chosen, used = values.get("objection", ""), values.get("content", "")
    if (chosen and chosen != SOMETHING_ELSE and chosen not in objections) or (
        used and used not in contents
    ):
        return Ask(form=touch_form(view))
    if chosen == SOMETHING_ELSE and not own:
        return Correct(errors={"objection_text": work_notices.objection_missing()})
    if chosen in objections and own:
        return Correct(errors={"objection_text": work_notices.objection_twice()})
    return _Heard(objection=objections.get(chosen, own) or None, content=contents.get(used))


def _keep(
    ctx: Context,
    work: Work,
    kind: TouchKind,
    outcome: TouchOutcome,
    note: str,
    heard: _Heard,
) -> bool:
    """Whether it was kept: a handoff that ended in the meantime takes no touch."""
    # Only a person stops the clock: an automated mail isn't a touch.
    is_first = work.handoff.first_touch_at is None and ctx.actor is not None
    took = timing.of_first_touch(ctx, work.handoff) if is_first else None
    stop = {"first_touch_at": ctx.now, **STOPPED, **took.columns("touched")} if took else {}
    before = work.handoff.touches
    was_kept = touching.is_kept(ctx, work.handoff_id, before)
    counted = claim_state(
        ctx.session,
        work.handoff_id,
        {HandoffState.ACCEPTED},
        touches=HandoffRow.touches + 1,
        **stop,
    )
    if not counted:
        return False
    keeps = is_contact(outcome) or before + 1 >= ctx.setup.agreement.sales.attempts
    counting.count_touch(ctx, work.handoff, took, keeps=keeps and not was_kept)
    ctx.session.add(
        TouchRow(
            handoff_id=work.handoff_id,
            lead_id=work.lead_id,
            kind=kind.value,
            outcome=outcome.value,
            note=note or None,
            objection=heard.objection,
            content=heard.content,
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

"""A rep gives an accepted lead up, and says why."""

from collections.abc import Mapping

from cards import work_notices
from cards.work_forms import LONGEST_NOTE, lost_form
from commands import typed
from commands.context import Context
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import may_step, step, work_on
from leads.lifecycle import Stage
from leads.lost_reason import LABELS, LostReason


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the loss of the handoff with this id."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    if refusal := may_step(ctx, work, Stage.LOST):
        return refusal
    return Ask(form=lost_form(work.handoff_id, work.name))


def lose(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Make the lead lost and end its handoff. The history keeps the reason's label, then the
    note after a colon."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    if values.get("reason") not in set(LostReason):
        return Correct(errors={"reason": work_notices.choice_missing()})
    label = LABELS[LostReason(values["reason"])]
    note = typed.text(values.get("note"), LONGEST_NOTE)
    why = f"{label}: {note}" if note else label
    return step(ctx, work, Stage.LOST, why=why) or Nothing()

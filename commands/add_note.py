"""A colleague writes something down about a lead: by a form, or in the thread of its card."""

from collections.abc import Mapping

from cards import work_notices
from cards.work_forms import LONGEST_NOTE, note_form
from commands import typed
from commands.context import Context
from commands.recording import record
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.show_lead import lead_of, refused
from storage import outbox
from storage.leads import lead_value
from storage.tables import CopyRow, NoteRow

_LONGEST_FROM_THREAD = 4000
_KEPT = "memo"
"""The sign on a message that was kept as a note."""


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for a note on the lead with this id."""
    lead = lead_of(ctx, subject)
    if lead is None or lead.id is None:
        return Tell(card=work_notices.gone())
    if refusal := refused(ctx, lead):
        return refusal
    return Ask(form=note_form(lead.id, lead_value(lead).name))


def add(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep the note; no card shows notes but the lead's page, so none is drawn again."""
    lead = lead_of(ctx, subject)
    if lead is None or lead.id is None:
        return Tell(card=work_notices.gone())
    if refusal := refused(ctx, lead):
        return refusal
    text = typed.text(values.get("text"), LONGEST_NOTE)
    if not text:
        return Correct(errors={"text": work_notices.text_missing()})
    _keep(ctx, lead.id, text)
    return Tell(card=work_notices.noted(lead_value(lead).name, lead.id))


def from_thread(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep what was said in the thread whose root is the message `subject`, when that is a card
    about a lead: a sign on the message says so. Any other thread is left alone.

    Whoever of the team can write in the channel may note; a private chat is its owner's."""
    text = typed.text(values.get("text"), _LONGEST_FROM_THREAD)
    message = values.get("message")
    if ctx.actor is None or ctx.place is None or not text or not message:
        return Nothing()
    copy = outbox.copy_at(ctx.session, ctx.place.conversation, subject)
    if copy is None or copy.lead_id is None or copy.id is None or not _is_here(ctx, copy):
        return Nothing()
    _keep(ctx, copy.lead_id, text)
    outbox.react(
        ctx.session,
        copy.id,
        message,
        _KEPT,
        ctx.now,
        dedupe_key=f"noted:{copy.platform}:{ctx.place.conversation}:{message}",
    )
    return Nothing()


def _is_here(ctx: Context, copy: CopyRow) -> bool:
    """Whether the copy is one of this very conversation, and the actor may note in it."""
    place, actor = ctx.place, ctx.actor
    if place is None or actor is None or copy.platform != place.platform:
        return False
    if copy.workspace not in {None, place.workspace}:
        return False
    person = copy.destination.removeprefix("person:")
    return person in {copy.destination, actor.email}


def _keep(ctx: Context, lead_id: int, text: str) -> None:
    ctx.session.add(NoteRow(lead_id=lead_id, by=ctx.actor_email, at=ctx.now, text=text))
    record(ctx, "noted", lead_id=lead_id)

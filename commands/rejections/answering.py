"""Marketing answers a rejection: that alone meets its promise."""

from collections.abc import Mapping

from cards import rejection_forms as forms
from cards import rejection_notices as notices
from commands import counting, outgoing, snapshot, typed
from commands.card_kind import CardKind
from commands.context import Context
from commands.happenings import named
from commands.recording import record
from commands.rejections.finding import Rejection, refuse_answer, rejection_of
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import colleague
from leads.rejection import RejectionAnswer
from storage import rejections


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the answer to the rejection with this feedback id."""
    found = _answerable(ctx, subject)
    if isinstance(found, Tell):
        return found
    return Ask(
        form=forms.answer_form(
            found.id,
            found.case.name,
            by=named(ctx, found.by),
            reason=found.reason,
            chosen=values.get("answer", ""),
        )
    )


def answer(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep the answer, once; the one who rejected hears it in the thread."""
    found = _answerable(ctx, subject)
    if isinstance(found, Tell):
        return found
    given = values.get("answer", "")
    if given not in set(RejectionAnswer):
        return Correct(errors={"answer": forms.mend("answer_missing")})
    text = typed.text(values.get("text"), forms.LONGEST_SENTENCE)
    kept = rejections.claim_answer(
        ctx.session,
        found.id,
        answer=given,
        answer_text=text or None,
        answered_by=ctx.actor_email,
        answered_at=ctx.now,
        remind_at=None,
    )
    if not kept:
        return _already(ctx, found) or Nothing()
    row = found.row
    if row.answer_by is not None:
        credit = snapshot.credit_of(found.feedback.snapshot)
        counting.count_answered(ctx, credit, row.owner, row.rejected_at, row.answer_by)
    record(ctx, "answered", lead_id=found.case.lead_id, handoff_id=found.case.id, why=given)
    outgoing.refresh(ctx, found.case.lead_id)
    outgoing.in_thread(ctx, found.case.lead_id, CardKind.REJECTION_ANSWER, str(found.id))
    return Nothing()


def _answerable(ctx: Context, subject: str) -> Rejection | Tell:
    found = rejection_of(ctx, subject)
    if isinstance(found, Tell):
        return found
    return refuse_answer(ctx, found) or _already(ctx, found) or found


def _already(ctx: Context, found: Rejection) -> Tell | None:
    row = found.row
    if row.answered_by is None or row.answered_at is None or row.answer is None:
        return None
    return Tell(
        card=notices.already_answered(
            found.case.name,
            by=colleague(ctx, row.answered_by),
            at=row.answered_at,
            answer=RejectionAnswer(row.answer),
        )
    )

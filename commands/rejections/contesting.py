"""Marketing contests a rejection, once and with evidence; those who may decide hear of it."""

from collections.abc import Mapping

from cards import rejection_forms as forms
from cards import rejection_notices as notices
from commands import outgoing, typed
from commands.card_kind import CardKind
from commands.context import Context
from commands.happenings import named
from commands.quiet import good_moment
from commands.recording import record
from commands.rejections.finding import (
    Rejection,
    judges,
    moved_on,
    refuse_answer,
    rejection_of,
    where_it_was_left,
)
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import colleague
from storage import rejections


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for contesting the rejection with this feedback id."""
    found = _contestable(ctx, subject)
    if isinstance(found, Tell):
        return found
    return Ask(
        form=forms.dispute_form(
            found.id, found.case.name, by=named(ctx, found.by), reason=found.reason
        )
    )


def contest(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep the dispute with its evidence, once; it is told in the thread, and to everybody who may
    decide it in their own chat."""
    found = _contestable(ctx, subject)
    if isinstance(found, Tell):
        return found
    evidence = typed.text(values.get("evidence"), forms.LONGEST_EVIDENCE)
    if not evidence:
        return Correct(errors={"evidence": forms.mend("evidence_missing")})
    kept = rejections.claim_dispute(
        ctx.session,
        found.id,
        evidence=evidence,
        disputed_by=ctx.actor_email,
        disputed_at=ctx.now,
    )
    if not kept:
        return _already(ctx, found) or Nothing()
    lead_id = found.case.lead_id
    record(ctx, "contested", lead_id=lead_id, handoff_id=found.case.id, why=evidence)
    outgoing.refresh(ctx, lead_id)
    outgoing.in_thread(ctx, lead_id, CardKind.DISPUTE, str(found.id))
    for person in judges(ctx, found.by, ctx.actor_email):
        outgoing.to_person(
            ctx,
            person.email,
            CardKind.OPEN_DISPUTE,
            f"{found.id} {person.email}",
            dedupe_key=f"dispute:{found.id}:{person.email}",
            lead_id=lead_id,
            due_at=good_moment(ctx, person, ctx.now),
        )
    return Nothing()


def _contestable(ctx: Context, subject: str) -> Rejection | Tell:
    found = rejection_of(ctx, subject)
    if isinstance(found, Tell):
        return found
    if refusal := refuse_answer(ctx, found) or _already(ctx, found):
        return refusal
    if found.by == ctx.actor_email:
        return Tell(card=notices.contests_own(found.case.name))
    if not where_it_was_left(ctx, found.case):
        return moved_on(ctx, found.case, judging=False)
    if not judges(ctx, found.by, ctx.actor_email):
        return Tell(card=notices.no_judge(found.case.name))
    return found


def _already(ctx: Context, found: Rejection) -> Tell | None:
    row = found.row
    if row.disputed_by is None or row.disputed_at is None:
        return None
    by = colleague(ctx, row.disputed_by)
    return Tell(card=notices.already_contested(found.case.name, by=by, at=row.disputed_at))

"""A manager decides a dispute: the rejection stands, or the lead goes back to sales."""

from collections.abc import Mapping
from typing import cast

from sqlmodel import select

from cards import rejection_forms as forms
from cards import rejection_notices as notices
from commands import counting, offer_lead, outgoing, typed
from commands.card_kind import CardKind
from commands.claims import claim_handoff, claim_lead
from commands.context import Context
from commands.deciding import Case, LeadMoved
from commands.happenings import named
from commands.recording import keep_feedback, record
from commands.rejections.finding import (
    Rejection,
    moved_on,
    refuse_verdict,
    rejection_of,
    where_it_was_left,
)
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import colleague
from leads.lifecycle import HandoffState, Stage, move_handoff, move_lead
from leads.rejection import Verdict
from storage import rejections
from storage.tables import HandoffRow, LeadRow


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the verdict on the contested rejection with this feedback id."""
    found = _open(ctx, subject)
    if isinstance(found, Tell):
        return found
    return Ask(
        form=forms.verdict_form(
            found.id,
            found.case.name,
            by=named(ctx, found.by),
            reason=found.reason,
            against=named(ctx, found.row.disputed_by or ""),
            evidence=found.row.evidence or "",
        )
    )


def judge(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep the verdict, once, and as feedback for good; both sides hear it in the thread. An
    overturned rejection stands no more, and its lead is offered again."""
    found = _open(ctx, subject)
    if isinstance(found, Tell):
        return found
    given = values.get("verdict", "")
    if given not in set(Verdict):
        return Correct(errors={"verdict": forms.mend("verdict_missing")})
    verdict, case = Verdict(given), found.case
    if verdict is Verdict.OVERTURNED and not where_it_was_left(ctx, case):
        return moved_on(ctx, case, judging=True)
    why = typed.text(values.get("text"), forms.LONGEST_SENTENCE) or None
    kept = rejections.claim_verdict(
        ctx.session,
        found.id,
        verdict=verdict.value,
        verdict_why=why,
        verdict_by=ctx.actor_email,
        verdict_at=ctx.now,
    )
    if not kept:
        return _already(ctx, found) or Nothing()
    record(ctx, verdict.value, lead_id=case.lead_id, handoff_id=case.id, why=why or "")
    reason = ctx.setup.agreement.reason(found.feedback.reason or "")
    keep_feedback(ctx, case.id, verdict.value, reason=reason, answer=why)
    if verdict is Verdict.OVERTURNED:
        _back_to_sales(ctx, found)
    outgoing.refresh(ctx, case.lead_id)
    outgoing.in_thread(ctx, case.lead_id, CardKind.VERDICT, str(found.id))
    return Nothing()


def _open(ctx: Context, subject: str) -> Rejection | Tell:
    found = rejection_of(ctx, subject)
    if isinstance(found, Tell):
        return found
    if found.row.disputed_at is None:
        return Tell(card=notices.not_contested(found.case.name))
    return refuse_verdict(ctx, found) or _already(ctx, found) or found


def _already(ctx: Context, found: Rejection) -> Tell | None:
    row = found.row
    if row.verdict is None or row.verdict_by is None or row.verdict_at is None:
        return None
    return Tell(
        card=notices.already_decided(
            found.case.name,
            by=colleague(ctx, row.verdict_by),
            at=row.verdict_at,
            verdict=Verdict(row.verdict),
            lead_id=found.case.lead_id,
        )
    )


def _back_to_sales(ctx: Context, found: Rejection) -> None:
    """Take the rejection off every count, as a pass is, and offer the lead to the next rep."""
    case = found.case
    withdrawn = claim_handoff(
        ctx,
        case.id,
        {"state": HandoffState.REJECTED.value},
        state=move_handoff(HandoffState.REJECTED, HandoffState.WITHDRAWN).value,
    )
    if not withdrawn:
        raise LeadMoved(f"handoff {case.id} isn't rejected any more")
    row = ctx.session.get_one(LeadRow, case.lead_id)
    # A resting lead may have been credited to another campaign meanwhile; this episode was counted
    # under the one it was offered with, and goes on under it.
    credit = _credit(ctx, case)
    sal_at, sql_at = row.sal_at, row.sql_at
    moved = claim_lead(
        ctx,
        case.lead_id,
        {"stage": case.stage.value},
        stage=move_lead(case.stage, Stage.MQL).value,
        recycle_at=None,
        duplicate_of=None,
        sal_at=None,
        sql_at=None,
        **credit,
    )
    if not moved:
        raise LeadMoved(f"lead {case.lead_id} isn't {case.stage} any more")
    ctx.session.refresh(row)
    counting.count_overturned(ctx, row, case, found.feedback.reason or "")
    # Where it had been accepted, it will be counted when it is again.
    counting.count_unreached(ctx, row, case, sal_at, sql_at)
    by = ctx.actor.name if ctx.actor else ctx.actor_email
    note = f"{by} decided that it is one for sales"
    offer_lead.offer(ctx, offer_lead.mql_of(ctx, row), prior_note=note, previous=case.id)


def _credit(ctx: Context, case: Case) -> dict[str, object]:
    """The campaign and the source that the handoff was counted under."""
    snapshot = ctx.session.exec(select(HandoffRow.snapshot).where(HandoffRow.id == case.id)).one()
    if "fields" not in snapshot:
        return {}
    fields = cast("dict[str, object]", snapshot["fields"])
    return {name: fields.get(name) for name in ("campaign", "source")}

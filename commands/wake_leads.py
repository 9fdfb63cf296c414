"""Brings back what was put off: snoozed offers, and recycled leads whose date has come."""

from datetime import date

from sqlmodel import col, select

from commands import counting, offer_lead, outgoing
from commands.card_kind import CardKind
from commands.claims import claim_handoff, claim_lead
from commands.context import Context
from commands.criteria_in_force import scorer_for
from commands.recording import record
from leads.agreement import Asks
from leads.lifecycle import HandoffState, Stage, move_lead
from storage import handoffs
from storage.leads import due_recycles, events_of, lead_value
from storage.tables import FeedbackRow, HandoffRow, LeadRow

AT_ONCE = 50
"""So many of each kind in one unit of work; call again until nothing comes back."""


def wake(ctx: Context) -> int:
    """Bring back what is due at `now`; how many there were, 0 when nothing is left."""
    return _wake_snoozed(ctx) + _wake_recycled(ctx)


def _wake_snoozed(ctx: Context) -> int:
    woken = 0
    for handoff in handoffs.snoozed_until(ctx.session, ctx.now, AT_ONCE):
        until = handoff.snoozed_until
        was = {"state": HandoffState.OFFERED.value, "snoozed_until": until}
        if handoff.id is None or not claim_handoff(ctx, handoff.id, was, snoozed_until=None):
            continue
        woken += 1
        record(ctx, "woke", lead_id=handoff.lead_id, handoff_id=handoff.id)
        outgoing.refresh(ctx, handoff.lead_id)
        outgoing.under_battle_card(
            ctx,
            handoff.lead_id,
            handoff.id,
            CardKind.SNOOZE_WOKE,
            dedupe_key=f"woke:{handoff.id}:{handoff.snoozes}",
        )
    return woken


def _wake_recycled(ctx: Context) -> int:
    woken = 0
    for lead in due_recycles(ctx.session, ctx.now, AT_ONCE):
        if lead.id is None or not _qualify_again(ctx, lead):
            continue
        woken += 1
        preferred = _asked_for(ctx, lead.id)
        record(ctx, "became_mql", lead_id=lead.id, why="its date has come")
        counting.count_stage(ctx, lead, Stage.MQL)
        note = "the date you asked for has come" if preferred else "it rested until now"
        mql = offer_lead.mql_of(ctx, lead)
        offer_lead.offer(ctx, mql, preferred=preferred, prior_note=note)
        outgoing.refresh(ctx, lead.id)
    return woken


def _qualify_again(ctx: Context, lead: LeadRow) -> bool:
    """Begin a new episode, once, with the score of today."""
    lead_id = lead.id or 0
    now = scorer_for(ctx, lead_id).score(lead_value(lead), events_of(ctx.session, lead_id), ctx.now)
    claimed = claim_lead(
        ctx,
        lead.id or 0,
        {"stage": Stage.RECYCLED.value, "recycle_at": lead.recycle_at},
        stage=move_lead(Stage.RECYCLED, Stage.MQL).value,
        recycle_at=None,
        mql_at=ctx.now,
        sal_at=None,
        sql_at=None,
        opportunity_at=None,
        lost_at=None,
        score=now.points,
        score_fit=now.fit,
        score_engagement=now.engagement,
        criteria_version=now.criteria_version,
    )
    if claimed:
        ctx.session.refresh(lead)
    return claimed


def _asked_for(ctx: Context, lead_id: int) -> str | None:
    """The rep who had the lead, when they named the date on which they want it back."""
    last = ctx.session.exec(
        select(FeedbackRow, HandoffRow.rep)
        .join(HandoffRow, col(HandoffRow.id) == col(FeedbackRow.handoff_id))
        .where(FeedbackRow.lead_id == lead_id, FeedbackRow.decision == "rejected")
        .order_by(col(FeedbackRow.id).desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    feedback, rep = last
    reason = ctx.setup.agreement.reason(feedback.reason or "")
    named = reason is not None and reason.asks is Asks.DATE and _is_date(feedback.answer)
    return rep if named else None


def _is_date(answer: str | None) -> bool:
    try:
        return bool(answer and date.fromisoformat(answer))
    except ValueError:
        return False

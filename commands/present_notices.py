"""Draws what is said in threads and to admins from the rows as they are now."""

from sqlmodel import col, select

from cards import notices
from cards.model import Card
from commands.context import Context
from commands.present_handoffs import mention
from commands.working import number
from leads.lifecycle import HandoffState
from storage.feedback import next_decision
from storage.leads import lead_value
from storage.tables import (
    CopyRow,
    FeedbackRow,
    HandoffRow,
    LeadRow,
    OutboxRow,
)


def present_hand_over(ctx: Context, subject: str) -> Card | None:
    """The pass with this feedback id."""
    feedback_id = number(subject)
    feedback = ctx.session.get(FeedbackRow, feedback_id) if feedback_id is not None else None
    if feedback is None or feedback.answer is None:
        return None
    return notices.hand_over(
        by=mention(ctx, feedback.decided_by),
        to=mention(ctx, feedback.answer),
        is_undone=next_decision(ctx.session, feedback) == "undone",
    )


def present_snooze_woke(ctx: Context, subject: str) -> Card | None:
    """The offer with this handoff id knocks again; None when it is decided or snoozed anew."""
    found = _handoff(ctx, subject)
    if found is None:
        return None
    handoff, lead = found
    if handoff.state != HandoffState.OFFERED or handoff.snoozed_until:
        return None
    return notices.snooze_woke(lead_value(lead).name, handoff.accept_by)


def present_nobody_could(ctx: Context, subject: str) -> Card | None:
    """The offer with this handoff id went to the fallback."""
    found = _handoff(ctx, subject)
    if found is None:
        return None
    handoff, lead = found
    return notices.nobody_could(
        lead_id=handoff.lead_id,
        name=lead_value(lead).name,
        company=lead.company_name,
        to=mention(ctx, handoff.rep).name,
        why=handoff.why,
    )


def present_channel_missing(ctx: Context, subject: str) -> Card | None:
    """The team file names no such channel."""
    return notices.channel_missing(subject)


def present_parked_delivery(ctx: Context, subject: str) -> Card | None:
    """The message with this outbox id was given up."""
    found = ctx.session.exec(
        select(OutboxRow.error, CopyRow.destination, LeadRow)
        .join(CopyRow, col(CopyRow.id) == col(OutboxRow.copy_id))
        .outerjoin(LeadRow, col(LeadRow.id) == col(CopyRow.lead_id))
        .where(OutboxRow.id == number(subject))
    ).first()
    if found is None:
        return None
    error, destination = found[0], found[1]
    lead: LeadRow | None = found[2]  # an outer join
    place, _, name = destination.partition(":")
    where = mention(ctx, name).name if place == "person" else name
    return notices.parked_delivery(
        where=where, error=error, lead=lead_value(lead).name if lead else None
    )


def _handoff(ctx: Context, subject: str) -> tuple[HandoffRow, LeadRow] | None:
    found = ctx.session.exec(
        select(HandoffRow, LeadRow)
        .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
        .where(HandoffRow.id == number(subject))
    ).first()
    return (found[0], found[1]) if found else None

"""Draws what is said in threads and to admins from the rows as they are now."""

from sqlmodel import col, select

from cards import notices
from cards.model import Card
from cards.notices import RejectionView
from commands.context import Context
from commands.present_handoffs import mention, what_followed
from commands.working import number
from leads.agreement import Asks
from leads.lifecycle import HandoffState
from storage.leads import lead_value
from storage.tables import (
    CampaignRow,
    CopyRow,
    FeedbackRow,
    HandoffRow,
    LeadRow,
    OutboxRow,
)


def present_rejection(ctx: Context, subject: str) -> Card | None:
    """The rejection with this feedback id; the campaign's owner is pinged, unless it's them who
    rejected."""
    found = ctx.session.exec(
        select(FeedbackRow, HandoffRow, LeadRow, CampaignRow)
        .join(HandoffRow, col(HandoffRow.id) == col(FeedbackRow.handoff_id))
        .join(LeadRow, col(LeadRow.id) == col(FeedbackRow.lead_id))
        .outerjoin(CampaignRow, col(CampaignRow.name) == col(LeadRow.campaign))
        .where(FeedbackRow.id == number(subject))
    ).first()
    if found is None:
        return None
    feedback, handoff, lead = found[0], found[1], found[2]
    campaign: CampaignRow | None = found[3]  # an outer join
    reason = ctx.setup.agreement.reason(feedback.reason or "")
    owner = campaign.owner if campaign and campaign.owner != feedback.decided_by else None
    followed = what_followed(ctx, handoff, lead)
    return notices.rejection(
        RejectionView(
            by=mention(ctx, feedback.decided_by),
            reason=feedback.reason_label or feedback.reason or "",
            text=feedback.answer if reason and reason.asks is Asks.TEXT else None,
            campaign=campaign.title if campaign else lead.campaign,
            owner=mention(ctx, owner, ping=True) if owner else None,
            then=followed.then,
            to=followed.to,
            until=followed.until,
            other=followed.other,
            is_undone=_is_undone(ctx, feedback),
        )
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
        is_undone=_is_undone(ctx, feedback),
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


def _is_undone(ctx: Context, feedback: FeedbackRow) -> bool:
    """Whether the next thing that happened to this handoff was that it was taken back."""
    return (
        ctx.session.exec(
            select(FeedbackRow.decision)
            .where(FeedbackRow.handoff_id == feedback.handoff_id, col(FeedbackRow.id) > feedback.id)
            .order_by(col(FeedbackRow.id))
            .limit(1)
        ).first()
        == "undone"
    )

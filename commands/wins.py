"""What a win is credited to: the rep, the campaign and its owner, what the lead was shown, and how
fast it was accepted."""

from dataclasses import dataclass
from datetime import timedelta

from commands import clocks
from commands.context import Context
from commands.playbook import campaign_of
from commands.questions.subcommand import name_of
from storage.tables import HandoffRow, LeadRow


@dataclass(frozen=True, kw_only=True)
class Credited:
    """`rep` and `owner` are names; `owner` is None where the rep keeps the campaign too.
    `accepted_after` is business time, None where it wasn't in time: a win shames nobody."""

    rep: str
    campaign: str | None
    owner: str | None
    tier: str | None
    accepted_after: timedelta | None


def credited(ctx: Context, lead: LeadRow, handoff: HandoffRow | None) -> Credited:
    """What the win of this lead is credited to; `handoff` is the one that was accepted."""
    rep = (handoff.rep if handoff else lead.owner) or ""
    campaign = campaign_of(ctx, lead.campaign)
    owner = ctx.setup.team.find(campaign.owner) if campaign else None
    return Credited(
        rep=name_of(ctx, rep) if rep else "",
        campaign=campaign.title if campaign else lead.campaign,
        owner=owner.name if owner and owner.email != rep else None,
        tier=tier_of(ctx, lead.amount),
        accepted_after=accepted_after(ctx, handoff) if handoff else None,
    )


def tier_of(ctx: Context, amount: float | None) -> str | None:
    """How the agreement calls a win of this size; None without a name for it."""
    if amount is None:
        return None
    named = sorted(ctx.setup.agreement.wins, key=lambda tier: -tier.at_least)
    return next((tier.label for tier in named if amount >= tier.at_least), None)


def accepted_after(ctx: Context, handoff: HandoffRow) -> timedelta | None:
    """The business time from the offer to its acceptance, where that was in time."""
    if handoff.decided_at is None or handoff.decided_at > handoff.accept_by:
        return None
    if handoff.decided_after is not None:
        return timedelta(seconds=handoff.decided_after)
    rep = clocks.rep_of(ctx, handoff.rep)
    return clocks.calendar(ctx, rep).between(handoff.offered_at, handoff.decided_at)

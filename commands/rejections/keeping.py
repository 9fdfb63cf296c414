"""Begins marketing's side of a rejection, in the transaction that rejects: who is to answer it,
and by when."""

from sqlalchemy import bindparam, insert
from sqlalchemy import select as columns
from sqlmodel import col

from commands import clocks, counting
from commands.context import Context
from commands.deciding import Case
from leads.person import Role
from storage.tables import CampaignRow, RejectionRow

_REMIND_AT = 0.5
"""The share of the promised time after which the owner is reminded."""

_REJECTION = insert(RejectionRow)
_OWNER = columns(col(CampaignRow.owner)).where(col(CampaignRow.name) == bindparam("campaign"))


def keep(ctx: Context, case: Case, feedback_id: int) -> None:
    """Keep that the rejection with this feedback waits for its answer, in the business time of the
    one who owes it. Where the agreement promises no answer, it may still be answered."""
    owner = owner_of(ctx, case.campaign)
    within = ctx.setup.agreement.marketing.answer_rejections_within
    answer_by = remind_at = None
    if within is not None:
        person = clocks.rep_of(ctx, owner)
        answer_by = clocks.after(ctx, person, ctx.now, within)
        remind_at = clocks.after(ctx, person, ctx.now, within, share=_REMIND_AT)
        counting.count_answer_owed(ctx, case, ctx.now)
    ctx.session.connection().execute(
        _REJECTION,
        {
            "feedback_id": feedback_id,
            "handoff_id": case.id,
            "lead_id": case.lead_id,
            "owner": owner,
            "rejected_at": ctx.now,
            "answer_by": answer_by,
            "remind_at": remind_at,
        },
    )


def owner_of(ctx: Context, campaign: str | None) -> str:
    """E-mail of who answers for a campaign: its owner while they are of the team, else the first
    marketer, else the agreement's fallback."""
    team = ctx.setup.team
    named = None
    if campaign:
        named = ctx.session.connection().scalar(_OWNER, {"campaign": campaign})
    keeps_it = team.find(named)
    if keeps_it:
        return keeps_it.email
    marketers = team.with_role(Role.MARKETER)
    return marketers[0].email if marketers else ctx.setup.agreement.fallback

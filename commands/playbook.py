"""The playbook of a campaign, as it is kept now."""

from commands.context import Context
from leads.campaign import Campaign, Objection
from storage.tables import CampaignRow


def campaign_of(ctx: Context, name: str | None) -> Campaign | None:
    """The playbook that leads of the campaign `name` follow, or None."""
    row = ctx.session.get(CampaignRow, name) if name else None
    return campaign_value(row) if row else None


def campaign_value(row: CampaignRow) -> Campaign:
    """The playbook of a row as a plain value."""
    return Campaign(
        name=row.name,
        title=row.title,
        owner=row.owner,
        pains=tuple(row.pains),
        next_step=row.next_step,
        opener=row.opener,
        spend=row.spend,
        objections=tuple(
            Objection(
                says=objection.get("says", ""),
                answer=objection.get("answer", ""),
                content=objection.get("content"),
            )
            for objection in row.objections
        ),
    )

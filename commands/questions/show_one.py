"""`/leads lead ID` and `/leads campaign NAME`: one lead's page, one campaign's playbook."""

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.model import Card
from commands import keep_campaign, show_lead
from commands.context import Context
from storage.leads import find_lead
from storage.tables import LeadRow


def lead(ctx: Context, asking: Asking, words: str) -> Card:
    """The page of the lead with this number, external id or e-mail address."""
    wanted = words.strip().removeprefix("#")
    if not wanted:
        return not_understood("", Expected.WHICH_LEAD)
    row = lead_named(ctx, wanted)
    card = show_lead.card_of(ctx, row.id) if row and row.id is not None else None
    return card or not_understood(wanted, Expected.LEAD, (f"find {wanted}",))


def lead_named(ctx: Context, wanted: str) -> LeadRow | None:
    """The lead with this number, external id or e-mail address."""
    wanted = wanted.strip().removeprefix("#")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        row = ctx.session.get(LeadRow, int(wanted))
        if row is not None:
            return row
    return find_lead(ctx.session, wanted, wanted)


def campaign(ctx: Context, asking: Asking, words: str) -> Card:
    """The playbook of this campaign; where there is none, what to do instead."""
    return keep_campaign.show(ctx, words)

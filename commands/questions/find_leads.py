"""`/leads find TEXT`: leads by name, company or e-mail address."""

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.lead_lines import FoundLine
from cards.model import Card
from cards.my_leads_card import FindView, find_card
from commands.context import Context
from commands.questions.subcommand import mention_of
from leads.lifecycle import Stage
from storage.leads import lead_value, search
from storage.statistics import holders
from storage.tables import LeadRow

_MOST_LINES = 10


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The newest leads that match every one of `words`. Everybody sees who a lead is and who has
    it, so that nobody approaches it twice; how to reach it stands on its own page."""
    if not words.strip():
        return not_understood("", Expected.FIND)
    rows = search(ctx.session, words, _MOST_LINES + 1)
    shown = rows[:_MOST_LINES]
    holding = holders(ctx.session, [row.id for row in shown if row.id is not None])
    return find_card(
        FindView(
            asking=asking,
            text=words,
            lines=tuple(_line(ctx, row, holding) for row in shown),
            is_cut=len(rows) > len(shown),
        )
    )


def _line(ctx: Context, row: LeadRow, holding: dict[int, str]) -> FoundLine:
    lead = lead_value(row)
    holder = holding.get(lead.id)
    return FoundLine(
        lead_id=lead.id,
        name=lead.name,
        title=lead.title,
        company=lead.company.name,
        stage=Stage(row.stage),
        holder=mention_of(ctx, holder) if holder else None,
        received_at=row.received_at,
    )

"""`/leads campaigns [period]`: what each campaign brought in, by first and by last touch."""

from cards.asking import Asking
from cards.campaigns_card import CampaignRow, CampaignsView, Credited, campaigns_card
from cards.help_card import Expected, not_understood
from cards.model import Card
from commands.context import Context
from commands.figures import campaigns
from commands.figures.campaigns import CampaignFigures, Credit
from commands.questions.subcommand import zone
from leads import periods
from leads.periods import UnknownPeriod

_MOST_ROWS = 20


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The campaigns of the period that `words` name, those that brought most first."""
    try:
        period = periods.parse(words, ctx.now, zone(ctx))
    except UnknownPeriod as unknown:
        near = tuple(f"campaigns {name}" for name in unknown.suggestions[:2])
        return not_understood(words, Expected.PERIOD, near)
    found = campaigns.of(ctx, period)
    return campaigns_card(
        CampaignsView(
            asking=asking,
            period=period.label,
            first=period.first,
            last=period.last,
            currency=ctx.setup.agreement.currency,
            leads=found.leads,
            total=_credited(found.total),
            rows=tuple(_row(one) for one in found.parts[:_MOST_ROWS]),
            more=max(0, len(found.parts) - _MOST_ROWS),
        )
    )


def _row(one: CampaignFigures) -> CampaignRow:
    return CampaignRow(
        name=one.name,
        title=one.title,
        leads=one.leads,
        by_first=_credited(one.first),
        by_last=_credited(one.last),
        spend=one.spend,
        won_ever=one.won_ever,
        cost=one.cost_per_win,
    )


def _credited(credit: Credit) -> Credited:
    return Credited(
        mqls=credit.mqls,
        opportunities=credit.opportunities,
        won=credit.won,
        pipeline=credit.pipeline,
        revenue=credit.revenue,
    )

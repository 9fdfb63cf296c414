"""What each campaign brought in, by the first campaign a lead came by and by the last."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import select

from commands.context import Context
from commands.counting import local_day
from commands.figures.counted import counts, counts_by
from commands.tallied import FIRST_CAMPAIGN
from leads import periods
from leads.breakdown import Breakdown
from leads.periods import Period
from storage.tables import CampaignRow

_MEASURES = ("mql", "reached_opportunity", "reached_won", "pipeline", "revenue")


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What is credited to a campaign: leads that became MQL, opportunities and customers among
    them, and their amounts in whole units of the agreement's currency."""

    mqls: int
    opportunities: int
    won: int
    pipeline: int
    revenue: int


@dataclass(frozen=True, kw_only=True)
class CampaignFigures:
    """One campaign; `name` is None for leads that came without one. `first` credits it with the
    leads that came by it first, `last` with those that came by it last. Spend has no dates:
    `cost_per_win` is all of it by all customers ever won that came by it last, None without."""

    name: str | None
    title: str | None
    leads: int
    """Received in the period, by the campaign they first came by."""
    first: Credit
    last: Credit
    spend: float | None
    won_ever: int
    cost_per_win: float | None


@dataclass(frozen=True, kw_only=True)
class Campaigns:
    """Every campaign that did anything in a period, the one with the most revenue and pipeline by
    last touch first, and all together."""

    period: Period
    parts: tuple[CampaignFigures, ...]
    leads: int
    total: Credit
    spend: float
    """Of the campaigns shown whose spend is known."""


def of(ctx: Context, period: Period) -> Campaigns:
    """Leads count on the day they came in, everything else on the day a lead qualified."""
    last = counts_by(ctx, Breakdown.CAMPAIGN, ("received", *_MEASURES), period)
    first = counts_by(ctx, FIRST_CAMPAIGN, _MEASURES, period)
    known = {row.name: row for row in ctx.session.exec(select(CampaignRow))}
    won_ever = _won_ever(ctx) if any(row.spend for row in known.values()) else {}
    total = counts(ctx, ("received", *_MEASURES), period)
    parts = [
        _figures(name, known.get(name), last.get(name, {}), first.get(name, {}), won_ever)
        for name in {*last, *first}
    ]
    if parts and (unnamed := _unnamed(total, last, first)):
        parts.append(unnamed)
    parts.sort(key=lambda one: (-one.last.revenue, -one.last.pipeline, -one.leads, one.name or ""))
    return Campaigns(
        period=period,
        parts=tuple(parts),
        leads=total["received"],
        total=_credit(total),
        spend=sum(one.spend for one in parts if one.spend is not None),
    )


def _won_ever(ctx: Context) -> dict[str, dict[str, int]]:
    ever = Period(label="all", first=periods.BEGINNING, last=local_day(ctx, ctx.now))
    return counts_by(ctx, Breakdown.CAMPAIGN, ("reached_won",), ever)


def _figures(
    name: str,
    row: CampaignRow | None,
    last: Mapping[str, int],
    first: Mapping[str, int],
    won_ever: Mapping[str, Mapping[str, int]],
) -> CampaignFigures:
    spend = row.spend if row else None
    won = won_ever.get(name, {}).get("reached_won", 0)
    return CampaignFigures(
        name=name,
        title=row.title if row else None,
        leads=last.get("received", 0),
        first=_credit(first),
        last=_credit(last),
        spend=spend,
        won_ever=won,
        cost_per_win=spend / won if spend is not None and won else None,
    )


def _unnamed(
    total: Mapping[str, int],
    last: Mapping[str, Mapping[str, int]],
    first: Mapping[str, Mapping[str, int]],
) -> CampaignFigures | None:
    """The leads that came without a campaign: in the total, but under no name."""

    def rest(by_name: Mapping[str, Mapping[str, int]], measure: str) -> int:
        named = sum(each.get(measure, 0) for each in by_name.values())
        return max(0, total[measure] - named)

    leads = rest(last, "received")
    by_first = {measure: rest(first, measure) for measure in _MEASURES}
    by_last = {measure: rest(last, measure) for measure in _MEASURES}
    if not (leads or any(by_first.values()) or any(by_last.values())):
        return None
    return CampaignFigures(
        name=None,
        title=None,
        leads=leads,
        first=_credit(by_first),
        last=_credit(by_last),
        spend=None,
        won_ever=0,
        cost_per_win=None,
    )


def _credit(counted: Mapping[str, int]) -> Credit:
    return Credit(
        mqls=counted.get("mql", 0),
        opportunities=counted.get("reached_opportunity", 0),
        won=counted.get("reached_won", 0),
        pipeline=counted.get("pipeline", 0),
        revenue=counted.get("revenue", 0),
    )

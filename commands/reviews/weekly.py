"""The weekly review: the agenda of the sync between sales and marketing."""

from dataclasses import replace
from datetime import timedelta

from cards import words
from cards.charts import Bar, ParetoChart, TrendChart, TrendPoint
from cards.dialects import TERMINAL
from cards.model import Card, Words
from cards.promise_lines import Promise
from cards.review_points import weekly_point
from cards.review_views import (
    CampaignLine,
    KeptLine,
    ObjectionLine,
    Point,
    ReasonLine,
    RejectedExample,
    VolumeNow,
    WeeklyView,
)
from cards.terms_card import duration, field_name
from cards.weekly_review_card import weekly_review_card
from commands.context import Context
from commands.figures import quality, reasons, sla
from commands.figures.counted import counts, rate
from commands.figures.quality import MEASURES, Part
from commands.figures.reasons import GivenReason
from commands.playbook import campaign_of
from commands.questions.subcommand import days_between, name_of
from commands.reviews.decisions import proposed
from commands.reviews.shared import goal_lines
from leads.agreement import Asks
from leads.periods import Period
from storage import content_rows
from storage.statistics import Rejection

_WEEKS = 8
_MOST_CAMPAIGNS = 10
_MOST_REASONS = 5
_MOST_EXAMPLES = 2
_MOST_BARS = 8
_MOST_OBJECTIONS = 8


def root(ctx: Context, period: Period) -> Card | None:
    """The message with the agenda; None when there is nothing to talk about."""
    found = view(ctx, period)
    return weekly_review_card(found) if found else None


def point(ctx: Context, period: Period, asked: Point) -> Card | None:
    """The reply about one point; None when it isn't on the agenda."""
    found = view(ctx, period)
    return weekly_point(found, asked) if found else None


def view(ctx: Context, period: Period) -> WeeklyView | None:
    """The figures of the period as the questions show them; None when no lead was handed over and
    there is nothing to decide."""
    leads = quality.of(ctx, period)
    why = reasons.of(ctx, period, most=_MOST_REASONS)
    kept = sla.of(ctx, period)
    total = leads.total
    found = WeeklyView(
        first=period.first,
        last=period.last,
        label=period.label,
        offered=total.offered,
        total=total.accepted,
        before=total.before,
        moved=total.moved,
        standing=total.standing,
        promised=ctx.setup.agreement.marketing.acceptance_rate,
        trend=_trend(ctx, period),
        campaigns=tuple(map(_campaign, leads.parts[:_MOST_CAMPAIGNS])),
        campaigns_more=max(0, len(leads.parts) - _MOST_CAMPAIGNS),
        rejected=why.rejected,
        answered=why.answered,
        reasons=tuple(_reason(ctx, one) for one in why.parts),
        pareto=_pareto(ctx, period),
        sales=tuple(_kept(ctx, one) for one in kept.sales if one.rate.n),
        marketing=tuple(_kept(ctx, one, kept) for one in kept.marketing if one.rate.n),
        volume=_volume(kept),
        content=_content(ctx, period),
        goals=goal_lines(ctx, period),
    )
    found = replace(found, decisions=proposed(ctx, found))
    return found if found.offered or found.content or found.decisions else None


def _trend(ctx: Context, period: Period) -> TrendChart | None:
    """Eight weeks up to the end of the period; None where fewer than two have decisions."""
    points: list[TrendPoint] = []
    for week in range(_WEEKS, 0, -1):
        first = period.last - timedelta(days=7 * week - 1)
        days = Period(label="", first=first, last=first + timedelta(days=6))
        found = counts(ctx, MEASURES, days)
        accepted = rate(found["accepted"], found["accepted"] + found["rejected"])
        low, high = accepted.interval
        points.append(
            TrendPoint(since=first, share=accepted.value, low=low, high=high, n=accepted.n)
        )
    while points and not points[0].n:
        points.pop(0)
    if sum(1 for one in points if one.n) < 2:
        return None
    return TrendChart(
        title=_said("trend_title"),
        points=tuple(points),
        goal=ctx.setup.agreement.marketing.acceptance_rate,
    )


def _campaign(part: Part) -> CampaignLine:
    return CampaignLine(
        name=part.value,
        offered=part.offered,
        accepted=part.accepted,
        before=part.before,
        moved=part.moved,
        standing=part.standing,
    )


def _reason(ctx: Context, one: GivenReason) -> ReasonLine:
    return ReasonLine(
        label=one.label,
        teaches=one.teaches,
        share=one.share,
        before=one.before,
        examples=tuple(_example(ctx, each) for each in one.examples[:_MOST_EXAMPLES]),
    )


def _example(ctx: Context, one: Rejection) -> RejectedExample:
    reason = ctx.setup.agreement.reason(one.reason)
    in_words = reason is not None and reason.asks is Asks.TEXT
    return RejectedExample(
        name=one.lead.name,
        company=one.lead.company.name,
        by=name_of(ctx, one.decided_by),
        said=one.answer if in_words else None,
        url=ctx.setup.agreement.crm_address(one.lead),
    )


def _pareto(ctx: Context, period: Period) -> ParetoChart | None:
    """None where one reason says it all."""
    found = reasons.of(ctx, period, most=_MOST_BARS).parts
    bars = tuple(Bar(label=one.label, n=one.share.successes) for one in found)
    return ParetoChart(title=_said("pareto_title"), bars=bars) if len(bars) > 1 else None


def _kept(ctx: Context, one: sla.Kept, all_of_it: sla.Sla | None = None) -> KeptLine:
    missing = all_of_it.missing if all_of_it and one.promise is Promise.FIELDS else ()
    return KeptLine(
        promise=one.promise,
        standing=one.light,
        rate=one.rate,
        before=one.before,
        moved=one.moved,
        promised=_promised(ctx, one),
        overdue=one.overdue,
        missing=field_name(missing[0].field) if missing else None,
    )


def _promised(ctx: Context, one: sla.Kept) -> Words | float | int | None:
    sales, marketing = ctx.setup.agreement.sales, ctx.setup.agreement.marketing
    match one.promise:
        case Promise.DECIDE:
            return duration(sales.accept_within)
        case Promise.TOUCH:
            return duration(sales.contact_within)
        case Promise.ATTEMPTS:
            return sales.attempts
        case Promise.ACCEPTANCE:
            return one.goal
        case Promise.FIELDS | Promise.VOLUME:
            return None
        case Promise.ANSWERS:
            within = marketing.answer_rejections_within
            return duration(within) if within else None


def _volume(kept: sla.Sla) -> VolumeNow | None:
    one = kept.volume
    if one is None:
        return None
    return VolumeNow(standing=one.light, found=one.found, expected=one.expected, goal=one.goal)


def _content(ctx: Context, period: Period) -> tuple[ObjectionLine, ...]:
    since, until = days_between(ctx, period.first, period.last)
    found = content_rows.objections(ctx.session, since, until)[:_MOST_OBJECTIONS]
    return tuple(
        ObjectionLine(
            says=one.says,
            n=one.n,
            bare=one.bare,
            campaigns=tuple(_title(ctx, name) for name in one.campaigns),
        )
        for one in found
    )


def _title(ctx: Context, name: str) -> str:
    campaign = campaign_of(ctx, name)
    return campaign.title if campaign else name


def _said(macro: str) -> str:
    return words.render(Words("review", macro), TERMINAL)

"""The monthly deep dive: funnel, velocity and campaigns of a month."""

from datetime import timedelta

from cards import words
from cards.charts import Bar, DistributionChart, FunnelChart
from cards.dialects import TERMINAL
from cards.model import Card, Words
from cards.monthly_review_card import monthly_review_card
from cards.review_points import monthly_point
from cards.review_views import CreditLine, LegLine, MonthlyView, Point, StepLine
from cards.terms_card import duration
from commands.context import Context
from commands.figures import campaigns, funnel, velocity
from commands.figures.campaigns import CampaignFigures
from commands.figures.timings import Timing
from commands.figures.velocity import BUSINESS
from commands.reviews.shared import goal_lines
from leads.durations import Leg
from leads.periods import Period

_MOST_CAMPAIGNS = 10
_SHORTEST, _LONGEST = timedelta(minutes=16), timedelta(minutes=2048)
"""Bars of the distribution: what is shorter or longer than these is one bar each."""


def root(ctx: Context, period: Period) -> Card | None:
    """The message; None when no lead qualified."""
    found = view(ctx, period)
    return monthly_review_card(found) if found else None


def point(ctx: Context, period: Period, asked: Point) -> Card | None:
    """The reply about one point; None when there is nothing about it."""
    found = view(ctx, period)
    return monthly_point(found, asked) if found else None


def view(ctx: Context, period: Period) -> MonthlyView | None:
    """The figures of the period as the questions show them; None when no lead qualified in it."""
    steps = funnel.of(ctx, period)
    if not steps.steps[0].reached:
        return None
    legs = velocity.of(ctx, period).legs
    credits = campaigns.of(ctx, period).parts
    touch = next((one.took for one in legs if one.leg is Leg.FIRST_TOUCH), Timing())
    return MonthlyView(
        first=period.first,
        last=period.last,
        label=period.label,
        steps=tuple(
            StepLine(
                stage=one.stage,
                reached=one.reached,
                of_previous=one.of_previous,
                before=one.before,
                took=one.took.median,
            )
            for one in steps.steps
        ),
        won=steps.of_all,
        lost=steps.lost,
        funnel=FunnelChart(
            title=_said("funnel_title"),
            steps=tuple(
                Bar(label=_said("step_label", stage=one.stage.value), n=one.reached)
                for one in steps.steps
            ),
        ),
        legs=tuple(
            LegLine(
                leg=one.leg.value,
                n=one.took.n,
                median=one.took.median,
                before=one.before.median if one.before else None,
                business=one.leg in BUSINESS,
            )
            for one in legs
            if one.took.median is not None
        ),
        first_touches=_distribution(ctx, touch),
        campaigns=tuple(map(_credit, credits[:_MOST_CAMPAIGNS])),
        campaigns_more=max(0, len(credits) - _MOST_CAMPAIGNS),
        goals=goal_lines(ctx, period),
        currency=ctx.setup.agreement.currency,
    )


def _distribution(ctx: Context, touch: Timing) -> DistributionChart | None:
    if not touch.n:
        return None
    counts: dict[tuple[timedelta, timedelta | None], int] = {}
    for one in touch.spread:
        low, high = one.low, one.high
        if high <= _SHORTEST:
            key: tuple[timedelta, timedelta | None] = (timedelta(), _SHORTEST)
        else:
            key = (low, high) if high <= _LONGEST else (_LONGEST, None)
        counts[key] = counts.get(key, 0) + one.n
    return DistributionChart(
        title=_said("distribution_title"),
        bars=tuple(
            Bar(label=_bar(low, high), n=counts[low, high])
            for low, high in sorted(counts, key=lambda key: key[0])
        ),
        median=touch.median,
        promised=words.render(duration(ctx.setup.agreement.sales.contact_within), TERMINAL),
    )


def _bar(low: timedelta, high: timedelta | None) -> str:
    if high is None:
        return _said("from_on", span=low)
    return _said("from_to", low=low, high=high) if low else _said("up_to", span=high)


def _credit(one: CampaignFigures) -> CreditLine:
    return CreditLine(
        name=one.title or one.name,
        leads=one.leads,
        won_last=one.last.won,
        won_first=one.first.won,
        pipeline_last=one.last.pipeline,
        pipeline_first=one.first.pipeline,
        revenue_last=one.last.revenue,
        revenue_first=one.first.revenue,
        cost_per_win=one.cost_per_win,
    )


def _said(macro: str, **values: object) -> str:
    return words.render(Words("review", macro, **values), TERMINAL)

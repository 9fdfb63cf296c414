"""The monthly deep dive: the funnel of a month, how fast leads moved, what campaigns brought."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from cards.asking import ask_button
from cards.charts import Bar, DistributionChart, FunnelChart
from cards.model import (
    Actions,
    Block,
    Card,
    Form,
    Heading,
    Paragraph,
    Picture,
    Words,
)
from cards.review_points import heading, monthly_point
from cards.review_views import CreditLine, GoalLine, LegLine, MonthlyView, StepLine
from leads.lifecycle import Stage
from leads.rates import Rate
from leads.standing import Standing

_WORDS = "review"


def monthly_review_card(view: MonthlyView) -> Card:
    """One line, one picture, and what is in the thread."""
    blocks: list[Block] = [
        Heading(text=Words(_WORDS, "month_heading", view=view)),
        Paragraph(text=Words(_WORDS, "month_verdict", view=view)),
    ]
    if view.funnel:
        alt = Words(_WORDS, "funnel_alt", chart=view.funnel)
        blocks.append(Picture(chart=view.funnel, alt=alt))
    lines = tuple(heading(number, point) for number, point in enumerate(view.points, 1))
    blocks += [
        Paragraph(text=Words(_WORDS, "month_agenda", lines=lines)),
        Actions(
            buttons=(
                ask_button(Words(_WORDS, "ask_funnel"), f"funnel {view.label}"),
                ask_button(Words(_WORDS, "ask_quality"), f"quality campaign {view.label}"),
            )
        ),
    ]
    return Card(summary=Words(_WORDS, "month_summary", view=view), blocks=tuple(blocks))


_REACHED = (212, 139, 61, 24, 9)
_EXAMPLE = MonthlyView(
    first=date(2026, 10, 1),
    last=date(2026, 10, 31),
    label="October 2026",
    steps=tuple(
        StepLine(
            stage=stage,
            reached=n,
            of_previous=Rate(successes=n, n=above) if above else None,
            before=Rate(successes=40, n=70) if above else None,
            took=timedelta(days=place * 3, hours=2) if above else None,
        )
        for place, (stage, n, above) in enumerate(
            zip(
                (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.WON),
                _REACHED,
                (0, *_REACHED),
                strict=False,
            )
        )
    ),
    won=Rate(successes=9, n=212),
    lost=31,
    funnel=FunnelChart(
        title="From MQL to won",
        steps=tuple(
            Bar(label=label, n=n)
            for label, n in zip(("MQL", "SAL", "SQL", "Opportunity", "Won"), _REACHED, strict=True)
        ),
    ),
    legs=(
        LegLine(
            leg="decision",
            n=205,
            median=timedelta(minutes=22),
            before=timedelta(minutes=31),
            business=True,
        ),
        LegLine(
            leg="first_touch",
            n=131,
            median=timedelta(hours=3, minutes=10),
            before=None,
            business=True,
        ),
        LegLine(
            leg="cycle", n=9, median=timedelta(days=19), before=timedelta(days=24), business=False
        ),
    ),
    first_touches=DistributionChart(
        title="Time to the first touch",
        bars=(
            Bar(label="under 1 h", n=41),
            Bar(label="1 h to 4 h", n=38),
            Bar(label="4 h to 8 h", n=30),
            Bar(label="8 h or more", n=22),
        ),
        median=timedelta(hours=3, minutes=10),
        promised="24 hours",
    ),
    campaigns=(
        CreditLine(
            name="Spring pricing",
            leads=140,
            won_last=6,
            won_first=4,
            pipeline_last=210_000,
            pipeline_first=150_000,
            revenue_last=84_000,
            revenue_first=52_000,
            cost_per_win=2000.4,
        ),
        CreditLine(
            name=None,
            leads=33,
            won_last=3,
            won_first=5,
            pipeline_last=40_000,
            pipeline_first=100_000,
            revenue_last=21_000,
            revenue_first=53_000,
            cost_per_win=None,
        ),
    ),
    goals=(
        GoalLine(
            period="2026-Q4",
            target="revenue",
            found=105_000,
            goal=300_000,
            expected=100_000,
            standing=Standing.GREEN,
            days_left=61,
            currency="EUR",
        ),
        GoalLine(
            period="2026-Q4",
            target="mqls",
            found=180,
            goal=600,
            expected=204.4,
            standing=Standing.YELLOW,
            days_left=61,
        ),
    ),
)
_NASTY = "<!channel> *Bob* <@U1> ](https://evil.example) \u202e&amp;"
_HOSTILE = replace(_EXAMPLE, campaigns=(replace(_EXAMPLE.campaigns[0], name=_NASTY * 5),))


def _points(view: MonthlyView, name: str) -> Mapping[str, Card | Form]:
    told = {point: monthly_point(view, point) for point in view.points}
    return {f"{name}_{point}": card for point, card in told.items() if card is not None}


EXAMPLES: Mapping[str, Card | Form] = {
    "month": monthly_review_card(_EXAMPLE),
    "nearly_empty": monthly_review_card(
        replace(
            _EXAMPLE,
            steps=_EXAMPLE.steps[:1],
            won=Rate(successes=0, n=212),
            lost=0,
            funnel=None,
            legs=(),
            campaigns=(),
            goals=(),
        )
    ),
    **_points(_EXAMPLE, "point"),
    "hostile": _points(_HOSTILE, "point")["point_campaigns"],
}

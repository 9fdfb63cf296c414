"""What each campaign brought in, by the first campaign a lead came by and by the last."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cards.asking import Asking, answer, ask_button
from cards.model import Card, Form, Heading, Note, Paragraph, Table, Words

_WORDS = "campaigns"


@dataclass(frozen=True, kw_only=True)
class Credited:
    """What is credited to a campaign; amounts in whole units."""

    mqls: int
    opportunities: int
    won: int
    pipeline: int
    revenue: int


@dataclass(frozen=True, kw_only=True)
class CampaignRow:
    """One campaign; `name` is None for leads that came without one. `cost` is what a customer
    cost of the `won_ever` it has, None where the spend isn't known or there are none."""

    name: str | None
    title: str | None
    leads: int
    by_first: Credited
    by_last: Credited
    spend: float | None = None
    won_ever: int = 0
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class CampaignsView:
    """The campaigns of a period of local days, those that brought most first; `more` were left
    out. `currency` is that of every amount."""

    asking: Asking
    period: str
    first: date
    last: date
    currency: str
    leads: int
    total: Credited
    rows: tuple[CampaignRow, ...]
    more: int = 0


def campaigns_card(view: CampaignsView) -> Card:
    """All together in one line, then a table with both ways to give credit side by side."""
    heading = Heading(text=Words(_WORDS, "heading"), short=Words(_WORDS, "short"))
    when = Note(text=Words(_WORDS, "when", period=view.period, first=view.first, last=view.last))
    summary = Words(_WORDS, "summary", period=view.period, total=view.total, currency=view.currency)
    if not view.rows and not view.leads and not view.total.mqls:
        return answer(
            view.asking,
            summary=summary,
            blocks=(heading, when, Paragraph(text=Words(_WORDS, "nothing"))),
            further=(ask_button(Words("quality", "all_time"), "campaigns all"),),
            explained="campaigns",
        )
    verdict = Words(_WORDS, "verdict", leads=view.leads, total=view.total, currency=view.currency)
    return answer(
        view.asking,
        summary=summary,
        blocks=(
            heading,
            when,
            Paragraph(text=verdict),
            _table(view),
            Note(text=Words(_WORDS, "how", more=view.more, currency=view.currency)),
        ),
        further=(
            ask_button(Words("quality", "ask"), f"quality campaign {view.period}"),
            ask_button(Words("goals", "ask"), "goals"),
        ),
        explained="campaigns",
    )


def _table(view: CampaignsView) -> Table:
    heads = ("campaign", "revenue", "pipeline", "cost", "won", "mqls", "leads")
    return Table(
        head=tuple(Words(_WORDS, f"{head}_head") for head in heads),
        rows=tuple(_row(row) for row in view.rows),
        numeric=frozenset({1, 2, 4, 5, 6}),
    )


def _row(row: CampaignRow) -> tuple[Words, ...]:
    last, first = row.by_last, row.by_first
    return (
        Words(_WORDS, "campaign", name=row.name, title=row.title),
        _both(last.revenue, first.revenue),
        _both(last.pipeline, first.pipeline),
        Words(_WORDS, "cost", spend=row.spend, won=row.won_ever, cost=row.cost),
        _both(last.won, first.won),
        _both(last.mqls, first.mqls),
        Words("quality", "count", n=row.leads),
    )


def _both(by_last: int, by_first: int) -> Words:
    return Words(_WORDS, "both", by_last=by_last, by_first=by_first)


_NOTHING = Credited(mqls=0, opportunities=0, won=0, pipeline=0, revenue=0)
_EXAMPLE = CampaignsView(
    asking=Asking(question="campaigns this quarter", may_share=True),
    period="this quarter",
    first=date(2026, 10, 1),
    last=date(2026, 11, 23),
    currency="EUR",
    leads=212,
    total=Credited(mqls=38, opportunities=6, won=2, pipeline=148_000, revenue=42_500),
    rows=(
        CampaignRow(
            name="spring-pricing",
            title="Spring pricing",
            leads=96,
            by_first=Credited(mqls=20, opportunities=3, won=1, pipeline=61_000, revenue=18_000),
            by_last=Credited(mqls=24, opportunities=4, won=2, pipeline=96_000, revenue=42_500),
            spend=12_000,
            won_ever=5,
            cost=2_400,
        ),
        CampaignRow(
            name="cad-webinar",
            title="Webinar: CAD reviews in half the time",
            leads=81,
            by_first=Credited(mqls=13, opportunities=2, won=1, pipeline=87_000, revenue=24_500),
            by_last=Credited(mqls=9, opportunities=2, won=0, pipeline=52_000, revenue=0),
            spend=4_500,
        ),
        CampaignRow(name=None, title=None, leads=35, by_first=_NOTHING, by_last=_NOTHING),
    ),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "quarter": campaigns_card(_EXAMPLE),
    "nothing": campaigns_card(replace(_EXAMPLE, leads=0, total=_NOTHING, rows=())),
    "hostile": campaigns_card(
        replace(
            _EXAMPLE,
            rows=(
                replace(
                    _EXAMPLE.rows[0],
                    title="<!channel> *spring* <https://evil.example|free> {{TIME(x)}} \u202e",
                ),
                replace(_EXAMPLE.rows[1], name="| a | b |\n<@U1>", title=None),
            ),
            more=12,
        )
    ),
}

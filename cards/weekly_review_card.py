"""The weekly review: an agenda for the sync of sales and marketing, short enough to talk along."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from cards.asking import Asking, ask_button
from cards.charts import Bar, ParetoChart, TrendChart, TrendPoint
from cards.model import (
    Actions,
    Block,
    Card,
    Form,
    Heading,
    Light,
    Paragraph,
    Picture,
    Words,
)
from cards.promise_lines import Promise
from cards.review_points import nothing_to_review, on_demand, weekly_point
from cards.review_views import (
    CampaignLine,
    Decision,
    DecisionKind,
    GoalLine,
    KeptLine,
    ObjectionLine,
    Point,
    ReasonLine,
    RejectedExample,
    ReviewKind,
    VolumeNow,
    WeeklyView,
)
from leads.agreement import Teaches
from leads.movement import Direction, movement
from leads.rates import Rate
from leads.standing import Standing, light_for

_WORDS = "review"


def weekly_review_card(view: WeeklyView) -> Card:
    """The verdict, its picture, and the agenda; the figures of each point are in the thread."""
    light = Light(view.standing)
    blocks: list[Block] = [
        Heading(text=Words(_WORDS, "week_heading", view=view), short=Words(_WORDS, "week_short")),
        Paragraph(text=Words(_WORDS, "week_verdict", view=view, light=light)),
    ]
    if view.trend:
        alt = Words(_WORDS, "trend_alt", chart=view.trend)
        blocks.append(Picture(chart=view.trend, alt=alt))
    if view.points:
        lines = tuple(_agenda(view, number, point) for number, point in enumerate(view.points, 1))
        blocks.append(Paragraph(text=Words(_WORDS, "agenda", lines=lines)))
    blocks.append(
        Actions(
            buttons=(
                ask_button(Words(_WORDS, "ask_quality"), f"quality campaign {view.label}"),
                ask_button(Words(_WORDS, "ask_reasons"), f"reasons {view.label}"),
            )
        )
    )
    return Card(summary=Words(_WORDS, "week_summary", view=view), blocks=tuple(blocks))


def _agenda(view: WeeklyView, number: int, point: Point) -> Words:
    macro = f"agenda_{point}"
    match point:
        case Point.QUALITY:
            return Words(_WORDS, macro, number=number, view=view, worst=_moved_most(view))
        case Point.PROMISES:
            short = tuple(Words(_WORDS, "topic", promise=one.value) for one in view.short)
            return Words(_WORDS, macro, number=number, short=short)
        case Point.GOALS:
            off = sum(line.standing in {Standing.RED, Standing.YELLOW} for line in view.goals)
            return Words(_WORDS, macro, number=number, off=off)
        case _:
            return Words(_WORDS, macro, number=number, view=view)


def _moved_most(view: WeeklyView) -> CampaignLine | None:
    """The campaign whose acceptance moved most, one that is sure to have moved before others."""
    moved = [
        line
        for line in view.campaigns
        if line.moved.direction in {Direction.UP, Direction.DOWN} and line.before is not None
    ]
    return max(moved, key=lambda line: (line.moved.is_clear, abs(line.moved.by)), default=None)


def _campaign(name: str | None, now: tuple[int, int], before: tuple[int, int]) -> CampaignLine:
    accepted, was = (Rate(successes=some, n=n) for some, n in (now, before))
    return CampaignLine(
        name=name,
        offered=now[1] + 2,
        accepted=accepted,
        before=was,
        moved=movement(accepted, was),
        standing=light_for(accepted, 0.7),
    )


_TOTAL, _BEFORE = Rate(successes=28, n=51), Rate(successes=33, n=48)
_GOAL = GoalLine(
    period="2026-Q4",
    target="pipeline",
    found=180_000,
    goal=400_000,
    expected=231_000.4,
    standing=Standing.RED,
    days_left=39,
    currency="EUR",
)
_EXAMPLE = WeeklyView(
    first=date(2026, 11, 16),
    last=date(2026, 11, 22),
    label="2026-11-16 to 2026-11-22",
    offered=55,
    total=_TOTAL,
    before=_BEFORE,
    moved=movement(_TOTAL, _BEFORE),
    standing=Standing.YELLOW,
    promised=0.7,
    trend=TrendChart(
        title="Leads accepted, by week",
        points=tuple(
            TrendPoint(
                since=date(2026, 11, 2) + timedelta(days=7 * week),
                share=rate.value,
                low=rate.interval[0],
                high=rate.interval[1],
                n=rate.n,
            )
            for week, rate in enumerate((Rate(successes=30, n=44), _BEFORE, _TOTAL))
        ),
        goal=0.7,
    ),
    campaigns=(
        _campaign("spring-pricing", (9, 26), (18, 25)),
        _campaign("webinar-ai", (15, 19), (12, 18)),
        _campaign(None, (4, 6), (3, 5)),
    ),
    rejected=23,
    answered=Rate(successes=14, n=23),
    reasons=(
        ReasonLine(
            label="Company too small",
            teaches=Teaches.FIT,
            share=Rate(successes=12, n=23),
            before=Rate(successes=4, n=15),
            examples=(
                RejectedExample(
                    name="Ada Byron",
                    company="Initech",
                    by="Ana Ortiz",
                    url="https://crm.acme.example/leads/L-17",
                ),
                RejectedExample(name="Bo Lind", company=None, by="Ben Adler"),
            ),
        ),
        ReasonLine(
            label="Something else",
            teaches=Teaches.OTHER,
            share=Rate(successes=3, n=23),
            before=Rate(successes=0, n=15),
            examples=(
                RejectedExample(
                    name="Cy Park", company="Hooli", by="Ben Adler", said="A competitor of ours."
                ),
            ),
        ),
    ),
    pareto=ParetoChart(
        title="Why leads were rejected",
        bars=(
            Bar(label="Company too small", n=12),
            Bar(label="Not now", n=8),
            Bar(label="Something else", n=3),
        ),
    ),
    sales=(
        KeptLine(
            promise=Promise.DECIDE,
            standing=Standing.GREEN,
            rate=Rate(successes=51, n=51),
            before=Rate(successes=46, n=48),
            moved=movement(Rate(successes=51, n=51), Rate(successes=46, n=48)),
            promised=Words("definitions", "duration", amount=1, unit="h"),
        ),
        KeptLine(
            promise=Promise.TOUCH,
            standing=Standing.RED,
            rate=Rate(successes=19, n=28),
            before=Rate(successes=30, n=33),
            moved=movement(Rate(successes=19, n=28), Rate(successes=30, n=33)),
            promised=Words("definitions", "duration", amount=24, unit="h"),
            overdue=4,
        ),
    ),
    marketing=(
        KeptLine(
            promise=Promise.ACCEPTANCE,
            standing=Standing.YELLOW,
            rate=_TOTAL,
            before=_BEFORE,
            moved=movement(_TOTAL, _BEFORE),
            promised=0.7,
        ),
        KeptLine(
            promise=Promise.FIELDS,
            standing=Standing.YELLOW,
            rate=Rate(successes=52, n=55),
            before=None,
            moved=movement(Rate(successes=52, n=55), None),
            missing=Words("definitions", "field", name="phone"),
        ),
        KeptLine(
            promise=Promise.ANSWERS,
            standing=Standing.RED,
            rate=Rate(successes=11, n=18),
            before=Rate(successes=12, n=15),
            moved=movement(Rate(successes=11, n=18), Rate(successes=12, n=15)),
            promised=Words("definitions", "duration", amount=2, unit="d"),
            overdue=3,
        ),
    ),
    volume=VolumeNow(standing=Standing.GREEN, found=55, expected=40.0, goal=40),
    content=(
        ObjectionLine(says="Too expensive", n=6, bare=4, campaigns=("Spring pricing",)),
        ObjectionLine(says="We have a tool already", n=2, bare=0),
    ),
    goals=(_GOAL,),
    decisions=(
        Decision(
            kind=DecisionKind.CAMPAIGN,
            subject="spring-pricing",
            rate=Rate(successes=9, n=26),
            promised=0.7,
        ),
        Decision(
            kind=DecisionKind.REASON,
            subject="Company too small",
            rate=Rate(successes=12, n=23),
            teaches=Teaches.FIT,
        ),
        Decision(kind=DecisionKind.ANSWERS, subject="", n=3, who=("Noah Lind", "Priya Shah")),
        Decision(kind=DecisionKind.PROMISE, subject="touch", rate=Rate(successes=19, n=28)),
        Decision(kind=DecisionKind.GOAL, subject="pipeline", goal=_GOAL),
        Decision(kind=DecisionKind.CONTENT, subject="Too expensive", n=4),
        Decision(kind=DecisionKind.CRITERIA, subject="8", who=("marketing", "sales")),
    ),
)
_NASTY = "<!channel> *Bob* <@U1> ](https://evil.example) \u202e&amp;"
_HOSTILE = replace(
    _EXAMPLE,
    campaigns=(replace(_EXAMPLE.campaigns[0], name=_NASTY),),
    reasons=(
        replace(
            _EXAMPLE.reasons[0],
            label=_NASTY,
            examples=(
                RejectedExample(
                    name=_NASTY,
                    company=_NASTY,
                    by=_NASTY,
                    said=_NASTY * 30,
                    url="javascript:alert(1)",
                ),
            ),
        ),
    ),
    pareto=ParetoChart(title="Why leads were rejected", bars=(Bar(label=_NASTY, n=12),)),
    content=(ObjectionLine(says=_NASTY * 10, n=3, bare=3, campaigns=(_NASTY,)),),
    decisions=(replace(_EXAMPLE.decisions[0], subject=_NASTY),),
)
_QUIET = replace(
    _EXAMPLE,
    offered=4,
    total=Rate(successes=0, n=0),
    before=None,
    moved=movement(Rate(successes=0, n=0), None),
    standing=Standing.NONE,
    trend=None,
    campaigns=(
        CampaignLine(
            name="spring-pricing",
            offered=4,
            accepted=Rate(successes=0, n=0),
            before=None,
            moved=movement(Rate(successes=0, n=0), None),
            standing=Standing.NONE,
        ),
    ),
    rejected=0,
    reasons=(),
    pareto=None,
    sales=(),
    marketing=(),
    content=(),
    goals=(),
    decisions=(),
)


def _points(view: WeeklyView, name: str) -> Mapping[str, Card | Form]:
    told = {point: weekly_point(view, point) for point in view.points}
    return {f"{name}_{point}": card for point, card in told.items() if card is not None}


EXAMPLES: Mapping[str, Card | Form] = {
    "agenda": weekly_review_card(_EXAMPLE),
    "quiet": weekly_review_card(_QUIET),
    "hostile": weekly_review_card(_HOSTILE),
    "on_demand": on_demand(
        weekly_review_card(_EXAMPLE),
        Asking(question="review week", may_share=True),
        [
            ask_button(Words(_WORDS, "open_point", point=point.value), f"review week {point}")
            for point in _EXAMPLE.points
        ],
    ),
    "nothing": nothing_to_review(ReviewKind.WEEK, _EXAMPLE.first, _EXAMPLE.last),
    **_points(_EXAMPLE, "point"),
    **_points(_HOSTILE, "hostile_point"),
}

"""One point of a review's agenda as a reply in its thread: the figures that people talk about."""

from collections.abc import Sequence
from datetime import date

from cards.asking import Asking, answer, ask_button
from cards.charts import ParetoChart
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Heading,
    Light,
    LinkButton,
    Menu,
    Note,
    Paragraph,
    Picture,
    Table,
    Words,
)
from cards.review_views import (
    CampaignLine,
    DecisionKind,
    GoalLine,
    KeptLine,
    MonthlyView,
    Point,
    ReviewKind,
    WeeklyView,
)

_WORDS = "review"
_MOST_BUTTONS = 5
_FIRST = 4
"""So many of more points have a button; the others are in a menu."""


def heading(number: int, point: Point) -> Words:
    """The point as the agenda numbers it."""
    return Words(_WORDS, "point_heading", number=number, point=point.value)


def weekly_point(view: WeeklyView, point: Point) -> Card | None:
    """This point of a weekly review; None when it isn't on the agenda."""
    if point not in view.points:
        return None
    match point:
        case Point.QUALITY:
            blocks = _quality(view)
        case Point.REASONS:
            blocks = _reasons(view)
        case Point.PROMISES:
            blocks = _promises(view)
        case Point.CONTENT:
            blocks = _content(view)
        case Point.GOALS:
            blocks = goals(view.goals)
        case Point.DECISIONS:
            blocks = _decisions(view)
        case _:
            return None
    return _card(view.points.index(point) + 1, point, blocks)


def monthly_point(view: MonthlyView, point: Point) -> Card | None:
    """This point of a monthly review; None when it has nothing to say."""
    if point not in view.points:
        return None
    match point:
        case Point.FUNNEL:
            blocks = _funnel(view)
        case Point.VELOCITY:
            blocks = _velocity(view)
        case Point.CAMPAIGNS:
            blocks = _credits(view)
        case Point.GOALS:
            blocks = goals(view.goals)
        case _:
            return None
    return _card(view.points.index(point) + 1, point, blocks)


def on_demand(card: Card, asking: Asking, points: Sequence[Button]) -> Card:
    """A review as an answer: its points are a tap away, since it has no thread."""
    told = tuple(block for block in card.blocks if not isinstance(block, Actions))
    fits = len(points) <= _MOST_BUTTONS
    row: tuple[Button | LinkButton | Menu, ...] = (
        tuple(points) if fits else (*points[:_FIRST], Menu(buttons=tuple(points[_FIRST:])))
    )
    buttons = (Actions(buttons=row),) if row else ()
    return answer(asking, summary=card.summary, blocks=(*told, *buttons))


def nothing_to_review(kind: ReviewKind, first: date, last: date) -> Card:
    """A review was asked for of days without anything to tell."""
    text = Words(_WORDS, "nothing", kind=kind.value, first=first, last=last)
    return Card(summary=text, blocks=(Paragraph(text=text),))


def _card(number: int, point: Point, blocks: tuple[Block, ...]) -> Card:
    title = heading(number, point)
    return Card(summary=title, blocks=(Heading(text=title), *blocks))


def _quality(view: WeeklyView) -> tuple[Block, ...]:
    how = Words(_WORDS, "quality_how", more=view.campaigns_more, promised=view.promised)
    return (_campaigns(view.campaigns), Note(text=how))


def _campaigns(lines: tuple[CampaignLine, ...]) -> Table:
    """The rate comes first: a phone shows two or three columns."""
    return Table(
        head=tuple(
            Words(_WORDS, name)
            for name in ("head_campaign", "head_accepted", "head_before", "head_offered")
        ),
        rows=tuple(
            (
                Words(_WORDS, "name", name=line.name),
                Words(_WORDS, "lit_rate", rate=line.accepted, light=Light(line.standing)),
                Words(_WORDS, "short_rate", rate=line.before),
                Words(_WORDS, "n", n=line.offered),
            )
            for line in lines
        ),
        numeric=frozenset({3}),
    )


def _reasons(view: WeeklyView) -> tuple[Block, ...]:
    told = tuple(Paragraph(text=Words(_WORDS, "reason", line=line)) for line in view.reasons)
    answered: tuple[Block, ...] = ()
    if view.answered is not None and view.answered.n:
        answered = (Note(text=Words(_WORDS, "answered", rate=view.answered)),)
    return (*_pareto(view.pareto), *told, *answered)


def _pareto(chart: ParetoChart | None) -> tuple[Block, ...]:
    return (Picture(chart=chart, alt=Words(_WORDS, "pareto_alt", chart=chart)),) if chart else ()


def _promises(view: WeeklyView) -> tuple[Block, ...]:
    lines = [*map(_kept, view.sales)]
    if view.volume:
        light = Light(view.volume.standing)
        lines.append(Words(_WORDS, "volume", line=view.volume, light=light))
    lines += map(_kept, view.marketing)
    return (Bullets(lines=tuple(lines)), Note(text=Words(_WORDS, "promises_how")))


def _kept(line: KeptLine) -> Words:
    return Words(_WORDS, "kept", line=line, light=Light(line.standing))


def _content(view: WeeklyView) -> tuple[Block, ...]:
    lines = tuple(Words(_WORDS, "objection", line=line) for line in view.content)
    return (Bullets(lines=lines), Note(text=Words(_WORDS, "content_how")))


def goals(lines: tuple[GoalLine, ...]) -> tuple[Block, ...]:
    """Each target and whether it keeps pace."""
    said = (Words(_WORDS, "goal", line=line, light=Light(line.standing)) for line in lines)
    return (Bullets(lines=tuple(said)),)


def _decisions(view: WeeklyView) -> tuple[Block, ...]:
    lines = tuple(Words(_WORDS, "decision", decision=one) for one in view.decisions)
    waiting = [one for one in view.decisions if one.kind is DecisionKind.CRITERIA]
    buttons = tuple(
        ask_button(Words(_WORDS, "look_at_criteria", version=one.subject), "retune status")
        for one in waiting
    )
    row = (Actions(buttons=buttons),) if buttons else ()
    return (Bullets(lines=lines), *row, Note(text=Words(_WORDS, "decisions_how")))


def _funnel(view: MonthlyView) -> tuple[Block, ...]:
    table = Table(
        head=tuple(
            Words(_WORDS, name)
            for name in ("head_stage", "head_leads", "head_previous", "head_before", "head_took")
        ),
        rows=tuple(
            (
                Words(_WORDS, "step_label", stage=line.stage.value),
                Words(_WORDS, "n", n=line.reached),
                Words(_WORDS, "short_rate", rate=line.of_previous),
                Words(_WORDS, "short_rate", rate=line.before),
                Words(_WORDS, "took", span=line.took),
            )
            for line in view.steps
        ),
        numeric=frozenset({1}),
    )
    return (table, Note(text=Words(_WORDS, "funnel_how", lost=view.lost)))


def _velocity(view: MonthlyView) -> tuple[Block, ...]:
    chart = view.first_touches
    picture = (
        (Picture(chart=chart, alt=Words(_WORDS, "distribution_alt", chart=chart)),) if chart else ()
    )
    lines = tuple(Words(_WORDS, "leg", line=line) for line in view.legs)
    return (*picture, Bullets(lines=lines))


def _credits(view: MonthlyView) -> tuple[Block, ...]:
    table = Table(
        head=tuple(
            Words(_WORDS, name)
            for name in (
                "head_campaign",
                "head_revenue",
                "head_pipeline",
                "head_won",
                "head_cost",
            )
        ),
        rows=tuple(
            (
                Words(_WORDS, "name", name=line.name),
                Words(_WORDS, "pair", last=line.revenue_last, first=line.revenue_first),
                Words(_WORDS, "pair", last=line.pipeline_last, first=line.pipeline_first),
                Words(_WORDS, "pair", last=line.won_last, first=line.won_first),
                Words(_WORDS, "cost", n=line.cost_per_win),
            )
            for line in view.campaigns
        ),
        numeric=frozenset({4}),
    )
    how = Words(_WORDS, "campaigns_how", more=view.campaigns_more, currency=view.currency)
    return (table, Note(text=how))

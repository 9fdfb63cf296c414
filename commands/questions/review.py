"""`/leads review [week|month|quarter] [period]`: a review on demand, with its points a tap away."""

from cards.asking import Asking, ask_button
from cards.help_card import Expected, not_understood
from cards.model import Button, Card, Words
from cards.review_points import nothing_to_review, on_demand
from cards.review_views import Point, ReviewKind
from commands import post_reviews
from commands.context import Context
from commands.questions.subcommand import zone
from commands.reviews.periods import kind_for, newest, period_of
from leads import periods
from leads.periods import Period, UnknownPeriod

_KINDS = {
    "week": ReviewKind.WEEK,
    "weekly": ReviewKind.WEEK,
    "month": ReviewKind.MONTH,
    "monthly": ReviewKind.MONTH,
    "quarter": ReviewKind.QUARTER,
    "quarterly": ReviewKind.QUARTER,
}


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The newest review of a kind (of a week, where none is said), or that of another period; with
    the name of a point after it, that point alone."""
    asked, point = _split_point(words)
    try:
        kind, period = _read(ctx, asked)
    except UnknownPeriod:
        return not_understood(words, Expected.PERIOD, ("review week", "review month"))
    if point is not None:
        card = post_reviews.point_card(ctx, kind, period, point)
        return card or nothing_to_review(kind, period.first, period.last)
    card = post_reviews.review_card(ctx, kind, period)
    if card is None:
        return nothing_to_review(kind, period.first, period.last)
    points = post_reviews.points_of(ctx, kind, period)
    return on_demand(card, asking, [_open(kind, period, one) for one in points])


def _open(kind: ReviewKind, period: Period, point: Point) -> Button:
    label = Words("review", "open_point", point=point.value)
    return ask_button(label, f"review {kind} {period.label} {point}")


def _split_point(words: str) -> tuple[str, Point | None]:
    """The words before the name of a point at their end, and that point."""
    rest, _, last = words.rpartition(" ")
    known = {point.value: point for point in Point}
    point = known.get(last.casefold())
    return (rest, point) if point else (words, None)


def _read(ctx: Context, words: str) -> tuple[ReviewKind, Period]:
    first, _, rest = words.partition(" ")
    kind = _KINDS.get(first.casefold())
    asked = rest.strip() if kind else words.strip()
    if not asked:
        kind = kind or ReviewKind.WEEK
        return kind, newest(ctx, kind)
    found = periods.parse(asked, ctx.now, zone(ctx))
    period = period_of(found.first, found.last)
    return kind or kind_for(period), period

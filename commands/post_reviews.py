"""The weekly, monthly and quarterly reviews: one message each for a channel and period, with one
reply for each point in its thread; silent when there is nothing to tell."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cards.model import Card
from cards.review_views import CelebrationView, MonthlyView, Point, ReviewKind, WeeklyView
from commands import post_thread
from commands.card_kind import CardKind
from commands.context import Context, Platform
from commands.counting import local_day
from commands.posting_days import is_open, working_day_from
from commands.reviews import monthly, quarterly, weekly
from commands.reviews.periods import before_month, newest, read_subject, subject_of, week_of
from leads.periods import Period
from storage import job_runs

CATCH_UP = timedelta(days=7)
"""So long after its day a monthly or quarterly review is still posted, where Baton was down."""

_QUARTERS = (1, 4, 7, 10)


@dataclass(frozen=True, kw_only=True)
class _Review:
    view: Callable[[Context, Period], WeeklyView | MonthlyView | CelebrationView | None]
    root: Callable[[Context, Period], Card | None]
    point: Callable[[Context, Period, Point], Card | None]


_REVIEWS: Mapping[ReviewKind, _Review] = {
    ReviewKind.WEEK: _Review(view=weekly.view, root=weekly.root, point=weekly.point),
    ReviewKind.MONTH: _Review(view=monthly.view, root=monthly.root, point=monthly.point),
    ReviewKind.QUARTER: _Review(view=quarterly.view, root=quarterly.root, point=quarterly.point),
}


def is_due(ctx: Context) -> bool:
    """Whether a review is due that some channel hasn't had; only looks."""
    return any(
        not job_runs.has_run(ctx.session, job, key)
        for kind, period in _due(ctx)
        for _, job, key in _slots(ctx, kind, period)
    )


def post_due(ctx: Context) -> int:
    """Post every review that is due where it wasn't posted: exactly once for each channel and
    period, however often and in however many processes it is called. Returns how many messages."""
    return sum(post_now(ctx, kind, period) for kind, period in _due(ctx))


def post_now(ctx: Context, kind: ReviewKind, period: Period) -> int:
    """Post this review where it wasn't posted yet, whatever the day; to how many channels. Silent
    where there is no channel or nothing to tell."""
    channel = ctx.setup.team.channels.digest
    posted = 0
    for platform, job, key in _slots(ctx, kind, period):
        if channel is None or not job_runs.claim(ctx.session, job, key, ctx.now):
            continue
        points = points_of(ctx, kind, period)
        if not points:
            continue
        subject = subject_of(kind, period)
        post_thread.post(
            ctx,
            platform,
            channel,
            (CardKind.REVIEW, subject),
            [(CardKind.REVIEW_POINT, f"{subject} {point}") for point in points],
            dedupe_key=f"{job}:{key}",
        )
        posted += 1
    return posted


def review_card(ctx: Context, kind: ReviewKind, period: Period) -> Card | None:
    """The message of a review as of now; None when there is nothing to tell."""
    return _REVIEWS[kind].root(ctx, period)


def points_of(ctx: Context, kind: ReviewKind, period: Period) -> tuple[Point, ...]:
    """What its thread tells, in order; nothing where there is nothing to tell."""
    found = _REVIEWS[kind].view(ctx, period)
    return found.points if found else ()


def point_card(ctx: Context, kind: ReviewKind, period: Period, point: Point) -> Card | None:
    """One reply of its thread as of now."""
    return _REVIEWS[kind].point(ctx, period, point)


def post_newest(ctx: Context, kind: ReviewKind) -> int:
    """Post the review of the last period of this kind where it wasn't posted yet."""
    return post_now(ctx, kind, newest(ctx, kind))


def newest_cards(ctx: Context, kind: ReviewKind) -> list[Card | None]:
    """The message about the last period of this kind, and every reply of its thread."""
    period = newest(ctx, kind)
    points = points_of(ctx, kind, period)
    return [
        review_card(ctx, kind, period),
        *(point_card(ctx, kind, period, point) for point in points),
    ]


def present_review(ctx: Context, subject: str) -> Card | None:
    """The message of "<kind> <first day> <last day>"."""
    kind, period, _ = read_subject(subject)
    return review_card(ctx, kind, period)


def present_point(ctx: Context, subject: str) -> Card | None:
    """The reply of "<kind> <first day> <last day> <point>"."""
    kind, period, point = read_subject(subject)
    return point_card(ctx, kind, period, Point(point))


def _due(ctx: Context) -> Iterator[tuple[ReviewKind, Period]]:
    """What the channel should have by now, the shortest period first. A week that was missed is
    made up for on its later working days, a month or quarter within seven days."""
    today = local_day(ctx, ctx.now)
    if ctx.setup.team.channels.digest is None or not is_open(ctx, today):
        return
    week = week_of(ctx, today)
    if week is not None and week[0] <= today:
        yield ReviewKind.WEEK, week[1]
    if _is_early(ctx, today, today.replace(day=1)):
        yield ReviewKind.MONTH, before_month(today, 1)
        if today.month in _QUARTERS:
            yield ReviewKind.QUARTER, before_month(today, 3)


def _is_early(ctx: Context, today: date, first: date) -> bool:
    """Whether the first working day from `first` on has come, and not long ago."""
    begins = working_day_from(ctx, first)
    return begins <= today < begins + CATCH_UP


def _slots(ctx: Context, kind: ReviewKind, period: Period) -> Iterator[tuple[Platform, str, str]]:
    """Where it belongs: the platform, the job and the period to claim."""
    for platform in ctx.setup.platforms:
        job = f"review:{kind}:{platform}:{ctx.setup.team.channels.digest}"
        yield platform, job, period.first.isoformat()

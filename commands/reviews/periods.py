"""Which period a review is about, and how the subject of its cards says so."""

from datetime import date, timedelta

from cards.review_views import ReviewKind
from commands.context import Context
from commands.counting import local_day
from commands.posting_days import agreed_review_day, review_day
from leads import periods
from leads.periods import Period

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LONGEST_WEEK = 14
_LONGEST_MONTH = 45


def subject_of(kind: ReviewKind, period: Period) -> str:
    """The subject of the cards of a review."""
    return f"{kind} {period.first.isoformat()} {period.last.isoformat()}"


def read_subject(subject: str) -> tuple[ReviewKind, Period, str]:
    """The review that a subject names, and the point after it ("" for none). Raises ValueError."""
    kind, first, last, *rest = subject.split()
    named = period_of(date.fromisoformat(first), date.fromisoformat(last))
    return ReviewKind(kind), named, " ".join(rest)


def period_of(first: date, last: date) -> Period:
    """These days, named as they can be asked for: "October 2026", "2026-Q3", or day to day."""
    for name in (f"{first:%Y-%m}", f"{first.year}-Q{(first.month + 2) // 3}", f"{first.year}"):
        whole = periods.whole(name)
        if (whole.first, whole.last) == (first, last):
            return whole
    return Period(label=f"{first.isoformat()} to {last.isoformat()}", first=first, last=last)


def newest(ctx: Context, kind: ReviewKind) -> Period:
    """The last period of this kind that is over: of weeks the one that the agreement's day ends."""
    today = local_day(ctx, ctx.now)
    match kind:
        case ReviewKind.WEEK:
            nominal = agreed_review_day(ctx, today)
            return _week(ctx, nominal if nominal <= today else nominal - _WEEK)
        case ReviewKind.MONTH:
            return before_month(today, 1)
        case ReviewKind.QUARTER:
            return before_month(today.replace(month=(today.month - 1) // 3 * 3 + 1), 3)


def kind_for(period: Period) -> ReviewKind:
    """How a period of this length is best looked at."""
    if period.days <= _LONGEST_WEEK:
        return ReviewKind.WEEK
    return ReviewKind.MONTH if period.days <= _LONGEST_MONTH else ReviewKind.QUARTER


def week_of(ctx: Context, today: date) -> tuple[date, Period] | None:
    """The day on which the week of `today` is reviewed, and the seven days before the agreed
    day; None in a week without a working day."""
    nominal = agreed_review_day(ctx, today)
    day = review_day(ctx, nominal)
    return (day, _week(ctx, nominal)) if day else None


def before_month(day: date, months: int) -> Period:
    """The `months` whole months before the month of `day`."""
    last = day.replace(day=1) - _DAY
    first = last.replace(day=1)
    for _ in range(months - 1):
        first = (first - _DAY).replace(day=1)
    return period_of(first, last)


def _week(ctx: Context, nominal: date) -> Period:
    """It ends before the day that it is told on, which may be before the agreed one."""
    day = review_day(ctx, nominal) or nominal
    return period_of(nominal - _WEEK, min(nominal, day) - _DAY)

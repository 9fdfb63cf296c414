"""The quarterly celebration: every win, and everybody who made it."""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median

from cards.celebration_card import celebration_card, celebration_point
from cards.model import Card
from cards.review_views import CelebrationView, Point, WonLine
from commands.context import Context
from commands.counting import local_day
from commands.questions.subcommand import days_between
from commands.reviews.shared import goal_lines
from commands.wins import credited
from leads.periods import Period
from storage import content_rows
from storage.leads import lead_value
from storage.tables import HandoffRow, LeadRow

_MOST_CONTENT = 5


def root(ctx: Context, period: Period) -> Card | None:
    """The message; None without a win."""
    found = view(ctx, period)
    return celebration_card(found) if found else None


def point(ctx: Context, period: Period, asked: Point) -> Card | None:
    """The reply about one point; None where there is none."""
    found = view(ctx, period)
    return celebration_point(found, asked) if found else None


def view(ctx: Context, period: Period) -> CelebrationView | None:
    """The wins of the period by the day of the win; None without one."""
    since, until = days_between(ctx, period.first, period.last)
    leads = content_rows.won(ctx.session, since, until)
    if not leads:
        return None
    ids = [lead.id for lead in leads if lead.id is not None]
    handoffs = content_rows.accepted_handoffs(ctx.session, ids)
    content = content_rows.content_of(ctx.session, ids)
    wins = [
        _won(ctx, lead, handoffs.get(lead.id or 0), content.get(lead.id or 0, ())) for lead in leads
    ]
    fast = [one.accepted_after for one in wins if one.accepted_after is not None]
    return CelebrationView(
        first=period.first,
        last=period.last,
        label=period.label,
        n=len(wins),
        amount=sum(one.amount or 0 for one in wins),
        currency=ctx.setup.agreement.currency,
        wins=tuple(wins),
        reps=_names(one.rep for one in wins),
        marketers=_names(one.owner for one in wins),
        campaigns=_names(one.campaign for one in wins),
        content=tuple(dict.fromkeys(address for one in wins for address in one.content))[
            :_MOST_CONTENT
        ],
        accepted_after=_middle(fast),
        goals=tuple(one for one in goal_lines(ctx, period) if one.found >= one.goal),
    )


def _won(
    ctx: Context, lead: LeadRow, handoff: HandoffRow | None, content: tuple[str, ...]
) -> WonLine:
    thanks = credited(ctx, lead, handoff)
    return WonLine(
        whom=lead.company_name or lead_value(lead).name,
        day=local_day(ctx, lead.won_at or ctx.now),
        amount=lead.amount,
        rep=thanks.rep,
        campaign=thanks.campaign,
        owner=thanks.owner,
        content=content,
        accepted_after=thanks.accepted_after,
        tier=thanks.tier,
    )


def _middle(spans: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(one.total_seconds() for one in spans)) if spans else None


def _names(names: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, in the order of the alphabet."""
    return tuple(sorted({name for name in names if name}, key=str.casefold))

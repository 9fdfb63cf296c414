"""A rep's mirror for the rep alone, and the trend of a team without names."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cards.personal_digest_card import BurstLine, MirrorView, TrendView
from commands import clocks
from commands.context import Context
from commands.posting_days import working_day_before
from commands.questions.subcommand import midnight
from leads import mirror
from leads.mirror import Habits
from leads.person import Person, Role
from storage import leave, mirror_rows
from storage.leads import lead_value
from storage.tables import LeadRow

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_MOST_NAMES = 3
_MOST_BURSTS = 2
_MANY = 3
"""A team of a third of all reps is found as fast by the time of what it did."""
FEWEST_REPS = 3
"""In a smaller team a count would tell whose it is."""


def mirror_of(ctx: Context, rep: Person, news_since: datetime | None) -> MirrorView | None:
    """What `rep` is shown of their last seven days; None when there is nothing, or nothing of it
    happened from `news_since` on. Never hand it to anybody else."""
    since = ctx.now - _WEEK
    decided = mirror_rows.decisions_of(ctx.session, [rep.email], since, ctx.now)[rep.email]
    found = mirror.habits(decided, clocks.calendar(ctx, rep), since, ctx.now)
    if found.is_empty or (news_since is not None and not found.tells_news_since(news_since)):
        return None
    return MirrorView(
        untouched=tuple(_name(ctx, one.lead_id) for one in found.untouched[:_MOST_NAMES]),
        untouched_more=max(0, len(found.untouched) - _MOST_NAMES),
        bursts=tuple(
            BurstLine(reason=one.reason, n=one.n, within=one.last - one.first, at=one.first)
            for one in found.bursts[-_MOST_BURSTS:]
        ),
        last_minute=found.last_minute if found.has_last_minutes else 0,
        accepted=found.accepted,
    )


def trend_of(ctx: Context, reps: Sequence[Person], day: date) -> TrendView | None:
    """How often it happened in the whole team: the seven days up to the eve of the last working
    day before `day`, which every rep was shown by then, and the seven before. None for a team so
    small that a count would tell whose it is, and where there is nothing."""
    if len(reps) < FEWEST_REPS:
        return None
    last = working_day_before(ctx, day) - _DAY
    end = midnight(ctx, last + _DAY)
    emails = [rep.email for rep in reps]
    are_most = _MANY * len(emails) >= len(ctx.setup.team.with_role(Role.REP))
    decided = mirror_rows.decisions_of(ctx.session, emails, end - 2 * _WEEK, end, are_most=are_most)
    leave.read_everybodys(ctx.session, ctx.now.date())
    on = {rep.email: clocks.calendar(ctx, rep) for rep in reps}

    def seen(since: datetime) -> list[Habits]:
        return [
            mirror.habits(some, on[email], since, since + _WEEK) for email, some in decided.items()
        ]

    now, before = _counts(seen(end - _WEEK)), _counts(seen(end - 2 * _WEEK))
    if not any(now + before):
        return None
    return TrendView(
        last=last,
        reps=len(reps),
        untouched=(now[0], before[0]),
        bursts=(now[1], before[1]),
        last_minute=(now[2], before[2]),
    )


def _counts(found: Sequence[Habits]) -> tuple[int, int, int]:
    return (
        sum(len(one.untouched) for one in found),
        sum(len(one.bursts) for one in found),
        sum(one.last_minute for one in found if one.has_last_minutes),
    )


def _name(ctx: Context, lead_id: int) -> str:
    return lead_value(ctx.session.get_one(LeadRow, lead_id)).name

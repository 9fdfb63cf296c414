"""Quiet hours: when somebody wants nothing from Baton but what they ask for."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from commands import clocks
from commands.card_kind import CardKind
from commands.context import Context
from leads.person import Person
from storage.preferences import preferences_of

_DAY = timedelta(days=1)
_TRIES = 10
_ON_ITS_WAY = timedelta(minutes=15)
"""So long after the end of work there may still come what was sent before it."""
_IN_WORKING_TIME = frozenset(
    {
        CardKind.REMINDER,
        CardKind.ESCALATION,
        CardKind.REJECTION_WAITS,
        CardKind.OPEN_DISPUTE,
    }
)
"""What wants something from somebody that can wait until they work."""


def good_moment(ctx: Context, person: Person, at: datetime) -> datetime:
    """The first moment from `at` on when the person works and wants to be told; for somebody whose
    quiet hours leave none, the first after those hours."""
    first = loud = loud_from(ctx, person, clocks.next_working(ctx, person, at))
    for _ in range(_TRIES):
        works = clocks.next_working(ctx, person, loud)
        if works == loud:
            return loud
        loud = loud_from(ctx, person, works)
    return first


def held_until(ctx: Context, person: Person, kind: str) -> datetime | None:
    """Until when a card of this kind waits that would be posted to this person now, whatever held
    it up; None when it may come."""
    loud = loud_from(ctx, person, ctx.now)
    if loud > ctx.now:
        return loud
    if kind not in _IN_WORKING_TIME:
        return None
    works = good_moment(ctx, person, ctx.now - _ON_ITS_WAY)
    return works if works > ctx.now else None


def loud_from(ctx: Context, person: Person, at: datetime) -> datetime:
    """The first moment from `at` on that lies outside the person's quiet hours, which may go past
    midnight; `at` itself for somebody who chose none."""
    chosen = preferences_of(ctx.session, person.email)
    if chosen.quiet_from is None or chosen.quiet_to is None:
        return at
    begins, ends = time.fromisoformat(chosen.quiet_from), time.fromisoformat(chosen.quiet_to)
    zone = ZoneInfo(person.timezone)
    local = at.astimezone(zone)
    now = local.time().replace(tzinfo=None)
    is_quiet = begins <= now < ends if begins <= ends else now >= begins or now < ends
    if not is_quiet:
        return at
    last = local.date() + _DAY if begins > ends and now >= begins else local.date()
    # A time that the clocks skip is the moment after the gap; of one that comes twice, the first
    # that isn't over.
    over = datetime.combine(last, ends, zone).astimezone(at.tzinfo)
    if over < at:
        over = datetime.combine(last, ends, zone).replace(fold=1).astimezone(at.tzinfo)
    return over

"""Quiet hours: when somebody wants nothing from Baton but what they ask for."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from commands.context import Context
from leads.person import Person
from storage.preferences import preferences_of

_DAY = timedelta(days=1)


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
    return datetime.combine(last, ends, zone).astimezone(at.tzinfo)

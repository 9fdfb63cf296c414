"""A status in chat that says that somebody is away is leave as long as it is shown."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from commands import clocks
from commands.context import Context
from commands.leave_told import today_of
from commands.reply import Nothing, Reply
from commands.take_leave import put_down, take_back, took_effect
from leads.away_words import mean_away
from leads.days_away import days_covered
from leads.person import Leave, Person
from storage import leave
from storage.leave import Source
from storage.tables import LeaveRow

WITHOUT_END = timedelta(days=60)
"""How long a status without an end is believed: nobody is away for good because Slack couldn't tell
us that it was cleared."""


def follow(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Take the status that the actor shows now: `text` and `sign`, and `until` when it ends by
    itself (ISO), where it does. `subject` is the platform's own name of the change."""
    person = ctx.actor
    if person is None:
        return Nothing()
    today = today_of(ctx, person)
    current = [
        row
        for row in leave.entries_of(ctx.session, person.email, today)
        if row.source == Source.SLACK
    ]
    days = _days(ctx, person, values)
    if days is None:
        if current:
            take_back(ctx, person, current, why="the status in Slack says so no more")
    elif current:
        _change(ctx, person, current[-1], days)
    else:
        put_down(ctx, person, days, source=Source.SLACK, reference=f"slack:{subject}")
    return Nothing()


def _change(ctx: Context, person: Person, row: LeaveRow, days: Leave) -> None:
    """The status goes on, with another end perhaps."""
    if row.last == days.last:
        return
    ctx.check_may_write()
    if row.id is not None and leave.change(ctx.session, row.id, row.last, last=days.last):
        changed = leave.entry(ctx.session, row.id)
        if changed:
            took_effect(ctx, person, changed)


def _days(ctx: Context, person: Person, values: Mapping[str, str]) -> Leave | None:
    """The whole working days that the status says the person is away, today's among them whatever
    the hour; None for a status about anything else, or one that ends before today's work does."""
    if not mean_away(values.get("text", ""), values.get("sign", "")):
        return None
    on = clocks.calendar_without_told_leave(ctx, person)
    midnight = datetime.combine(on.local_day(ctx.now), time(), ZoneInfo(person.timezone))
    until = _moment(values.get("until")) or ctx.now + WITHOUT_END
    return days_covered(on, midnight, until)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None

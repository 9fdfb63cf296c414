"""What is known about who is away: entries that people told, the team file, and spans of both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cards.leave_card import Absence
from commands import clocks
from commands.context import Context
from commands.questions.subcommand import name_of
from leads.days_away import merged
from leads.person import Leave, Person, Role
from storage import leave
from storage.leave import Source
from storage.tables import LeaveRow


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days in a row on which a person is away; `entries` are all that say so, none of which does
    where only the team file does."""

    person: Person
    days: Leave
    entries: tuple[LeaveRow, ...]


def today_of(ctx: Context, person: Person) -> date:
    """The date on the person's own calendar."""
    return clocks.calendar(ctx, person).local_day(ctx.now)


def may_tell_for(ctx: Context, email: str) -> bool:
    """Whether the actor may say when this person is away: themselves, a manager or an admin."""
    actor = ctx.actor
    return actor is None or actor.email == email or actor.has(Role.MANAGER, Role.ADMIN)


def spans_of(ctx: Context, person: Person) -> tuple[Span, ...]:
    """The person's leave that isn't over, in order."""
    today = today_of(ctx, person)
    return _spans(person, leave.entries_of(ctx.session, person.email, today), today)


def team_spans(ctx: Context, people: Iterable[Person], until: date) -> list[Span]:
    """The leave of these people that isn't over and begins by `until`, the nearest first."""
    # Whoever lives west of UTC may have yesterday's date still.
    rows = leave.entries_ahead(ctx.session, date.fromordinal(ctx.now.date().toordinal() - 1))
    found = [
        span
        for person in people
        if person.leave or person.email in rows
        for span in _spans(person, rows.get(person.email, ()), today_of(ctx, person))
        if span.days.first <= until
    ]
    return sorted(found, key=lambda span: (span.days.first, span.person.name))


def absence(ctx: Context, span: Span) -> Absence:
    """A span as the actor may see and end it."""
    newest = span.entries[-1] if span.entries else None
    may_end = newest is not None and may_tell_for(ctx, span.person.email)
    told_by = newest.by if newest and newest.by != span.person.email else None
    return Absence(
        name=span.person.name,
        first=span.days.first,
        last=span.days.last,
        source=newest.source if newest else None,
        by=name_of(ctx, told_by) if told_by and newest and newest.source == Source.CHAT else None,
        is_now=span.days.first <= today_of(ctx, span.person) <= span.days.last,
        leave_id=newest.id if newest and may_end else None,
    )


def _spans(person: Person, rows: Iterable[LeaveRow], today: date) -> tuple[Span, ...]:
    known = tuple(row for row in rows if row.last >= today)
    told = [Leave(first=row.first, last=row.last) for row in known]
    filed = [one for one in person.leave if one.last >= today]
    return tuple(
        Span(
            person=person,
            days=days,
            entries=tuple(
                sorted(
                    (row for row in known if days.first <= row.first <= days.last),
                    key=lambda row: row.id or 0,
                )
            ),
        )
        for days in merged([*told, *filed])
    )

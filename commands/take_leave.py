"""Somebody says when they, or a colleague whom they manage, are away, and takes it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cards import leave_card
from cards.asking import Asking
from cards.leave_card import AwayFormView, Done, MovedLead
from cards.model import Card
from commands import begin_leave, leave_told, outgoing, running_clock, show_leave
from commands.card_kind import CardKind
from commands.context import Context
from commands.leave_told import Span, may_tell_for, today_of
from commands.reply import Ask, Correct, Reply, Tell
from commands.working import number
from leads.days_away import Trouble, UnknownDays, checked, merged
from leads.person import Leave, Person, Role
from storage import leave
from storage.leave import Source
from storage.tables import LeaveRow

AGAIN = Asking(question="away")
"""The question whose answer a button on it belongs to."""

_MOST_PEOPLE = 100


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of an entry: its id, None where all of its days were leave already; and the leads
    that went to others at once."""

    leave_id: int | None
    moved: tuple[MovedLead, ...] = ()


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for days away of the person with the e-mail `subject`; managers may choose whose."""
    person = _about(ctx, subject, values)
    actor = ctx.actor
    if actor is None or person is None or not may_tell_for(ctx, person.email):
        name = person.name if person else subject
        return Tell(card=leave_card.may_not(AGAIN, name))
    return Ask(
        form=leave_card.away_form(
            AwayFormView(
                email=subject,
                today=today_of(ctx, person),
                people=_people(ctx, actor, person),
                chosen=person.email,
                first=_day(values.get("first")),
                last=_day(values.get("last")),
                on_leave=ctx.setup.agreement.sales.on_leave,
            )
        )
    )


def take(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Keep the days of the form, or say which of them can't be."""
    person = _about(ctx, subject, values)
    if person is None or not may_tell_for(ctx, person.email):
        return Tell(card=leave_card.may_not(AGAIN, person.name if person else subject))
    first, last = _day(values.get("first")), _day(values.get("last"))
    if first is None or last is None:
        missing = "first" if first is None else "last"
        return Correct(errors={missing: leave_card.mend(Trouble.UNREAD)})
    try:
        days = checked(first, last, today_of(ctx, person))
    except UnknownDays as unknown:
        return Correct(errors={"last": leave_card.mend(unknown.trouble)})
    return Tell(card=take_days(ctx, AGAIN, person, days))


def take_days(ctx: Context, asking: Asking, person: Person, days: Leave) -> Card:
    """Keep these days as the actor says them, and show what that does."""
    taken = put_down(ctx, person, days, source=Source.CHAT)
    done = Done.TAKEN if taken.leave_id is not None else Done.TAKEN_ALREADY
    return show_leave.card(ctx, asking, person, done=done, days=days, moved=taken.moved)


def end(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Take back, from today on, the days that the entry `subject` belongs to."""
    row = leave.entry(ctx.session, number(subject) or 0)
    person = ctx.setup.team.find(row.email) if row else None
    if row is None or person is None:
        return Tell(card=leave_card.gone(AGAIN))
    if not may_tell_for(ctx, person.email):
        return Tell(card=leave_card.may_not(AGAIN, person.name))
    spans = leave_told.spans_of(ctx, person)
    span = next((one for one in spans if row.id in {entry.id for entry in one.entries}), None)
    if span is None:
        return Tell(card=leave_card.gone(AGAIN))
    return Tell(card=end_span(ctx, AGAIN, span))


def end_span(ctx: Context, asking: Asking, span: Span) -> Card:
    """Take back what was told of these days from today on, and show what is left."""
    person, today = span.person, today_of(ctx, span.person)
    take_back(ctx, person, span.entries, why=f"back on {today.isoformat()}")
    is_left = any(one.first <= max(today, span.days.first) <= one.last for one in person.leave)
    done = Done.IN_FILE if is_left else Done.ENDED
    return show_leave.card(ctx, asking, person, done=done, days=span.days)


def put_down(
    ctx: Context, person: Person, days: Leave, *, source: Source, reference: str | None = None
) -> Taken:
    """Keep days away of a person: no new leads, clocks that wait, and what the agreement wants of
    offers. Days that are leave already are kept only where `reference` names where they come from.
    The person hears of it where they didn't say it themselves in chat."""
    ctx.check_may_write()
    is_news = not _covers(ctx, person, days)
    if not is_news and reference is None:
        return Taken(leave_id=None)
    by = person.email if source is Source.SLACK else ctx.actor_email
    leave_id = leave.add(
        ctx.session,
        email=person.email,
        leave=days,
        source=source,
        by=by,
        now=ctx.now,
        reference=reference,
    )
    row = leave.entry(ctx.session, leave_id) if leave_id is not None else None
    if row is None or not is_news:
        return Taken(leave_id=leave_id)
    moved = took_effect(ctx, person, row)
    if source is Source.SLACK or by != person.email:
        tell(ctx, person)
    return Taken(leave_id=leave_id, moved=moved)


def take_back(ctx: Context, person: Person, rows: Iterable[LeaveRow], *, why: str) -> bool:
    """End these entries from today on; whether any of them did. Clocks run again."""
    ctx.check_may_write()
    today = today_of(ctx, person)
    ended = [row for row in rows if leave.end(ctx.session, row, today, ctx.now)]
    if ended:
        running_clock.recount(ctx, person.email, why)
        if ctx.actor is not None and ctx.actor.email != person.email:
            tell(ctx, person)
    return bool(ended)


def took_effect(ctx: Context, person: Person, row: LeaveRow) -> tuple[MovedLead, ...]:
    """Have clocks wait for the days of an entry that is new or has changed, and begin it where
    today is one of them."""
    why = f"on leave {row.first.isoformat()} to {row.last.isoformat()}"
    running_clock.recount(ctx, person.email, why)
    if row.first <= today_of(ctx, person) <= row.last:
        return begin_leave.begin(ctx, person, row)
    return ()


def tell(ctx: Context, person: Person) -> None:
    """Have the person hear what Baton takes their leave to be."""
    key = f"leave_told:{person.email}:{ctx.now.isoformat()}"
    outgoing.to_person(ctx, person.email, CardKind.LEAVE_TOLD, person.email, dedupe_key=key)


def _covers(ctx: Context, person: Person, days: Leave) -> bool:
    rows = leave.entries_of(ctx.session, person.email, days.first)
    known = [Leave(first=row.first, last=row.last) for row in rows]
    spans = merged([*known, *person.leave])
    return any(one.first <= days.first and days.last <= one.last for one in spans)


def _about(ctx: Context, subject: str, values: Mapping[str, str]) -> Person | None:
    return ctx.setup.team.find(values.get("person") or subject)


def _people(ctx: Context, actor: Person, person: Person) -> dict[str, str]:
    """Whom the asker may say it for: themselves, and for a manager everybody, their own people
    first."""
    if not actor.has(Role.MANAGER, Role.ADMIN):
        return {actor.email: actor.name}
    others = sorted(ctx.setup.team.people, key=lambda one: (one.manager != actor.email, one.name))
    named = [person, *(one for one in (actor, *others) if one.email != person.email)]
    return {one.email: one.name for one in named[:_MOST_PEOPLE]}


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None

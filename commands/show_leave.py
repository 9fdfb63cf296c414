"""Shows who is away, to whoever asks and to whom it is about."""

from datetime import date, timedelta

from cards import leave_card
from cards.asking import Asking
from cards.leave_card import Absence, AwayView, Done, MovedLead, ToldView
from cards.model import Card
from commands import clocks
from commands.context import Context
from commands.leave_told import absence, may_tell_for, spans_of, team_spans, today_of
from leads.person import Leave, Person, Role
from storage import handoffs

_SOON = timedelta(days=14)
_MOST_LINES = 12


def card(
    ctx: Context,
    asking: Asking,
    person: Person,
    *,
    done: Done = Done.NOTHING,
    days: Leave | None = None,
    moved: tuple[MovedLead, ...] = (),
) -> Card:
    """The leave of this person, and of the rest of the team in the next two weeks where nothing
    has just been `done` to `days`."""
    is_own = ctx.actor is not None and ctx.actor.email == person.email
    today = today_of(ctx, person)
    others = [one for one in ctx.setup.team.people if one.email != person.email]
    shows_team = done is Done.NOTHING and is_own
    team = team_spans(ctx, others, today + _SOON) if shows_team else []
    return leave_card.away_card(
        AwayView(
            asking=asking,
            name=person.name,
            email=person.email,
            is_own=is_own,
            takes_leads=Role.REP in person.roles,
            done=done,
            days=_absence(person, days, today) if days else None,
            back=first_day_back(ctx, person, days) if days else None,
            open_leads=len(handoffs.open_of_rep(ctx.session, person.email)) if days else 0,
            moved=moved,
            own=tuple(absence(ctx, one) for one in spans_of(ctx, person)),
            team=tuple(absence(ctx, one) for one in team[:_MOST_LINES]),
            more=max(0, len(team) - _MOST_LINES),
            on_leave=ctx.setup.agreement.sales.on_leave,
            may_take=may_tell_for(ctx, person.email),
        )
    )


def first_day_back(ctx: Context, person: Person, days: Leave) -> date:
    """The first day after these on which the person works."""
    morning = clocks.morning_of(ctx, person, days.last + timedelta(days=1))
    return clocks.calendar(ctx, person).local_day(morning)


def _absence(person: Person, days: Leave, today: date) -> Absence:
    is_now = days.first <= today <= days.last
    return Absence(name=person.name, first=days.first, last=days.last, is_now=is_now)


def present_told(ctx: Context, subject: str) -> Card | None:
    """What the person with the e-mail `subject` is told of their leave that somebody else, a
    status or a calendar said or took back; None when they have left the team."""
    person = ctx.setup.team.find(subject)
    if person is None:
        return None
    seen = Context(session=ctx.session, now=ctx.now, setup=ctx.setup, actor=person)
    return leave_card.told_card(
        ToldView(
            own=tuple(absence(seen, one) for one in spans_of(seen, person)),
            on_leave=ctx.setup.agreement.sales.on_leave,
            takes_leads=Role.REP in person.roles,
        )
    )

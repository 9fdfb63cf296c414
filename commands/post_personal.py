"""The personal digest: at each person's own hour, exactly once on each of their working days,
silent when there is nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cards.model import Card
from cards.personal_digest_card import personal_digest_card
from commands import clocks, outgoing
from commands.card_kind import CardKind
from commands.compose_personal import compose, has_trend, last_time
from commands.context import Context
from commands.quiet import loud_from
from leads.person import Person, Role
from storage import job_runs, preferences
from storage.preferences import NONE, Preferences

USUAL = "08:30"
NEVER = "never"
CATCH_UP = timedelta(hours=4)
"""So long after the hour it is still sent, where Baton was down."""
AT_ONCE = 20
"""So many people in one unit of work, so that a click never waits for all of them."""

_JOB = "personal_digest"
_DAY = timedelta(days=1)
_HAS_A_DAY = frozenset({Role.REP, Role.MARKETER, Role.MANAGER})


def is_due(ctx: Context) -> bool:
    """Whether somebody is to be told now; only looks."""
    return bool(_due(ctx))


def post_due(ctx: Context) -> bool:
    """Send the digest to everybody whose hour it is; True when there are more than fit in one unit
    of work. A person's hour that lies in their quiet hours is the end of these."""
    due = _due(ctx)
    for person, day in due[:AT_ONCE]:
        _post(ctx, person, day)
    return len(due) > AT_ONCE


def post_now(ctx: Context, person: Person) -> None:
    """Send this person today's digest where they haven't had it, whatever the hour."""
    _post(ctx, person, ctx.now.astimezone(ZoneInfo(person.timezone)).date())


def present_personal(ctx: Context, subject: str) -> Card | None:
    """The digest of "<e-mail> <ISO date>"; None when there is nothing to tell, or nobody to."""
    email, _, day = subject.partition(" ")
    person = ctx.setup.team.find(email)
    return present(ctx, person, date.fromisoformat(day)) if person else None


def present(ctx: Context, person: Person, day: date) -> Card | None:
    """The person's digest for this day of theirs; None when it is empty."""
    chosen = preferences.preferences_of(ctx.session, person.email)
    since = last_time(ctx, person, day, _hour(chosen) or time.fromisoformat(USUAL))
    view = compose(ctx, person, day, since=since)
    return personal_digest_card(view) if view else None


def _post(ctx: Context, person: Person, day: date) -> None:
    if not job_runs.claim(ctx.session, _JOB, _period(person, day), ctx.now):
        return
    # A team's trend takes a while to count, and nobody should wait for it: where there may be one,
    # the card is drawn later, and isn't sent when there is nothing after all.
    if has_trend(ctx, person, day) or present(ctx, person, day) is not None:
        outgoing.to_person(
            ctx,
            person.email,
            CardKind.PERSONAL_DIGEST,
            f"{person.email} {day.isoformat()}",
            dedupe_key=f"{_JOB}:{person.email}:{day.isoformat()}",
        )


def _due(ctx: Context) -> list[tuple[Person, date]]:
    """Who is to be told now of which of their days. Hours are compared first, since this is asked
    every minute; only for those whose hour it is the calendar is looked at."""
    chosen = preferences.everybodys(ctx.session)
    now = [
        (person, day)
        for person in ctx.setup.team.people
        if person.roles & _HAS_A_DAY and (day := _day_now(ctx, person, chosen)) is not None
    ]
    if not now:
        return []
    first = min(day for _, day in now)
    told = job_runs.done_from(ctx.session, _JOB, first.isoformat())
    return [
        (person, day)
        for person, day in now
        if _period(person, day) not in told and clocks.calendar(ctx, person).works_on(day)
    ]


def _day_now(ctx: Context, person: Person, chosen: Mapping[str, Preferences]) -> date | None:
    """The day of the person's calendar whose digest may be sent at this moment."""
    theirs = chosen.get(person.email, NONE)
    at = _hour(theirs)
    if at is None:
        return None
    zone = ZoneInfo(person.timezone)
    today = ctx.now.astimezone(zone).date()
    for day in (today, today - _DAY):
        # A time that the clocks skip is the moment after the gap; of one that comes twice, the
        # first.
        due = datetime.combine(day, at, zone).astimezone(UTC)
        if theirs.quiet_from is not None:
            due = loud_from(ctx, person, due)
        if due <= ctx.now < due + CATCH_UP:
            return due.astimezone(zone).date()
    return None


def _hour(chosen: Preferences) -> time | None:
    said = chosen.digest_at or USUAL
    return None if said == NEVER else time.fromisoformat(said)


def _period(person: Person, day: date) -> str:
    return f"{day.isoformat()} {person.email}"

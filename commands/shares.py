"""How the leads of the last weeks were shared out among the reps: what routing is fair by.

Days that are over change only when an old offer is passed on or withdrawn, or when leave is told
afterwards. So what they came to is kept in the process for a minute. Today is always counted
afresh, and who is away now is never read from what was kept.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from commands import clocks
from commands.context import Context, Setup
from commands.counting import local_day
from leads.fairness import dues
from leads.person import Leave, Person, Role
from leads.worktime import WorkCalendar
from storage import leave, tally

RECENT = timedelta(days=27)  # and today
"""The weeks over which new leads are shared out fairly."""

_KEPT = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The reps with their calendars and, by e-mail, how many leads each was offered in the last
    four weeks and how many were due."""

    crew: tuple[tuple[Person, WorkCalendar], ...]
    offered: Mapping[str, int]
    due: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class _Past:
    setup: Setup
    today: date
    read_at: datetime
    shares: Shares
    joined: frozenset[str]
    told: Mapping[str, tuple[Leave, ...]]
    """The leave under which its calendars were made."""

    def still_serves(self, ctx: Context, today: date) -> bool:
        age = ctx.now - self.read_at
        return self.setup is ctx.setup and self.today == today and timedelta() <= age < _KEPT


_pasts: "WeakKeyDictionary[Engine, _Past]" = WeakKeyDictionary()
"""The days that are over, by the database they were read from."""


def recent(ctx: Context) -> Shares:
    """The shares until now; what changed on days that are over, as of a minute ago at most."""
    today = local_day(ctx, ctx.now)
    past = _past(ctx, today)
    told = leave.read_everybodys(ctx.session, ctx.now.date())
    crew = past.shares.crew if told == past.told else _crew(ctx)
    offers = tally.by_day(ctx.session, "rep", "offered", today, today)
    due = dues(offers, crew, past.joined)
    offered = Counter(past.shares.offered)
    for (email, _), n in offers.items():
        offered[email] += n
    return Shares(
        crew=crew,
        offered=offered,
        due={email: before + due[email] for email, before in past.shares.due.items()},
    )


def crew(ctx: Context) -> tuple[tuple[Person, WorkCalendar], ...]:
    """Every rep with the calendar as it is in this unit of work."""
    told = leave.read_everybodys(ctx.session, ctx.now.date())
    known = _pasts.get(ctx.session.get_bind().engine)
    if known is not None and known.setup is ctx.setup and known.told == told:
        return known.shares.crew
    return _crew(ctx)


def _past(ctx: Context, today: date) -> _Past:
    database = ctx.session.get_bind().engine
    known = _pasts.get(database)
    if known is None or not known.still_serves(ctx, today):
        known = _pasts[database] = _read(ctx, today)
    return known


def _read(ctx: Context, today: date) -> _Past:
    offers = tally.by_day(ctx.session, "rep", "offered", today - RECENT, today - _DAY)
    told = leave.read_everybodys(ctx.session, ctx.now.date())
    crew = _crew(ctx)
    offered: Counter[str] = Counter()
    for (email, _), n in offers.items():
        offered[email] += n
    return _Past(
        setup=ctx.setup,
        today=today,
        read_at=ctx.now,
        shares=Shares(crew=crew, offered=offered, due=dues(offers, crew)),
        joined=frozenset(email for (email, _), n in offers.items() if n > 0),
        told=told,
    )


def _crew(ctx: Context) -> tuple[tuple[Person, WorkCalendar], ...]:
    return tuple((one, clocks.calendar(ctx, one)) for one in ctx.setup.team.with_role(Role.REP))

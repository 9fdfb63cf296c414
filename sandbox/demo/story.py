"""Eight weeks of history, made by doing what people would have done, in the order of time.

Whatever happens is done by the real commands with the moment it happened at; so every number, card
and timeline of the demo is as true as any."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from commands import (
    accept_lead,
    add_note,
    criteria_in_force,
    log_touch,
    lose_lead,
    open_opportunity,
    pass_lead,
    qualify_lead,
    receive_lead,
    reject_lead,
    snooze_lead,
    wake_leads,
    win_lead,
)
from commands.context import Context, Setup
from commands.receive_lead import IncomingLead
from commands.reply import Correct, Reply
from leads.campaign import Campaign
from leads.lifecycle import HandoffState
from leads.lost_reason import LostReason
from leads.person import Role
from leads.touch import TouchKind
from sandbox.demo import tempers
from sandbox.demo.market import Market
from storage import handoffs
from storage.database import Database, Session
from storage.tables import HandoffRow, LeadRow

WEEKS = 8
_SEED = 20
_ARRIVALS = (8, 9, 9, 9, 8, 1, 0)
"""How many leads come up on each day of the week, from Monday."""
_OPENS, _CLOSES = time(8, 30), time(18, 0)

Deed = Callable[[Context], None]
Command = Callable[[Context, str, Mapping[str, str]], Reply]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the story left behind: e-mails of leads who may be heard of again, handoffs that
    nobody has decided yet, and what was refused (nothing, unless a rule changed)."""

    known: tuple[str, ...]
    undecided: tuple[int, ...]
    refused: tuple[str, ...]


class Story:
    """One telling, up to `now`. The same moment gives the same story."""

    def __init__(self, setup: Setup, campaigns: tuple[Campaign, ...], now: datetime) -> None:
        # No chat was connected back then, so nobody is told today what is long over.
        self._setup = replace(setup, platforms=())
        self._campaigns = campaigns
        self._now = now
        self._zone = ZoneInfo(setup.agreement.timezone)
        self._rng = Random(_SEED)  # noqa: S311 (nothing secret about it)
        self._market = Market(self._rng, "L")
        self._ahead: list[tuple[datetime, int, str, Deed]] = []
        self._numbers = count()
        self._leads: dict[int, IncomingLead] = {}
        self._offered: dict[int, HandoffState] = {}
        self._resting: dict[int, datetime] = {}
        self._lies: set[str] = set()
        self._refused: list[str] = []

    def write(self, database: Database) -> Told:
        """Tell it into an empty, migrated database, one transaction a day."""
        first = self._local_day(self._now) - timedelta(weeks=WEEKS)
        self._plan(self._at(first, time(0)), self._begin)
        for day in (first + timedelta(days=n) for n in range(WEEKS * 7 + 1)):
            self._plan_day(day)
            database.write_now(lambda session, day=day: self._play(session, day))  # type: ignore[misc]
        return database.read_now(self._told)

    def _begin(self, ctx: Context) -> None:
        criteria_in_force.seed(ctx, self._campaigns)

    def _told(self, session: Session) -> Told:
        waiting = [
            handoff.id
            for person in self._setup.team.people
            for handoff in handoffs.open_of_rep(session, person.email)
            if handoff.state == HandoffState.OFFERED and handoff.id is not None
        ]
        known = [lead.email for lead in self._leads.values() if lead.email]
        return Told(
            known=tuple(known[-120:]), undecided=tuple(waiting), refused=tuple(self._refused)
        )

    def _play(self, session: Session, day: date) -> None:
        end = min(self._at(day + timedelta(days=1), time(0)), self._now)
        while self._ahead and self._ahead[0][0] < end:
            at, _, by, deed = heapq.heappop(self._ahead)
            actor = self._setup.team.find(by)
            deed(Context(session=session, now=at, setup=self._setup, actor=actor))

    def _plan(self, at: datetime, deed: Deed, by: str = "") -> None:
        heapq.heappush(self._ahead, (at, next(self._numbers), by, deed))

    def _plan_day(self, day: date) -> None:
        self._plan(self._at(day, time(7)), self._morning)
        for _ in range(_ARRIVALS[day.weekday()]):
            minutes = self._rng.triangular(0, 9.5 * 60, 3 * 60)
            at = self._at(day, time(8, 20)) + timedelta(minutes=minutes)
            self._plan_arrival(at)
        for country, hours in (("GB", 27), ("GB", 4)):
            at = self._now - timedelta(hours=hours)
            if self._local_day(at) == day:
                self._plan_arrival(at, country=country, lies=True)

    def _plan_arrival(
        self, at: datetime, country: str | None = None, *, lies: bool = False
    ) -> None:
        warm = lies or self._rng.random() < 0.82
        lead = self._market.lead(at, country=country, warm=warm)
        if lies:
            self._lies.add(lead.email or "")
        self._plan(at, lambda ctx: self._arrive(ctx, lead))
        if not warm and self._rng.random() < 0.4:
            later = at + timedelta(days=self._rng.uniform(1, 9))
            guide = IncomingLead(email=lead.email, events=self._market.interest(later))
            self._plan(self._work_time(later), lambda ctx: self._arrive(ctx, guide))

    def _arrive(self, ctx: Context, lead: IncomingLead) -> None:
        got = receive_lead.receive(ctx, lead)
        self._leads.setdefault(got.lead_id, lead)
        self._look(ctx, got.lead_id)

    def _morning(self, ctx: Context) -> None:
        while wake_leads.wake(ctx):
            pass
        for lead_id, until in sorted(self._resting.items()):
            if until <= ctx.now:
                self._look(ctx, lead_id)

    def _look(self, ctx: Context, lead_id: int) -> None:
        """Somebody may have been offered this lead just now: they will think about it."""
        handoff = handoffs.current(ctx.session, lead_id)
        if handoff is None or handoff.id is None or handoff.id in self._offered:
            return
        self._offered[handoff.id] = HandoffState(handoff.state)
        self._resting.pop(lead_id, None)
        if self._leads[lead_id].email in self._lies:
            return
        at = self._office_hours(ctx.now + tempers.thinks(self._rng, handoff.rep))
        self._plan(at, self._deciding(handoff.id, lead_id), handoff.rep)

    def _deciding(self, handoff_id: int, lead_id: int) -> Deed:
        def decide(ctx: Context) -> None:
            handoff = ctx.session.get_one(HandoffRow, handoff_id)
            if not self._is_rep(handoff.rep):
                self._pass_on(ctx, handoff_id, lead_id)
            elif self._rng.random() < 0.04 and not handoff.snoozes:
                self._snooze(ctx, handoff_id, lead_id)
            elif reason := tempers.reason_against(self._rng, self._leads[lead_id]):
                self._reject(ctx, handoff, lead_id, reason)
            else:
                self._do(ctx, accept_lead.accept, handoff_id)
                self._plan_work(ctx, handoff_id, lead_id, handoff.rep)

        return decide

    def _pass_on(self, ctx: Context, handoff_id: int, lead_id: int) -> None:
        rep = self._rng.choice(self._reps())
        note = "Nobody has this country yet, you are closest"
        self._do(ctx, pass_lead.hand_over, handoff_id, person=rep, note=note)
        self._look(ctx, lead_id)

    def _snooze(self, ctx: Context, handoff_id: int, lead_id: int) -> None:
        self._do(ctx, snooze_lead.snooze, handoff_id, until="1h")
        at = self._office_hours(ctx.now + timedelta(minutes=61))
        self._plan(at, self._waking)
        self._plan(
            self._office_hours(at + timedelta(minutes=12)),
            self._deciding(handoff_id, lead_id),
            ctx.actor_email,
        )

    def _waking(self, ctx: Context) -> None:
        wake_leads.wake(ctx)

    def _reject(self, ctx: Context, handoff: HandoffRow, lead_id: int, reason: str) -> None:
        others = [email for email in self._reps() if email != handoff.rep]
        other = self._rng.choice([*(one for one in self._leads if one < lead_id), lead_id])
        if reason == "duplicate" and other == lead_id:
            reason = "no_need"
        given = tempers.answers(self._rng, reason, self._local_day(ctx.now), other, others)
        self._do(ctx, reject_lead.reject, handoff.id or 0, reason=reason, **given)
        back = ctx.session.get_one(LeadRow, lead_id).recycle_at
        if back:
            self._resting[lead_id] = back
        self._look(ctx, lead_id)

    def _plan_work(self, ctx: Context, handoff_id: int, lead_id: int, rep: str) -> None:
        """Touches, and how far it goes: each step of the work in its own time."""
        rng = self._rng

        def then(at: datetime, command: Command, subject: int, **values: str) -> datetime:
            at = self._work_time(at)
            self._plan(at, lambda ctx: self._do(ctx, command, subject, **values), rep)
            return at

        def days(least: float, most: float) -> timedelta:
            return timedelta(days=rng.uniform(least, most))

        at = ctx.now + tempers.gets_going(rng, rep)
        for _ in range(rng.choice((1, 1, 2, 2))):
            kind, outcome = rng.choice(tempers.TOUCHES)
            touch = {"kind": kind, f"outcome_{TouchKind(kind)}": outcome}
            at = then(at, log_touch.log, handoff_id, **touch) + days(0.2, 2.5)
        if rng.random() < 0.15:
            then(at, add_note.add, lead_id, text=rng.choice(tempers.NOTES))
        far = rng.random()
        amount = str(rng.randrange(6, 48) * 500)
        if far < 0.52:
            at = then(at + days(0.3, 3), qualify_lead.qualify, handoff_id)
        if far < 0.33:
            at += days(1, 6)
            at = then(at, open_opportunity.open_opportunity, handoff_id, amount=amount)
        if far < 0.16:
            convinced = rng.choice(tempers.CONVINCED)
            then(at + days(3, 16), win_lead.win, handoff_id, amount=amount, convinced=convinced)
        else:
            why, note = rng.choice(list(LostReason)), rng.choice(tempers.LOST_NOTES)
            then(at + days(2, 12), lose_lead.lose, handoff_id, reason=why.value, note=note)

    def _do(self, ctx: Context, command: Command, subject: int, **values: str) -> None:
        reply = command(ctx, str(subject), values)
        if isinstance(reply, Correct):
            self._refused.append(f"{command.__module__} {subject} {values}")

    def _reps(self) -> list[str]:
        return [person.email for person in self._setup.team.with_role(Role.REP)]

    def _is_rep(self, email: str) -> bool:
        return email in self._reps()

    def _office_hours(self, at: datetime) -> datetime:
        """`at`, or the next morning when that is in the evening or at night."""
        local = at.astimezone(self._zone)
        if time(7, 30) <= local.time() < time(20, 30):
            return at
        day = local.date() + timedelta(days=local.time() >= _OPENS)
        return self._at(day, time(8, 32)) + timedelta(minutes=self._rng.uniform(0, 25))

    def _work_time(self, at: datetime) -> datetime:
        """`at`, or the next time that an office is open."""
        local = at.astimezone(self._zone)
        if local.weekday() < 5 and _OPENS <= local.time() < _CLOSES:
            return at
        day = local.date() + timedelta(days=local.time() >= _OPENS)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        return self._at(day, _OPENS) + timedelta(minutes=self._rng.uniform(2, 110))

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

"""Eight weeks of history, made by doing what people would have done, in the order of time; and
before them a pilot of few leads, so that the quarter before has wins to celebrate.

Whatever happens is done by the real commands with the moment it happened at; so every number, card
and timeline of the demo is as true as any."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from commands import (
    accept_lead,
    add_note,
    climb_ladders,
    criteria_in_force,
    log_touch,
    lose_lead,
    open_opportunity,
    pass_lead,
    qualify_lead,
    receive_lead,
    reject_lead,
    release_lead,
    snooze_lead,
    take_leave,
    wake_leads,
    win_lead,
)
from commands.context import Context, Setup
from commands.receive_lead import IncomingLead
from commands.rejections import answering, contesting, judging
from commands.reply import Correct, Reply
from leads.campaign import Campaign
from leads.lifecycle import HandoffState
from leads.lost_reason import LostReason
from leads.person import Role
from leads.touch import TouchKind
from sandbox.demo import cast, tempers
from sandbox.demo.market import Market
from storage import handoffs, rejections, team_file
from storage.database import Database, Session
from storage.tables import FeedbackRow, HandoffRow, LeadRow

WEEKS = 8
_SEED = 20
_ARRIVALS = (8, 9, 9, 9, 8, 1, 0)
"""How many leads come up on each day of the week, from Monday."""
_PILOT = 26
"""Leads of the pilot: few, and worked with great care."""
_FINISHED = timedelta(days=32)
"""So long before its quarter ends the last lead of the pilot comes."""
_PILOTED = timedelta(days=11)
_MOMENT = timedelta(minutes=1)
_FORGOTTEN = timedelta(days=4)
_STALE = timedelta(hours=16)
_AWAY_SINCE, _AWAY_FOR = timedelta(hours=22), timedelta(days=5)
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
        # No chat was connected back then, so nobody is told today what is long over; and people
        # kept office hours.
        self._setup = replace(setup, platforms=(), team=team_file.load(cast.TEAM_FILE))
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
        self._piloted: set[str] = set()
        self._forgot = False
        self._refused: list[str] = []

    def write(self, database: Database) -> Told:
        """Tell it into an empty, migrated database, one transaction a day."""
        today = self._local_day(self._now)
        first, over = today - timedelta(weeks=WEEKS), _end_of_quarter_before(today)
        begun = min(first, over - _FINISHED - _PILOTED)
        self._plan(self._at(begun, time(0)), self._begin)
        self._plan_pilot(over)
        self._plan(self._now - _AWAY_SINCE, self._go_away, cast.AWAY)
        for day in (begun + timedelta(days=n) for n in range((today - begun).days + 1)):
            if day >= first:
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
            if by == cast.AWAY and at > self._now - _AWAY_SINCE:
                continue
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

    def _plan_pilot(self, over: date) -> None:
        """Leads whose deals are done by the end of the quarter before."""
        for number in range(_PILOT):
            ago = _FINISHED + _PILOTED * (number / _PILOT)
            at = self._work_time(self._at(over, time(10)) - ago)
            lead = self._market.lead(at)
            self._piloted.add(lead.email or "")
            self._plan(at, partial(self._arrive, lead=lead))

    def _go_away(self, ctx: Context) -> None:
        """A rep takes a few days off, and says so."""
        today = self._local_day(ctx.now)
        days = {"first": today.isoformat(), "last": (today + _AWAY_FOR).isoformat()}
        reply = take_leave.take(ctx, ctx.actor_email, days)
        assert not isinstance(reply, Correct)

    def _plan_arrival(self, at: datetime) -> None:
        warm = self._rng.random() < 0.82
        lead = self._market.lead(at, warm=warm)
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
        self._watch(ctx, handoff.id, lead_id)
        at = self._office_hours(ctx.now + tempers.thinks(self._rng, handoff.rep))
        self._plan(at, self._deciding(handoff.id, lead_id), handoff.rep)

    def _watch(self, ctx: Context, handoff_id: int, lead_id: int) -> None:
        """See to it that the ladder is climbed when this handoff's clock has a step due."""
        step_at = handoffs.step_at(ctx.session, handoff_id)
        if step_at is not None:
            self._plan(max(step_at, ctx.now + _MOMENT), partial(self._climb, handoff_id, lead_id))

    def _climb(self, handoff_id: int, lead_id: int, ctx: Context) -> None:
        step_at = handoffs.step_at(ctx.session, handoff_id)
        if step_at is None or step_at > ctx.now:
            return
        climb_ladders.climb(ctx)
        self._watch(ctx, handoff_id, lead_id)
        self._look(ctx, lead_id)

    def _deciding(self, handoff_id: int, lead_id: int) -> Deed:
        def decide(ctx: Context) -> None:
            handoff = ctx.session.get_one(HandoffRow, handoff_id)
            if handoff.state != HandoffState.OFFERED:
                return  # it went to somebody else meanwhile
            if not self._is_rep(handoff.rep):
                self._pass_on(ctx, handoff_id, lead_id)
            elif self._rng.random() < 0.04 and not handoff.snoozes:
                self._snooze(ctx, handoff_id, lead_id)
            else:
                self._decide(ctx, handoff, handoff_id, lead_id)

        return decide

    def _decide(self, ctx: Context, handoff: HandoffRow, handoff_id: int, lead_id: int) -> None:
        reason = tempers.reason_against(self._rng, self._leads[lead_id])
        if reason == tempers.IN_VAIN:
            self._do(ctx, accept_lead.accept, handoff_id)
            self._watch(ctx, handoff_id, lead_id)
            self._plan_in_vain(ctx, handoff_id, lead_id, handoff.rep)
        elif reason:
            self._reject(ctx, handoff, lead_id, reason)
        else:
            self._do(ctx, accept_lead.accept, handoff_id)
            self._watch(ctx, handoff_id, lead_id)
            self._plan_work(ctx, handoff_id, lead_id, handoff.rep)

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
        self._after_no(ctx, lead_id, handoff.id or 0)

    def _after_no(self, ctx: Context, lead_id: int, handoff_id: int) -> None:
        """The lead rests or goes to somebody else, and marketing reads why."""
        back = ctx.session.get_one(LeadRow, lead_id).recycle_at
        if back:
            self._resting[lead_id] = back
        self._look(ctx, lead_id)
        rejection = rejections.newest_of(ctx.session, handoff_id)
        if rejection:
            self._plan_reply(ctx, rejection.feedback_id, rejection.owner)

    def _plan_reply(self, ctx: Context, feedback_id: int, marketer: str) -> None:
        """Marketing answers rejections, some of them late, and contests a few; a manager decides
        about these on the next day or so. One of this week it has forgotten."""
        at = self._work_time(ctx.now + tempers.reads_up(self._rng))
        reason = ctx.session.get_one(FeedbackRow, feedback_id).reason or ""
        kind, text = tempers.reply_of_marketing(self._rng, reason)
        if not self._forgot and marketer == cast.FORGETS and self._now - ctx.now < _FORGOTTEN:
            self._forgot = True
            return
        said = {"answer": kind, "text": text}
        self._plan(at, partial(self._act, answering.answer, feedback_id, said), marketer)
        if evidence := tempers.evidence_against(self._rng, reason):
            said = {"evidence": evidence}
            self._plan(at, partial(self._act, contesting.contest, feedback_id, said), marketer)
            verdict = self._rng.choice(tempers.VERDICTS)
            later = self._work_time(at + timedelta(hours=self._rng.uniform(5, 40)))
            judge = self._setup.team.with_role(Role.MANAGER)[0].email
            self._plan(later, lambda ctx: self._judge(ctx, feedback_id, verdict), judge)

    def _judge(self, ctx: Context, feedback_id: int, verdict: tuple[str, str]) -> None:
        kind, text = verdict
        self._do(ctx, judging.judge, feedback_id, verdict=kind, text=text)
        self._look(ctx, ctx.session.get_one(FeedbackRow, feedback_id).lead_id)

    def _act(self, command: Command, subject: int, values: Mapping[str, str], ctx: Context) -> None:
        self._do(ctx, command, subject, **values)

    def _first_try(self, ctx: Context, rep: str) -> datetime:
        """When the rep gets in touch. What was accepted some time ago isn't left lying until the
        office opens again, or whoever looks at a weekend would find it all overdue."""
        at = self._work_time(ctx.now + tempers.gets_going(self._rng, rep))
        is_old = self._now - ctx.now > _STALE
        return ctx.now + timedelta(minutes=12) if is_old and at > self._now else at

    def _plan_in_vain(self, ctx: Context, handoff_id: int, lead_id: int, rep: str) -> None:
        """As many tries as agreed, then the lead is given back."""
        at = self._first_try(ctx, rep)
        for _ in range(self._setup.agreement.sales.attempts):
            at = self._work_time(at)
            outcome = self._rng.choice(("no_answer", "voicemail"))
            touch = {"kind": "called", "outcome_called": outcome}
            self._plan(at, partial(self._act, log_touch.log, handoff_id, touch), rep)
            at += timedelta(days=self._rng.uniform(0.3, 1.5))

        def give_back(ctx: Context) -> None:
            self._do(ctx, release_lead.release, handoff_id, reason=tempers.IN_VAIN)
            self._after_no(ctx, lead_id, handoff_id)

        self._plan(self._work_time(at), give_back, rep)

    def _plan_work(self, ctx: Context, handoff_id: int, lead_id: int, rep: str) -> None:
        """Touches, and how far it goes: each step of the work in its own time."""
        rng = self._rng

        def then(at: datetime, command: Command, subject: int, **values: str) -> datetime:
            at = self._work_time(at)
            self._plan(at, lambda ctx: self._do(ctx, command, subject, **values), rep)
            return at

        def days(least: float, most: float) -> timedelta:
            return timedelta(days=rng.uniform(least, most))

        at = self._first_try(ctx, rep)
        for _ in range(rng.choice((1, 1, 2, 2))):
            kind, outcome = rng.choice(tempers.TOUCHES)
            touch = {"kind": kind, f"outcome_{TouchKind(kind)}": outcome}
            at = then(at, log_touch.log, handoff_id, **touch) + days(0.2, 2.5)
        if rng.random() < 0.15:
            then(at, add_note.add, lead_id, text=rng.choice(tempers.NOTES))
        far = rng.random() * (0.4 if self._leads[lead_id].email in self._piloted else 1.0)
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


def _end_of_quarter_before(today: date) -> date:
    return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)

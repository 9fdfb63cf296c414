"""Drives the company through its quarter: from one moment at which something is due to the next."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.directory import Account, Directory
from bot.intent import Submitted
from bot.router import Router
from cards.actions import Action
from cards.charts import Chart
from commands import present
from commands.clocks import holidays_of
from commands.context import Context, Platform, Setup
from commands.criteria_in_force import seed
from commands.receive_lead import EmailTaken, IncomingLead, receive
from composition import CHORES
from jobs.outbox_worker import OutboxWorker, Pace
from jobs.schedule import Schedule
from leads.agreement import OnLeave
from leads.lead import Company, EngagementEvent
from leads.person import Leave, Person
from leads.worktime import WorkCalendar, calendar_of
from storage import deliveries, preferences
from storage.database import Database, Session
from storage.preferences import Preferences
from storage.tables import (
    CampaignRow,
    LeaveRow,
)
from tests.commands.story import Story
from tests.conftest import Clock
from tests.quarter.chat import WORKSPACE, QuarterChat
from tests.quarter.company import (
    BEGIN,
    CAMPAIGNS,
    END,
    ENTERPRISE,
    LAST_LEAD,
    REPS,
    TEAM,
    YUKI,
    agreement,
)
from tests.quarter.people import People
from tests.quarter.watch import Watch

_MINUTE = timedelta(minutes=1)
_SOON = timedelta(seconds=1)
_BY_ROWS = {"climb_ladders", "offer_waiting", "wake_leads", "remind_of_answers"}
"""Chores that look for rows whose moment has come."""
_PERSONAL = frozenset({"post_personal"})
_SHARED = frozenset(one.name for one in CHORES) - _BY_ROWS - _PERSONAL
_DIGESTED = ("Ana", "Cem", "Joe", "Kim", "Vera", "Bina", "Emi", "Kai")
"""The reps who want a digest of their own."""
_OWN_HOURS = (
    ("Europe/Madrid", time(9)),
    ("Europe/Madrid", time(9, 30)),
    ("Europe/Madrid", time(10)),
    ("America/New_York", time(7, 30)),
    ("America/New_York", time(10)),
    ("Asia/Kolkata", time(8)),
)
"""Where somebody chose another hour, or quiet hours that end then."""


class _Accounts:
    """Everybody has an account."""

    async def by_id(self, user_id: str) -> Account | None:
        return self._account(user_id.removeprefix("U-"))

    async def by_email(self, email: str) -> Account | None:
        return self._account(email)

    def _account(self, email: str) -> Account:
        return Account(workspace=WORKSPACE, user_id=f"U-{email}", email=email)


async def _drawn(chart: Chart) -> bytes:
    return chart.title.encode()


@dataclass
class Calendars:
    """When everybody works, by the leave that is known now."""

    setup: Setup
    told: dict[str, tuple[Leave, ...]] = field(default_factory=dict)
    _made: dict[tuple[str, tuple[Leave, ...]], WorkCalendar] = field(default_factory=dict)

    def of(self, person: Person) -> WorkCalendar:
        told = self.told.get(person.email, ())
        key = (person.email, told)
        if key not in self._made:
            known = replace(person, leave=(*person.leave, *told))
            self._made[key] = calendar_of(known, holidays_of(self.setup.agreement.holidays))
        return self._made[key]


@dataclass
class Quarter:
    """One company, its Baton and its chat."""

    story: Story
    random: Random
    chat: QuarterChat
    people: People
    watch: Watch
    worker: OutboxWorker
    schedules: dict[str, Schedule]
    leads: int
    calendars: Calendars
    received: int = 0
    moments: int = 0

    @classmethod
    async def of(
        cls, database: Database, *, leads: int, seed_of_lot: int, on_leave: OnLeave
    ) -> "Quarter":
        clock, random = Clock(), Random(seed_of_lot)
        clock.now = BEGIN
        setup = Setup(agreement=agreement(on_leave), team=TEAM, platforms=(Platform.SLACK,))
        down = datetime(2026, 11, 18, 13, 20, tzinfo=UTC)
        chat = QuarterChat(clock, Random(seed_of_lot + 1), (down, down + timedelta(hours=4)))
        directory = Directory(Platform.SLACK, database, clock, _Accounts())
        router = Router(database, setup, clock, {Platform.SLACK: directory})
        worker = OutboxWorker(
            database,
            setup,
            clock,
            {Platform.SLACK: chat},
            present=present.present,
            draw=_drawn,
            pace=Pace(interval=0.0, burst=16),
            sleep=clock.sleep,
        )
        known = Calendars(setup)
        made = cls(
            story=Story(database=database, clock=clock, setup=setup),
            random=random,
            chat=chat,
            people=People(clock, random, chat, router, known.of),
            watch=Watch(database, setup, known.of),
            worker=worker,
            schedules={one.name: Schedule(database, setup, clock, (one,)) for one in CHORES},
            leads=leads,
            calendars=known,
        )
        await made._begin()
        return made

    @property
    def clock(self) -> Clock:
        return self.story.clock

    @property
    def database(self) -> Database:
        return self.story.database

    async def live(self) -> None:
        """Everything that happens until the end."""
        slots = sorted(_slots(), reverse=True)
        waits = await self.database.read(_waits)
        while True:
            at = min([*waits.values(), *(slot[0] for slot in slots[-1:]), *self.people.next_at()])
            if at >= END:
                break
            tick = self._tick(max(at, self.clock.now + _SOON))
            self.moments += 1
            due = {name for name, moment in waits.items() if moment <= tick}
            while slots and slots[-1][0] <= tick:
                due |= slots.pop()[1]
            await self.people.act(tick)
            self.clock.now = max(self.clock.now, tick)
            await self._chores(due)
            waits = await self.database.read(_waits)
            if waits.get(_OUTBOX, END) <= self.clock.now:
                await self.worker.drain()
                self.people.notice()
                waits = await self.database.read(_waits)
        self.clock.now = max(self.clock.now, END)

    def _tick(self, moment: datetime) -> datetime:
        """When Baton notices what is due: every quarter of an hour; while the chat is down more
        often, so that there are tries enough to park what can't be delivered."""
        begins, ends = self.chat.down
        every = timedelta(minutes=2 if begins <= moment <= ends else 15)
        return moment + (-(moment - BEGIN)) % every

    async def _chores(self, due: set[str]) -> None:
        for name, schedule in self.schedules.items():
            if name == "climb_ladders" and name in due:
                await self.watch.before_climbing(self.clock.now)
                await schedule.run_all()
                await self.watch.after_climbing(self.clock.now)
            elif name in due:
                await schedule.run_all()

    async def _begin(self) -> None:
        def start(ctx: Context) -> None:
            seed(ctx, ())
            for name, owner in CAMPAIGNS.items():
                ctx.session.add(
                    CampaignRow(
                        name=name,
                        title=name.title(),
                        owner=owner,
                        changed_at=ctx.now,
                        changed_by=owner,
                    )
                )

        await self.story.do(start)
        await self.watch.begin()
        await self._spare_digests()
        self._plan_leads()
        self._plan_settings()
        self._plan_leave()
        self._plan_revival()

    def _plan_leads(self) -> None:
        minutes = int((LAST_LEAD - BEGIN).total_seconds() // 60)
        for number in range(self.leads):
            while True:
                at = BEGIN + _MINUTE * self.random.randint(1, minutes)
                if at.weekday() < 5 or self.random.random() < 0.25:
                    break
            self.people.at(at, partial(self._receive, number, None))
            if self.random.random() < 0.12:
                again = at + timedelta(days=self.random.randint(1, 40))
                self.people.at(again, partial(self._receive, number, 50))

    async def _receive(self, number: int, employees: int | None) -> None:
        """A lead comes in, or is told of again."""
        random, now = Random(number), self.clock.now
        lot = random.random()
        size = 5000 if lot < 0.05 else None if lot < 0.06 else random.randint(10, 900)
        incoming = IncomingLead(
            external_id=f"L-{number}",
            email=f"lead{number}@firm{number}.example" if random.random() < 0.95 else None,
            first_name="Lee",
            title="VP Engineering",
            campaign=self.random.choice((*CAMPAIGNS, None)),
            source=random.choice(("web", "fair", None)),
            company=Company(
                name=f"Firm {number if random.random() < 0.9 else number % 40}",
                employees=size if employees is None else employees if size is None else size,
                country=random.choice(("ES", "US", "JP", "BR", "BR", None)),
            ),
            interests=random.choice((("pricing",), ())),
            extra=random.choice(({"budget": 5}, {})),
            events=(
                EngagementEvent(
                    id=f"e{number}-{now.isoformat()}",
                    type="download",
                    name="Pricing Guide",
                    at=now - timedelta(minutes=5),
                ),
            ),
        )

        def work(ctx: Context) -> None:
            try:
                receive(ctx, incoming)
            except EmailTaken:
                return

        await self.story.do(work)
        self.received += employees is None

    def _plan_settings(self) -> None:
        chosen = {
            "Ana": {"place": "thread"},
            "Joe": {"place": "thread", "digest_at": "07:30"},
            "Ben": {"quiet_from": "17:30", "quiet_to": "09:30"},
            "Meg": {"quiet_from": "12:00", "quiet_to": "13:30", "digest_at": "never"},
            "Hana": {"quiet_from": "20:00", "quiet_to": "08:00", "locale": "es"},
            "Bina": {"quiet_from": "19:00", "quiet_to": "08:00", "digest_at": "06:30"},
            "Noah": {"quiet_from": "16:00", "quiet_to": "10:00"},
            "Max": {"quiet_from": "18:00", "quiet_to": "09:00", "digest_at": "10:00"},
        }
        for person in TEAM.people:
            values = chosen.get(person.name.split()[0])
            if values:
                deed = Submitted(action=Action.SETTINGS, subject=person.email, values=values)
                self.people.at(BEGIN, partial(self._send, person, deed))

    async def _send(self, person: Person, deed: Submitted) -> None:
        await self.people.send(person, deed)

    async def _spare_digests(self) -> None:
        """Most reps want no digest of their own."""

        def work(session: Session) -> None:
            for person in REPS:
                if person.name.split()[0] in _DIGESTED:
                    continue
                preferences.keep(session, person.email, Preferences(digest_at="never"), BEGIN)

        await self.database.write(work)

    def _plan_leave(self) -> None:
        """Twelve people take some days in chat; of two the manager says so, one comes back."""
        some = [one for one in REPS if not one.leave and one.name.split()[0] not in ENTERPRISE]
        for number, person in enumerate(self.random.sample(some, 14)):
            first = BEGIN.date() + timedelta(days=self.random.randint(4, 70))
            last = first + timedelta(days=self.random.choice((0, 1, 4, 9, 11)))
            said = datetime.combine(first, time(self.random.randint(0, 23)), UTC)
            said -= timedelta(days=self.random.choice((0, 0, 1, 6)))
            by = YUKI if number < 2 else person
            self.people.at(said, partial(self._go_away, by, person, first, last))
            if number % 4 == 3:
                self.people.at(said + timedelta(days=3), partial(self._come_back, person))

    async def _go_away(self, by: Person, person: Person, first: date, last: date) -> None:
        values = {"first": first.isoformat(), "last": last.isoformat(), "person": person.email}
        deed = Submitted(action=Action.AWAY, subject=by.email, values=values)
        await self.people.send(by, deed)
        await self._learn_leave()

    async def _come_back(self, person: Person) -> None:
        rows = await self.story.all(LeaveRow, LeaveRow.email == person.email)
        if rows:
            await self.people.press(person, Action.LEAVE_END, str(rows[-1].id), None)
            await self._learn_leave()

    async def _learn_leave(self) -> None:
        found: dict[str, tuple[Leave, ...]] = {}
        for row in await self.story.all(LeaveRow):
            if row.first <= row.last:
                leave = Leave(first=row.first, last=row.last)
                found[row.email] = (*found.get(row.email, ()), leave)
        self.calendars.told = found

    def _plan_revival(self) -> None:
        """After the outage an admin has what was parked tried again."""

        async def revive() -> None:
            await self.database.write(lambda s: deliveries.revive(s, self.clock.now))

        self.people.at(self.chat.down[1] + timedelta(hours=2), revive)


_OUTBOX = "outbox"
_WAITS = text(
    """
    SELECT 'climb_ladders', min(step_at) FROM handoff WHERE step_at IS NOT NULL
    UNION ALL SELECT 'offer_waiting', min(retry_at) FROM handoff WHERE retry_at IS NOT NULL
    UNION ALL SELECT 'wake_leads', min(snoozed_until) FROM handoff
        WHERE snoozed_until IS NOT NULL AND state = 'offered'
    UNION ALL SELECT 'wake_leads', min(recycle_at) FROM lead WHERE stage = 'recycled'
    UNION ALL SELECT 'remind_of_answers', min(remind_at) FROM rejection
        WHERE remind_at IS NOT NULL
    UNION ALL SELECT 'outbox', min(ready_at) FROM outbox WHERE state = 'pending'
    """
)


def _waits(session: Session) -> dict[str, datetime]:
    """The soonest moment that rows wait for, by the chore that looks after them."""
    found: dict[str, datetime] = {}
    for name, at in session.connection().execute(_WAITS):
        if at is not None:
            moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
            found[name] = min(moment, found.get(name, moment))
    return found


def _slots() -> Iterator[tuple[datetime, frozenset[str]]]:
    """When something is told or begins by itself, and the chores that see to it."""
    zones = {person.timezone for person in TEAM.people}
    hours = [(zone, time(8, 30), _PERSONAL) for zone in zones]
    hours += [(zone, hour, _PERSONAL) for zone, hour in _OWN_HOURS]
    hours += [(zone, time(), frozenset({"begin_leave"})) for zone in zones]
    hours += [(TEAM.people[0].timezone, time(9), _SHARED)]
    day = BEGIN.date() - timedelta(days=1)
    while day <= END.date():
        for zone, hour, chores in hours:
            slot = datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)
            if BEGIN < slot < END:
                yield slot, chores
        day += timedelta(days=1)

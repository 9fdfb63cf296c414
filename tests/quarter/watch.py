"""Looks on while the quarter goes by, for what can't be told from its end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select as columns
from sqlalchemy import text
from sqlmodel import col, select

from commands import clocks, running_clock
from commands.context import Context, Setup
from commands.running_clock import Clock
from leads.agreement import Rung, Step
from leads.person import Leave, Person
from leads.worktime import WorkCalendar
from storage.database import Database, Session
from storage.tables import HandoffRow, HistoryRow

ACTS = {
    Step.REMIND: {"reminded"},
    Step.ESCALATE: {"escalated"},
    Step.MARK: {"marked"},
    Step.REASSIGN: {"reassigned", "kept", "offered_on"},
}
_CLIMBED = frozenset().union(*ACTS.values())

_TRIGGERS = (
    "CREATE TABLE seen_open (handoff_id INTEGER, open INTEGER)",
    """CREATE TRIGGER see_open AFTER INSERT ON handoff BEGIN
       INSERT INTO seen_open SELECT NEW.id, count(*) FROM handoff
       WHERE rep = NEW.rep AND state IN ('offered', 'accepted') AND NOT explored; END""",
    "CREATE TABLE seen_leave (email TEXT, leave_id INTEGER, first TEXT, last TEXT, since TEXT)",
    """CREATE TRIGGER see_leave AFTER INSERT ON leave BEGIN
       INSERT INTO seen_leave VALUES (NEW.email, NEW.id, NEW.first, NEW.last, NEW.at); END""",
    """CREATE TRIGGER see_back AFTER UPDATE ON leave BEGIN
       INSERT INTO seen_leave VALUES
       (NEW.email, NEW.id, NEW.first, NEW.last, NEW.ended_at); END""",
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an entry of leave said from a moment on."""

    email: str
    leave_id: int
    days: Leave
    since: datetime


@dataclass(frozen=True)
class _Running:
    """What the next step of a clock follows from."""

    which: Clock
    since: datetime
    step: int
    on: WorkCalendar

    def is_same(self, other: "_Running") -> bool:
        """Whether nothing has changed; the same hours and leave have the same calendar."""
        told = (self.which, self.since, self.step) == (other.which, other.since, other.step)
        return told and self.on is other.on


_OPEN = columns(
    col(HandoffRow.id),
    col(HandoffRow.rep),
    col(HandoffRow.state),
    col(HandoffRow.step),
    col(HandoffRow.clock_from),
    col(HandoffRow.first_touch_at),
).where(text("state IN ('offered', 'accepted')"))


@dataclass
class Watch:
    """Compares what the ladder does with what is due by a calendar of its own."""

    database: Database
    setup: Setup
    calendar: Callable[[Person], WorkCalendar]
    due: dict[int, list[Rung]] = field(default_factory=dict)
    newest: int = 0
    climbed: int = 0
    broken: list[str] = field(default_factory=list)
    _first: dict[int, tuple[_Running, datetime | None]] = field(default_factory=dict)
    """By handoff, its clock as it was seen last, and when the next step of it is due."""

    async def begin(self) -> None:
        """Have the database write down what is gone again by the end."""

        def work(session: Session) -> None:
            for statement in _TRIGGERS:
                session.connection().execute(text(statement))

        await self.database.write(work)

    async def before_climbing(self, now: datetime) -> None:
        """Work out which steps are due of every clock."""
        self.due = await self.database.read(lambda session: self._expected(session, now))
        newest = select(HistoryRow.id).order_by(col(HistoryRow.id).desc()).limit(1)
        self.newest = await self.database.read(lambda session: session.exec(newest).first() or 0)

    async def after_climbing(self, now: datetime) -> None:
        """Exactly these were done, in their order; those after a reassignment needn't."""
        since = select(HistoryRow).where(
            col(HistoryRow.id) > self.newest, col(HistoryRow.act).in_(_CLIMBED)
        )
        lines = await self.database.read(lambda session: list(session.exec(since)))
        by_handoff: dict[int, list[str]] = {}
        for line in lines:
            if "(step " in line.why or line.act == "offered_on":
                by_handoff.setdefault(line.handoff_id or 0, []).append(line.act)
        for handoff_id in {*by_handoff, *self.due}:
            done, due = by_handoff.get(handoff_id, []), self.due.get(handoff_id, [])
            moved = bool(done) and done[-1] in {"reassigned", "offered_on"}
            fits = all(act in ACTS[rung.do] for act, rung in zip(done, due, strict=False))
            is_all = len(done) == len(due) or (moved and len(done) < len(due))
            if not (fits and is_all):
                self.broken.append(f"{now}: handoff {handoff_id} climbed {done}, due {due}")
            self.climbed += len(done)

    def _expected(self, session: Session, now: datetime) -> dict[int, list[Rung]]:
        ctx = Context(session=session, now=now, setup=self.setup)
        sales = self.setup.agreement.sales
        found: dict[int, list[Rung]] = {}
        for row in session.connection().execute(_OPEN):
            which = running_clock.clock_of(row)
            if which is None or row.clock_from is None:
                continue
            promise = sales.accept_within if which is Clock.DECIDE else sales.contact_within
            on = self.calendar(clocks.rep_of(ctx, row.rep))
            steps = sales.ladder[row.step :]
            running = _Running(which, row.clock_from, row.step, on)
            seen, first = self._first.get(row.id, (None, None))
            if seen is None or not seen.is_same(running):
                first = on.after(row.clock_from, promise, share=steps[0].at) if steps else None
                self._first[row.id] = running, first
            if first is None or first > now:
                continue  # no step is due before the one before it
            found[row.id] = [
                rung for rung in steps if on.after(row.clock_from, promise, share=rung.at) <= now
            ]
        return found

    async def open_at_offer(self) -> dict[int, int]:
        """How many leads the rep of each handoff had open when it was made, with it."""
        rows = await self.database.read(
            lambda session: (
                session.connection().execute(text("SELECT handoff_id, open FROM seen_open")).all()
            )
        )
        return {row.handoff_id: row.open for row in rows}

    async def leave_told(self) -> list[Told]:
        """What was told of leave, oldest first."""
        rows = await self.database.read(
            lambda session: (
                session.connection().execute(text("SELECT * FROM seen_leave ORDER BY rowid")).all()
            )
        )
        return [
            Told(
                email=row.email,
                leave_id=row.leave_id,
                days=Leave(first=date.fromisoformat(row.first), last=date.fromisoformat(row.last)),
                since=datetime.fromisoformat(row.since + "+00:00"),
            )
            for row in rows
        ]

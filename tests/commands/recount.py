"""Counts a history again from its rows, one by one, in plain Python: what the figures should be."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from commands.clocks import holidays_of
from leads.durations import Leg, bucket, middle
from leads.worktime import WorkCalendar, calendar_of
from storage.tables import (
    FeedbackRow,
    HandoffRow,
    HistoryRow,
    LeadRow,
    RejectionRow,
    TallyRow,
    TouchRow,
)
from storage.tally import WEEK
from tests.commands.story import ZONE, Story

_CONTACT = {"reached", "replied", "held"}
_TAKEN = {"reassigned", "handed_on", "moved"}


@dataclass
class Episode:
    """One way of a lead from MQL on, as its history tells it."""

    lead: LeadRow
    mql: datetime
    is_last: bool = True
    sal: datetime | None = None
    sql: datetime | None = None
    opportunity: datetime | None = None
    won: datetime | None = None
    lost: datetime | None = None
    campaign: str | None = None
    source: str | None = None
    by: str | None = None
    """Who accepted it last."""
    explored: bool = False
    """Offered by chance: in nobody's quota, but its money is money."""


@dataclass
class Told:
    """What the history tells of one handoff."""

    row: HandoffRow
    decided: tuple[str, datetime] | None = None
    stack: list[tuple[str, datetime]] = field(default_factory=list)
    ended: tuple[str, datetime] | None = None

    @property
    def waited(self) -> bool:
        """Whether the fallback had it until a rep could take it."""
        return self.row.why.startswith("No rep can take it")

    @property
    def accepted_at(self) -> datetime | None:
        return next((at for act, at in self.stack if act == "accepted"), None)


@dataclass
class Recount:
    """All rows of a story, and what they add up to."""

    story: Story
    leads: dict[int, LeadRow]
    handoffs: list[Told]
    episodes: list[Episode]
    """Those that marketing promised."""
    every_episode: list[Episode]
    touches: list[TouchRow]
    feedback: list[FeedbackRow]
    rejections: list[RejectionRow]
    now: datetime

    @classmethod
    async def of(cls, story: Story) -> "Recount":
        leads = {lead.id or 0: lead for lead in await story.all(LeadRow)}
        handoffs = {row.id or 0: Told(row) for row in await story.all(HandoffRow)}
        history = await story.all(HistoryRow)
        for line in history:
            if line.handoff_id is not None:
                _follow(handoffs[line.handoff_id], line)
        rejections = await story.database.read(
            lambda session: list(session.exec(select(RejectionRow)))
        )
        every_episode = list(_episodes(leads, handoffs, history))
        return cls(
            story=story,
            leads=leads,
            handoffs=list(handoffs.values()),
            episodes=[one for one in every_episode if not one.explored],
            every_episode=every_episode,
            touches=await story.all(TouchRow),
            feedback=await story.all(FeedbackRow),
            rejections=rejections,
            now=story.clock.now,
        )

    def offered_in(self, first: date, last: date) -> list[Told]:
        return [one for one in self.handoffs if first <= day_of(one.row.offered_at) <= last]

    def qualified_in(self, first: date, last: date) -> list[Episode]:
        return [one for one in self.episodes if first <= day_of(one.mql) <= last]

    def quality(
        self, first: date, last: date, key: Callable[[Told], str | None]
    ) -> dict[str | None, tuple[int, int, int]]:
        """Offered, accepted and decided by key."""
        found: dict[str | None, list[int]] = {}
        for one in self.offered_in(first, last):
            if one.row.state in {"passed", "withdrawn"} or one.row.explored:
                continue
            counts = found.setdefault(key(one), [0, 0, 0])
            is_accepted = one.row.state in {"accepted", "completed"}
            counts[0] += 1
            counts[1] += is_accepted
            counts[2] += is_accepted or one.row.state == "rejected"
        return {value: (a, b, c) for value, (a, b, c) in found.items()}

    def reasons(self, offers: Iterable[Told]) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in offers:
            if one.row.state == "rejected" and not one.row.explored:
                newest = [row for row in self.feedback if row.handoff_id == one.row.id]
                code = [row.reason for row in newest if row.decision == "rejected"][-1] or ""
                found[code] = found.get(code, 0) + 1
        return found

    def decisions(self, offers: Iterable[Told]) -> tuple[int, int, list[timedelta]]:
        """In time, fallen due, and by how much business time the late ones were late."""
        in_time, due, late = 0, 0, []
        for one in offers:
            accept_by = one.row.accept_by
            if one.decided:
                due += 1
                if one.decided[1] <= accept_by:
                    in_time += 1
                else:
                    late.append(self.worked(one.row.rep, accept_by, one.decided[1]))
            elif one.ended:
                due += not one.waited and one.ended[1] > accept_by
            elif one.row.state == "offered" and one.row.retry_at is None:
                due += accept_by < self.now
        return in_time, due, late

    def first_touches(self, offers: Iterable[Told]) -> tuple[int, int, list[timedelta]]:
        in_time, due, late = 0, 0, []
        for one in offers:
            by = one.row.contact_by
            touched = [row.at for row in self.touches_of(one)]
            if touched and by:
                due += 1
                if touched[0] <= by:
                    in_time += 1
                else:
                    late.append(self.worked(one.row.rep, by, touched[0]))
            elif by and one.accepted_at:
                until = self.end_of(one) or self.now
                due += by < until
        return in_time, due, late

    def tries(self, offers: Iterable[Told]) -> tuple[int, int]:
        """Kept, and those that were kept or given up."""
        kept = short = 0
        for one in offers:
            touches = self.touches_of(one)
            if len(touches) >= 3 or any(row.outcome in _CONTACT for row in touches):
                kept += 1
            elif any(act in {"lost", "released"} for act, _ in one.stack):
                short += 1
        return kept, kept + short

    def end_of(self, one: Told) -> datetime | None:
        """When an accepted handoff left the rep's hands."""
        ends = [at for act, at in one.stack if act in {"won", "lost", "released"}]
        return one.ended[1] if one.ended else ends[0] if ends else None

    def touches_of(self, one: Told) -> list[TouchRow]:
        return [row for row in self.touches if row.handoff_id == one.row.id]

    def decided_after(self, offers: Iterable[Told]) -> list[timedelta]:
        return [
            self.worked(one.row.rep, one.row.offered_at, one.decided[1])
            for one in offers
            if one.decided
        ]

    def touched_after(self, offers: Iterable[Told]) -> list[timedelta]:
        found = []
        for one in offers:
            touches, accepted = self.touches_of(one), one.accepted_at
            if touches and accepted:
                found.append(self.worked(one.row.rep, accepted, touches[0].at))
        return found

    def worked(self, rep: str, since: datetime, until: datetime) -> timedelta:
        """In whole seconds, as a handoff keeps it."""
        person = self.story.setup.team.find(rep)
        holidays = holidays_of(self.story.setup.agreement.holidays)
        calendar: WorkCalendar = calendar_of(person, holidays)  # type: ignore[arg-type]
        return timedelta(seconds=int(calendar.between(since, until).total_seconds()))


def _follow(one: Told, line: HistoryRow) -> None:
    """What a line of the history does to its handoff."""
    match line.act:
        case "accepted" | "rejected" | "released" | "won" | "lost":
            one.stack.append((line.act, line.at))
        case "passed" | "withdrawn" | "offered_on" | "reassigned" | "handed_on" | "moved":
            one.ended = (line.act, line.at)
        case "undone" if one.ended:
            one.ended = None
        case "undone":
            one.stack.pop()
        case _:
            pass
    first = one.stack[0] if one.stack else None
    one.decided = first if first and first[0] in {"accepted", "rejected"} else None


def _episodes(
    leads: dict[int, LeadRow], handoffs: dict[int, Told], history: Sequence[HistoryRow]
) -> Iterable[Episode]:
    current: dict[int, Episode] = {}
    given_up: dict[int, tuple[datetime | None, datetime | None]] = {}
    for line in history:
        if line.act == "became_mql":
            if before := current.get(line.lead_id):
                before.is_last = False
                yield before
            current[line.lead_id] = Episode(lead=leads[line.lead_id], mql=line.at)
        elif line.handoff_id is not None and line.lead_id in current:
            _go_on(current[line.lead_id], handoffs, given_up, line)
    yield from current.values()


_REACHED = {"qualified": "sql", "opened_opportunity": "opportunity", "won": "won", "lost": "lost"}


def _go_on(
    one: Episode,
    handoffs: dict[int, Told],
    given_up: dict[int, tuple[datetime | None, datetime | None]],
    line: HistoryRow,
) -> None:
    handoff = handoffs[line.handoff_id or 0].row
    known: dict[str, Any] = handoff.snapshot.get("fields", {})  # type: ignore[assignment]
    if line.act in _REACHED:
        setattr(one, _REACHED[line.act], line.at)
    elif line.act in _TAKEN or (line.act == "undone" and line.why == "accepted"):
        one.sal = None
    elif line.act == "undone" and line.handoff_id in given_up:
        one.sal, one.sql = given_up.pop(line.handoff_id)
    match line.act:
        case "offered":
            one.campaign, one.source = known.get("campaign"), known.get("source")
            one.explored = handoff.explored
        case "accepted":
            one.sal, one.by = line.at, handoff.rep
        case "released":
            given_up[line.handoff_id or 0] = (one.sal, one.sql)
            one.sal = None if _rerouted(line) else one.sal
        case "overturned":
            one.sal = one.sql = None
        case _:
            pass


def _rerouted(line: HistoryRow) -> bool:
    return line.why.startswith("Wrong territory")


def day_of(at: datetime) -> date:
    """The day in the agreement's zone."""
    return at.astimezone(ZoneInfo(ZONE)).date()


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """From and until when these days are."""
    zone = ZoneInfo(ZONE)
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    return since.astimezone(UTC), until.astimezone(UTC)


def middle_of(spans: Iterable[timedelta]) -> timedelta | None:
    """The median of the middles of the buckets."""
    found = [middle(bucket(span)) for span in spans]
    return median(found) if found else None  # type: ignore[type-var]


def reached(episodes: list[Episode]) -> list[int]:
    """How many got to each stage."""
    return [
        len(episodes),
        sum(one.sal is not None for one in episodes),
        sum(one.sql is not None for one in episodes),
        sum(sold(one) for one in episodes),
        sum(one.won is not None for one in episodes),
    ]


def sold(one: Episode) -> bool:
    """Whether it became an opportunity, or was won without."""
    return bool(one.opportunity or one.won)


def worth(one: Episode) -> int:
    """Its amount in whole units."""
    return round(one.lead.amount or 0) if one.is_last else 0


def spans(episodes: list[Episode]) -> dict[Leg, list[timedelta]]:
    """How long each step took, where it has a beginning and an end."""
    ways = {
        Leg.SAL: ("mql", "sal"),
        Leg.SQL: ("sal", "sql"),
        Leg.OPPORTUNITY: ("sql", "opportunity"),
        Leg.WON: ("opportunity", "won"),
        Leg.CYCLE: ("mql", "won"),
    }
    return {
        leg: [
            getattr(one, end) - getattr(one, start)
            for one in episodes
            if getattr(one, start) and getattr(one, end)
        ]
        for leg, (start, end) in ways.items()
    }


async def uneven_weeks(story: Story) -> dict[tuple[str, str, str], int]:
    """Where the sum of the weeks isn't that of their days."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in await story.database.read(lambda session: session.exec(select(TallyRow)).all()):
        dimension = row.dimension.removeprefix(WEEK)
        if dimension != "all":
            sign = 1 if dimension == row.dimension else -1
            found[dimension, row.measure, row.value] += sign * row.n
    return {key: n for key, n in found.items() if n}


async def below_zero(story: Story) -> list[TallyRow]:
    """Whatever was taken back that had never been counted."""
    found = select(TallyRow).where(TallyRow.n < 0)
    return await story.database.read(lambda session: list(session.exec(found)))

"""Takes account of every promise at the end of a quarter: what isn't kept, in words."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import select

from commands.card_kind import CardKind
from commands.clocks import holidays_of
from leads.lifecycle import Stage
from leads.person import Leave, Person
from leads.worktime import calendar_of
from storage.database import Session
from storage.tables import (
    CopyRow,
    FeedbackRow,
    HandoffRow,
    HistoryRow,
    JobRunRow,
    LeadRow,
    OutboxRow,
    PreferenceRow,
    RejectionRow,
)
from tests.commands.story import Row
from tests.quarter.chat import Message
from tests.quarter.company import ADMIN, BEGIN, LADDER, MIA, REPS, TEAM
from tests.quarter.people import FORGET, IGNORE, SLOW
from tests.quarter.quarter import Quarter
from tests.quarter.watch import Told

_BY_HAND = re.compile(r"passed it to you|gave it to you|says it is for you")
_STEP = re.compile(r"\(step (\d+) of")
_OPEN = {"offered", "accepted"}
_IN_TIME = {
    CardKind.REMINDER,
    CardKind.ESCALATION,
    CardKind.REJECTION_WAITS,
    CardKind.OPEN_DISPUTE,
}
"""What comes in the working time of its reader."""
ENOUGH = 8
"""Fewer offers than these say nothing of fairness."""
_AGAIN = {CardKind.HANDOFF_LINE, CardKind.SNOOZE_WOKE}
"""What may be said again: a lead that comes back has a line anew, an offer may sleep twice."""
_LATE = timedelta(minutes=16)
"""How far apart Baton looks."""


@dataclass
class Account:
    """Every row at the end of the quarter, and every message."""

    quarter: Quarter
    leads: list[LeadRow]
    handoffs: list[HandoffRow]
    history: list[HistoryRow]
    rejections: list[RejectionRow]
    feedback: list[FeedbackRow]
    copies: list[CopyRow]
    outbox: list[OutboxRow]
    runs: list[JobRunRow]
    preferences: dict[str, PreferenceRow]
    told: list[Told]
    open_at_offer: dict[int, int]

    @classmethod
    async def of(cls, quarter: Quarter) -> "Account":
        def rows(table: type[Row]) -> Callable[[Session], list[Row]]:
            return lambda session: list(session.exec(select(table)))

        read = quarter.database.read
        return cls(
            quarter=quarter,
            leads=await read(rows(LeadRow)),
            handoffs=await read(rows(HandoffRow)),
            history=await read(rows(HistoryRow)),
            rejections=await read(rows(RejectionRow)),
            feedback=await read(rows(FeedbackRow)),
            copies=await read(rows(CopyRow)),
            outbox=await read(rows(OutboxRow)),
            runs=await read(rows(JobRunRow)),
            preferences={one.email: one for one in await read(rows(PreferenceRow))},
            told=await quarter.watch.leave_told(),
            open_at_offer=await quarter.watch.open_at_offer(),
        )

    @property
    def now(self) -> datetime:
        return self.quarter.clock.now

    def leave_of(self, person: Person, at: datetime) -> tuple[Leave, ...]:
        """The days away as they were known at that moment."""
        known = {
            one.leave_id: one.days
            for one in self.told
            if one.email == person.email and one.since <= at
        }
        return (*person.leave, *(days for days in known.values() if days.first <= days.last))

    def works(self, person: Person, at: datetime) -> bool:
        """Whether it is working time of theirs, by what was known then, or was when Baton looked
        last: what a platform throttles comes a little later."""
        known = replace(person, leave=self.leave_of(person, at))
        on = calendar_of(known, holidays_of("ES"))
        return on.is_working(at) or on.is_working(at - _LATE)

    def is_away(self, person: Person, at: datetime) -> bool:
        day = at.astimezone(ZoneInfo(person.timezone)).date()
        return any(one.first <= day <= one.last for one in self.leave_of(person, at))

    def is_quiet(self, person: Person, at: datetime) -> bool:
        """Whether the person wants nothing then."""
        chosen = self.preferences.get(person.email)
        if chosen is None or not chosen.quiet_from or not chosen.quiet_to:
            return False
        begins, ends = time.fromisoformat(chosen.quiet_from), time.fromisoformat(chosen.quiet_to)
        now = at.astimezone(ZoneInfo(person.timezone)).time()
        return begins <= now < ends if begins < ends else now >= begins or now < ends

    def posted(self) -> Iterator[tuple[Message, CopyRow]]:
        """Every message with the copy that it is."""
        known = {one.message: one for one in self.copies if one.message is not None}
        for message in self.quarter.chat.messages:
            if message.ref.message in known:
                yield message, known[message.ref.message]


def limbo(account: Account) -> Iterator[str]:
    """Every lead is in somebody's hands with a clock that runs, rests until a date, or is done."""
    open_: dict[int, list[HandoffRow]] = defaultdict(list)
    for row in account.handoffs:
        if row.state in _OPEN:
            open_[row.lead_id].append(row)
    reasons = {row.lead_id: row.teaches for row in account.feedback if row.decision == "rejected"}
    for lead in account.leads:
        held = open_[lead.id or 0]
        stage = Stage(lead.stage)
        match stage:
            case Stage.MQL:
                fits = [row.state for row in held] == ["offered"]
            case Stage.SAL | Stage.SQL | Stage.OPPORTUNITY:
                fits = [row.state for row in held] == ["accepted"] and lead.owner == held[0].rep
            case Stage.RECYCLED:
                waits = lead.recycle_at is not None or reasons.get(lead.id or 0) == "data"
                fits = not held and waits
            case _:
                fits = not held
        if not fits:
            yield f"lead {lead.id} is {stage} with {[(row.id, row.state) for row in held]}"
        if stage is Stage.RECYCLED and lead.recycle_at and lead.recycle_at < account.now - _LATE:
            yield f"lead {lead.id} should have come back at {lead.recycle_at}"
    yield from _clocks(account)


def _clocks(account: Account) -> Iterator[str]:
    for row in account.handoffs:
        runs = row.state == "offered" or (row.state == "accepted" and row.first_touch_at is None)
        if not runs:
            if row.step_at is not None:
                yield f"handoff {row.id} is over and has a step at {row.step_at}"
            continue
        if row.step < len(LADDER) and row.step_at is None:
            yield f"handoff {row.id} has climbed {row.step} steps and waits for no next one"
        if row.step_at is not None and row.step_at < account.now - _LATE:
            yield f"handoff {row.id} should have climbed at {row.step_at}"
        nobody = row.why.startswith("No rep can take it") and row.rep == MIA.email
        if row.state == "offered" and nobody and row.retry_at is None:
            yield f"handoff {row.id} waits with the fallback, and nobody looks for a rep"
        if row.snoozed_until is not None and row.snoozed_until < account.now - _LATE:
            yield f"handoff {row.id} sleeps beyond {row.snoozed_until}"


def episodes(account: Account) -> Iterator[str]:
    """Whatever became an MQL was offered in the same moment."""
    offered = {(one.lead_id, one.at) for one in account.history if one.act == "offered"}
    for one in account.history:
        if one.act == "became_mql" and (one.lead_id, one.at) not in offered:
            yield f"lead {one.lead_id} became an MQL at {one.at} and wasn't offered"


def steps(account: Account) -> Iterator[str]:
    """The steps of every clock: each once, in order, none left out."""
    yield from account.quarter.watch.broken
    climbed: dict[tuple[int | None, str, int], list[int]] = defaultdict(list)
    accepts: Counter[int | None] = Counter()
    taken: dict[int | None, bool] = {}
    for line in account.history:
        accepts[line.handoff_id] += line.act == "accepted"
        if line.act in {"accepted", "undone"}:
            taken[line.handoff_id] = line.act == "accepted"
        if found := _STEP.search(line.why):
            is_touch = "touch" in line.why or "taken it further" in line.why
            is_touch |= line.act == "kept" and taken.get(line.handoff_id, False)  # says no clock
            begun = accepts[line.handoff_id] if is_touch else 0
            climbed[line.handoff_id, "touch" if is_touch else "decide", begun].append(int(found[1]))
    for key, done in climbed.items():
        if done != list(range(1, len(done) + 1)):
            yield f"the clock {key} climbed {done}"


def alerts(account: Account) -> Iterator[str]:
    """Nobody hears twice of one thing, nor at a bad moment."""
    said: Counter[tuple[str, str, str]] = Counter()
    ladder: Counter[tuple[str, str, str]] = Counter()
    for message, copy in account.posted():
        if copy.kind not in _AGAIN:
            said[copy.kind, copy.subject, message.destination] += 1
        if copy.kind in {CardKind.REMINDER, CardKind.ESCALATION}:
            step = "/".join(copy.subject.split("/")[:4])
            ladder[copy.kind, step, message.destination] += 1
        if message.to is None or (person := TEAM.find(message.to)) is None:
            continue
        when = message.at.astimezone(ZoneInfo(person.timezone)).strftime("%a %d %b %H:%M")
        if account.is_quiet(person, message.at):
            yield f"{person.name} heard {copy.kind} {copy.subject} in quiet hours, {when}"
        elif _in_time(copy, person) and not account.works(person, message.at):
            yield f"{person.name} heard {copy.kind} {copy.subject} out of hours, {when}"
    yield from (f"{key} was said {n} times" for key, n in (said | ladder).items() if n > 1)


def _in_time(copy: CopyRow, person: Person) -> bool:
    """Whether this comes in the working time of its reader; the fallback hears at any hour."""
    is_offer = copy.kind == CardKind.BATTLE_CARD and person in REPS
    return is_offer or copy.kind in _IN_TIME


def once_a_day(account: Account) -> Iterator[str]:
    """Outside of the ladder at most one alert for a lead, person and day."""
    told: Counter[tuple[int | None, str, date]] = Counter()
    for message, copy in account.posted():
        person = TEAM.find(message.to)
        if person and copy.kind == CardKind.REJECTION_WAITS:
            day = message.at.astimezone(ZoneInfo(person.timezone)).date()
            told[copy.lead_id, person.email, day] += 1
    yield from (f"{key} was alerted {n} times" for key, n in told.items() if n > 1)


def delivery(account: Account) -> Iterator[str]:
    """Every row is sent, or was parked and an admin told."""
    for row in account.outbox:
        if row.state == "pending" and row.due_at < account.now - _LATE:
            yield f"outbox {row.id} waits since {row.due_at}: {row.error}"
    admin = f"person:{ADMIN.email}"
    dead = [row for row in account.outbox if row.state == "dead"]
    if dead and not any(
        one.kind == CardKind.PARKED_DELIVERY and one.destination == admin and one.message
        for one in account.copies
    ):
        yield f"{len(dead)} rows were parked and no admin was told"
    known = {one.copy_id for one in account.outbox}
    shown = Counter(one.ref.message for one in account.quarter.chat.messages)
    copies = Counter(one.message for one in account.copies if one.message)
    for message in account.quarter.chat.messages:
        if copies[message.ref.message] != 1 or shown[message.ref.message] != 1:
            yield f"message {message.ref.message} in {message.destination} is no copy's"
    for copy in account.copies:
        is_card = copy.kind in {CardKind.BATTLE_CARD, CardKind.HANDOFF_LINE}
        if is_card and copy.message is None and copy.id not in known and not _spared(account, copy):
            yield f"{copy.kind} {copy.subject} never came to {copy.destination}"


def _spared(account: Account, copy: CopyRow) -> bool:
    """Whether the offer went on before its rep began to work, or as the chat was down."""
    row = next((one for one in account.handoffs if str(one.id) == copy.subject), None)
    person = TEAM.find(row.rep) if row else None
    if copy.kind != CardKind.BATTLE_CARD or row is None or person is None:
        return False
    if row.state != "withdrawn" or row.decided_at is None:
        return False
    begins, ends = account.quarter.chat.down
    why = [one.why for one in account.history if one.handoff_id == row.id]
    if begins <= row.decided_at <= ends and any("couldn't be reached" in one for one in why):
        return any(one.previous == row.id for one in account.handoffs)
    known = replace(person, leave=account.leave_of(person, row.decided_at))
    on = calendar_of(known, holidays_of("ES"))
    return on.between(row.offered_at, row.decided_at) < _LATE


def telling(account: Account) -> Iterator[str]:
    """One message for each channel or person and period, on working days."""
    holidays = holidays_of("ES")
    days: Counter[str] = Counter()
    for message, copy in account.posted():
        match copy.kind:
            case CardKind.DIGEST:
                days[copy.subject] += 1
                day = date.fromisoformat(copy.subject)
                if day.weekday() > 4 or day in holidays:
                    yield f"there was a digest on {day}"
            case CardKind.PERSONAL_DIGEST:
                email, _, said = copy.subject.partition(" ")
                person, day = TEAM.find(email), date.fromisoformat(said)
                noon = datetime.combine(day, time(12), ZoneInfo(person.timezone if person else ""))
                if person is None or day in holidays or account.is_away(person, noon):
                    yield f"{email} had a digest on {day}, a free day"
                elif message.at.astimezone(ZoneInfo(person.timezone)).date() != day:
                    yield f"{email} had the digest of {day} on {message.at}"
            case _:
                pass
    yield from _each_day(account, days)


def _each_day(account: Account, days: Counter[str]) -> Iterator[str]:
    """Each working day was looked at, and the digests are as many as there should be."""
    holidays = holidays_of("ES")
    day = BEGIN.date() + timedelta(days=4)
    while day < account.now.date():
        runs = [run for run in account.runs if run.job.startswith("digest:")]
        n, ran = days[day.isoformat()], any(run.period == day.isoformat() for run in runs)
        is_working = day.weekday() < 5 and day not in holidays
        if n > 1 or ran != is_working:
            yield f"there were {n} digests on {day}, looked for: {ran}"
        day += timedelta(days=1)
    if sum(days.values()) < 50:
        yield f"there were {sum(days.values())} digests in all"
    reviews = Counter(
        copy.subject.split()[0] for _, copy in account.posted() if copy.kind == CardKind.REVIEW
    )
    if not (11 <= reviews["week"] <= 13 and reviews["month"] == 3 and reviews["quarter"] == 1):
        yield f"reviews: {dict(reviews)}"


def answers(account: Account) -> Iterator[str]:
    """Every rejection is answered, or its owner was reminded once."""
    asked = Counter(
        (one.handoff_id, one.lead_id) for one in account.history if one.act == "asked_to_answer"
    )
    waiting = {
        (one.subject, one.destination.removeprefix("person:"))
        for one in account.copies
        if one.kind == CardKind.REJECTION_WAITS
    }
    for one in account.rejections:
        n = asked[one.handoff_id, one.lead_id]
        if one.answer_by is None:
            yield f"rejection {one.feedback_id} is promised no answer"
        elif one.remind_at is not None and one.answered_at is not None:
            yield f"rejection {one.feedback_id} is answered and still to be reminded of"
        elif one.answered_at is None and one.remind_at is None:
            if n < 1:
                yield f"rejection {one.feedback_id} waits, and nobody was reminded"
            is_told = (str(one.feedback_id), one.owner) in waiting
            others = [row for row in account.rejections if row.lead_id == one.lead_id]
            if not is_told and len(others) == 1:
                yield f"{one.owner} wasn't reminded of rejection {one.feedback_id}"
        elif one.remind_at is not None and one.remind_at < account.now - _LATE:
            yield f"rejection {one.feedback_id} should have been reminded of at {one.remind_at}"


def leave(account: Account) -> Iterator[str]:
    """Nobody on leave was offered a lead, and nobody more than they can take but by hand."""
    for row in account.handoffs:
        person = TEAM.find(row.rep)
        if person is None or person is MIA:
            continue
        if account.is_away(person, row.offered_at):
            yield f"{person.name} was offered handoff {row.id} on leave ({row.why})"
        n = account.open_at_offer[row.id or 0]
        if n > person.capacity and not _BY_HAND.search(row.why):
            yield f"{person.name} was offered handoff {row.id} with {n} open ({row.why})"


def fairness(account: Account) -> Iterator[str]:
    """Equals who decide on what they get are offered about as much for the days they worked and
    the share they have. Too few offers tell nothing."""
    equals: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    kept = Counter(row.rep for row in account.handoffs if row.state not in {"withdrawn", "passed"})
    ever = datetime.max.replace(tzinfo=UTC)
    for person in REPS:
        is_odd = person.segments != {"smb"} or person.territories or person.capacity < 9
        if is_odd or person.name.split()[0] in IGNORE | FORGET | SLOW:
            continue
        known = replace(person, leave=account.leave_of(person, ever))
        days = calendar_of(known, holidays_of("ES")).working_days(BEGIN, account.now)
        group = f"{person.timezone} {person.hours}"
        equals[group].append((kept[person.email], days * person.weight, person.name))
    for found in equals.values():
        rate = sum(n for n, _, _ in found) / sum(due for _, due, _ in found)
        for n, due, name in found:
            if rate * due >= ENOUGH and not 0.5 < n / (rate * due) < 1.7:
                yield f"{name} had {n} offers, an equal share were {rate * due:.1f}"


CHECKS = (
    limbo,
    episodes,
    steps,
    alerts,
    once_a_day,
    delivery,
    telling,
    answers,
    leave,
    fairness,
)

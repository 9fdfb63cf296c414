"""What no sequence of acts, waits and sleeping processes can break about the ladder."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import clocks, running_clock
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.climb_ladders import climb
from commands.context import Context
from commands.extend_clock import extend
from commands.log_touch import log
from commands.offer_waiting import offer_waiting
from commands.reassign_lead import reassign
from commands.reject_lead import reject
from commands.running_clock import Clock
from commands.snooze_lead import snooze
from commands.undo_decision import undo
from commands.wake_leads import wake
from leads.agreement import Rung, Step
from leads.lifecycle import OPEN_STATES
from leads.person import Leave, Person
from storage.database import Database
from storage.tables import CopyRow, HandoffRow, HistoryRow
from tests.commands.climbing import CLIMBED, MANAGED, climbing
from tests.commands.story import ADA, BEN, CEM, MIA, Story, setup_of
from tests.conftest import Clock as Watch

_ACTS = {
    Step.REMIND: {"reminded"},
    Step.ESCALATE: {"escalated"},
    Step.MARK: {"marked"},
    Step.REASSIGN: {"reassigned", "kept", "offered_on"},
}
_LADDERS = (
    (Rung(at=0.5, do=Step.REMIND), Rung(at=1.0, do=Step.ESCALATE), Rung(at=1.5, do=Step.REASSIGN)),
    (Rung(at=0.1, do=Step.REMIND), Rung(at=0.9, do=Step.REMIND), Rung(at=1.0, do=Step.MARK)),
    (Rung(at=1.0, do=Step.ESCALATE), Rung(at=1.0, do=Step.MARK), Rung(at=3.0, do=Step.ESCALATE)),
    (Rung(at=0.25, do=Step.REASSIGN),),
)
_PROCESSES = 3

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ("accept", "reject", "touch", "snooze", "extend", "undo", "leave", "reassign", "offer")
            + ("wait",) * 6
        ),
        st.integers(0, 5),
        st.sampled_from((3, 20, 54, 90, 600, 3000, 20_000)),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class Company:
    """A company whose Baton runs in several processes, which wake when they like."""

    story: Story
    processes: Sequence[Database]
    random: Random
    people: list[Person] = field(default_factory=lambda: [MANAGED, BEN, CEM, MIA, ADA])
    ladder: tuple[Rung, ...] = ()

    async def wake_up(self) -> None:
        """Every process does its chores, a unit of work at a time and in any order, until there is
        nothing left to do for any of them."""
        again = True
        while again:
            units = [self._chore(one, climb) for one in self.processes for _ in range(2)]
            self.random.shuffle(units)
            again = any(one is True for one in await asyncio.gather(*units))

    async def _chore(self, process: Database, chore: Callable[[Context], object]) -> object:
        return await process.write(lambda session: chore(self.story.context(session)))

    async def others(self) -> None:
        """The other chores."""
        await self._chore(self.processes[0], wake)
        await self._chore(self.processes[-1], offer_waiting)


@given(steps, st.sampled_from(_LADDERS), st.integers(0, 2**16))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_step_of_every_clock_happens_once_in_order_and_not_before_its_moment(
    migrated_file: Path, steps: list[tuple[str, int, int]], ladder: tuple[Rung, ...], seed: int
) -> None:
    asyncio.run(_live(migrated_file, steps, ladder, seed))


async def _live(
    migrated_file: Path, steps: list[tuple[str, int, int]], ladder: tuple[Rung, ...], seed: int
) -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{copy(migrated_file, Path(folder) / 'baton.db')}"
        processes = [Database.open(url) for _ in range(_PROCESSES)]
        story = Story(database=processes[0], clock=Watch(), setup=setup_of())
        company = Company(story=story, processes=processes, random=Random(seed), ladder=ladder)
        climbing(story, *company.people, ladder=ladder)
        await story.begin()
        await story.offer(MANAGED)
        for act, which, minutes in steps:
            await _do(company, act, which, minutes)
            await _wake_and_check(company)
        _check_history(await story.all(HistoryRow))
        for process in processes:
            await process.close()


def _check_history(history: Sequence[HistoryRow]) -> None:
    """Each step of each clock once, in order. The clock to the decision is one, whatever was
    undone; each accept begins another one to the first touch."""
    climbed: dict[tuple[int | None, str, int], list[int]] = {}
    accepts: Counter[int | None] = Counter()
    for row in history:
        accepts[row.handoff_id] += row.act == "accepted"
        step = re.search(r"step (\d+) of", row.why)
        if step and row.act in CLIMBED:
            wants_touch = "touch" in row.why
            begun = accepts[row.handoff_id] if wants_touch else 0
            which = "touch" if wants_touch else "decide"
            climbed.setdefault((row.handoff_id, which, begun), []).append(int(step[1]))
    for steps in climbed.values():
        assert all(one < other for one, other in pairwise(steps)), steps


async def _wake_and_check(company: Company) -> None:
    story = company.story
    before = {row.id: row for row in await story.all(HandoffRow)}
    known = len(await story.all(HistoryRow))
    expected = await story.do(lambda ctx: _expected(ctx, before.values()))
    await company.wake_up()
    new = (await story.all(HistoryRow))[known:]
    for row_id in before:
        acts = [row.act for row in new if row.handoff_id == row_id]
        done = [act for act in acts if act in {*CLIMBED, "offered_on"}]
        due = expected.get(row_id or 0, ())
        moved = bool(done) and done[-1] in {"reassigned", "offered_on"}
        assert len(done) == len(due) or (moved and len(done) < len(due)), (acts, due)
        for act, rung in zip(done, due, strict=False):
            assert act in _ACTS[rung.do]
    _check_rows(await story.all(HandoffRow), story.clock.now, len(company.ladder))
    await _check_told(story)
    await company.others()


def _expected(ctx: Context, rows: Iterable[HandoffRow]) -> dict[int, list[Rung]]:
    """By handoff, the steps that are due now and weren't taken, worked out one by one."""
    sales = ctx.setup.agreement.sales
    found: dict[int, list[Rung]] = {}
    for row in rows:
        which = running_clock.clock_of(row)
        if which is None or row.id is None or row.clock_from is None:
            continue
        promise = sales.accept_within if which is Clock.DECIDE else sales.contact_within
        rep = clocks.rep_of(ctx, row.rep)
        on = clocks.calendar(ctx, rep)
        found[row.id] = [
            rung
            for rung in sales.ladder[row.step :]
            if on.after(row.clock_from, promise, share=rung.at) <= ctx.now
        ]
    return found


def _check_rows(rows: Sequence[HandoffRow], now: datetime, rungs: int) -> None:
    """Whatever runs has its next step ahead, or none left; whatever doesn't run has none."""
    for row in rows:
        runs = running_clock.clock_of(row) is not None
        if runs and row.step < rungs:
            assert row.step_at is not None
            assert row.step_at > now
        else:
            assert row.step_at is None
        assert 0 <= row.step <= rungs


async def _check_told(story: Story) -> None:
    """Nobody is told twice of one step, and of what is over nobody is told any more."""
    copies = await story.all(CopyRow)
    told = [one for one in copies if one.kind in {CardKind.REMINDER, CardKind.ESCALATION}]
    twice = [
        key
        for key, n in Counter((one.kind, one.subject, one.destination) for one in told).items()
        if n > 1
    ]
    assert not twice
    handoffs = {str(row.id): row for row in await story.all(HandoffRow)}
    said: Counter[tuple[str, str, str]] = Counter()
    for one in told:
        handoff = handoffs[one.subject.split("/")[0]]
        if await story.shown(CardKind(one.kind), one.subject):
            assert handoff.state in OPEN_STATES
            assert handoff.first_touch_at is None
            said[one.kind, str(handoff.id), one.destination] += 1
    assert all(n == 1 for n in said.values())


async def _do(company: Company, act: str, which: int, minutes: int) -> None:
    story = company.story
    handoffs = await story.all(HandoffRow)
    held = [row for row in handoffs if row.state in OPEN_STATES] or handoffs
    row = held[which % len(held)]
    rep = story.setup.team.find(row.rep) or MIA
    match act:
        case "accept":
            await story.act(accept, rep, str(row.id))
        case "reject":
            await story.act(reject, rep, str(row.id), reason="territory")
        case "touch":
            await story.act(log, rep, str(row.id), kind="called", outcome_called="voicemail")
        case "snooze":
            await story.act(snooze, rep, str(row.id), until=("1h", "3h", "morning")[which % 3])
        case "extend":
            time = ("1h", "4h", "1d", "3d")[which % 4]
            await story.act(extend, (MIA, ADA)[which % 2], str(row.id), time=time, why="so")
        case "undo":
            last = max(handoffs, key=lambda one: (one.decided_at or one.offered_at, one.id))
            await story.act(undo, story.setup.team.find(last.rep) or MIA, str(last.id))
        case "reassign":
            await story.act(reassign, MIA, str(row.id), person=("rules", CEM.email)[which % 2])
        case "leave":
            await _leave(company, which)
        case "offer":
            await story.offer((None, MANAGED)[which % 2])
        case _:
            story.clock.advance(minutes=minutes)


async def _leave(company: Company, which: int) -> None:
    """Somebody goes on leave from a day near, for some days."""
    story = company.story
    number = which % 3
    first: date = story.clock.now.date() + timedelta(days=which - 1)
    away = Leave(first=first, last=first + timedelta(days=which))
    company.people[number] = replace(
        company.people[number], leave=(*company.people[number].leave, away)
    )
    climbing(story, *company.people, ladder=company.ladder)
    email = company.people[number].email
    await story.do(lambda ctx: running_clock.recount(ctx, email, "leave"))

"""Proposals from end to end: asked for, worked out in another process, kept and posted here."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import pytest
from sqlmodel import select

from cards import terminal
from commands.card_kind import CardKind
from commands.context import Context, Setup
from commands.criteria_in_force import adopt, seed
from commands.learning import activating, asking, drift, editing, making, presenting
from commands.learning.outcomes import Activated, Asked, Edited
from commands.receive_lead import IncomingLead, receive
from jobs.aside import Aside
from jobs.retuning import Retuning
from leads.person import Channels, Person
from leads.proposals import Calibrated, Proof, ProposalState
from storage import proposals
from storage.database import Database
from storage.proposals import Proposed
from storage.tables import CopyRow
from tests.commands.story import ADA, ANA, MAX, MIA, setup_of
from tests.conftest import Clock
from tests.storage.decided import Company, decide

T = TypeVar("T")


@dataclass
class Learning:
    """A company whose reps have decided, and what retunes its criteria."""

    database: Database
    setup: Setup
    clock: Clock
    retuning: Retuning

    async def do(self, work: Callable[[Context], T], actor: Person | None = None) -> T:
        return await self.database.write(
            lambda session: work(
                Context(session=session, now=self.clock.now, setup=self.setup, actor=actor)
            )
        )

    async def decided(self, **company: object) -> None:
        history = Company(end=self.clock.now, **company)  # type: ignore[arg-type]
        await self.do(lambda ctx: decide(ctx.session, history))

    async def ask(self, who: Person | None = None) -> int:
        asked = await self.do(asking.ask, who)
        assert isinstance(asked, Asked)
        return asked.proposal

    async def make(self) -> ProposalState | None:
        """What `retuning.run` does, but in this process, which has the libraries already."""
        job = await self.do(making.take)
        assert job is not None
        made = await asyncio.to_thread(making.made, self.database.url, job, self.clock.now)
        return await self.do(lambda ctx: making.keep(ctx, job, made))

    async def proposal(self, proposal_id: int) -> Proposed:
        found = await self.database.read(lambda session: proposals.proposal(session, proposal_id))
        assert found is not None
        return found

    async def shown(self, proposal_id: int) -> str:
        """What its card says."""
        proposed = await self.proposal(proposal_id)
        return terminal.text(await self.do(lambda ctx: presenting.card_of(ctx, proposed)))

    async def copies(self, kind: CardKind) -> list[CopyRow]:
        return await self.database.read(
            lambda session: list(session.exec(select(CopyRow).where(CopyRow.kind == kind.value)))
        )


@pytest.fixture
async def aside() -> AsyncIterator[Aside]:
    async with Aside() as process:
        yield process


@pytest.fixture
async def company(database: Database, clock: Clock, aside: Aside) -> Learning:
    """The people of the stories, with a channel to decide in, and nothing decided yet."""
    setup = setup_of()
    channels = Channels(handoffs="#handoffs", digest="#gtm")
    setup = replace(setup, team=replace(setup.team, channels=channels))
    found = Learning(database, setup, clock, Retuning(database, setup, clock, aside))
    await found.do(lambda ctx: seed(ctx, ()))
    return found


async def test_what_sales_wants_becomes_a_proposal_with_its_proof(company: Learning) -> None:
    await company.decided()
    for number in range(3):
        lead = IncomingLead(external_id=f"N-{number}", title="VP Engineering")
        await company.do(lambda ctx, one=lead: receive(ctx, one, offer=False))  # type: ignore[misc]
    proposal_id = await company.ask()
    assert await company.retuning.run() is ProposalState.OPEN
    assert await company.retuning.run() is None
    found = await company.proposal(proposal_id)
    assert found.criteria is not None
    assert found.criteria.version == 2
    about = {str(change.rule.when) for change in found.changes}
    assert any("company.employees" in one for one in about)
    assert found.proof is not None
    assert found.proof.low > 0
    assert 0 < found.proof.low < found.proof.delta < found.proof.high
    assert found.learned_from == 1500
    assert found.proof.all_avoided >= len(found.proof.rejected_avoided) > 0
    told = [(one.by, one.reason) for change in found.changes for one in change.told_by]
    assert (ANA.email, "too_small") in told
    assert found.preview is not None
    assert sum(found.preview.now.values()) == sum(found.preview.then.values())
    (copy,) = await company.copies(CardKind.PROPOSAL)
    assert (copy.destination, copy.subject) == ("channel:#gtm", str(proposal_id))
    for person in (MAX, MIA):
        came = await company.do(lambda ctx: activating.approve(ctx, proposal_id), person)
    assert came == Activated(version=2)
    thanks = {copy.destination for copy in await company.copies(CardKind.CRITERIA_THANKS)}
    assert f"person:{ANA.email}" in thanks


async def test_coin_flips_come_to_nothing_and_only_the_asker_hears(company: Learning) -> None:
    await company.decided(takes=0.5)
    proposal_id = await company.ask(MIA)
    assert await company.make() is ProposalState.NOTHING
    found = await company.proposal(proposal_id)
    assert found.why in {"no_gain", "no_change"}
    assert found.criteria is None
    (copy,) = await company.copies(CardKind.PROPOSAL)
    assert copy.destination == f"person:{MIA.email}"


async def test_too_few_decisions_say_so(company: Learning) -> None:
    await company.decided(n=50)
    proposal_id = await company.ask(MAX)
    assert await company.make() is ProposalState.NOTHING
    found = await company.proposal(proposal_id)
    assert found.why == "too_few"
    (copy,) = await company.copies(CardKind.PROPOSAL)
    assert copy.destination == f"person:{MAX.email}"
    missing = 200 - found.learned_from
    assert f"{found.learned_from} of the 200 it takes, so {missing} more" in await company.shown(
        proposal_id
    )


async def test_the_week_says_nothing_where_there_is_too_little_to_learn_from(
    company: Learning,
) -> None:
    await company.decided(n=50)
    await company.do(asking.enqueue)
    assert await company.make() is ProposalState.NOTHING
    assert await company.copies(CardKind.PROPOSAL) == []


async def test_the_week_says_that_nothing_better_was_found(company: Learning) -> None:
    await company.decided(takes=0.5)
    await company.do(asking.enqueue)
    assert await company.make() is ProposalState.NOTHING
    (copy,) = await company.copies(CardKind.PROPOSAL)
    assert copy.destination == "channel:#gtm"


async def test_what_was_edited_gets_figures_of_its_own(company: Learning) -> None:
    await company.decided()
    proposal_id = await company.ask()
    await company.make()
    before = await company.proposal(proposal_id)
    assert before.criteria is not None
    learned = [rule for rule, _, _ in editing.editable(before) if "employees" in str(rule.when)]

    def edit(ctx: Context) -> object:
        return editing.edit_points(ctx, proposal_id, {rule.id: "0" for rule in learned})

    assert await company.do(edit, MAX) == Edited()
    assert (await company.proposal(proposal_id)).proof is None
    assert await company.make() is ProposalState.OPEN
    after = await company.proposal(proposal_id)
    assert after.criteria is not None
    assert not {rule.id for rule in learned} & {rule.id for rule in after.criteria.rules}
    assert after.edited_by == MAX.email
    assert before.proof is not None
    assert after.proof is not None
    assert before.proof.low > 0
    assert after.proof.low <= 0
    assert len(await company.copies(CardKind.PROPOSAL)) == 1


async def test_criteria_that_come_meanwhile_make_it_begin_anew(company: Learning) -> None:
    await company.decided()
    proposal_id = await company.ask()
    job = await company.do(making.take)
    assert job is not None
    made = await asyncio.to_thread(making.made, company.database.url, job, company.clock.now)
    by_file = replace(company.setup.agreement.criteria, threshold=33)
    company.setup = replace(
        company.setup, agreement=replace(company.setup.agreement, criteria=by_file)
    )
    await company.do(adopt)
    assert await company.do(lambda ctx: making.keep(ctx, job, made)) is ProposalState.ASKED
    assert await company.make() in {ProposalState.OPEN, ProposalState.NOTHING}
    assert (await company.proposal(proposal_id)).base.version == 2


async def test_one_process_works_on_it_until_its_lease_is_over(company: Learning) -> None:
    await company.decided(n=50)
    proposal_id = await company.ask()
    first = await company.do(making.take)
    assert first is not None
    assert await company.do(making.take) is None
    assert await company.retuning.run() is None
    company.clock.advance(minutes=15, seconds=1)
    second = await company.do(making.take)
    assert second is not None
    assert second.proposal == proposal_id
    made = await asyncio.to_thread(making.made, company.database.url, first, company.clock.now)
    assert await company.do(lambda ctx: making.keep(ctx, first, made)) is None
    assert (await company.proposal(proposal_id)).state is ProposalState.WORKING
    kept = await company.do(lambda ctx: making.keep(ctx, second, made))
    assert kept is ProposalState.NOTHING


async def test_without_a_channel_those_who_decide_hear_in_person(company: Learning) -> None:
    await company.decided()
    channels = replace(company.setup.team.channels, digest=None)
    company.setup = replace(company.setup, team=replace(company.setup.team, channels=channels))
    await company.ask()
    assert await company.make() is ProposalState.OPEN
    told = {copy.destination for copy in await company.copies(CardKind.PROPOSAL)}
    assert told == {f"person:{one.email}" for one in (MAX, MIA)}
    assert f"person:{ADA.email}" not in told


async def test_where_nothing_is_asked_for_no_process_is_started(
    company: Learning, aside: Aside
) -> None:
    assert await company.retuning.run() is None
    assert await company.retuning.watch() == 0
    assert aside.pid is None


async def test_drift_is_told_once_with_examples(company: Learning) -> None:
    await company.decided(n=400, weeks=8, takes=0.8)
    company.clock.advance(weeks=2)
    await company.decided(n=100, weeks=2, takes=0.3, seed=2)
    assert await company.retuning.watch() == 1
    assert await company.retuning.watch() == 0
    (copy,) = await company.copies(CardKind.DRIFT)
    assert copy.destination == "channel:#gtm"
    accepted, too_small = drift.read_subject(copy.subject).found
    assert (accepted.reason, accepted.is_up) == (None, False)
    assert (too_small.reason, too_small.is_up) == ("too_small", True)
    assert accepted.before.n > accepted.now.n > 30
    assert all(handoff > 400 for handoff in accepted.examples)
    assert accepted.examples
    company.clock.advance(days=1)
    assert await company.retuning.watch() == 0
    assert len(await company.copies(CardKind.DRIFT)) == 1


async def test_where_nothing_has_moved_nothing_is_told(company: Learning) -> None:
    await company.decided(n=500, weeks=10, takes=0.6)
    found = await company.database.read(
        lambda session: drift.look(session, "Europe/Madrid", company.clock.now)
    )
    assert found is None
    assert await company.do(lambda ctx: drift.tell(ctx, found)) == 0
    assert await company.copies(CardKind.DRIFT) == []


_BOT = """
import asyncio, sys
from pathlib import Path
import composition

async def run():
    files = Path("tests/acme")
    settings = composition.Settings(
        _env_file=None, database_url=sys.argv[1], port=0, agreement=files / "agreement.toml",
        team=files / "team.toml", campaigns=files / "campaigns.toml",
    )
    with composition.company(settings) as opened:
        async with composition.running(opened):
            await asyncio.sleep(0.2)

asyncio.run(run())
print([one for one in ("numpy", "scipy", "sklearn") if one in sys.modules])
"""


async def test_the_running_bot_does_without_the_libraries_that_learn(database_url: str) -> None:
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _BOT, database_url],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"


def test_the_figures_are_those_of_the_backtest() -> None:
    from leads.retuning.backtest import Backtest, CalibrationBin

    counted = {"all_avoided", "all_lost"}
    assert {one.name for one in fields(Proof)} == {one.name for one in fields(Backtest)} | counted
    assert [one.name for one in fields(Calibrated)] == [one.name for one in fields(CalibrationBin)]

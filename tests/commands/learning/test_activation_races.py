"""Several people decide at the same moment, each in a process of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from random import Random
from threading import Barrier

import pytest
from sqlmodel import select

from commands.context import Context, Setup
from commands.criteria_in_force import adopt
from commands.learning import activating, trial
from commands.learning.outcomes import Activated, Declined, Stale, TrialBegun
from leads.person import Person
from storage import proposals
from storage.database import Database
from storage.tables import ApprovalRow
from tests.commands.learning.proposing import BETTER, EVA, begin, open_now, row_of, versions
from tests.commands.story import ADA, MAX, MIA, Story
from tests.conftest import Clock

Act = tuple[Person | None, Callable[[Context], object]]


@pytest.fixture
async def story(either_database: Database, clock: Clock) -> Story:
    return await begin(either_database, clock)


def at_once(story: Story, acts: Sequence[Act], setup: Setup | None = None) -> list[object]:
    """What each act came to; all begin at the same moment, on connections of their own."""
    barrier = Barrier(len(acts))

    def do(act: Act) -> object:
        actor, work = act
        database = Database.open(story.database.url)
        try:
            database.read_now(proposals.newest_decision)  # connected before the start
            barrier.wait(10)
            return database.write_now(
                lambda session: work(
                    Context(
                        session=session,
                        now=story.clock.now,
                        setup=setup or story.setup,
                        actor=actor,
                    )
                )
            )
        finally:
            database.close_now()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


def approval(proposal_id: int) -> Callable[[Context], object]:
    return lambda ctx: activating.approve(ctx, proposal_id)


async def test_two_marketers_at_once_are_one_yes(story: Story) -> None:
    proposal_id = await story.do(open_now)
    approve = approval(proposal_id)
    at_once(story, [(MAX, approve), (EVA, approve)])
    assert len(await versions(story)) == 1
    told = await story.database.read(lambda session: proposals.approvals(session, proposal_id))
    assert [one.side for one in told] == ["marketing"]


async def test_both_sides_at_once_make_exactly_one_version(story: Story) -> None:
    for round_ in range(4):
        proposal_id = await story.do(
            lambda ctx, n=round_: open_now(ctx, replace(BETTER, threshold=30 + n))  # type: ignore[misc]
        )
        approve = approval(proposal_id)
        came = at_once(story, [(MAX, approve), (MIA, approve), (EVA, approve), (ADA, approve)])
        activated = [one for one in came if isinstance(one, Activated)]
        assert activated == [Activated(version=round_ + 2)]
        assert len(await versions(story)) == round_ + 2


async def test_a_yes_and_a_no_at_once_leave_one_of_them(story: Story) -> None:
    for round_ in range(4):
        proposal_id = await story.do(
            lambda ctx, n=round_: open_now(ctx, replace(BETTER, threshold=40 + n))  # type: ignore[misc]
        )
        before = len(await versions(story))
        await story.do(approval(proposal_id), MAX)
        came = at_once(
            story,
            [
                (MIA, approval(proposal_id)),
                (ADA, lambda ctx, one=proposal_id: activating.decline(ctx, one, "no")),  # type: ignore[misc]
            ],
        )
        row = await row_of(story, proposal_id)
        is_new = len(await versions(story)) == before + 1
        assert (
            is_new == (row.state == "activated") == any(isinstance(one, Activated) for one in came)
        )
        assert (row.state == "declined") == any(isinstance(one, Declined) for one in came)
        assert row.state in {"activated", "declined"}


async def test_of_a_yes_and_new_criteria_from_the_file_the_later_one_knows_the_earlier(
    story: Story,
) -> None:
    for round_ in range(4):
        proposal_id = await story.do(
            lambda ctx, n=round_: open_now(ctx, replace(BETTER, threshold=50 + n))  # type: ignore[misc]
        )
        before = len(await versions(story))
        await story.do(approval(proposal_id), MAX)
        of_file = replace(story.setup.agreement.criteria, threshold=70 + round_)
        setup = replace(story.setup, agreement=replace(story.setup.agreement, criteria=of_file))
        came = at_once(story, [(MIA, approval(proposal_id)), (None, adopt)], setup)
        after = await versions(story)
        row = await row_of(story, proposal_id)
        assert after[-1].body["threshold"] == 70 + round_
        if row.state == "activated":
            assert [one.body["threshold"] for one in after[before:]] == [50 + round_, 70 + round_]
        else:
            assert row.state == "stale"
            assert len(after) == before + 1
            assert not any(isinstance(one, Activated) for one in came)


async def test_only_one_trial_begins(story: Story) -> None:
    first, second = await story.do(open_now), await story.do(open_now)
    came = at_once(
        story,
        [(MAX, lambda ctx, one=one: trial.challenge(ctx, one, 0.2, 2)) for one in (first, second)],  # type: ignore[misc]
    )
    assert sum(isinstance(one, TrialBegun) for one in came) == 1
    states = sorted([(await row_of(story, one)).state for one in (first, second)])
    assert states == ["open", "running"]


async def test_whatever_the_order_nothing_is_in_force_without_both_sides(
    database: Database, clock: Clock
) -> None:
    """A law: of any sequence of clicks, a version has one yes of each side, by two people."""
    story = await begin(database, clock)
    random = Random(5)
    people = [MAX, EVA, MIA, ADA]
    for _, order in zip(range(12), permutations(people), strict=False):
        before = len(await versions(story))
        proposal_id = await story.do(
            lambda ctx: open_now(ctx, replace(BETTER, threshold=random.randint(1, 500)))
        )
        for person in order[: random.randint(1, 4)]:
            came = await story.do(approval(proposal_id), person)
            assert not isinstance(came, Stale)
        given = await story.database.read(
            lambda session, one=proposal_id: proposals.approvals(session, one)  # type: ignore[misc]
        )
        both = len({one.by for one in given}) == len({one.side for one in given}) == 2
        assert len(await versions(story)) == before + both
        await story.do(lambda ctx, one=proposal_id: activating.decline(ctx, one, ""), MAX)  # type: ignore[misc]
    rows = await story.database.read(lambda session: session.exec(select(ApprovalRow)).all())
    assert len(rows) > 12

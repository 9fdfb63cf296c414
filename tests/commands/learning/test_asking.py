"""Who asks for better criteria, and when."""

from dataclasses import replace

from commands.context import Context
from commands.learning import asking
from commands.learning.outcomes import AlreadyAsked, Asked, NotAllowed
from leads.agreement import Learning, Retuning
from leads.proposals import ProposalState
from storage.tables import FeedbackRow, ProposalRow
from tests.commands.learning.proposing import open_now
from tests.commands.story import ANA, MAX, MIA, Story, local


async def test_one_proposal_at_a_time(story: Story) -> None:
    first = await story.do(asking.ask, MAX)
    assert isinstance(first, Asked)
    assert await story.do(asking.ask, MIA) == AlreadyAsked(
        proposal=first.proposal, state=ProposalState.WORKING
    )
    (row,) = await story.all(ProposalRow)
    assert (row.state, row.asked_by) == ("asked", MAX.email)


async def test_while_one_waits_for_a_decision_none_is_made(story: Story) -> None:
    waits = await story.do(open_now)
    assert await story.do(asking.ask, MAX) == AlreadyAsked(proposal=waits, state=ProposalState.OPEN)


async def test_a_rep_may_not_ask(story: Story) -> None:
    assert await story.do(asking.ask, ANA) == NotAllowed()
    assert await story.all(ProposalRow) == []


async def decide(story: Story, n: int) -> None:
    offered = await story.offer(ANA)

    def add(ctx: Context) -> None:
        for _ in range(n):
            ctx.session.add(
                FeedbackRow(
                    handoff_id=offered.handoff,
                    lead_id=offered.lead,
                    decision="accepted",
                    decided_by=ANA.email,
                    decided_at=ctx.now,
                )
            )

    await story.do(add)


async def weekly(story: Story) -> bool:
    due = await story.do(asking.is_due)
    await story.do(asking.ask_weekly)
    return due


async def test_the_week_asks_once_on_the_day_of_its_review(story: Story) -> None:
    await decide(story, 200)
    story.clock.now = local(2026, 11, 30, 8, 59)
    assert not await weekly(story)
    story.clock.now = local(2026, 11, 30, 9)
    assert await weekly(story)
    assert not await weekly(story)
    (row,) = await story.all(ProposalRow)
    assert (row.state, row.asked_by) == ("asked", "baton")
    story.clock.now = local(2026, 12, 2, 9)
    assert not await weekly(story)


async def test_the_week_asks_nothing_before_there_is_anything_to_learn_from(story: Story) -> None:
    await decide(story, 199)
    story.clock.now = local(2026, 11, 30, 9)
    assert await weekly(story)
    assert await story.all(ProposalRow) == []


async def test_the_week_asks_nothing_where_the_agreement_says_never(story: Story) -> None:
    await decide(story, 200)
    never = replace(story.setup.agreement, learning=Learning(retune=Retuning.NEVER))
    story.setup = replace(story.setup, agreement=never)
    story.clock.now = local(2026, 11, 30, 9)
    assert not await weekly(story)
    assert await story.all(ProposalRow) == []

"""The same races on PostgreSQL, where many writers really run at once."""

import asyncio

import pytest

from commands.accept_lead import accept
from commands.pass_lead import hand_over
from commands.reject_lead import reject
from commands.rejections.answering import answer
from commands.rejections.contesting import contest
from commands.rejections.judging import judge
from commands.snooze_lead import snooze
from commands.undo_decision import undo
from storage.database import Database
from storage.tables import FeedbackRow, HandoffRow
from tests.commands.rejecting import TOM, answering, contested, kept, rejected
from tests.commands.story import ADA, ANA, BEN, MAX, MIA, Story, setup_of
from tests.conftest import Clock

pytestmark = pytest.mark.postgres


@pytest.fixture
async def story(postgres: Database, clock: Clock) -> Story:
    begun = Story(database=postgres, clock=clock, setup=setup_of())
    await begun.begin()
    return begun


async def test_of_many_decisions_at_once_one_wins(story: Story) -> None:
    for _ in range(5):
        offered = await story.offer(ANA)
        await asyncio.gather(
            *(
                act
                for turn in range(6)
                for act in (
                    story.act(accept, (ANA, MIA)[turn % 2], offered.subject),
                    story.act(reject, ANA, offered.subject, reason="territory"),
                    story.act(hand_over, MIA, offered.subject, person=BEN.email),
                    story.act(snooze, ANA, offered.subject, until="1h"),
                )
            )
        )
        kept = await story.all(FeedbackRow, FeedbackRow.handoff_id == offered.handoff)
        assert [row.decision for row in kept] == [(await story.handoff(offered.handoff)).state]


async def test_an_undo_against_the_colleagues_accept_leaves_one_of_them(story: Story) -> None:
    for _ in range(8):
        offered = await story.offer(ANA)
        await story.act(hand_over, ANA, offered.subject, person=BEN.email)
        following = (await story.handoffs(offered.lead))[-1]
        await asyncio.gather(
            story.act(undo, ANA, offered.subject), story.act(accept, BEN, str(following.id))
        )
        states = [row.state for row in await story.handoffs(offered.lead)]
        assert states in (["offered", "withdrawn"], ["passed", "accepted"])
    assert len(await story.all(HandoffRow)) == 16


async def test_a_rejection_is_taken_back_or_taken_up(story: Story) -> None:
    answering(story)
    for _ in range(8):
        found = await rejected(story)
        await asyncio.gather(
            *(story.act(answer, who, found.subject, answer="fixed") for who in (MAX, ADA)),
            story.act(undo, ANA, str(found.handoff)),
            story.act(contest, MAX, found.subject, evidence="No!"),
        )
        state = (await story.handoff(found.handoff)).state
        row = next(
            (one for one in await kept(story) if str(one.feedback_id) == found.subject), None
        )
        assert (state == "offered") == (row is None)
        assert row is None or row.answered_at or row.disputed_at


async def test_of_many_judges_one_decides(story: Story) -> None:
    answering(story)
    for _ in range(5):
        found = await contested(story)
        await asyncio.gather(
            *(
                story.act(judge, who, found.subject, verdict=verdict)
                for who, verdict in ((MIA, "upheld"), (TOM, "overturned"), (ADA, "overturned"))
                for _ in range(3)
            )
        )
        row = next(one for one in await kept(story) if str(one.feedback_id) == found.subject)
        decided = await story.all(FeedbackRow, FeedbackRow.handoff_id == found.handoff)
        assert [one.decision for one in decided] == ["rejected", row.verdict]
        states = [one.state for one in await story.handoffs(found.lead)]
        overturned = ["withdrawn", "offered"]
        assert states == (overturned if row.verdict == "overturned" else ["rejected"])

"""Of any number of people at once, in any number of processes, one answers, one contests, one
judges; and a rejection is either taken back or taken up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from commands.card_kind import CardKind
from commands.reject_lead import reject
from commands.rejections.answering import answer
from commands.rejections.contesting import contest
from commands.rejections.judging import judge
from commands.release_lead import release
from commands.remind_of_answers import remind
from commands.undo_decision import undo
from leads.lifecycle import HandoffState
from storage.database import Database
from storage.tables import FeedbackRow, HistoryRow
from tests.commands.rejecting import TOM, accepted, answering, contested, kept, rejected
from tests.commands.story import ADA, ANA, MAX, MIA, Story
from tests.conftest import Clock

_ROUNDS = 4


@pytest.fixture
async def crowd(story: Story, database_url: str, clock: Clock) -> AsyncIterator[tuple[Story, ...]]:
    """The same company in three processes, each with threads of its own on one file."""
    others = [Database.open(database_url) for _ in range(2)]
    stories = (story, *(Story(database=one, clock=clock, setup=story.setup) for one in others))
    yield tuple(answering(one) for one in stories)
    for one in others:
        await one.close()


async def _acts(story: Story) -> Counter[str]:
    return Counter(row.act for row in await story.all(HistoryRow))


async def test_one_answer(story: Story, crowd: tuple[Story, ...]) -> None:
    for turn in range(1, _ROUNDS):
        found = await rejected(story)
        given = [
            one.act(answer, who, found.subject, answer=kind)
            for one in crowd
            for who, kind in ((MAX, "fixed"), (ADA, "disagree"))
        ]
        await asyncio.gather(*given)
        acts = await _acts(story)
        assert acts["answered"] == turn
        assert len(await story.told(CardKind.REJECTION_ANSWER)) == turn


async def test_one_dispute(story: Story, crowd: tuple[Story, ...]) -> None:
    for turn in range(1, _ROUNDS):
        found = await rejected(story)
        said = [
            one.act(contest, who, found.subject, evidence=who.name)
            for one in crowd
            for who in (MAX, ADA)
        ]
        await asyncio.gather(*said)
        assert (await _acts(story))["contested"] == turn
        assert len(await story.told(CardKind.DISPUTE)) == turn


async def test_one_verdict_and_one_offer_after_it(story: Story, crowd: tuple[Story, ...]) -> None:
    for turn in range(1, _ROUNDS):
        found = await contested(story)
        decided = [
            one.act(judge, who, found.subject, verdict=verdict)
            for one in crowd
            for who, verdict in ((MIA, "overturned"), (TOM, "upheld"), (ADA, "overturned"))
        ]
        await asyncio.gather(*decided)
        row = (await kept(story))[-1]
        verdicts = [
            one
            for one in await story.all(FeedbackRow, FeedbackRow.handoff_id == found.handoff)
            if one.decision in {"upheld", "overturned"}
        ]
        assert [one.decision for one in verdicts] == [row.verdict]
        states = [one.state for one in await story.handoffs(found.lead)]
        wanted = {"upheld": ["rejected"], "overturned": ["withdrawn", "offered"]}
        assert states == wanted[row.verdict or ""]
        assert len(await story.told(CardKind.VERDICT)) == turn


async def test_a_rejection_is_taken_back_or_taken_up_but_never_both(
    story: Story, crowd: tuple[Story, ...]
) -> None:
    first, second, third = crowd
    for turn in range(2 * _ROUNDS):
        offered = await story.offer(ANA)
        await story.act(reject, ANA, offered.subject, reason="too_small")
        subject = str((await kept(story))[-1].feedback_id)
        acts = [
            first.act(undo, ANA, offered.subject),
            second.act(answer, MAX, subject, answer="fixed"),
            third.act(contest, MAX, subject, evidence="No!"),
        ]
        await asyncio.gather(*(acts[turn % 3 :] + acts[: turn % 3]))
        rows = {row.feedback_id: row for row in await kept(story)}
        state = (await story.handoff(offered.handoff)).state
        row = rows.get(int(subject))
        assert (state == HandoffState.OFFERED) == (row is None)
        assert row is None or row.answered_at or row.disputed_at


async def test_what_is_given_back_at_once_by_two_is_given_back_once(
    story: Story, crowd: tuple[Story, ...]
) -> None:
    for turn in range(1, _ROUNDS):
        subject = await accepted(story)
        await asyncio.gather(
            *(
                one.act(release, who, subject, reason="territory")
                for one in crowd
                for who in (ANA, MIA)
            )
        )
        assert len(await kept(story)) == turn
        lead = (await story.handoff(int(subject))).lead_id
        assert [row.state for row in await story.handoffs(lead)] == ["rejected", "offered"]


async def test_one_reminder_however_many_processes_wake(
    story: Story, crowd: tuple[Story, ...], clock: Clock
) -> None:
    for _ in range(3):
        await rejected(story)
    clock.advance(days=2)
    await asyncio.gather(*(one.do(remind) for one in crowd for _ in range(3)))
    assert (await _acts(story))["asked_to_answer"] == 3
    assert len(await story.told(CardKind.REJECTION_WAITS)) == 3

"""A rep takes a lead: once, whoever else clicks."""

import asyncio

from cards.actions import Action
from cards.model import Actions, Button, Menu
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.reject_lead import reject
from commands.reply import Nothing, Tell
from leads.lifecycle import HandoffState, Stage
from storage.tables import FeedbackRow, HistoryRow, OutboxRow
from tests.commands.story import ANA, BEN, CEM, MAX, MIA, Story, local, words_of


async def test_accepting_makes_the_lead_the_reps_and_starts_the_contact_clock(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    assert await story.act(accept, ANA, offered.subject) == Nothing()
    handoff, lead = await story.handoff(offered.handoff), await story.lead(offered.lead)
    assert handoff.state == HandoffState.ACCEPTED
    assert (handoff.decided_by, handoff.decided_at) == (ANA.email, story.clock.now)
    assert handoff.contact_by == local(2026, 11, 24, 11)
    assert (lead.stage, lead.owner, lead.sal_at) == (Stage.SAL, ANA.email, story.clock.now)


async def test_the_decision_is_kept_with_the_snapshot_of_the_offer(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, ANA, offered.subject)
    (feedback,) = await story.all(FeedbackRow)
    assert (feedback.decision, feedback.decided_by) == ("accepted", ANA.email)
    assert feedback.snapshot == (await story.handoff(offered.handoff)).snapshot
    assert feedback.decided_at == story.clock.now


async def test_every_copy_is_drawn_again_and_the_card_once_more_when_undo_is_over(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, ANA, offered.subject)
    updates = await story.all(OutboxRow, OutboxRow.verb == "update")
    later = story.clock.now.replace(minute=10)
    assert sorted((row.copy_id, row.due_at) for row in updates) == [
        (1, story.clock.now),
        (1, later),
        (2, story.clock.now),
    ]


async def test_the_card_offers_the_next_step_and_undo_for_ten_minutes(story: Story) -> None:
    offered = await story.offer(ANA)
    assert await _actions(story, offered.handoff) == [
        Action.ACCEPT,
        Action.REJECT,
        Action.SNOOZE,
        Action.PASS,
        Action.MORE,
    ]
    await story.act(accept, ANA, offered.subject)
    next_steps = (Action.TOUCH, Action.QUALIFY)
    working = [*next_steps, Action.RELEASE, Action.LOSE, Action.NOTE, Action.MORE]
    assert await _actions(story, offered.handoff) == [*working, Action.UNDO]
    story.clock.advance(minutes=10)
    assert await _actions(story, offered.handoff) == working


async def test_a_second_click_by_the_same_person_says_nothing(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, ANA, offered.subject)
    assert await story.act(accept, ANA, offered.subject) == Nothing()
    assert len(await story.all(FeedbackRow)) == 1


async def test_the_loser_is_told_who_won_and_when(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, MIA, offered.subject)
    told = words_of(await story.act(accept, ANA, offered.subject))
    assert "Mia Chen accepted Ada Byron, 23 Nov 2026, 10:00" in told


async def test_a_manager_may_accept_for_the_rep_and_is_recorded(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, MIA, offered.subject)
    handoff = await story.handoff(offered.handoff)
    assert (handoff.rep, handoff.decided_by) == (ANA.email, MIA.email)
    assert (await story.lead(offered.lead)).owner == ANA.email
    shown = await story.shown(CardKind.BATTLE_CARD, offered.handoff)
    assert "Mia Chen accepted it for you" in shown


async def test_a_colleague_or_a_marketer_is_refused_privately_and_that_is_recorded(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    for stranger in (BEN, MAX):
        reply = await story.act(accept, stranger, offered.subject)
        assert isinstance(reply, Tell)
        assert "Ana Ortiz's lead" in words_of(reply)
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED
    refused = await story.all(HistoryRow, HistoryRow.act == "refused")
    assert [row.by for row in refused] == [BEN.email, MAX.email]


async def test_a_button_of_nothing_is_answered_kindly(story: Story) -> None:
    for subject in ("999", "", "x", "1; drop table lead", "9" * 40, "-1", "１"):
        assert "can't find this lead" in words_of(await story.act(accept, ANA, subject))


async def test_of_many_clicks_at_once_one_wins(story: Story) -> None:
    offered = await story.offer(ANA)
    clicks = [
        story.act(accept, (ANA, MIA)[turn % 2], offered.subject)
        if turn % 3
        else story.act(reject, (MIA, ANA)[turn % 2], offered.subject, reason="too_small")
        for turn in range(40)
    ]
    await asyncio.gather(*clicks)
    (feedback,) = await story.all(FeedbackRow)
    state = (await story.handoff(offered.handoff)).state
    assert feedback.decision == state
    tallies = await story.tallies()
    assert tallies.get(("accepted", "all", ""), 0) + tallies.get(("rejected", "all", ""), 0) == 1


async def test_the_counts_are_kept_by_campaign_source_and_rep(story: Story) -> None:
    offered = await story.offer(CEM)
    await story.act(accept, CEM, offered.subject)
    tallies = await story.tallies()
    for measure in ("accepted", "reached_sal"):
        assert tallies[measure, "all", ""] == 1
        assert tallies[measure, "campaign", "spring-pricing"] == 1
        assert tallies[measure, "source", "web"] == 1
        assert tallies[measure, "rep", CEM.email] == 1


async def test_the_line_shows_where_the_lead_is(story: Story) -> None:
    offered = await story.offer(ANA)
    line = await story.shown(CardKind.HANDOFF_LINE, offered.lead)
    assert "Ada Byron, VP Engineering at Initech · 45 points · spring-pricing → Ana Ortiz" in line
    assert "accept by" in line
    await story.act(accept, ANA, offered.subject)
    assert "accepted" in await story.shown(CardKind.HANDOFF_LINE, offered.lead)


async def _actions(story: Story, handoff: int) -> list[Action]:
    card = await story.card(CardKind.BATTLE_CARD, handoff)
    assert card is not None
    found: list[Action] = []
    for block in card.blocks:
        if isinstance(block, Actions):
            for button in block.buttons:
                if isinstance(button, Button):
                    found.append(button.action)
                elif isinstance(button, Menu):
                    found += [one.action for one in button.buttons]
    return found

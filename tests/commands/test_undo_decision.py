"""Taking a decision back: for ten minutes, by who made it, unless the world has moved on."""

import asyncio

import pytest

from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.log_touch import log
from commands.pass_lead import hand_over
from commands.qualify_lead import qualify
from commands.receive_lead import IncomingLead, receive
from commands.reject_lead import reject
from commands.reply import Nothing
from commands.undo_decision import undo
from leads.lifecycle import HandoffState, Stage
from storage.tables import FeedbackRow
from tests.commands.story import ANA, BEN, CEM, MIA, Story, words_of


async def test_an_accept_is_undone_without_a_trace_in_the_counts(story: Story) -> None:
    offered = await story.offer(ANA)
    before = await story.tallies()
    await story.act(accept, ANA, offered.subject)
    assert await story.act(undo, ANA, offered.subject) == Nothing()
    handoff, lead = await story.handoff(offered.handoff), await story.lead(offered.lead)
    assert (handoff.state, handoff.decided_by, handoff.contact_by) == ("offered", None, None)
    assert (lead.stage, lead.owner, lead.sal_at) == (Stage.MQL, None, None)
    assert await story.tallies() == before
    assert [row.decision for row in await story.all(FeedbackRow)] == ["accepted", "undone"]
    assert await story.act(accept, ANA, offered.subject) == Nothing()
    assert (await story.lead(offered.lead)).stage == Stage.SAL


@pytest.mark.parametrize(
    "values",
    [
        {"reason": "too_small"},
        {"reason": "not_now", "until": "2026-12-14"},
        {"reason": "territory", "person": BEN.email},
        {"reason": "territory"},
        {"reason": "duplicate", "lead": "L-1"},
        {"reason": "other", "text": "hm"},
    ],
)
async def test_every_rejection_can_be_undone(story: Story, values: dict[str, str]) -> None:
    await story.offer(CEM)
    offered = await story.offer(ANA)
    before = await story.tallies()
    assert await story.act(reject, ANA, offered.subject, **values) == Nothing()
    assert await story.act(undo, ANA, offered.subject) == Nothing()
    lead = await story.lead(offered.lead)
    assert (lead.stage, lead.recycle_at, lead.duplicate_of) == (Stage.MQL, None, None)
    states = [row.state for row in await story.handoffs(offered.lead)]
    assert states in (["offered"], ["offered", "withdrawn"])
    assert await story.tallies() == before
    ((_, said),) = await story.told(CardKind.REJECTION)
    assert "took that back" in said
    assert "accept by" in await story.shown(CardKind.HANDOFF_LINE, offered.lead)


async def test_the_colleague_whose_offer_is_withdrawn_reads_why(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(hand_over, ANA, offered.subject, person=BEN.email)
    following = (await story.handoffs(offered.lead))[-1]
    await story.posted(CardKind.BATTLE_CARD, following.id)
    await story.act(undo, ANA, offered.subject)
    assert "Nothing to do" in await story.shown(CardKind.BATTLE_CARD, following.id)
    assert (await story.handoffs(offered.lead))[-1].state == "withdrawn"
    told = words_of(await story.act(accept, BEN, str(following.id)))
    assert "Ana Ortiz took back Ada Byron" in told
    ((_, said),) = await story.told(CardKind.HAND_OVER)
    assert "took it back" in said


async def test_undo_comes_too_late_after_ten_minutes(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, ANA, offered.subject)
    story.clock.advance(minutes=10)
    assert "ten minutes" in words_of(await story.act(undo, ANA, offered.subject))
    assert (await story.handoff(offered.handoff)).state == HandoffState.ACCEPTED


async def test_only_who_decided_takes_it_back(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept, MIA, offered.subject)
    told = words_of(await story.act(undo, ANA, offered.subject))
    assert "only Mia Chen can take it back" in told
    assert "Ana Ortiz's lead" in words_of(await story.act(undo, BEN, offered.subject))
    assert await story.act(undo, MIA, offered.subject) == Nothing()


async def test_a_touch_or_a_further_stage_ends_the_undo(story: Story) -> None:
    touched, qualified = await story.offer(ANA), await story.offer(ANA)
    for offered in (touched, qualified):
        await story.act(accept, ANA, offered.subject)
    await story.act(log, ANA, touched.subject, kind="called", outcome_called="reached")
    await story.act(qualify, ANA, qualified.subject)
    for offered, stage in ((touched, Stage.SAL), (qualified, Stage.SQL)):
        assert "has been worked" in words_of(await story.act(undo, ANA, offered.subject))
        assert (await story.lead(offered.lead)).stage == stage


async def test_a_colleague_who_decided_meanwhile_keeps_the_lead(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="territory", person=BEN.email)
    following = (await story.handoffs(offered.lead))[-1]
    await story.act(accept, BEN, str(following.id))
    told = words_of(await story.act(undo, ANA, offered.subject))
    assert "Ben Weber accepted it" in told
    assert (await story.lead(offered.lead)).owner == BEN.email


async def test_a_chain_of_passes_is_taken_back_from_its_end(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(hand_over, ANA, offered.subject, person=BEN.email)
    second = (await story.handoffs(offered.lead))[-1]
    await story.act(hand_over, BEN, str(second.id), person=CEM.email)
    assert "Ben Weber passed" in words_of(await story.act(undo, ANA, offered.subject))
    assert await story.act(undo, BEN, str(second.id)) == Nothing()
    assert await story.act(undo, ANA, offered.subject) == Nothing()
    states = [row.state for row in await story.handoffs(offered.lead)]
    assert states == ["offered", "withdrawn", "withdrawn"]


async def test_undo_twice_is_harmless(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="too_small")
    replies = await asyncio.gather(*(story.act(undo, ANA, offered.subject) for _ in range(5)))
    assert replies == [Nothing()] * 5
    assert [row.decision for row in await story.all(FeedbackRow)] == ["rejected", "undone"]


async def test_an_undo_counts_under_the_campaign_that_the_decision_was_counted_under(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    before = await story.tallies()
    await story.act(reject, ANA, offered.subject, reason="later")
    news = IncomingLead(external_id="L-1", campaign="autumn", source="fair", phone="1")
    await story.do(lambda ctx: receive(ctx, news))
    lead = await story.lead(offered.lead)
    assert (lead.campaign, lead.source, lead.phone) == ("spring-pricing", "web", "1")
    assert await story.act(undo, ANA, offered.subject) == Nothing()
    assert await story.tallies() == before
    await story.act(reject, ANA, offered.subject, reason="later")
    story.clock.advance(minutes=10)
    await story.do(lambda ctx: receive(ctx, news))
    assert (await story.lead(offered.lead)).campaign == "autumn"


async def test_a_lead_that_became_an_mql_again_is_not_taken_back(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="bad_data")
    story.clock.advance(minutes=1)
    await story.do(lambda ctx: receive(ctx, IncomingLead(external_id="L-1", phone="1")))
    counted = await story.tallies()
    assert "offered anew" in words_of(await story.act(undo, ANA, offered.subject))
    states = [row.state for row in await story.handoffs(offered.lead)]
    assert states == ["rejected", "offered"]
    assert await story.tallies() == counted

"""An offer that goes to a colleague."""

from dataclasses import replace
from datetime import date

from cards.model import Choice
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.pass_lead import ask, hand_over
from commands.reply import Ask, Nothing
from leads.lifecycle import HandoffState, Stage
from leads.person import Leave
from storage.tables import FeedbackRow
from tests.commands.story import ADA, ANA, BEN, CEM, MAX, MIA, Story, setup_of, words_of


async def test_the_form_shows_colleagues_with_what_they_have_open(story: Story) -> None:
    await story.offer(BEN)
    offered = await story.offer(ANA)
    reply = await story.act(ask, ANA, offered.subject)
    assert isinstance(reply, Ask)
    (choice,) = [block for block in reply.form.blocks if isinstance(block, Choice)]
    assert [option.value for option in choice.options] == ["ben@acme.example", "cem@acme.example"]
    assert choice.options[0].label.values["open_leads"] == 1


async def test_the_colleague_gets_a_card_with_the_note(story: Story) -> None:
    offered = await story.offer(ANA)
    note = "You know\nthem"
    assert (
        await story.act(hand_over, ANA, offered.subject, person=BEN.email, note=note) == Nothing()
    )
    first, second = await story.handoffs(offered.lead)
    assert (first.state, first.decided_by) == (HandoffState.PASSED, ANA.email)
    assert (second.rep, second.previous, second.state) == (BEN.email, first.id, "offered")
    assert (await story.lead(offered.lead)).stage == Stage.MQL
    shown = await story.shown(CardKind.BATTLE_CARD, second.id)
    assert "Why you: Ana Ortiz passed it to you: “You know them”" in shown
    assert "Passed to Ben Weber by you" in await story.shown(CardKind.BATTLE_CARD, first.id)
    ((where, said),) = await story.told(CardKind.HAND_OVER)
    assert where == "channel:#handoffs"
    assert said == "Ana Ortiz passed this lead to Ben Weber."


async def test_a_pass_counts_as_one_offer(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(hand_over, ANA, offered.subject, person=BEN.email)
    tallies = await story.tallies()
    assert tallies["offered", "all", ""] == 1
    assert tallies["offered", "rep", BEN.email] == 1
    assert ("offered", "rep", ANA.email) not in tallies
    (feedback,) = await story.all(FeedbackRow)
    assert (feedback.decision, feedback.answer) == ("passed", BEN.email)


async def test_a_wrong_colleague_keeps_the_form_open(story: Story) -> None:
    offered = await story.offer(ANA)
    for given, mended in (
        ("", "person_missing"),
        (MIA.email, "person_missing"),
        ("who@where.example", "person_missing"),
        (ANA.email, "person_same"),
    ):
        reply = await story.act(hand_over, ANA, offered.subject, person=given)
        assert words_of(reply) == f"person: {mended}"
    assert len(await story.handoffs(offered.lead)) == 1


async def test_with_nobody_to_pass_to_there_is_a_way_out(story: Story) -> None:
    story.setup = setup_of(ANA, MIA)
    offered = await story.offer(ANA)
    assert "Reject it with a reason" in words_of(await story.act(ask, ANA, offered.subject))


async def test_who_had_it_cannot_decide_any_more_and_the_colleague_can(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(hand_over, ANA, offered.subject, person=BEN.email)
    assert "passed on" in words_of(await story.act(accept, ANA, offered.subject))
    second = (await story.handoffs(offered.lead))[-1]
    assert await story.act(accept, BEN, str(second.id)) == Nothing()


async def test_a_card_that_was_over_before_it_was_sent_is_never_sent(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(hand_over, MIA, offered.subject, person=BEN.email)
    assert await story.card(CardKind.BATTLE_CARD, offered.handoff) is None


async def test_nobody_is_passed_a_lead_while_they_are_on_leave(story: Story) -> None:
    today = Leave(first=date(2026, 11, 23), last=date(2026, 11, 23))
    story.setup = setup_of(ANA, replace(BEN, leave=(today,)), CEM, MIA, MAX, ADA)
    offered = await story.offer(ANA)
    reply = await story.act(ask, ANA, offered.subject)
    assert isinstance(reply, Ask)
    (choice,) = [block for block in reply.form.blocks if isinstance(block, Choice)]
    assert [option.value for option in choice.options] == [CEM.email]
    refused = await story.act(hand_over, ANA, offered.subject, person=BEN.email)
    assert words_of(refused) == "person: person_away"
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED
    story.clock.advance(days=1)
    assert await story.act(hand_over, ANA, offered.subject, person=BEN.email) == Nothing()

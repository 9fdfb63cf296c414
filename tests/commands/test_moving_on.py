"""A lead goes to somebody else: by a manager, or because a rep is free at last."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.log_touch import log
from commands.offer_waiting import offer_waiting
from commands.pass_lead import hand_over
from commands.reassign_lead import ask, reassign
from commands.reject_lead import reject
from commands.reply import Ask, Nothing
from commands.undo_decision import undo
from leads.lifecycle import HandoffState, Stage
from leads.person import Leave, Person
from storage.tables import HistoryRow
from tests.commands.climbing import MANAGED, climbing, tick
from tests.commands.story import ADA, ANA, BEN, CEM, MAX, MIA, Story, local, words_of


async def test_a_manager_gives_a_lead_to_a_colleague(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    values = {"person": BEN.email, "note": "You know them"}
    assert await story.act(reassign, MIA, offered.subject, **values) == Nothing()
    first, second = await story.handoffs(offered.lead)
    assert (first.state, first.decided_by) == (HandoffState.WITHDRAWN, MIA.email)
    assert (second.rep, second.why) == (BEN.email, "Mia Chen gave it to you: “You know them”")
    (row,) = await story.all(HistoryRow, HistoryRow.act == "handed_on")
    assert (row.by, row.why) == (MIA.email, "to Ben Weber: You know them")


async def test_or_to_the_next_by_the_rules_even_after_an_accept(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(accept, MANAGED, offered.subject)
    assert await story.act(reassign, MIA, offered.subject, person="rules") == Nothing()
    first, second = await story.handoffs(offered.lead)
    assert (first.state, second.state) == (HandoffState.WITHDRAWN, HandoffState.OFFERED)
    assert second.rep in {BEN.email, CEM.email}
    assert (await story.lead(offered.lead)).stage == Stage.MQL


async def test_who_had_it_is_told_who_has_it_now(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(reassign, MIA, offered.subject, person=BEN.email)
    told = words_of(await story.act(accept, MANAGED, offered.subject))
    assert "Ada Byron is with Ben Weber now." in told
    told = words_of(await story.act(reassign, MIA, offered.subject, person=CEM.email))
    assert "Ada Byron is with Ben Weber now." in told


async def test_what_is_worked_stays(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(accept, MANAGED, offered.subject)
    await story.act(log, MANAGED, offered.subject, kind="called", outcome_called="reached")
    told = words_of(await story.act(reassign, MIA, offered.subject, person=BEN.email))
    assert "it stays with who works it" in told
    assert len(await story.handoffs(offered.lead)) == 1


@pytest.mark.parametrize("who", [ANA, BEN, MAX])
async def test_only_managers_reassign(story: Story, who: Person) -> None:
    offered = await climbing(story).offer(MANAGED)
    assert words_of(await story.act(reassign, who, offered.subject, person=CEM.email))
    assert words_of(await story.act(ask, who, offered.subject))
    assert len(await story.handoffs(offered.lead)) == 1


async def test_a_wrong_colleague_keeps_the_form_open(story: Story) -> None:
    away = replace(BEN, leave=(Leave(first=date(2026, 11, 23), last=date(2026, 11, 23)),))
    climbing(story, MANAGED, away, MIA)
    offered = await story.offer(MANAGED)
    for person, wrong in (
        ("", "person_missing"),
        (MIA.email, "person_missing"),
        (ANA.email, "person_same"),
        (BEN.email, "person_away"),
        ("rules", "nobody_by_rules"),
    ):
        told = words_of(await story.act(reassign, MIA, offered.subject, person=person))
        assert told == f"person: {wrong}"
    assert "no other rep" in words_of(await story.act(ask, MIA, offered.subject))


async def test_the_form_offers_the_rules_first(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    reply = await story.act(ask, MIA, offered.subject)
    assert isinstance(reply, Ask)
    options = reply.form.blocks[1].options  # type: ignore[union-attr]
    assert [one.value for one in options] == ["rules", BEN.email, CEM.email]


async def test_a_pass_can_be_undone_after_the_colleague_lost_it_to_the_next(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(hand_over, MANAGED, offered.subject, person=BEN.email)
    second = (await story.handoffs(offered.lead))[-1]
    await story.act(reassign, MIA, str(second.id), person=CEM.email)
    shown = await story.shown(CardKind.BATTLE_CARD, offered.handoff)
    assert "Passed to Cem Aydin by you" in shown
    await story.act(undo, MANAGED, offered.subject)
    states = [one.state for one in await story.handoffs(offered.lead)]
    assert states == ["offered", "withdrawn", "withdrawn"]


def all_away(until: date) -> tuple[Person, ...]:
    """Everybody but the manager is on leave until this day."""
    leave = (Leave(first=date(2026, 11, 1), last=until),)
    return (*(replace(one, leave=leave) for one in (MANAGED, BEN)), MIA, ADA)


async def test_a_lead_waits_with_the_fallback_until_somebody_is_on(story: Story) -> None:
    climbing(story, *all_away(date(2026, 11, 24)))
    offered = await story.offer()
    (first,) = await story.handoffs(offered.lead)
    assert (first.rep, first.retry_at) == (MIA.email, story.clock.now + timedelta(minutes=5))
    assert "goes to the next rep who is free" in await story.shown(CardKind.BATTLE_CARD, first.id)
    story.clock.now = local(2026, 11, 25, 0, 30)
    await tick(story)
    first, second = await story.handoffs(offered.lead)
    assert (first.state, second.state) == (HandoffState.WITHDRAWN, HandoffState.OFFERED)
    assert second.rep in {ANA.email, BEN.email}
    assert "it waited with Mia Chen until a rep could take it" in second.why


async def test_it_is_looked_at_less_and_less_often_and_lets_others_go_first(story: Story) -> None:
    climbing(story, *all_away(date(2026, 12, 24)))
    offered = await story.offer()
    looked = []
    for _ in range(5):
        handoff = await story.handoff(offered.handoff)
        assert handoff.retry_at
        looked.append((handoff.retry_at - handoff.offered_at) / timedelta(minutes=1))
        story.clock.now = handoff.retry_at
        await story.do(offer_waiting)
    assert looked == [5, 10, 20, 40, 70]


async def test_the_fallback_may_decide_meanwhile(story: Story) -> None:
    climbing(story, *all_away(date(2026, 11, 24)))
    offered = await story.offer()
    await story.act(accept, MIA, offered.subject)
    await story.act(log, MIA, offered.subject, kind="called", outcome_called="reached")
    story.clock.now = local(2026, 11, 25, 10)
    await tick(story)
    handoffs = await story.handoffs(offered.lead)
    assert [(one.state, one.retry_at) for one in handoffs] == [("accepted", None)]


async def test_a_decision_that_the_fallback_takes_back_lets_it_wait_again(story: Story) -> None:
    climbing(story, *all_away(date(2026, 11, 23)))
    story.clock.now = local(2026, 11, 23, 23, 51)
    offered = await story.offer()
    story.clock.now = local(2026, 11, 23, 23, 54)
    await story.act(accept, MIA, offered.subject)
    story.clock.now = local(2026, 11, 23, 23, 58)
    await story.do(offer_waiting)
    await story.act(undo, MIA, offered.subject)
    story.clock.now = local(2026, 11, 24, 0, 5)
    await story.do(offer_waiting)
    assert [one.state for one in await story.handoffs(offered.lead)] == ["withdrawn", "offered"]


async def test_somebody_who_is_full_gets_it_when_they_have_room(story: Story) -> None:
    full = replace(MANAGED, capacity=1)
    climbing(story, full, MIA, ADA)
    taken = await story.offer(full)
    waiting = await story.offer()
    assert (await story.handoff(waiting.handoff)).rep == MIA.email
    await story.act(reject, full, taken.subject, reason="too_small")
    story.clock.advance(minutes=5)
    await story.do(offer_waiting)
    assert (await story.handoffs(waiting.lead))[-1].rep == ANA.email

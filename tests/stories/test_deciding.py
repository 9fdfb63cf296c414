"""A rep decides on a lead, changes their mind, passes it on, puts it off; others get in the way."""

import asyncio

import pytest

from storage.tables import FeedbackRow
from tests.acme import ANA, BEN, MIA, NOAH, SAM
from tests.stories.conftest import Acme


async def test_a_lead_is_offered_and_accepted(here: Acme) -> None:
    name, card = await here.receives(ANA)
    assert "Yours to take" in card.says()
    assert "75 points" in card.says()
    assert "You looked at our pricing guide" in card.says()
    assert "accept by" in here.line(name).says()

    ana = here.chat.person(ANA)
    assert (await ana.press(card, "Accept")).is_done
    await here.chat.until(lambda: "It's yours" in card.says())
    await here.chat.until(lambda: "accepted" in here.line(name).says())
    assert "Accept" not in card.buttons()
    assert "Log a touch" in card.buttons()
    assert len(ana.cards()) == 1
    assert len(here.chat.channel("lead-handoffs")) == 1
    assert await here.handoffs() == [(ANA, "accepted")]


async def test_an_accepted_lead_is_worked_to_the_win(here: Acme) -> None:
    name, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    await ana.press(card, "Accept")
    await here.chat.until(lambda: "Log a touch" in card.buttons())
    form = (await ana.press(card, "Log a touch")).form
    assert form
    assert (await form.send(kind="called", outcome_called="reached", note="Nice chat")).is_done
    await here.chat.until(lambda: "1 touch so far" in card.says())
    await ana.press(card, "Qualified")
    await here.chat.until(lambda: "Opportunity" in card.buttons())
    form = (await ana.press(card, "Opportunity")).form
    assert form
    assert (await form.send(amount="12000")).is_done
    await here.chat.until(lambda: "Won" in card.buttons())
    form = (await ana.press(card, "Won")).form
    assert form
    assert (await form.send(amount="15000", convinced="The seat audit")).is_done
    await here.chat.until(lambda: "Well done!" in card.says())
    await here.chat.until(lambda: "won" in here.line(name).says())
    await here.chat.until(lambda: here.chat.channel("wins"))
    assert "The seat audit" in here.chat.channel("wins")[0].says()


async def test_an_accept_is_undone_within_ten_minutes_and_not_later(here: Acme) -> None:
    _, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    await ana.press(card, "Accept")
    await here.chat.until(lambda: "Undo" in card.buttons())
    await ana.press(card, "Undo")
    await here.chat.until(lambda: "Yours to take" in card.says())
    assert await here.handoffs() == [(ANA, "offered")]

    await ana.press(card, "Accept")
    await here.chat.until(lambda: "Undo" in card.buttons())
    here.clock.advance(minutes=11)
    await ana.press(card, "Undo")
    assert "ten minutes" in ana.was_told()
    await here.chat.until(lambda: "Undo" not in card.buttons())
    assert await here.handoffs() == [(ANA, "accepted")]


async def test_a_lead_is_passed_to_a_colleague_and_the_pass_undone(here: Acme) -> None:
    name, card = await here.receives(ANA)
    ana, ben = here.chat.person(ANA), here.chat.person(BEN)
    form = (await ana.press(card, "Pass to a colleague")).form
    assert form
    assert (await form.send(person=BEN, note="She speaks German")).is_done
    bens = await ben.card(f"{name},")
    assert "She speaks German" in bens.says()
    await here.chat.until(lambda: "Passed to" in card.says())
    assert "Ben Fischer" in await here.told(name, "passed this lead")
    await here.chat.until(lambda: "Ben Fischer" in here.line(name).says())

    await ana.press(card, "Undo")
    await here.chat.until(lambda: "Yours to take" in card.says())
    await here.chat.until(lambda: "Nothing to do" in bens.says())
    assert "Accept" not in bens.buttons()
    assert await here.handoffs() == [(ANA, "offered"), (BEN, "withdrawn")]


async def test_a_snoozed_offer_knocks_again_when_its_time_has_come(here: Acme) -> None:
    name, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    form = (await ana.press(card, "Snooze")).form
    assert form
    assert (await form.send(until="1h")).is_done
    await here.chat.until(lambda: "Snoozed until" in card.says())
    here.clock.advance(minutes=61)
    await here.wake()
    await here.chat.until(lambda: "Yours to take" in card.says())
    await here.chat.until(lambda: here.chat.thread(card))
    assert f"{name} is back" in here.chat.thread(card)[0].says()


async def test_of_two_people_in_the_same_instant_one_wins_and_the_other_is_told_who(
    here: Acme,
) -> None:
    for _ in range(5):
        await _race(here)


async def _race(here: Acme) -> None:
    name, card = await here.receives(ANA)
    ana, mia = here.chat.person(ANA), here.chat.person(MIA)
    outcomes = await asyncio.gather(ana.press(card, "Accept"), mia.press(card, "Accept"))
    assert all(outcome.is_done for outcome in outcomes)
    decided = (await here.rows(FeedbackRow))[-1]
    by_ana = decided.decided_by == ANA
    loser, winner = (mia, "Ana Ortiz") if by_ana else (ana, "Mia Keller")
    assert f"{winner} accepted" in loser.was_told()
    assert name in loser.was_told()
    assert "23 Nov" in loser.was_told() or "11:0" in loser.was_told()
    of_lead = [one for one in await here.rows(FeedbackRow) if one.lead_id == decided.lead_id]
    assert len(of_lead) == 1


async def test_twenty_presses_of_one_button_are_one_decision(here: Acme) -> None:
    _, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    await asyncio.gather(*(ana.press(card, "Accept") for _ in range(20)))
    assert len(await here.rows(FeedbackRow)) == 1
    assert ana.was_told() == ""


@pytest.mark.parametrize("who", [BEN, NOAH])
@pytest.mark.parametrize("button", ["Accept", "Reject", "Snooze"])
async def test_whoever_may_not_is_told_privately_and_the_try_is_recorded(
    here: Acme, who: str, button: str
) -> None:
    _, card = await here.receives(ANA)
    other = here.chat.person(who)
    outcome = await other.press(card, button)
    assert outcome.is_done
    assert outcome.form is None
    assert "Ana Ortiz's lead" in other.was_told()
    assert await here.handoffs() == [(ANA, "offered")]
    assert await here.acts("refused") == [who]


async def test_a_stranger_is_told_whom_to_ask_and_the_admin_hears_of_it(here: Acme) -> None:
    _, card = await here.receives(ANA)
    sam = here.chat.person(SAM)
    await sam.press(card, "Accept")
    assert "Mia Keller" in sam.was_told()
    assert await here.handoffs() == [(ANA, "offered")]
    notice = await here.chat.person(MIA).card("Sam Stranger")
    assert SAM in notice.says()
    assert await sam.ask("quality")
    assert len([one for one in here.chat.person(MIA).cards() if "Sam" in one.says()]) == 1

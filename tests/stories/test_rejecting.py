"""A rep says no, and the reason decides what becomes of the lead."""

from datetime import UTC, datetime

from storage.tables import FeedbackRow, LeadRow
from tests.acme import ANA, BEN
from tests.stories.chat import Card
from tests.stories.conftest import Acme


async def _reject(here: Acme, card: Card, reason: str, **answer: str) -> None:
    ana = here.chat.person(ANA)
    form = (await ana.press(card, "Reject")).form
    assert form
    if answer:
        form = await form.choose("reason", reason)
        outcome = await form.send(**answer)
    else:
        outcome = await form.send(reason=reason)
    assert outcome.is_done
    await here.chat.until(lambda: "Rejected by you" in card.says())


async def _stage(here: Acme) -> str:
    return (await here.rows(LeadRow))[-1].stage


async def test_a_lead_that_does_not_fit_is_disqualified_and_marketing_told(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await _reject(here, card, "too_small")
    assert await _stage(here) == "disqualified"
    assert "It's closed" in card.says()
    told = await here.told(name, "Company too small")
    assert "@Noah Lind" in told
    assert card.buttons() == ["Undo", "More"]
    (kept,) = await here.rows(FeedbackRow)
    assert (kept.reason, kept.teaches, kept.decided_by) == ("too_small", "fit", ANA)
    assert kept.snapshot


async def test_a_lead_for_another_territory_goes_to_the_named_colleague(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await _reject(here, card, "wrong_territory", person=BEN)
    bens = await here.chat.person(BEN).card(f"{name},")
    assert "Accept" in bens.buttons()
    assert "Ben Fischer" in card.says()
    await here.chat.until(lambda: "Ben Fischer" in here.line(name).says())
    assert await here.handoffs() == [(ANA, "rejected"), (BEN, "offered")]
    assert len(here.chat.channel("lead-handoffs")) == 1


async def test_a_lead_that_is_not_ready_comes_back_on_its_date(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await _reject(here, card, "not_now", until="2026-12-14")
    assert await _stage(here) == "recycled"
    await here.chat.until(lambda: "back" in here.line(name).says())

    here.clock.put(datetime(2026, 12, 13, 20, 0, tzinfo=UTC))
    await here.wake()
    assert await _stage(here) == "recycled"
    here.clock.put(datetime(2026, 12, 14, 9, 0, tzinfo=UTC))
    await here.wake()
    assert await _stage(here) == "mql"
    again = await here.chat.person(ANA).card("the date you asked for has come")
    assert "Accept" in again.buttons()
    assert await here.handoffs() == [(ANA, "rejected"), (ANA, "offered")]


async def test_a_duplicate_is_linked_to_the_lead_that_it_is_the_same_as(here: Acme) -> None:
    first, _ = await here.receives(ANA)
    _, card = await here.receives(ANA)
    await _reject(here, card, "duplicate", lead="ada1@company1.example")
    original, double = await here.rows(LeadRow)
    assert double.duplicate_of == original.id
    assert first in card.says()


async def test_a_reason_of_ones_own_is_kept_word_by_word(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await _reject(here, card, "other", text="They merged with <!channel> & *us*")
    told = await here.told(name, "They merged")
    assert "They merged with <!channel> & " in told
    (kept,) = await here.rows(FeedbackRow)
    assert kept.answer == "They merged with <!channel> & *us*"


async def test_a_form_that_lacks_its_answer_stays_open_and_says_what_to_mend(here: Acme) -> None:
    _, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    form = (await ana.press(card, "Reject")).form
    assert form
    form = await form.choose("reason", "not_now")
    outcome = await form.send(until="2020-01-01")
    assert "after today" in outcome.errors["until"]
    assert await here.handoffs() == [(ANA, "offered")]
    assert (await form.send(until="2026-12-24")).is_done
    assert await here.handoffs() == [(ANA, "rejected")]


async def test_a_rejection_is_undone_and_the_lead_waits_again(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await _reject(here, card, "wrong_territory", person=BEN)
    bens = await here.chat.person(BEN).card(f"{name},")
    await here.chat.person(ANA).press(card, "Undo")
    await here.chat.until(lambda: "Yours to take" in card.says())
    await here.chat.until(lambda: "Accept" not in bens.buttons())
    assert "took that back" in await here.told(name, "took that back")
    assert await here.handoffs() == [(ANA, "offered"), (BEN, "withdrawn")]

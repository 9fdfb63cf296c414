"""Time runs out on both platforms: the rep is reminded, the manager hears of it and steps in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands.context import Platform
from tests import acme
from tests.acme import ANA, BEN, MIA
from tests.stories.chat import Card
from tests.stories.conftest import Acme, at_work

_LADDER = 'ladder = [{ at = "50%", do = "remind" }, { at = "100%", do = "escalate" }]'


@pytest.fixture
async def strict(database_url: str, platform: Platform, tmp_path: Path) -> AsyncIterator[Acme]:
    """Acme with a ladder."""
    known = (acme.FOLDER / "agreement.toml").read_text()
    agreement = tmp_path / "agreement.toml"
    agreement.write_text(known.replace("attempts = 3", f"attempts = 3\n{_LADDER}"))
    async with at_work(database_url, platform, agreement=agreement) as here:
        yield here


async def _late(here: Acme) -> tuple[Card, Card]:
    """Ana's card of a lead that she hasn't decided on in time, and what Mia is told of it."""
    name, card = await here.receives(ANA)
    here.clock.advance(minutes=31)
    await here.wake()
    await here.chat.until(lambda: "is waiting for your decision" in _all(here, ANA, card))
    here.clock.advance(minutes=31)
    await here.wake()
    told = await here.chat.person(MIA).card(f"{name} from Company")
    await here.chat.until(lambda: "Overdue since" in card.says())
    return card, told


def _all(here: Acme, email: str, card: Card) -> str:
    """Everything in the person's chat, and under one card of it."""
    cards = [*here.chat.person(email).cards(), *here.chat.thread(card)]
    return "\n".join(one.says() for one in cards)


async def test_a_late_lead_gets_more_time(strict: Acme) -> None:
    card, told = await _late(strict)
    assert "Ana Ortiz hasn't decided on" in told.says()
    mia = strict.chat.person(MIA)
    form = (await mia.press(told, "Extend")).form
    assert form
    assert "more time to decide on" in form.says()
    assert (await form.send(time="4h", why="At a fair today")).is_done
    await strict.chat.until(lambda: "Mia Keller gave you more time." in card.says())
    await strict.chat.until(lambda: "has more time from Mia Keller" in told.says())
    assert "Reassign" not in told.buttons()
    assert await strict.acts("extended") == [MIA]


async def test_a_late_lead_goes_to_a_colleague(strict: Acme) -> None:
    card, told = await _late(strict)
    form = (await strict.chat.person(MIA).press(told, "Reassign")).form
    assert form
    assert (await form.send(person=BEN, note="Ana is at a fair")).is_done
    await strict.chat.until(lambda: "went to Ben Fischer" in card.says())
    await strict.chat.until(lambda: "went to Ben Fischer" in told.says())
    assert "Mia Keller decided that." in card.says()
    assert await strict.handoffs() == [(ANA, "withdrawn"), (BEN, "offered")]
    assert "Ana is at a fair" in (await strict.chat.person(BEN).card("Byron1,")).says()


async def test_a_decision_settles_what_was_said(strict: Acme) -> None:
    card, told = await _late(strict)
    await strict.chat.person(ANA).press(card, "Accept")
    await strict.chat.until(lambda: "is decided: nothing left to do here" in told.says())
    assert "is waiting for your decision" not in _all(strict, ANA, card)


async def test_a_manager_gives_time_from_the_page_of_a_lead(here: Acme) -> None:
    _, card = await here.receives(ANA)
    form = await here.chat.person(MIA).form_of("lead 1", "Give more time")
    assert (await form.send(time="1d", why="A holiday over there")).is_done
    await here.chat.until(lambda: "Mia Keller gave you more time." in card.says())

"""A message whose answer was lost may be in the chat already: nothing may be said twice, and
nothing untrue may be left standing. Each of these was found by the kill test."""

import pytest

from commands.context import Platform
from sandbox import Mischief, Trouble
from tests import acme
from tests.acme import ANA, BEN
from tests.stories.conftest import Acme

pytestmark = pytest.mark.parametrize("platform", [Platform.SLACK])
"""Slack can be searched for a message whose answer was lost; for Teams see test_teams_doubt.py."""


def _failures(here: Acme, method: str) -> int:
    return sum(call.method == method and call.status != 200 for call in here.sandbox.calls)


async def test_a_search_that_fails_does_not_make_a_lost_message_certain(here: Acme) -> None:
    here.sandbox.misbehave(
        Mischief(trouble=Trouble.LOST_ANSWER, method="chat.postMessage", calls=2)
    )
    here.sandbox.misbehave(
        Mischief(
            trouble=Trouble.RATE_LIMITED, method="conversations.history", calls=4, retry_after=0
        )
    )
    _, card = await here.receives(ANA)
    await here.delivered()
    assert "Accept" in card.buttons()
    assert len(here.chat.person(ANA).cards()) == 1
    assert len(here.chat.channel("lead-handoffs")) == 1


async def test_a_card_shows_the_undo_though_it_is_what_it_showed_before(here: Acme) -> None:
    _, card = await here.receives(ANA)
    await here.delivered()
    ana = here.chat.person(ANA)
    here.sandbox.misbehave(Mischief(trouble=Trouble.LOST_ANSWER, method="chat.update", calls=2))
    here.sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE, method="chat.update", after=2))
    await ana.press(card, "Accept")
    await here.chat.until(lambda: _failures(here, "chat.update") >= 3)
    assert "It's yours" in card.says()
    await ana.press(card, "Undo")
    here.sandbox.behave()
    here.clock.advance(minutes=1)
    await here.delivered()
    assert "Yours to take" in card.says()


async def test_a_card_that_arrived_unheard_loses_its_buttons_with_its_offer(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await here.delivered()
    ana = here.chat.person(ANA)
    here.sandbox.misbehave(
        Mischief(trouble=Trouble.LOST_ANSWER, method="chat.postMessage", calls=2)
    )
    here.sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE, method="conversations.history"))
    form = (await ana.press(card, "Pass to a colleague")).form
    assert form
    await form.send(person=BEN)
    bens = await here.chat.person(BEN).card(f"{name},")
    await here.chat.until(lambda: _failures(here, "conversations.history"))
    await here.chat.until(lambda: "Undo" in card.buttons())
    await ana.press(card, "Undo")
    here.sandbox.behave()
    here.clock.advance(minutes=1)
    await here.delivered()
    assert "Accept" not in bens.buttons()
    assert "Nothing to do" in bens.says()


async def test_answers_that_get_lost_post_nothing_twice(here: Acme) -> None:
    here.sandbox.misbehave(
        Mischief(trouble=Trouble.LOST_ANSWER, method="chat.postMessage", calls=6)
    )
    await here.send([acme.lead(100 + n, "ES") for n in range(8)])
    await here.delivered()
    assert len(here.chat.person(ANA).cards()) == 8
    assert len(here.chat.channel("lead-handoffs")) == 8

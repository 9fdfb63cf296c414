"""The chat is down, slow, or says things twice; and what comes in is hostile."""

import asyncio
from functools import partial

import pytest

from storage.tables import LeadRow, NoteRow, OutboxRow
from tests import acme
from tests.acme import ANA, BEN, NOAH
from tests.stories.chat import Trouble
from tests.stories.conftest import Acme


def _names(here: Acme) -> list[str]:
    return [one.says().split(",")[0] for one in here.chat.channel("lead-handoffs")]


async def test_what_happened_while_the_chat_was_down_arrives_once_and_in_order(here: Acme) -> None:
    name, card = await here.receives(ANA)
    here.chat.misbehave(Trouble.DOWN)
    await here.chat.person(ANA).press(card, "Accept")
    await here.send([acme.lead(100 + n, "DE") for n in range(12)])
    failed = here.chat.suffered()
    await here.chat.until(lambda: here.chat.suffered() > failed + 3)
    assert "Yours to take" in card.says()

    here.chat.behave()
    here.clock.advance(minutes=2)
    await here.delivered()
    assert "It's yours" in card.says()
    assert "accepted" in here.line(name).says()
    assert len(here.chat.channel("lead-handoffs")) == 13
    assert len(here.chat.person(BEN).cards()) == 12
    assert len(set(_names(here))) == 13


def _refusals(here: Acme, n: int) -> bool:
    return here.chat.suffered() >= n


async def test_a_storm_of_429_delays_and_loses_nothing(here: Acme) -> None:
    here.chat.misbehave(Trouble.BUSY, calls=25)
    await here.send([acme.lead(100 + n, "ES") for n in range(10)])
    for refused in range(1, 26):  # no call is made again before the second it was asked to wait
        await here.chat.until(partial(_refusals, here, refused))
        here.clock.advance(seconds=1)
    await here.delivered()
    assert len(here.chat.person(ANA).cards()) == 10
    assert len(here.chat.channel("lead-handoffs")) == 10


async def test_events_that_come_twice_do_nothing_twice(here: Acme) -> None:
    name, _ = await here.receives(ANA)
    await here.delivered()
    here.chat.misbehave(Trouble.TWICE)
    await here.chat.person(NOAH).say("They renewed in May", thread_of=here.line(name))
    await here.delivered()
    (note,) = await here.rows(NoteRow)
    assert (note.by, note.text) == (NOAH, "They renewed in May")


async def test_a_lead_that_is_sent_ten_times_at_once_is_one_lead(here: Acme) -> None:
    answers = await asyncio.gather(*(here.send(acme.lead(1)) for _ in range(10)))
    results = sorted(str(one["result"]) for (one,) in answers)
    assert results == ["created", *["unchanged"] * 9]
    await here.delivered()
    assert len(await here.rows(LeadRow)) == 1
    assert len(here.chat.person(ANA).cards()) == 1


HOSTILE = (
    "<!channel> <@U0001> <https://evil.example|click>",
    "*bold* _it_ ~s~ `code` ```block``` > quote",
    "N" * 10_000,
    "😀" * 3000,
    "\u202eevil\u202c \u200f\u061c",
    "nul\x00 and \x07bell \ud800 half",
    "\"quotes' {{ 7*7 }} {% raw %} ${x} %s \\",
    "&lt;!here&gt; &amp;",
    "line\nbreak\r\nand\ttab",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words_are_kept_shown_and_do_no_harm(here: Acme, text: str) -> None:
    company = {"name": text, "domain": "evil.example", "employees": 9, "country": "ES"}
    told = acme.lead(
        1, last_name=text, title=f"VP Engineering {text}", company=company, interests=[text]
    )
    (taken,) = await here.send(told)
    assert taken.get("result") == "created", taken
    ana = here.chat.person(ANA)
    await here.delivered()
    (card,) = ana.cards()
    (line,) = here.chat.channel("lead-handoffs")
    assert card.says()
    assert line.says()
    assert here.chat.markup("lead-handoffs") == []
    page = (await ana.press(card, "More")).form
    assert page
    assert await ana.ask("find engineer")
    assert await ana.ask("lead 1")
    assert await ana.home()
    await ana.press(card, "Accept")
    await here.chat.until(lambda: "It's yours" in card.says())


async def test_hostile_words_of_colleagues_do_no_harm_either(here: Acme) -> None:
    name, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    for text in HOSTILE:
        whole = text.encode(errors="replace").decode()
        assert await ana.ask(f"find {whole[:3000]}")
        assert await ana.ask(whole[:3000])
        assert await ana.ask(f"campaign {whole[:500]}")
        await ana.say(whole[:4000], thread_of=here.line(name))
    form = (await ana.press(card, "Reject")).form
    assert form
    form = await form.choose("reason", "other")
    assert (await form.send(text="".join(HOSTILE).encode(errors="replace").decode()[:1900])).is_done
    await here.delivered()
    assert [one for one in await here.rows(OutboxRow) if one.state == "dead"] == []

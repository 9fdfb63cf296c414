"""People ask, share, note, and keep the playbook."""

import pytest

from commands.answer import SUBCOMMANDS
from storage.tables import NoteRow
from tests.acme import ANA, BEN, MIA, NOAH
from tests.stories.conftest import Acme

_QUESTIONS = sorted({"", "1", "qualty", *(one.example for one in SUBCOMMANDS)})


async def _some_history(here: Acme) -> None:
    ana = here.chat.person(ANA)
    _, accepted = await here.receives(ANA)
    _, rejected = await here.receives(ANA)
    await here.receives(BEN)
    await ana.press(accepted, "Accept")
    form = (await ana.press(rejected, "Reject")).form
    assert form
    await form.send(reason="too_small")
    await here.delivered()


async def test_every_question_is_answered_to_everybody_with_a_card(here: Acme) -> None:
    for told in (False, True):
        for who in (ANA, MIA, NOAH):
            for question in _QUESTIONS:
                for channel in (None, "gtm"):
                    answer = await here.chat.person(who).ask(question, channel)
                    assert answer, (who, question, channel)
        if not told:
            await _some_history(here)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "Byron1"),
        ("quality", "1 of 2"),
        ("reasons", "Company too small"),
        ("funnel", "3"),
        ("find byron2", "Byron2"),
        ("lead 1", "Pricing Guide"),
        ("campaign spring-pricing", "seat audit"),
        ("criteria", "Job title on the target list"),
        ("definitions", "Need, budget and time are confirmed."),
        ("help", "reasons"),
        ("digest", "Nothing is late"),
        ("digest personal", "Nothing waits for you today"),
        ("qualty", "quality"),
    ],
)
async def test_answers_tell_what_happened(here: Acme, question: str, words: str) -> None:
    await _some_history(here)
    assert words in await here.chat.person(ANA).ask(question, "gtm")


async def test_an_answer_is_shared_with_the_channel_once(here: Acme) -> None:
    await _some_history(here)
    ana = here.chat.person(ANA)
    await ana.share("reasons", "gtm")
    await ana.share("reasons", "gtm")
    await here.delivered()
    (shared,) = here.chat.channel("gtm")
    assert "Company too small" in shared.says()
    assert "Ana Ortiz" in shared.says()


async def test_a_word_in_the_thread_is_kept_as_a_note_and_read_on_the_page(here: Acme) -> None:
    name, card = await here.receives(ANA)
    await here.delivered()
    await here.chat.person(NOAH).say("Met them at the fair", thread_of=here.line(name))
    await here.delivered()
    (note,) = await here.rows(NoteRow)
    assert (note.by, note.text) == (NOAH, "Met them at the fair")
    page = (await here.chat.person(ANA).press(card, "More")).form
    assert page
    assert "Met them at the fair" in page.says()


async def test_what_marketing_changes_in_the_playbook_is_on_every_open_card(here: Acme) -> None:
    _, card = await here.receives(ANA)
    noah = here.chat.person(NOAH)
    form = await noah.form_of("campaign spring-pricing", "Edit")
    done = await form.send(opener="Your renewal is in May, isn't it?")
    assert done.errors == {}
    await here.chat.until(lambda: "Your renewal is in May" in card.says())


async def test_the_home_page_shows_each_what_is_theirs(here: Acme) -> None:
    await _some_history(here)
    assert "Byron1" in await here.chat.person(ANA).home()
    assert "Company too small" in await here.chat.person(NOAH).home()
    assert await here.chat.person(MIA).home()

"""People choose where and how Baton talks to them."""

from tests import acme
from tests.acme import ANA, BEN
from tests.stories.conftest import Acme

USUAL = {
    "place": "dm",
    "quiet_from": "none",
    "quiet_to": "none",
    "digest_at": "usual",
    "locale": "team",
}


async def _choose(here: Acme, who: str, **changes: str) -> str:
    """Save a form with these changes of what is usual; the settings afterwards."""
    form = await here.chat.person(who).form_of("settings", "Change")
    done = await form.send(**{**USUAL, **changes})
    assert done.is_done
    return await here.chat.person(who).ask("settings")


async def test_settings_are_asked_for_changed_and_shown(here: Acme) -> None:
    assert "In your chat with me" in await here.chat.person(ANA).ask("settings")
    said = await _choose(here, ANA, quiet_from="19:00", quiet_to="07:30", digest_at="never")
    assert "19:00 to 07:30" in said
    assert "Never" in said
    assert "19:00" not in await here.chat.person(BEN).ask("settings")


async def test_what_cannot_be_is_said_in_the_form(here: Acme) -> None:
    form = await here.chat.person(ANA).form_of("settings", "Change")
    wrong = await form.send(**{**USUAL, "quiet_from": "19:00"})
    assert wrong.form
    assert "Until when?" in " ".join([*wrong.errors.values(), wrong.form.says()])


async def test_a_battle_card_comes_in_the_thread_with_a_mention_for_who_chose_that(
    here: Acme,
) -> None:
    await _choose(here, ANA, place="thread")
    number = next(here.numbers)
    await here.send(acme.lead(number))
    name = f"Byron{number}"
    await here.chat.until(lambda: _lines(here, name))
    said = await here.told(name, "this one is for you")
    assert "@Ana Ortiz, this one is for you." in said
    (card,) = [one for one in here.chat.thread(here.line(name)) if "Accept" in one.buttons()]
    assert not [one for one in here.chat.person(ANA).cards() if "Accept" in one.buttons()]
    assert (await here.chat.person(ANA).press(card, "Accept")).is_done
    await here.delivered()
    assert await here.handoffs() == [(ANA, "accepted")]
    assert "Accept" not in card.buttons()


async def test_numbers_are_written_as_the_reader_chose(here: Acme) -> None:
    assert "73%" in await here.chat.person(ANA).ask("settings")
    said = await _choose(here, ANA, locale="de")
    assert "12.400,5" in said
    assert "73\u00a0%" in said
    assert "73%" in await here.chat.person(BEN).ask("settings")


async def test_the_home_page_leads_to_the_settings(here: Acme) -> None:
    assert "Settings" in await here.chat.person(ANA).home()


def _lines(here: Acme, name: str) -> list[object]:
    return [one for one in here.chat.channel("lead-handoffs") if f"{name}," in one.says()]

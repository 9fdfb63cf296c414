"""Somebody is away: said in chat, by form, by a manager, or by a status."""

from datetime import UTC, datetime

import pytest

from commands.context import Platform
from storage.tables import LeaveRow
from tests import acme
from tests.acme import ANA, BEN, CLEO, MIA
from tests.stories.conftest import Acme


async def _for_whom(here: Acme, country: str = "ES") -> str:
    """Who is offered a new lead from this country."""
    number = next(here.numbers)
    await here.send(acme.lead(number, country))
    return (await here.handoffs())[-1][0]


async def test_who_is_away_gets_no_leads_until_they_are_back(here: Acme) -> None:
    ana = here.chat.person(ANA)
    assert await _for_whom(here) == ANA
    assert "1 Dec" in await ana.ask("away until 1 Dec")
    assert await _for_whom(here) == MIA  # nobody else takes Spain: the fallback does
    assert "Ana Ortiz" in await here.chat.person(BEN).ask("away")
    assert "Welcome back" in await ana.ask("back")
    assert await _for_whom(here) == ANA


async def test_the_form_and_its_button_do_the_same(here: Acme) -> None:
    ana = here.chat.person(ANA)
    form = await ana.form_of("away", "Take leave")
    assert "First day away" in form.says()
    wrong = await form.send(first="2026-11-25", last="2026-11-24")
    assert wrong.form
    assert "before the first" in " ".join([*wrong.errors.values(), wrong.form.says()])
    done = await wrong.form.send(first="2026-11-23", last="2026-11-24")
    assert done.is_done
    assert [(row.email, str(row.last)) for row in await here.rows(LeaveRow)] == [
        (ANA, "2026-11-24")
    ]
    assert "away now" in await ana.ask("away")


async def test_asking_again_by_a_redraw_takes_no_leave_again(here: Acme) -> None:
    """In Teams an answer is drawn anew by asking for it again."""
    ana = here.chat.person(ANA)
    told = await ana.form_of("away until 1 Dec", "Take leave")
    assert told.says()
    (row,) = await here.rows(LeaveRow)
    await ana.ask("back")
    await ana.form_of("away from 24 Dec to 2 Jan", "Take leave")
    rows = await here.rows(LeaveRow)
    assert [one.id for one in rows] == [row.id, rows[-1].id]
    assert rows[0].ended_at is not None


async def test_a_manager_says_it_and_the_person_takes_it_back(here: Acme) -> None:
    assert "Ben Fischer is away" in await here.chat.person(MIA).ask("away ben until 1 Dec")
    ben = here.chat.person(BEN)
    card = await ben.card("said by Mia Keller")
    await ben.press(card, "Back today")
    assert await _for_whom(here, "DE") == BEN


async def test_the_clock_of_an_open_lead_waits_for_its_rep(here: Acme) -> None:
    name, card = await here.receives(CLEO)
    before = card.says()
    await here.chat.person(CLEO).ask("away until Wednesday")
    await here.delivered()
    assert card.says() != before
    page = await here.chat.person(CLEO).press(card, "More")
    assert page.form
    assert "on leave" in page.form.says()
    assert name in page.form.says()


@pytest.mark.parametrize("platform", [Platform.SLACK])
async def test_a_status_in_slack_is_leave_while_it_is_shown(here: Acme) -> None:
    ana = here.sandbox.persona(ANA)
    await here.chat.until(lambda: _has_met_everybody(here))
    until = datetime(2026, 11, 27, 22, 59, tzinfo=UTC)
    await ana.show_status("Vacationing", ":palm_tree:", until)
    assert "by the status in Slack" in (await here.chat.person(ANA).card("by the status")).says()
    assert await _for_whom(here) == MIA
    await ana.show_status()
    assert await _for_whom(here) == ANA


@pytest.mark.parametrize("platform", [Platform.SLACK])
async def test_a_strangers_status_is_nobodys_business(here: Acme) -> None:
    await here.sandbox.persona(acme.SAM).show_status("Vacationing", ":palm_tree:")
    assert await here.rows(LeaveRow) == []
    assert "users.info" not in [call.method for call in here.sandbox.calls]


def _has_met_everybody(here: Acme) -> bool:
    """Whether Baton has asked Slack for each account of the team, as it does at its start."""
    asked = [call for call in here.sandbox.calls if call.method == "users.lookupByEmail"]
    return len(asked) >= len(here.setup.team.people)

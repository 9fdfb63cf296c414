"""Marketing answers for what sales rejects, contests what it sees differently, and a manager
decides; and sales gives back what came to nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands.context import Platform
from storage.tables import FeedbackRow, LeadRow
from tests import acme
from tests.acme import ANA, CLEO, MIA, NOAH, OTTO
from tests.stories.chat import Card, Form
from tests.stories.conftest import Acme, at_work

_OTTO = """
[[people]]
name = "Otto Brandt"
email = "otto@acme.example"
roles = ["manager"]
timezone = "Europe/Madrid"
hours = ["Mon-Sun 00:00-24:00"]
"""


@pytest.fixture
async def here(database_url: str, platform: Platform, tmp_path: Path) -> AsyncIterator[Acme]:
    """Acme with a second manager, a rep who helps out in Ana's countries, and a promise to answer
    rejections."""
    team = (acme.FOLDER / "team.toml").read_text()
    helping = team.replace(
        'territories = ["FR", "BE"]', 'territories = ["FR", "ES"]\nweight = 0.01'
    )
    agreement = (acme.FOLDER / "agreement.toml").read_text()
    promised = agreement.replace(
        "[sla.marketing]", '[sla.marketing]\nanswer_rejections_within = "2d"'
    )
    files = {"team": tmp_path / "team.toml", "agreement": tmp_path / "agreement.toml"}
    files["team"].write_text(helping + _OTTO)
    files["agreement"].write_text(promised)
    async with at_work(database_url, platform, **files) as company_at_work:
        yield company_at_work
        assert company_at_work.chat.refused() == []


async def _rejected(here: Acme) -> tuple[str, Card, Card]:
    """The name of a lead that Ana rejected, her card, and the notice for marketing."""
    name, card = await here.receives(ANA)
    form = await _form(here, ANA, card, "Reject")
    assert (await form.send(reason="too_small")).is_done
    await here.told(name, "Company too small")
    await here.delivered()  # before that, Baton doesn't know the message as its own
    return name, card, _in_thread(here, name, "Company too small")


async def _form(here: Acme, email: str, card: Card, label: str) -> Form:
    form = (await here.chat.person(email).press(card, label)).form
    assert form
    return form


async def _disputed(here: Acme, name: str) -> Card:
    """The card in the thread about what Noah contests."""
    await here.told(name, "Their site says 140 people")
    await here.delivered()
    return _in_thread(here, name, "Their site says 140 people")


def _in_thread(here: Acme, name: str, words: str) -> Card:
    return next(one for one in here.chat.thread(here.line(name)) if words in one.says())


async def test_marketing_answers_a_rejection_and_the_rep_hears_it(here: Acme) -> None:
    name, card, notice = await _rejected(here)
    assert "@Noah Lind" in notice.says()
    assert "Please answer by" in notice.says()
    assert notice.buttons() == ["Answer", "Contest"]
    assert "1 rejection to answer" in await here.chat.person(NOAH).home()

    form = await _form(here, NOAH, notice, "Answer")
    assert "Ana Ortiz turned down" in form.says()
    assert (await form.send(answer="agreed", text="From 50 people on")).is_done
    told = await here.told(name, "answered “Company too small”")
    assert "@Ana Ortiz, Noah Lind answered “Company too small”" in told
    await here.chat.until(lambda: "Noah Lind answered" in notice.says())
    assert notice.buttons() == ["Contest"]
    assert "to answer" not in await here.chat.person(NOAH).home()

    await here.chat.until(lambda: "Undo" not in card.buttons())  # an answered one stays
    assert await here.handoffs() == [(ANA, "rejected")]


async def test_sales_cant_answer_for_marketing(here: Acme) -> None:
    _, _, notice = await _rejected(here)
    ana = here.chat.person(ANA)
    assert (await ana.press(notice, "Answer")).form is None
    assert "Noah Lind is asked to" in ana.was_told()


async def test_a_manager_overturns_and_the_next_rep_gets_the_lead(here: Acme) -> None:
    name, card, notice = await _rejected(here)
    form = await _form(here, NOAH, notice, "Contest")
    assert (await form.send(evidence="Their site says 140 people")).is_done
    dispute = await _disputed(here, name)
    assert "Mia Keller or Otto Brandt decides" in dispute.says()
    mias = await here.chat.person(MIA).card("contests the rejection")
    assert "1 dispute to decide" in await here.chat.person(OTTO).home()

    forms = [await _form(here, MIA, mias, "Decide"), await _form(here, OTTO, dispute, "Decide")]
    back = {"verdict": "overturned", "text": "They are big enough"}
    await asyncio.gather(*(form.send(**back) for form in forms))
    cleos = await here.chat.person(CLEO).card(f"{name},")
    assert "Accept" in cleos.buttons()
    assert await here.handoffs() == [(ANA, "withdrawn"), (CLEO, "offered")]
    decisions = [one.decision for one in await here.rows(FeedbackRow)]
    assert decisions == ["rejected", "overturned"]

    told = await here.told(name, "no longer counts")
    assert "@Ana Ortiz, @Noah Lind: " in told
    assert "They are big enough" in told
    for one in (dispute, mias):
        await here.chat.until(lambda one=one: "Decide" not in one.buttons())  # type: ignore[misc]
        assert "back to sales, to Cleo Martin" in one.says()
    await here.chat.until(lambda: "the rejection was overturned" in card.says())
    await here.chat.until(lambda: "Cleo Martin" in here.line(name).says())
    assert len(here.chat.channel("lead-handoffs")) == 1


async def test_a_second_manager_sees_the_first_verdict(here: Acme) -> None:
    name, _, notice = await _rejected(here)
    form = await _form(here, NOAH, notice, "Contest")
    await form.send(evidence="Their site says 140 people")
    dispute = await _disputed(here, name)
    ana = here.chat.person(ANA)
    await ana.press(dispute, "Decide")
    assert "for a manager to say" in ana.was_told()

    otto = here.chat.person(OTTO)
    late = await _form(here, OTTO, dispute, "Decide")
    assert (await (await _form(here, MIA, dispute, "Decide")).send(verdict="upheld")).is_done
    outcome = await late.send(verdict="overturned")
    seen = outcome.form.says() if outcome.form else otto.was_told()
    assert "Mia Keller decided about" in seen
    assert "the rejection stands" in seen
    assert await here.handoffs() == [(ANA, "rejected")]


async def test_a_rep_gives_back_what_they_could_not_reach(here: Acme) -> None:
    name, card = await here.receives(ANA)
    reject = await _form(here, ANA, card, "Reject")
    refused = await reject.send(reason="unreachable")
    assert "Accept it first; after 3 touches" in "".join(refused.errors.values())
    ana = here.chat.person(ANA)
    await ana.press(card, "Accept")
    await here.chat.until(lambda: "Give back" in card.buttons())
    for number in range(1, 4):
        early = await (await _form(here, ANA, card, "Give back")).send(reason="unreachable")
        assert "After 3 touches you can give it back" in "".join(early.errors.values())
        touch = await _form(here, ANA, card, "Log a touch")
        fields = {"kind": "called", "outcome_called": "no_answer"}
        assert (await touch.send(**fields)).is_done
        await here.chat.until(lambda n=number: f"{n} touch" in card.says())  # type: ignore[misc]

    assert (await (await _form(here, ANA, card, "Give back")).send(reason="unreachable")).is_done
    told = await here.told(name, "gave this lead back")
    assert "Can't be reached" in told
    assert "@Noah Lind" in told
    assert (await here.rows(LeadRow))[-1].stage == "recycled"
    await here.chat.until(lambda: "Undo" in card.buttons())
    await ana.press(card, "Undo")
    await here.chat.until(lambda: "Give back" in card.buttons())
    assert await here.handoffs() == [(ANA, "accepted")]
    assert "took that back" in await here.told(name, "took that back")


async def test_an_objection_that_was_heard_stands_on_the_leads_page(here: Acme) -> None:
    _, card = await here.receives(ANA)
    ana = here.chat.person(ANA)
    await ana.press(card, "Accept")
    await here.chat.until(lambda: "Log a touch" in card.buttons())
    touch = await _form(here, ANA, card, "Log a touch")
    said = {"objection_text": "Our <works council> says no"}
    assert (await touch.send(kind="called", outcome_called="reached", **said)).is_done
    page = (await ana.press(card, "More")).form
    assert page
    assert "They said: “Our <works council> says no”" in page.says()

"""Reps' reasons become better criteria: worked out, approved by both sides, thanked for, undone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cards.proposal_forms import key_of
from commands.context import Context, Platform
from commands.criteria_in_force import newest_in_force
from commands.learning import announcing
from storage import proposals
from storage.tables import CriteriaRow, ProposalRow
from tests import acme
from tests.acme import ANA, MIA, NOAH, OTTO, SAM
from tests.storage.decided import Company, decide
from tests.stories.chat import Card, Form
from tests.stories.conftest import Acme, at_work

_MORE = """
[[people]]
name = "Otto Brandt"
email = "otto@acme.example"
roles = ["manager"]
timezone = "Europe/Madrid"
hours = ["Mon-Sun 00:00-24:00"]

[[people]]
name = "Sam Sander"
email = "sam@acme.example"
roles = ["marketer"]
timezone = "Europe/Madrid"
hours = ["Mon-Sun 00:00-24:00"]
"""


@pytest.fixture
async def here(database_url: str, platform: Platform, tmp_path: Path) -> AsyncIterator[Acme]:
    """Acme with a second manager and a second marketer."""
    team = tmp_path / "team.toml"
    team.write_text((acme.FOLDER / "team.toml").read_text() + _MORE)
    async with at_work(database_url, platform, team=team) as company_at_work:
        yield company_at_work
        assert company_at_work.chat.refused() == []


async def _proposed(here: Acme) -> Card:
    """The card of a proposal that gives the title 5 points more, and drops the guide."""

    def propose(ctx: Context) -> None:
        base = newest_in_force(ctx.session).criteria
        body = proposals.body_of(base)
        rules = body["rules"]
        assert isinstance(rules, list)
        body["rules"] = [{**rules[0], "points": 40}]
        row = ProposalRow(
            state="open",
            asked_at=ctx.now,
            asked_by="baton",
            made_at=ctx.now,
            base_version=base.version,
            body=body,
        )
        ctx.session.add(row)
        ctx.session.flush()
        criteria = proposals.read(ctx.session, row).criteria
        assert criteria
        row.evidence = {"learned_from": 400, **proposals.changes_between(base, criteria)}
        announcing.post(ctx, row)

    await here.database.write(
        lambda session: propose(Context(session=session, now=here.clock(), setup=here.setup))
    )
    return await _card(here, "Proposed criteria")


async def _card(here: Acme, words: str) -> Card:
    """The newest card with these words in the digest channel."""

    def found() -> list[Card]:
        return [one for one in here.chat.channel("gtm") if words in one.says()]

    await here.chat.until(found)
    await here.delivered()
    return found()[-1]


async def _form(here: Acme, email: str, card: Card, label: str) -> Form:
    form = (await here.chat.person(email).press(card, label)).form
    assert form
    return form


async def _versions(here: Acme) -> list[int]:
    return [row.version for row in await here.rows_of(CriteriaRow)]


async def test_decisions_become_criteria_that_both_sides_approve(here: Acme) -> None:
    history = Company(end=here.clock(), n=900)
    await here.database.write(lambda session: decide(session, history))
    ana, mia, noah = (here.chat.person(one) for one in (ANA, MIA, NOAH))
    assert "The proposal comes as a card" in await noah.ask("retune")
    assert "already" in await mia.ask("retune")

    card = await _card(here, "Proposed criteria: version 1 → 2")
    said = card.says()
    assert "sales would accept" in said
    assert "more is likely" in said
    assert "Company too small" in said
    assert "For marketing: Noah Lind, Sam Sander or Mia Keller" in said
    assert "For sales: Mia Keller or Otto Brandt" in said
    assert card.buttons()[-5:] == [
        "Approve",
        "Decline",
        "Edit points",
        "Try on a share",
        "See backtest",
    ]
    page = (await ana.press(card, "See backtest")).form
    assert page
    assert "More points, more accepted?" in page.says()
    assert "reach the threshold" in await noah.ask("preview")

    await ana.press(card, "Approve")
    assert "Marketers and managers decide" in ana.was_told()
    await noah.press(card, "Approve")
    assert "still needs sales: Mia Keller or Otto Brandt" in noah.was_told()
    await here.chat.until(lambda: "Noah Lind approved for marketing" in card.says())
    assert "Approve for sales" in card.buttons()
    assert await _versions(here) == [1]

    await mia.press(card, "Approve for sales")
    assert "version 2 of the criteria is in force" in mia.was_told()
    await here.chat.until(lambda: "came into force" in card.says())
    assert await _versions(here) == [1, 2]
    assert "Criteria, version 2" in await ana.ask("criteria")
    assert "approved by Noah Lind and Mia Keller" in await ana.ask("criteria history")

    thanks = await ana.card("Your answers changed the criteria")
    assert "“Company too small”" in thanks.says()
    assert "Company too small" not in "".join(one.says() for one in noah.cards())


async def test_a_second_approver_of_the_same_side_is_told_kindly(here: Acme) -> None:
    card = await _proposed(here)
    noah, sam = here.chat.person(NOAH), here.chat.person(SAM)
    await noah.press(card, "Approve")
    await here.chat.until(lambda: "Approve for sales" in card.buttons())
    await sam.press(card, "Approve for sales")
    assert "Noah Lind approved it for marketing already" in sam.was_told()
    assert "a yes for sales: Mia Keller or Otto Brandt" in sam.was_told()
    await noah.press(card, "Approve for sales")
    assert "You approved it already" in noah.was_told()
    assert await _versions(here) == [1]


async def test_one_tap_proposes_the_way_back(here: Acme) -> None:
    card = await _proposed(here)
    noah, otto = here.chat.person(NOAH), here.chat.person(OTTO)
    await _both_approve(here, card)
    assert "+40 → +35 points" in await noah.ask("criteria rollback 1")
    await here.chat.until(lambda: "Back to version 1" in card.buttons())
    await otto.press(card, "Back to version 1")
    assert "The rules of version 1 are proposed again" in otto.was_told()
    await _both_approve(here, await _card(here, "back to the criteria of version 1"))
    first, _, third = await here.rows_of(CriteriaRow)
    assert third.body == first.body


async def _both_approve(here: Acme, card: Card) -> None:
    await here.chat.person(NOAH).press(card, "Approve")
    await here.chat.until(lambda: "Approve for sales" in card.buttons())
    await here.chat.person(OTTO).press(card, "Approve for sales")
    await here.chat.until(lambda: "came into force" in card.says())


async def test_a_no_with_its_reason_stands_on_the_card(here: Acme) -> None:
    card = await _proposed(here)
    form = await _form(here, MIA, card, "Decline")
    done = await form.send(why="The <guide> brings our best leads")
    assert done.is_done
    await here.chat.until(lambda: "Mia Keller declined it" in card.says())
    assert "“The <guide> brings our best leads”" in card.says()
    assert "Approve" not in card.buttons()
    assert await _versions(here) == [1]


async def test_points_are_edited_in_the_form_and_a_wrong_one_is_said_there(here: Acme) -> None:
    card = await _proposed(here)
    await here.chat.person(MIA).press(card, "Approve")
    await here.chat.until(lambda: "Mia Keller approved" in card.says())
    form = await _form(here, NOAH, card, "Edit points")
    assert "Job title on the target list" in form.says()
    assert "15 to 50; 0 drops the rule" in form.says()
    title, guide = key_of("target-title"), key_of("pricing-guide")
    wrong = await form.send(**{title: "77", guide: "0"})
    assert not wrong.is_done
    assert "between 15 and 50" in "".join(wrong.errors.values())
    again = wrong.form or form
    assert (await again.send(**{title: "38", guide: "0"})).is_done
    await here.chat.until(lambda: "+35 → +38" in card.says())
    await here.chat.until(lambda: "as Noah Lind edited it" in card.says())
    assert "Mia Keller approved" not in card.says()


async def test_a_trial_is_begun_and_ended_from_the_card(here: Acme) -> None:
    card = await _proposed(here)
    form = await _form(here, MIA, card, "Try on a share")
    assert (await form.send(share="0.2", weeks="4")).is_done
    await here.chat.until(lambda: "20% of the leads" in card.says())
    assert "On trial: version 2 scores 20%" in await here.chat.person(ANA).ask("criteria")
    end = await _form(here, NOAH, card, "End the trial")
    assert (await end.send(why="No difference")).is_done
    await here.chat.until(lambda: "Noah Lind ended the trial" in card.says())
    assert await _versions(here) == [1]


async def test_a_leads_points_are_explained_and_compared(here: Acme) -> None:
    await here.receives(ANA)
    await _proposed(here)
    ana = here.chat.person(ANA)
    assert "= 75 points" in await ana.ask("why 1")
    compared = await ana.ask("test 1")
    assert "Only version 1 would hand it over" in compared
    assert "Version 2 is only proposed" in compared

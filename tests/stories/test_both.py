"""Half of Acme is in Slack and half in Teams, with one Baton for both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

import aiohttp
import pytest

from cards.actions import Action
from cards.teams_blocks import pressed
from commands.context import Platform
from composition import company, running
from storage import accounts
from storage.tables import FeedbackRow, HandoffRow
from tests import acme
from tests.acme import ANA, BEN, CLEO, MIA, NOAH
from tests.stories.chat import Card, Trouble
from tests.stories.conftest import PACE, Acme, RunningClock
from tests.stories.slack import SlackInATest
from tests.stories.teams import TeamsInATest
from tests.teams.connector import TeamsWorkspace
from tests.teams.records import Message

IN_SLACK, IN_TEAMS = (ANA, CLEO), (BEN, MIA, NOAH)


@dataclass(frozen=True)
class Both:
    """One company, seen from either side."""

    slack: Acme
    teams: Acme
    tenant: TeamsWorkspace

    async def receives(self) -> tuple[str, Card]:
        """A lead for Ana: its name, and her card; its line stands in both channels."""
        name, card = await self.slack.receives(ANA)
        await self.slack.delivered()
        return name, card

    def lines(self, name: str) -> list[str]:
        """What the lead's lines say, in Slack and in Teams."""
        return [side.line(name).says() for side in (self.slack, self.teams)]

    async def lines_say(self, name: str, *words: str) -> None:
        """Return once both say so."""
        for side in (self.slack, self.teams):
            for one in words:
                await side.chat.until(lambda side=side, one=one: one in side.line(name).says())  # type: ignore[misc]

    async def mia_presses(self, action: Action, handoff: int) -> None:
        """Mia presses, in her chat in Teams, what stands on a card of this handoff."""
        mia = self.tenant.persona(MIA)
        card = mia.messages()[-1]
        came = await mia.act(card, card.card, pressed("Press", action.value, str(handoff)), {})
        assert came.status == 200

    async def newest(self) -> HandoffRow:
        return (await self.slack.rows(HandoffRow))[-1]


async def _met(both: Both) -> None:
    """Return once Baton knows who is in Teams."""
    deadline = monotonic() + 20
    for email in IN_TEAMS:
        while not await both.slack.database.read(
            lambda session, email=email: accounts.user_of(session, Platform.TEAMS, email)  # type: ignore[misc]
        ):
            assert monotonic() < deadline, f"Baton never met {email}"
            await both.tenant.stirs(0.05)


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[Both]:
    """Acme at work on both. Whatever happens, neither chat must refuse how we write."""
    clock = RunningClock()
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(acme.workspace(people=IN_SLACK))
        tenant = await stack.enter_async_context(acme.teams(people=IN_TEAMS))
        settings = acme.settings(sandbox, database_url)
        opened = stack.enter_context(company(settings, clock, anonymous_teams=True))
        address = await stack.enter_async_context(running(opened, PACE))
        sandbox.app_url = tenant.app_url = address
        await tenant.install_in_team()
        slack = Acme(
            chat=SlackInATest(sandbox),
            database=opened.database,
            setup=opened.setup,
            clock=clock,
            address=address,
            http=await stack.enter_async_context(aiohttp.ClientSession()),
        )
        here = Both(slack, replace(slack, chat=TeamsInATest(tenant)), tenant)
        await _met(here)
        yield here
        assert here.slack.chat.refused() == []
        assert here.teams.chat.refused() == []


async def test_a_lead_is_told_to_its_rep_where_they_are_and_in_both_channels(both: Both) -> None:
    name, card = await both.receives()
    assert both.slack.setup.platforms == (Platform.SLACK, Platform.TEAMS)
    assert "Yours to take" in card.says()
    for line in both.lines(name):
        assert "accept by" in line
    assert len(both.slack.chat.person(ANA).cards()) == 1
    assert _written_to(both.tenant, BEN, MIA, NOAH) == []

    mia = both.teams.chat.person(MIA)
    page = (await mia.press(both.teams.line(name), "More")).form
    assert page
    assert name in page.says()
    assert "75" in page.says()


async def test_a_decision_in_one_chat_is_seen_in_the_other(both: Both) -> None:
    name, card = await both.receives()
    handoff = (await both.newest()).id
    assert handoff
    await both.teams.chat.person(MIA).ask("quality")

    await both.mia_presses(Action.ACCEPT, handoff)
    await both.lines_say(name, "accepted")
    await both.slack.chat.until(lambda: "Accept" not in card.buttons())
    await both.mia_presses(Action.UNDO, handoff)
    await both.lines_say(name, "accept by")
    await both.slack.chat.until(lambda: "Accept" in card.buttons())

    await both.slack.chat.person(ANA).press(card, "Accept")
    await both.lines_say(name, "accepted")
    await both.slack.chat.until(lambda: "It's yours" in card.says())
    assert await both.slack.handoffs() == [(ANA, "accepted")]
    assert len(both.slack.chat.channel("lead-handoffs")) == 1
    assert len(both.teams.chat.channel("lead-handoffs")) == 1


async def test_a_rejection_and_its_undoing_are_told_in_both_threads(both: Both) -> None:
    name, card = await both.receives()
    ana = both.slack.chat.person(ANA)
    form = (await ana.press(card, "Reject")).form
    assert form
    assert (await form.send(reason="too_small")).is_done
    for side in (both.slack, both.teams):
        await side.told(name, "Company too small")
    await both.lines_say(name, "Company too small")
    assert "@Noah Lind" in await both.teams.told(name, "Company too small")

    await both.slack.chat.until(lambda: "Undo" in card.buttons())
    await ana.press(card, "Undo")
    for side in (both.slack, both.teams):
        await side.told(name, "took that back")
    await both.lines_say(name, "accept by")
    await both.slack.delivered()
    threads = [side.chat.thread(side.line(name)) for side in (both.slack, both.teams)]
    assert len(threads[0]) == len(threads[1])


async def test_a_lead_is_passed_from_one_chat_to_the_other(both: Both) -> None:
    name, card = await both.receives()
    bens = await _passed_to_ben(both, name, card)
    await both.slack.chat.until(lambda: "Passed to" in card.says())
    for side in (both.slack, both.teams):
        assert "Ben Fischer" in await side.told(name, "passed this lead")

    ana, ben = both.slack.chat.person(ANA), both.teams.chat.person(BEN)
    await ben.press(bens, "Accept")
    await both.lines_say(name, "Ben Fischer", "accepted")
    await ana.press(card, "Undo")
    assert "Ben Fischer" in ana.was_told()
    assert await both.slack.handoffs() == [(ANA, "passed"), (BEN, "accepted")]


async def test_of_two_people_at_once_in_different_chats_one_wins_and_the_other_is_told_who(
    both: Both,
) -> None:
    ana, mia = both.slack.chat.person(ANA), both.teams.chat.person(MIA)
    await mia.ask("quality")
    for _ in range(5):
        name, card = await both.receives()
        row = await both.newest()
        assert row.id
        await asyncio.gather(ana.press(card, "Accept"), both.mia_presses(Action.ACCEPT, row.id))
        (decided,) = [
            one for one in await both.slack.rows(FeedbackRow) if one.lead_id == row.lead_id
        ]
        by_ana = decided.decided_by == ANA
        loser, winner = (mia, "Ana Ortiz") if by_ana else (ana, "Mia Keller")
        assert f"{winner} accepted" in loser.was_told()
        assert name in loser.was_told()
        await both.lines_say(name, "accepted")


async def test_a_pass_is_taken_back_or_taken_up_but_never_both(both: Both) -> None:
    ana, ben = both.slack.chat.person(ANA), both.teams.chat.person(BEN)
    for _ in range(5):
        name, card = await both.receives()
        bens = await _passed_to_ben(both, name, card)
        await both.slack.chat.until(lambda card=card: "Undo" in card.buttons())  # type: ignore[misc]
        await asyncio.gather(ana.press(card, "Undo"), ben.press(bens, "Accept"))
        states = tuple(await both.slack.handoffs())[-2:]
        if states == ((ANA, "passed"), (BEN, "accepted")):
            assert "Ben Fischer" in ana.was_told()
            await both.lines_say(name, "Ben Fischer", "accepted")
        else:
            assert states == ((ANA, "offered"), (BEN, "withdrawn"))
            assert "Ana Ortiz" in ben.was_told()
            await both.lines_say(name, "Ana Ortiz", "accept by")
            await both.teams.chat.until(lambda bens=bens: "Accept" not in bens.buttons())  # type: ignore[misc]


async def test_a_chat_that_is_down_holds_nobody_up_in_the_other(both: Both) -> None:
    name, card = await both.receives()
    both.teams.chat.misbehave(Trouble.DOWN)
    await both.slack.chat.person(ANA).press(card, "Accept")
    await both.slack.chat.until(lambda: "accepted" in both.slack.line(name).says())
    assert "accepted" not in both.teams.line(name).says()
    both.teams.chat.behave()
    await both.lines_say(name, "accepted")


async def test_the_digest_is_posted_once_in_each_chat(both: Both) -> None:
    _, card = await both.receives()
    await both.slack.chat.person(ANA).press(card, "Accept")
    await both.slack.delivered()
    both.slack.clock.put(datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC))
    await asyncio.gather(*(side.wake() for side in (both.slack, both.teams) for _ in range(3)))
    await both.slack.delivered()
    for side in (both.slack, both.teams):
        (digest,) = side.chat.channel("gtm")
        assert "1 handed over, 1 accepted" in digest.says()


async def _passed_to_ben(both: Both, name: str, card: Card) -> Card:
    form = (await both.slack.chat.person(ANA).press(card, "Pass to a colleague")).form
    assert form
    assert (await form.send(person=BEN)).is_done
    bens = await both.teams.chat.person(BEN).card(f"{name},")
    await both.slack.delivered()
    return bens


def _written_to(tenant: TeamsWorkspace, *people: str) -> list[Message]:
    """Everything that Baton wrote in the own chats of these people."""
    return [one for email in people for one in tenant.persona(email).messages() if one.by_bot]

"""The real commands behind the real routes: a lead decided on in Slack."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.directory import Directory
from bot.router import Router
from bot.routes import CHANGED, PRESSED, ROUTES, SUBJECTS, SUBMITTED
from bot.slack.app import SlackApp
from bot.slack.outbound import SlackChat
from bot.slack.web import SlackWeb
from cards.actions import Action
from commands.card_kind import CardKind
from commands.context import Platform
from leads.lifecycle import HandoffState
from sandbox import Message, Persona, Sandbox, SandboxChannel, SandboxUser
from storage.database import Database
from storage.tables import FeedbackRow, HistoryRow
from tests.bot.conftest import served
from tests.commands.story import ANA, BEN, MAX, MIA, Offered, Story, setup_of
from tests.conftest import Clock


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The story's company in Slack."""
    people = [SandboxUser(name=one.name, email=one.email) for one in (ANA, BEN, MIA, MAX)]
    async with Sandbox(users=people, channels=[SandboxChannel(name="handoffs")]) as started:
        yield started


@pytest.fixture
async def story(database: Database, clock: Clock) -> Story:
    """Three reps, a manager, a marketer and an admin."""
    begun = Story(database=database, clock=clock, setup=setup_of())
    await begun.begin()
    return begun


@pytest.fixture
async def live(
    sandbox: Sandbox, story: Story, clock: Clock, directory: Directory, web_api: SlackWeb
) -> AsyncIterator[SlackApp]:
    """The Slack side with everything real behind it."""
    router = Router(story.database, story.setup, clock, {Platform.SLACK: directory}, routes=ROUTES)
    async with served(sandbox, SlackApp(router, web_api, directory, sandbox.signing_secret)) as app:
        yield app


@pytest.fixture
async def offered(live: SlackApp, story: Story) -> Offered:
    """A lead that waits for Ana."""
    return await story.offer(ANA)


@pytest.fixture
async def card(offered: Offered, story: Story, chat: SlackChat, sandbox: Sandbox) -> Message:
    """Its battle card, which Ana and others see in a channel."""
    card = await story.card(CardKind.BATTLE_CARD, offered.subject)
    assert card is not None
    await chat.post("channel:#handoffs", card, thread=None, outbox_id=1)
    return sandbox.messages("handoffs")[-1]


@pytest.fixture
def ana(sandbox: Sandbox) -> Persona:
    """The rep."""
    return sandbox.persona(ANA.email)


def test_every_action_can_be_pressed_and_knows_its_subject() -> None:
    assert PRESSED.keys() == SUBJECTS.keys() == set(Action)
    assert CHANGED.keys() == SUBMITTED.keys()
    assert {action for action in Action if PRESSED[action].reads} >= CHANGED.keys()
    assert not any(route.reads for route in SUBMITTED.values())


async def test_accept_is_durable_when_the_click_is_answered(
    ana: Persona, card: Message, offered: Offered, story: Story
) -> None:
    click = await ana.click(card, "Accept")
    assert (click.status, click.body) == (200, "")
    handoff = await story.handoff(offered.handoff)
    assert (handoff.state, handoff.decided_by) == (HandoffState.ACCEPTED, ANA.email)


async def test_of_two_clicks_at_once_one_wins_and_the_other_is_told_who(
    sandbox: Sandbox, ana: Persona, card: Message, offered: Offered, story: Story
) -> None:
    mia = sandbox.persona(MIA.email)
    await asyncio.gather(ana.click(card, "Accept"), mia.click(card, "Accept"))
    decided = await story.all(FeedbackRow)
    assert len(decided) == 1
    loser = mia if decided[0].decided_by == ANA.email else ana
    told = loser.sees("handoffs")[-1]
    assert told.ephemeral_to == loser.id
    winner = ANA if decided[0].decided_by == ANA.email else MIA
    assert winner.name in told.plain()


async def test_a_rejection_asks_only_what_its_reason_needs(
    ana: Persona, card: Message, offered: Offered, story: Story
) -> None:
    form = (await ana.click(card, "Reject")).view
    assert form is not None
    await ana.change(form, "reason", "other")
    assert ana.modal is not None
    fields = [block["block_id"] for block in ana.modal.blocks if block["type"] == "input"]
    assert fields[0] == "reason"
    assert len(fields) == 2
    sent = await ana.submit(ana.modal, {fields[1]: "They merged with a customer"})
    assert (sent.errors, sent.error) == ({}, "")
    assert (await story.handoff(offered.handoff)).state == HandoffState.REJECTED
    (feedback,) = await story.all(FeedbackRow)
    assert (feedback.reason, feedback.answer) == ("other", "They merged with a customer")


@pytest.mark.parametrize("button", ["Accept", "Reject"])
async def test_whoever_may_not_is_told_so_and_the_try_is_recorded(
    button: str, sandbox: Sandbox, card: Message, offered: Offered, story: Story
) -> None:
    ben = sandbox.persona(BEN.email)
    click = await ben.click(card, button)
    assert (click.status, click.view) == (200, None)
    assert ANA.name in ben.sees("handoffs")[-1].plain()
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED
    acts = [row.by for row in await story.all(HistoryRow) if row.act == "refused"]
    assert acts == [BEN.email]


async def test_more_opens_the_whole_lead(ana: Persona, card: Message) -> None:
    more = next(
        option["value"]
        for block in card.blocks
        for element in block.get("elements", ())
        for option in element.get("options", ())
        if Action.MORE in option["value"]
    )
    page = (await ana.choose(card, "…", more)).view
    assert page is not None
    assert "Pricing Guide" in page.plain()


async def test_questions_are_answered_by_command_message_and_home(
    ana: Persona, card: Message
) -> None:
    assert "Ada Byron" in (await ana.command("/leads")).plain()
    await ana.say("help")
    assert "/leads" in ana.messages()[-1].plain()
    home = await ana.open_home()
    assert home is not None
    assert "Ada Byron" in home.plain()


async def test_a_question_of_a_role_it_is_not_for_and_a_typo_get_a_kind_answer(
    ana: Persona, card: Message
) -> None:
    assert "quality" in (await ana.command("/leads qualty")).plain()
    assert (await ana.command("/leads lead 9999999")).plain()
    assert (await ana.command("/leads " + "x" * 3000)).plain()

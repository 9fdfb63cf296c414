"""What the tests of asking and telling share: a company with promises, and readers of cards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cards import terminal
from cards.actions import Action
from cards.digest_card import digest_card
from cards.digest_details_card import digest_details_card
from cards.model import Actions, Block, Button, Card, Menu, Paragraph, Table
from commands import answer
from commands.compose_digest import compose, compose_details
from commands.context import Place, Platform
from commands.reply import Tell
from leads.agreement import MarketingPromise, Unit, WorkDuration
from leads.person import Channels, Person
from tests.commands.story import AGREEMENT, Story, setup_of, words_of

PROMISING = replace(
    AGREEMENT,
    holidays="ES",
    definitions={"mql": "Fits and has asked", "icp": "Software in Europe"},
    marketing=MarketingPromise(
        leads_per_week=10,
        acceptance_rate=0.7,
        required=("email", "company.name", "campaign", "extra.budget", "interests"),
    ),
)
ANSWERING = replace(
    PROMISING,
    marketing=replace(
        PROMISING.marketing, answer_rejections_within=WorkDuration(amount=1, unit=Unit.DAYS)
    ),
)
"""The same, with rejections to be answered within a working day."""
IN_CHANNEL = Place(platform=Platform.SLACK, workspace="T1", conversation="C7", is_private=False)
IN_PRIVATE = Place(platform=Platform.SLACK, workspace="T1", conversation="D7")


def promising(story: Story) -> Story:
    """The company with an agreement that binds marketing too, and a digest channel."""
    setup = setup_of(agreement=PROMISING)
    channels = Channels(handoffs="#handoffs", digest="#gtm", wins="#wins")
    story.setup = replace(setup, team=replace(setup.team, channels=channels))
    return story


async def answer_card(
    story: Story, actor: Person, question: str, place: Place | None = IN_CHANNEL
) -> Card:
    """The card that answers `question`, read as the platform would ask it."""

    reply = await story.database.read(
        lambda session: answer.answer(
            replace(story.context(session, actor), place=place), question, {}
        )
    )
    assert isinstance(reply, Tell)
    return reply.card


async def said(story: Story, actor: Person, question: str) -> str:
    """The same in plain words."""
    return words_of(Tell(card=await answer_card(story, actor, question)))


def buttons(card: Card) -> Iterator[Button]:
    """Every button of a card."""
    for block in card.blocks:
        yield from _buttons(block)


def asked_by(card: Card) -> list[str]:
    """The questions that the card's buttons ask."""
    return [button.subject for button in buttons(card) if button.action is Action.ASK]


def table(card: Card) -> Table | None:
    """The card's table, if it has one."""
    return next((block for block in card.blocks if isinstance(block, Table)), None)


def _buttons(block: Block) -> Iterator[Button]:
    match block:
        case Paragraph(button=Button() as button):
            yield button
        case Actions(buttons=some):
            for one in some:
                match one:
                    case Button():
                        yield one
                    case Menu(buttons=more):
                        yield from more
                    case _:
                        pass
        case _:
            pass


async def digest_said(story: Story, day: date) -> str:
    """The digest of `day` in plain words; "" when it is silent."""
    view = await story.database.read(lambda session: compose(story.context(session), day))
    return terminal.text(digest_card(view)) if view else ""


async def details_said(story: Story, day: date) -> str:
    """What its thread says, in plain words; "" when it adds nothing."""
    view = await story.database.read(lambda session: compose_details(story.context(session), day))
    return terminal.text(digest_details_card(view)) if view else ""

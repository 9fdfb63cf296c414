"""What is typed reaches the commands as text that every database stores."""

import pytest
from sqlmodel import select

from bot.directory import Directory
from bot.intent import Asked, Deed, Intent, Pressed, Sender, Submitted
from bot.router import Router
from bot.slack.directory import SlackAccounts
from bot.slack.web import SlackWeb
from cards.actions import Action
from commands.context import Place, Platform, Setup
from commands.reply import Nothing
from storage.database import Database
from storage.tables import LeadRow, NoteRow
from tests.bot.conftest import MIA
from tests.conftest import Clock

HOSTILE = "a\x00b\ud800c\udfff"
KEPT = "a\ufffdb\ufffdc\ufffd"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Database:
    """Both databases refuse halves of surrogate pairs; PostgreSQL refuses NUL too."""
    name = "database" if request.param == "sqlite" else "postgres"
    found: Database = request.getfixturevalue(name)
    return found


async def test_no_character_of_a_form_or_a_question_fails(
    either: Database, setup: Setup, clock: Clock, web_api: SlackWeb
) -> None:
    directory = Directory(Platform.SLACK, either, clock, SlackAccounts(web_api))
    router = Router(either, setup, clock, {Platform.SLACK: directory})
    us = await web_api.identity()
    account = await SlackAccounts(web_api).by_email(MIA)
    assert account
    mia = Sender(platform=Platform.SLACK, workspace=us.workspace, user_id=account.user_id)
    place = Place(platform=Platform.SLACK, workspace=us.workspace, conversation="D1")
    row = LeadRow(email="ada@initech.example", created_at=clock(), received_at=clock())
    await either.write(lambda session: session.add(row))
    deeds: tuple[Deed, ...] = (
        Submitted(action=Action.NOTE, subject="1", values={"text": HOSTILE}),
        Pressed(action=Action.CAMPAIGN_EDIT, subject=HOSTILE),
        *(Asked(text=f"{word} {HOSTILE}") for word in ("find", "campaign", "lead", "")),
    )
    for deed in deeds:
        reply = await router.handle(Intent(sender=mia, deed=deed, place=place))
        assert reply != Nothing(), deed
    assert await either.read(lambda s: s.exec(select(NoteRow.text)).all()) == [KEPT]

"""A whole Slack side: Baton's Bolt app, router and database, with the sandbox as its Slack.

The commands behind it are those of `Office`: they note what they were asked to do, and answer
what the test wants to see answered."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from sqlmodel import Session

from bot.directory import Directory
from bot.router import Router
from bot.routes import ROUTES, Route, Routes
from bot.slack.app import SlackApp
from bot.slack.directory import SlackAccounts
from bot.slack.outbound import SlackChat
from bot.slack.web import SlackWeb, open_session
from cards import misunderstandings
from cards.actions import Action
from cards.model import (
    Actions,
    Button,
    Card,
    Choice,
    Form,
    Heading,
    Menu,
    Option,
    Paragraph,
    TextInput,
    Words,
)
from commands.context import Context, Platform, Setup
from commands.delivery import MessageRef
from commands.reply import Ask, Home, Nothing, Reply, Tell
from leads.agreement import Agreement, SalesPromise, Unit, WorkDuration
from leads.criteria import Criteria
from leads.person import Channels, Person, Role, Team
from sandbox import Sandbox, SandboxChannel, SandboxUser
from storage import outbox
from storage.database import Database
from storage.tables import CopyRow
from tests.conftest import Clock

ANA, MIA, GUEST = "ana@acme.example", "mia@acme.example", "guest@elsewhere.example"
SAMPLE = Words("misunderstandings", "open_form")
CARD = misunderstandings.click_for_form("help")


def form(*, asks_more: bool = False) -> Form:
    """A form as a rejection asks it: a choice, and a text once the choice is made."""
    options = (Option(value="too_small", label=SAMPLE), Option(value="other", label=SAMPLE))
    reason = Choice(
        id="reason",
        label=SAMPLE,
        options=options,
        initial="other" if asks_more else None,
        then={"other": (TextInput(id="text", label=SAMPLE),)},
    )
    return Form(title=SAMPLE, submit=SAMPLE, action=Action.REJECT, subject="17", blocks=(reason,))


_ASKED = Ask(form=form(asks_more=True))


@dataclass(frozen=True)
class Deed:
    """One call of a command."""

    name: str
    subject: str
    values: Mapping[str, str]
    actor: str
    conversation: str
    thread: str | None


@dataclass
class Office:
    """Commands for tests. `answers` says by name what each one replies, else it tells CARD."""

    deeds: list[Deed] = field(default_factory=list)
    answers: dict[str, Reply] = field(default_factory=dict)
    breaks: set[str] = field(default_factory=set)

    def command(self, name: str, default: Reply) -> Callable[..., Reply]:
        """A command of this name."""

        def handle(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
            if name in self.breaks:
                self.breaks.remove(name)
                raise RuntimeError("broken on purpose")
            place = ctx.place
            assert place is not None
            who = ctx.actor_email
            self.deeds.append(
                Deed(name, subject, dict(values), who, place.conversation, place.thread)
            )
            return self.answers.get(name, default)

        return handle

    def routes(self) -> Routes:
        """The real tables with these commands in them."""

        def like(route: Route, name: str, default: Reply) -> Route:
            return Route(self.command(name, default), reads=route.reads)

        return Routes(
            pressed={a: like(r, f"pressed {a}", Nothing()) for a, r in ROUTES.pressed.items()},
            changed={a: like(r, f"changed {a}", _ASKED) for a, r in ROUTES.changed.items()},
            submitted={a: like(r, f"sent {a}", Nothing()) for a, r in ROUTES.submitted.items()},
            asked=like(ROUTES.asked, "asked", Tell(card=CARD)),
            said=like(ROUTES.said, "said", Nothing()),
            opened_home=like(ROUTES.opened_home, "home", Home(card=CARD)),
            showed_status=like(ROUTES.showed_status, "status", Nothing()),
            stranger=like(ROUTES.stranger, "stranger", Tell(card=misunderstandings.who_are_you())),
        )

    @property
    def done(self) -> list[str]:
        """The names of what was done, in order."""
        return [deed.name for deed in self.deeds]


def battle_card() -> Card:
    """Buttons as they are on a lead."""
    text = Words("misunderstandings", "click_for_form")

    def button(action: Action, subject: str = "17") -> Button:
        return Button(label=Words("misunderstandings", "open_form"), action=action, subject=subject)

    menu = Menu(buttons=(button(Action.SNOOZE), button(Action.PASS)))
    row = (button(Action.ACCEPT), button(Action.REJECT), button(Action.MORE, "3"), menu)
    return Card(
        summary=text, blocks=(Heading(text=SAMPLE), Paragraph(text=text), Actions(buttons=row))
    )


@pytest.fixture
def setup() -> Setup:
    """A rep and a manager."""
    hour = WorkDuration(amount=1, unit=Unit.HOURS)
    return Setup(
        agreement=Agreement(
            name="Acme",
            fallback=MIA,
            sales=SalesPromise(accept_within=hour, contact_within=hour),
            criteria=Criteria(version=1, threshold=60, rules=()),
            reasons=(),
        ),
        team=Team(
            people=(
                Person(name="Ana Ortiz", email=ANA, roles=frozenset({Role.REP})),
                Person(name="Mia Roth", email=MIA, roles=frozenset({Role.MANAGER, Role.ADMIN})),
            ),
            channels=Channels(handoffs="#lead-handoffs", digest="#gtm"),
        ),
    )


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Slack, with a rep, a manager and somebody whom the team file doesn't know."""
    async with Sandbox(
        users=[
            SandboxUser(name="Ana Ortiz", email=ANA),
            SandboxUser(name="Mia Roth", email=MIA),
            SandboxUser(name="Guest", email=GUEST),
        ],
        channels=[
            SandboxChannel(name="lead-handoffs"),
            SandboxChannel(name="gtm"),
            SandboxChannel(name="board", is_private=True, bot_is_member=False),
        ],
        retry_delays=(0.0, 0.0),
    ) as started:
        yield started


@pytest.fixture
async def web_api(sandbox: Sandbox) -> AsyncIterator[SlackWeb]:
    """Calls of the sandbox's Web API."""
    async with open_session() as session:
        yield SlackWeb(sandbox.bot_token, sandbox.api_url, session)


@pytest.fixture
def directory(database: Database, clock: Clock, web_api: SlackWeb) -> Directory:
    """Who is who in the sandbox."""
    return Directory(Platform.SLACK, database, clock, SlackAccounts(web_api))


@pytest.fixture
def chat(web_api: SlackWeb, directory: Directory) -> SlackChat:
    """The outbound side."""
    return SlackChat(web_api, directory)


@pytest.fixture
def office() -> Office:
    """The commands."""
    return Office()


@pytest.fixture
def router(
    database: Database, setup: Setup, clock: Clock, directory: Directory, office: Office
) -> Router:
    """The router with the office's commands."""
    return Router(database, setup, clock, {Platform.SLACK: directory}, routes=office.routes())


@asynccontextmanager
async def served(sandbox: Sandbox, app: SlackApp) -> AsyncIterator[SlackApp]:
    """The app on a free port that the sandbox delivers to."""
    application = web.Application()
    application.add_routes(app.routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    sandbox.app_url = f"http://{host}:{port}"
    yield app
    await runner.cleanup()


@pytest.fixture
async def baton(
    sandbox: Sandbox, router: Router, web_api: SlackWeb, directory: Directory
) -> AsyncIterator[SlackApp]:
    """The Slack side with the office behind it."""
    slack_app = SlackApp(router, web_api, directory, sandbox.signing_secret, time.time)
    async with served(sandbox, slack_app) as app:
        yield app


@pytest.fixture
async def our_card(chat: SlackChat, database: Database, clock: Clock) -> MessageRef:
    """A card in #gtm whose copy the database knows, as the outbox worker leaves it."""
    ref = await chat.post("channel:#gtm", CARD, thread=None, outbox_id=7)

    def keep(session: Session) -> None:
        copy_id = outbox.post(
            session,
            kind="handoff_line",
            subject="17",
            platform=Platform.SLACK.value,
            destination="channel:#gtm",
            stream="lead:17",
            dedupe_key="our card",
            now=clock(),
        )
        assert copy_id is not None
        copy = session.get_one(CopyRow, copy_id)
        copy.conversation, copy.message = ref.conversation, ref.message
        session.add(copy)

    await database.write(keep)
    return ref


@pytest.fixture
async def stranger_to_slack() -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who sends requests of their own making."""
    async with aiohttp.ClientSession() as session:
        yield session

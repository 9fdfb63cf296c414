"""Baton's inbound side of Teams, as composed, with commands that note what they were asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from sqlmodel import Session

from bot.routes import ROUTES
from bot.teams.conversations import Conversations
from bot.teams.outbound import TeamsChat
from bot.teams.side import Registration, Servers, connect
from bot.teams.tokens import NoToken
from commands.card_kind import CardKind
from commands.context import Platform, Setup
from commands.delivery import MessageRef
from storage import outbox
from storage.database import Database
from storage.tables import CopyRow
from tests.bot.conftest import Office
from tests.conftest import Clock
from tests.teams.connector import TENANT, TeamsWorkspace
from tests.teams.records import Json, Message, TeamsUser
from tests.teams.signing import APP, KeyServer, token

ANA, MIA, GUEST = "ana@acme.example", "mia@acme.example", "guest@elsewhere.example"
PEOPLE = (
    TeamsUser(name="Ana Ortiz", email=ANA),
    TeamsUser(name="Mia Roth", email=MIA),
    TeamsUser(name="Gus Guest", email=GUEST, is_guest=True),
)
CHANNELS = ("lead-handoffs", "gtm")


@dataclass(frozen=True, kw_only=True)
class Inside:
    """What a test of the inbound side holds."""

    teams: TeamsWorkspace
    keys: KeyServer
    office: Office
    database: Database
    clock: Clock
    conversations: Conversations
    chat: TeamsChat

    def told(self, email: str) -> list[Message]:
        """What Baton wrote in somebody's own chat."""
        return [one for one in self.teams.persona(email).messages() if one.by_bot]

    async def post(self, destination: str, kind: CardKind, subject: str) -> Message:
        """A card whose copy the database knows, as the outbox worker leaves it."""
        from cards import misunderstandings

        card = misunderstandings.click_for_form("help")
        ref = await self.chat.post(destination, card, thread=None, outbox_id=7)
        await self.database.write(lambda session: _keep(session, ref, kind, subject, self.clock))
        message = self.teams.tenant.message(ref.conversation, ref.message)
        assert message
        return message


def _keep(session: Session, ref: MessageRef, kind: CardKind, subject: str, clock: Clock) -> None:
    copy_id = outbox.post(
        session,
        kind=kind.value,
        subject=subject,
        platform=Platform.TEAMS.value,
        destination="channel:#gtm",
        stream="lead:17",
        dedupe_key=f"{kind} {subject} {ref.message}",
        now=clock(),
    )
    assert copy_id is not None
    copy = session.get_one(CopyRow, copy_id)
    copy.workspace, copy.conversation, copy.message = ref.workspace, ref.conversation, ref.message
    session.add(copy)


@asynccontextmanager
async def inbound_side(
    database: Database,
    clock: Clock,
    setup: Setup,
    *,
    users: tuple[TeamsUser, ...] = PEOPLE,
    keys: KeyServer | None = None,
    key_seconds: float = 5.0,
    real: bool = False,
) -> AsyncIterator[Inside]:
    """The side on a free port, its Teams and its key server. With `real` the commands are."""
    office = Office()
    routes = ROUTES if real else office.routes()
    bot = Registration(app_id=APP, tenant_id=TENANT, password=None)
    async with (
        TeamsWorkspace(users=users, channels=CHANNELS) as teams,
        keys or KeyServer() as key_server,
    ):
        servers = Servers(
            key_address=key_server.address,
            key_seconds=key_seconds,
            tokens=NoToken(),
            loopback=True,
        )
        async with connect(bot, database, setup, clock, servers, routes) as side:
            application = web.Application()
            application.add_routes(side.routes)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            teams.app_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            teams.authorize = _authorize
            yield Inside(
                teams=teams,
                keys=key_server,
                office=office,
                database=database,
                clock=clock,
                conversations=side.conversations,
                chat=side.chat,
            )
            await runner.cleanup()


def _authorize(activity: Json) -> str:
    return f"Bearer {token(activity['serviceUrl'])}"

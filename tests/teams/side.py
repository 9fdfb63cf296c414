"""Baton's outbound side of Teams, as composed, with the tests' Teams on the other end."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.directory import Directory
from bot.teams.connector import ConnectorApi
from bot.teams.conversations import Conversations
from bot.teams.outbound import TeamsChat
from bot.teams.side import Servers, dial
from bot.teams.tokens import Tokens
from bot.teams.viewers import NoViewers
from cards.model import Card, Heading, Words
from commands.context import Platform
from storage.conversations import ConversationKind, ConversationRef
from storage.database import Database
from tests.conftest import Clock
from tests.teams.connector import TeamsWorkspace
from tests.teams.records import TeamsUser

ANA, BEN, MIA = "ana@acme.example", "ben@acme.example", "mia@acme.example"
GUEST = "guest@elsewhere.example"
PEOPLE = (
    TeamsUser(name="Ana Ortiz", email=ANA),
    TeamsUser(name="Ben Fischer", email=BEN, is_installed=False),
    TeamsUser(name="Mia Keller", email=MIA, in_team=False, is_installed=False),
    TeamsUser(name="Gus Guest", email=GUEST, is_guest=True),
)
CHANNELS = ("lead-handoffs", "wins")


def card(text: str = "Hello") -> Card:
    """A card that says this."""
    said = Words("parts", "said", text=text)
    return Card(summary=said, blocks=(Heading(text=said),))


@dataclass(frozen=True, kw_only=True)
class Side:
    """What a test of the outbound side holds."""

    teams: TeamsWorkspace
    connector: ConnectorApi
    conversations: Conversations
    directory: Directory
    chat: TeamsChat

    def ref(self, conversation: str, kind: ConversationKind, **known: str) -> ConversationRef:
        """What Baton learns when it hears from a conversation."""
        tenant = self.teams.tenant
        return ConversationRef(
            tenant_id=tenant.id,
            conversation=conversation,
            kind=kind,
            service_url=self.teams.service_url,
            bot_id=tenant.bot_id,
            **known,
        )

    async def join_team(self) -> None:
        """What Baton learns when it is added to the team."""
        team = self.teams.tenant.team_id
        kind = ConversationKind.CHANNEL
        await self.conversations.learn(self.ref(team, kind, team_id=team, team_name="Acme"))


@asynccontextmanager
async def outbound_side(
    database: Database,
    *,
    tokens: Tokens | None = None,
    token: str | None = None,
    users: Sequence[TeamsUser] = PEOPLE,
    patience: float = 5.0,
) -> AsyncIterator[Side]:
    """The side and its Teams; `token` is the one that the connector wants."""
    clock = Clock()
    async with (
        TeamsWorkspace(users=users, channels=CHANNELS, token=token) as teams,
        dial(None, database, clock, Servers(tokens=tokens)) as line,
    ):
        connector, conversations = line.connector, line.conversations
        directory = Directory(
            Platform.TEAMS, database, clock, line.accounts, lambda: conversations.news
        )
        yield Side(
            teams=teams,
            connector=connector,
            conversations=conversations,
            directory=directory,
            chat=TeamsChat(connector, conversations, directory, NoViewers(), patience=patience),
        )

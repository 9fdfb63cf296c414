"""Joins the modules of this folder: the one place to change for another SDK or another Teams."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from aiohttp import web

from bot.directory import Directory
from bot.router import Router
from bot.routes import ROUTES, Routes
from bot.teams import keys
from bot.teams.app import TeamsApp
from bot.teams.auth import Gate, OpenGate
from bot.teams.connector import ConnectorApi, open_session
from bot.teams.conversations import Conversations
from bot.teams.directory import TeamsAccounts
from bot.teams.outbound import TeamsChat
from bot.teams.own_cards import OwnCards
from bot.teams.replies import Replies
from bot.teams.service_urls import ServiceUrls
from bot.teams.tokens import NoToken, Tokens, tokens_for
from bot.teams.turns import Turns
from bot.teams.viewers import NoViewers, Viewers
from commands.context import Platform, Setup
from storage.database import Database

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Registration:
    """The bot's app registration, ids in lower case. Without a password its identity is managed
    by Azure."""

    app_id: str
    tenant_id: str
    password: str | None


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Who vouches for Teams and for the bot. `tokens`: None for those of the registration. With
    `loopback` this machine counts as Teams too."""

    key_address: str = keys.ADDRESS
    key_seconds: float = keys.ANSWER_SECONDS
    tokens: Tokens | None = None
    loopback: bool = False


MICROSOFTS = Servers()


@dataclass(frozen=True, kw_only=True)
class Line:
    """Teams as Baton reaches it."""

    session: aiohttp.ClientSession
    services: ServiceUrls
    tokens: Tokens
    connector: ConnectorApi
    conversations: Conversations
    accounts: TeamsAccounts


@dataclass(frozen=True, kw_only=True)
class Side:
    """All of Baton's Teams: routes for the web application and a chat for the outbox. `news_came`
    returns when Baton comes to where it wasn't, where new people may be met in `directory`."""

    routes: Sequence[web.RouteDef]
    chat: TeamsChat
    directory: Directory
    conversations: Conversations
    news_came: Callable[[], Awaitable[None]]


@asynccontextmanager
async def dial(
    registration: Registration | None,
    database: Database,
    clock: Clock,
    servers: Servers = MICROSOFTS,
) -> AsyncIterator[Line]:
    """What speaks to Teams, and nothing that listens; `registration` as in `connect`."""
    async with open_session() as session:
        services = ServiceUrls(loopback=servers.loopback or registration is None)
        tokens = servers.tokens or _tokens(registration, session)
        connector = ConnectorApi(session, tokens, services)
        conversations = Conversations(database, clock, connector)
        yield Line(
            session=session,
            services=services,
            tokens=tokens,
            connector=connector,
            conversations=conversations,
            accounts=TeamsAccounts(connector, conversations, clock),
        )


@asynccontextmanager
async def connect(
    registration: Registration | None,
    database: Database,
    setup: Setup,
    clock: Clock,
    servers: Servers = MICROSOFTS,
    routes: Routes = ROUTES,
) -> AsyncIterator[Side]:
    """Both directions, until the end of the block; stop serving the routes before. With None
    whoever reaches the port from this machine is believed to be whom they say they are: only for
    a playground, on loopback. Tests bring servers of their own, and routes that only take notes."""
    async with (
        dial(registration, database, clock, servers) as line,
        _gate(registration, line, servers) as gate,
    ):
        conversations = line.conversations
        directory = Directory(
            Platform.TEAMS, database, clock, line.accounts, lambda: conversations.news
        )
        await directory.warm()
        viewers = Viewers(directory, setup.team) if registration else NoViewers()
        router = Router(database, setup, clock, {Platform.TEAMS: directory}, routes=routes)
        own = OwnCards(database, setup, clock, desk=router, directory=directory, audience=viewers)
        replies = Replies(line.connector, conversations, directory, own)
        turns = Turns(router, replies, conversations, line.connector)
        yield Side(
            routes=TeamsApp(gate, turns).routes(),
            chat=TeamsChat(line.connector, conversations, directory, viewers),
            directory=directory,
            conversations=conversations,
            news_came=conversations.news_came,
        )


@asynccontextmanager
async def _gate(
    registration: Registration | None, line: Line, servers: Servers
) -> AsyncIterator[Gate | OpenGate]:
    trusted = line.services.trusted
    if registration is None:
        yield OpenGate(trusted)
        return
    ring = keys.KeyRing(line.session, servers.key_address, answer_seconds=servers.key_seconds)
    ring.renew()
    try:
        yield Gate(registration.app_id, registration.tenant_id, ring, trusted)
    finally:
        await ring.close()


def _tokens(registration: Registration | None, session: aiohttp.ClientSession) -> Tokens:
    if registration is None:
        return NoToken()
    one = registration
    return tokens_for(one.app_id, one.password, one.tenant_id, session, os.environ)

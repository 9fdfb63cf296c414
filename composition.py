"""Joins everything: the settings, the company's files, its database, chats, jobs and routes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from aiohttp import web
from pydantic import SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.directory import Directory
from bot.router import Router
from bot.slack.app import SlackApp
from bot.slack.directory import SlackAccounts
from bot.slack.outbound import SlackChat
from bot.slack.socket_mode import SocketMode
from bot.slack.web import SlackWeb, open_session
from cards import pictures
from commands import (
    begin_leave,
    climb_ladders,
    criteria_in_force,
    offer_waiting,
    post_digest,
    post_personal,
    post_reviews,
    present,
    remind_of_answers,
    wake_leads,
)
from commands.context import Context, Platform, Setup
from commands.delivery import Chat, Throttled, Undeliverable, Unreachable
from commands.learning import asking, trial
from jobs.aside import Aside
from jobs.delivering import deliver
from jobs.outbox_worker import OutboxWorker, Pace
from jobs.rescoring import Rescoring
from jobs.retuning import Retuning
from jobs.schedule import CLEAN_UP, Chore, Schedule
from jobs.vitals import Vitals
from leads.campaign import Campaign
from leads.person import Team
from sources.ingest import MAX_BYTES, Ingest
from storage import agreement_file, campaigns_file, team_file
from storage.database import Database
from storage.engines import UnknownDatabase
from storage.file_errors import FileError

if TYPE_CHECKING:
    from bot.teams.side import Registration

LowerCase = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)]


class Settings(BaseSettings):
    """What the environment or `.env` says; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: str = "sqlite:///baton.db"
    host: str = "127.0.0.1"
    port: int = 3000
    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    teams_app_id: LowerCase | None = None
    teams_app_password: SecretStr | None = None
    teams_tenant_id: LowerCase | None = None
    ingest_token: SecretStr | None = None
    agreement: Path = Path("agreement.toml")
    team: Path = Path("team.toml")
    campaigns: Path = Path("campaigns.toml")


def clock() -> datetime:
    """The real clock, in UTC. Nothing else in Baton reads one."""
    return datetime.now(UTC)


class WrongSetup(Exception):
    """A setting or a file is wrong; `str()` says which and how to mend it. Nothing was started."""


@dataclass(frozen=True, kw_only=True)
class Company:
    """One company's Baton: its settings, its files and its database, all checked."""

    settings: Settings
    setup: Setup
    campaigns: tuple[Campaign, ...]
    database: Database
    clock: Callable[[], datetime] = clock
    anonymous_teams: bool = False

    def context(self) -> partial[Context]:
        """What the clock or the command line hands to a command, but for the transaction."""
        return partial(Context, now=self.clock(), setup=self.setup)


def read_settings() -> Settings:
    """The settings. Raises WrongSetup with a line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise WrongSetup("\n".join(["Wrong settings; see .env.example.", *lines])) from None


def read_files(
    settings: Settings, *, anonymous_teams: bool = False
) -> tuple[Setup, tuple[Campaign, ...]]:
    """The company's files, checked one by one and against each other. Raises WrongSetup."""
    platforms = _platforms(settings, anonymous_teams)
    try:
        agreement = agreement_file.load(settings.agreement)
        team = team_file.load(settings.team)
        agreement_file.check(agreement, team, settings.agreement, settings.team)
        campaigns = campaigns_file.load(settings.campaigns) if settings.campaigns.exists() else ()
    except FileError as error:
        raise WrongSetup(str(error)) from error
    return Setup(agreement=agreement, team=team, platforms=platforms), campaigns


def _platforms(settings: Settings, anonymous_teams: bool) -> tuple[Platform, ...]:
    """The platforms that are configured; Slack where none is."""
    if settings.teams_app_id and not settings.teams_tenant_id:
        raise WrongSetup("TEAMS_TENANT_ID is missing: the company's id in Microsoft Entra.")
    if anonymous_teams and (settings.teams_app_id or settings.host not in _LOOPBACK):
        raise WrongSetup(
            "Teams without an app id is for trying out on this machine: HOST=127.0.0.1"
        )
    teams = Platform.TEAMS if settings.teams_app_id or anonymous_teams else None
    slack = Platform.SLACK if settings.slack_bot_token or teams is None else None
    return tuple(one for one in (slack, teams) if one)


@contextmanager
def company(
    settings: Settings,
    clock: Callable[[], datetime] = clock,
    *,
    anonymous_teams: bool = False,
) -> Iterator[Company]:
    """Open the company: read its files, bring its database up to date and seed it. Raises
    WrongSetup before anything is started. Tests bring a clock of their own. `anonymous_teams` is
    for the playground: whoever reaches the port is believed to be whom they say they are."""
    setup, campaigns = read_files(settings, anonymous_teams=anonymous_teams)
    try:
        database = Database.open(settings.database_url)
    except UnknownDatabase as error:
        raise WrongSetup(f"DATABASE_URL: {error}") from error
    try:
        database.migrate()
        opened = Company(
            settings=settings,
            setup=setup,
            campaigns=campaigns,
            database=database,
            clock=clock,
            anonymous_teams=anonymous_teams,
        )
        context = opened.context()
        database.write_now(
            lambda session: criteria_in_force.seed(context(session=session), campaigns)
        )
        yield opened
    finally:
        database.close_now()


@asynccontextmanager
async def running(
    opened: Company, pace: Pace | None = None, chores: Iterable[Chore] | None = None
) -> AsyncIterator[str]:
    """Serve chat and incoming leads, deliver the outbox and keep the schedule until the end of the
    block; then finish what is under way. Yields the address. OSError when the port is taken. When
    nothing can be delivered any more, the block is cancelled and DeliveryEnded raised."""
    settings, setup, database = opened.settings, opened.setup, opened.database
    clock = opened.clock
    async with AsyncExitStack() as stack:
        vitals = Vitals(database, clock)
        application = web.Application(client_max_size=MAX_BYTES, middlewares=[vitals.middleware])
        application.add_routes(vitals.routes())
        token = secret_of(settings.ingest_token) or None
        ingest = Ingest(database=database, setup=setup, clock=clock, token=token)
        application.add_routes(ingest.routes())

        chats: dict[Platform, Chat] = {}
        if settings.slack_bot_token:
            chats[Platform.SLACK] = await _connect_slack(opened, application, stack)
        if Platform.TEAMS in setup.platforms:
            chats[Platform.TEAMS] = await _connect_teams(opened, application, stack)

        runner = web.AppRunner(application, access_log=None, shutdown_timeout=10)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()

        aside = await stack.enter_async_context(Aside())
        rescoring = Rescoring(database, setup, clock, aside)
        stack.push_async_callback(_ended, asyncio.create_task(rescoring.keep()))
        # A process of its own: pictures are not to wait for it.
        learner = await stack.enter_async_context(Aside())
        retuning = Retuning(database, setup, clock, learner)
        stack.push_async_callback(_ended, asyncio.create_task(retuning.keep()))
        worker = OutboxWorker(
            database,
            setup,
            clock,
            chats,
            present=present.present,
            draw=partial(aside, pictures.draw),
            pace=pace,
        )
        delivering = deliver(worker)
        stack.push_async_callback(_ended, delivering)
        vitals.watch(delivering)
        schedule = Schedule(database, setup, clock, CHORES if chores is None else chores)
        stack.push_async_callback(schedule.stop)
        schedule.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

CHORES = (
    Chore(name="wake_leads", every=timedelta(seconds=15), run=wake_leads.wake),
    Chore(
        name="climb_ladders",
        every=timedelta(seconds=15),
        run=climb_ladders.climb,
        is_due=climb_ladders.is_due,
    ),
    Chore(name="begin_leave", every=timedelta(minutes=1), run=begin_leave.begin_due),
    Chore(
        name="offer_waiting",
        every=timedelta(minutes=1),
        run=offer_waiting.offer_waiting,
        is_due=offer_waiting.is_due,
    ),
    Chore(
        name="remind_of_answers",
        every=timedelta(minutes=1),
        run=remind_of_answers.remind,
        is_due=remind_of_answers.is_due,
    ),
    Chore(
        name="post_digest",
        every=timedelta(minutes=1),
        run=post_digest.post_due,
        is_due=post_digest.is_due,
    ),
    Chore(
        name="post_personal",
        every=timedelta(minutes=1),
        run=post_personal.post_due,
        is_due=post_personal.is_due,
    ),
    Chore(
        name="post_reviews",
        every=timedelta(minutes=1),
        run=post_reviews.post_due,
        is_due=post_reviews.is_due,
    ),
    Chore(
        name="ask_for_criteria",
        every=timedelta(minutes=1),
        run=asking.ask_weekly,
        is_due=asking.is_due,
    ),
    Chore(
        name="look_after_trials",
        every=timedelta(minutes=1),
        run=trial.look_after,
        is_due=trial.is_due,
    ),
    CLEAN_UP,
)


async def _connect_slack(
    opened: Company, application: web.Application, stack: AsyncExitStack
) -> Chat:
    settings, database = opened.settings, opened.database
    session = await stack.enter_async_context(open_session())
    web_api = SlackWeb(secret_of(settings.slack_bot_token), settings.slack_api_url, session)
    directory = Directory(Platform.SLACK, database, opened.clock, SlackAccounts(web_api))
    await directory.warm()
    meeting = asyncio.create_task(_meet(directory, opened.setup.team))
    stack.push_async_callback(_ended, meeting)
    router = Router(database, opened.setup, opened.clock, {Platform.SLACK: directory})
    slack = SlackApp(router, web_api, directory, secret_of(settings.slack_signing_secret))
    application.add_routes(slack.routes())
    if settings.slack_app_token:
        socket = SocketMode(slack, secret_of(settings.slack_app_token))
        stack.push_async_callback(socket.close)
        await socket.connect()
    return SlackChat(web_api, directory)


async def _connect_teams(
    opened: Company, application: web.Application, stack: AsyncExitStack
) -> Chat:
    # Here, so that a Baton without Teams doesn't carry the Bot Framework around.
    from bot.teams.side import connect

    registration = teams_registration(opened.settings)
    teams = await stack.enter_async_context(
        connect(registration, opened.database, opened.setup, opened.clock)
    )
    meeting = _keep_meeting(teams.directory, opened.setup.team, teams.news_came)
    stack.push_async_callback(_ended, asyncio.create_task(meeting))
    application.add_routes(teams.routes)
    return teams.chat


def teams_registration(settings: Settings) -> "Registration | None":
    """The app registration that the settings name; None without one."""
    from bot.teams.side import Registration

    if not settings.teams_app_id:
        return None
    return Registration(
        app_id=settings.teams_app_id,
        tenant_id=settings.teams_tenant_id or "",
        password=secret_of(settings.teams_app_password) or None,
    )


async def _meet(directory: Directory, team: Team) -> None:
    """Learn everybody's account, so that admins are told only of those who have none."""
    for person in team.people:
        with suppress(Throttled, Unreachable, Undeliverable):
            await directory.user_of(person.email)


async def _keep_meeting(
    directory: Directory, team: Team, news_came: Callable[[], Awaitable[None]]
) -> None:
    """The same again whenever Baton comes to where it wasn't."""
    while True:
        await _meet(directory, team)
        await news_came()


def secret_of(value: SecretStr | None) -> str:
    """The secret itself; "" where none is set."""
    return value.get_secret_value() if value else ""


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

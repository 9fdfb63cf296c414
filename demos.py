"""Baton with a made-up company to try it with, in the sandbox's Slack or a Teams-like page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Event

from pydantic import SecretStr

from composition import CHORES, Company, Settings, clock, company, read_files, running
from jobs.schedule import Chore
from sandbox.demo import cast, playground, terms, trickle, world
from sandbox.demo.story import Told
from sandbox.records import SandboxUser
from sandbox.server import Sandbox
from storage import agreement_file, team_file
from storage.database import Database

_HERE = Path(__file__).parent


@asynccontextmanager
async def slack_demo(port: int, *, fast: bool = False) -> AsyncIterator[str]:
    """Baton as `running`, with the sandbox as its Slack, a world of its own in a temporary folder,
    and leads that keep coming. Yields the page's address. OSError when the port is taken."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="baton-demo-")))
        team = team_file.load(cast.TEAM_FILE)
        sandbox = await stack.enter_async_context(
            Sandbox(
                users=cast.users(team),
                channels=cast.channels(team),
                port=port,
                signing_secret=token_hex(16),
            )
        )
        now = clock()
        settings = _settings(folder, now).model_copy(
            update={
                "slack_bot_token": SecretStr(sandbox.bot_token),
                "slack_signing_secret": SecretStr(sandbox.signing_secret),
                "slack_api_url": sandbox.api_url,
            }
        )
        told = await asyncio.to_thread(_tell, settings, now, new=True)
        opened = stack.enter_context(company(settings))
        sandbox.app_url = await stack.enter_async_context(running(opened))
        coming = _keep_coming(opened, sandbox.app_url, told, fast=fast)
        stack.push_async_callback(_ended, asyncio.create_task(coming))
        yield f"{sandbox.url}/?as={cast.FIRST}&dm=1"


@asynccontextmanager
async def teams_demo(port: int, me: SandboxUser, *, fast: bool = False) -> AsyncIterator[str]:
    """The same for the Microsoft 365 Agents Playground, with `me` as its user. Yields the command
    that starts it; what is new is told, and leads come, once its page is open. OSError when the
    port is taken."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="baton-demo-")))
        now = clock()
        settings = _settings(folder, now).model_copy(update={"port": port})
        everybody = cast.users(team_file.load(cast.TEAM_FILE))
        known = {one.email for one in playground.shown(me, everybody)}
        playground.write_team(settings.team, settings.team, known)
        told = await asyncio.to_thread(_tell, settings, now, new=False)
        opened = stack.enter_context(company(settings, anonymous_teams=True))
        is_open = Event()
        chores = [_from_then_on(is_open, chore) for chore in CHORES]
        address = await stack.enter_async_context(running(opened, chores=chores))
        playground.write_config(folder, me, everybody)
        begun = _begin_when_opened(opened, address, told, is_open, fast=fast)
        stack.push_async_callback(_ended, asyncio.create_task(begun))
        yield playground.command(folder, address)


def _from_then_on(is_open: Event, chore: Chore) -> Chore:
    """Before the page is open there is nobody whom anything could be told."""
    is_due = chore.is_due
    return replace(chore, is_due=lambda ctx: is_open.is_set() and (is_due is None or is_due(ctx)))


async def _begin_when_opened(
    opened: Company, address: str, told: Told, is_open: Event, *, fast: bool
) -> None:
    await playground.opened(opened.database, address)
    await opened.database.write(lambda session: world.open_up(session, opened.setup, told, clock()))
    is_open.set()
    await _keep_coming(opened, address, told, fast=fast)


async def _keep_coming(opened: Company, address: str, told: Told, *, fast: bool) -> None:
    token = opened.settings.ingest_token
    assert token is not None
    pauses = (2.0, 4.0) if fast else (20.0, 40.0)
    await trickle.keep_coming(address, token.get_secret_value(), told.known, pauses)


def _settings(folder: Path, now: datetime) -> Settings:
    """A company of its own, whatever the environment says."""
    agreement = terms.agreed(agreement_file.load(_HERE / "agreement.toml"), now)
    (folder / "agreement.toml").write_text(agreement_file.dump(agreement), encoding="utf-8")
    cast.write_team(folder / "team.toml", now)
    return Settings.model_construct(
        database_url=f"sqlite:///{folder / 'demo.db'}",
        port=0,
        ingest_token=SecretStr(token_hex(16)),
        agreement=folder / "agreement.toml",
        team=folder / "team.toml",
        campaigns=_HERE / "campaigns.toml",
    )


def _tell(settings: Settings, now: datetime, *, new: bool) -> Told:
    """Write the history, and with `new` what is to be told today."""
    setup, campaigns = read_files(settings)
    database = Database.open(settings.database_url)
    try:
        database.migrate()
        write = world.begin if new else world.tell
        return write(database, setup, campaigns, now)
    finally:
        database.close_now()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

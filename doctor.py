"""What `python app.py doctor` looks at, line by line. Changes nothing."""

import asyncio
from collections.abc import AsyncIterator

from bot.finding import Finding, Verdict, failure, ok, warning
from bot.slack import probe
from bot.slack.reach import reachable
from bot.slack.web import SlackWeb, open_session
from commands.context import Setup
from composition import (
    Settings,
    WrongSetup,
    clock,
    read_files,
    secret_of,
    teams_registration,
)
from console import messages
from storage import outbox
from storage.database import Database, Unavailable
from storage.engines import UnknownDatabase


async def examine(settings: Settings, url: str | None) -> AsyncIterator[Finding]:
    """What `doctor` finds, line by line: files, database, chats. Changes nothing. `url` is the
    public address to try, if there is one."""
    try:
        setup, _ = read_files(settings)
        database = Database.open(settings.database_url)
    except (WrongSetup, UnknownDatabase) as error:
        yield failure(str(error), "Mend this first; Baton doesn't start with it.")
        return
    yield ok(f"{settings.agreement} and {settings.team} are right: {len(setup.team.people)} people")
    try:
        readable = await _database_finding(database)
        yield readable
        if readable.verdict is Verdict.OK and (parked := await _parked(database)):
            fix = "`python app.py resend` says where and why, and with --all sends them again."
            yield warning(f"{messages(parked)} couldn't be delivered", fix)
    finally:
        await database.close()
    if settings.ingest_token is None:
        fix = "Set INGEST_TOKEN to a long random text to take leads on /ingest/leads."
        yield warning("no token for incoming leads: /ingest refuses everything", fix)
    else:
        yield ok("incoming leads are taken with the INGEST_TOKEN")
    if not (settings.slack_bot_token or settings.teams_app_id):
        fix = "Follow “Connect Slack” or “Connect Teams” in the README, or try `make demo` first."
        yield failure("no chat is connected: set SLACK_BOT_TOKEN or TEAMS_APP_ID", fix)
    if settings.slack_bot_token:
        async for finding in _slack_findings(settings, setup, url):
            yield finding
    if settings.teams_app_id and readable.verdict is not Verdict.OK:
        yield warning("Teams wasn't looked at", "Start Baton once, then run doctor again.")
    elif settings.teams_app_id:
        async for finding in _teams_findings(settings, setup, url):
            yield finding


async def _database_finding(database: Database) -> Finding:
    try:
        current = await asyncio.to_thread(database.is_current)
    except Unavailable as error:
        fix = "Check DATABASE_URL, and that the server runs and lets Baton in."
        return failure(f"the database can't be opened: {error}", fix)
    if current:
        return ok("the database has the newest version")
    return warning("the database is new or old", "It is brought up to date when Baton starts.")


async def _parked(database: Database) -> int:
    backlog = await database.read(lambda session: outbox.backlog(session, clock()))
    return backlog.parked


async def _slack_findings(
    settings: Settings, setup: Setup, url: str | None
) -> AsyncIterator[Finding]:
    secret = secret_of(settings.slack_signing_secret)
    async with open_session() as session:
        web_api = SlackWeb(secret_of(settings.slack_bot_token), settings.slack_api_url, session)
        async for finding in probe.findings(
            web_api,
            setup.team,
            signing_secret=secret,
            app_token=secret_of(settings.slack_app_token) or None,
            clock=clock,
        ):
            yield finding
        if url:
            yield await reachable(session, url, secret, clock())
        elif settings.slack_app_token is None:
            fix = "Run `python app.py doctor --url https://…` with Baton's public address."
            yield warning("whether Slack reaches Baton wasn't tried", fix)


async def _teams_findings(
    settings: Settings, setup: Setup, url: str | None
) -> AsyncIterator[Finding]:
    from bot.teams import probe, reach, side

    registration = teams_registration(settings)
    assert registration is not None
    database = Database.open(settings.database_url)
    try:
        async with side.dial(registration, database, clock) as line:
            looking = probe.Probe(line.connector, line.tokens, line.conversations, line.accounts)
            async for finding in looking.findings(
                setup.team,
                app_id=registration.app_id,
                tenant_id=registration.tenant_id,
                has_password=registration.password is not None,
            ):
                yield finding
            if url:
                yield await reach.reachable(line.session, url)
            else:
                fix = "Run `python app.py doctor --url https://…` with Baton's public address."
                yield warning("whether Teams reaches Baton wasn't tried", fix)
    finally:
        await database.close()

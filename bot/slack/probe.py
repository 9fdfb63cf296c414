"""What `doctor` finds out about the connection to Slack, with the fix for each."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.finding import Finding, failure, ok, warning
from bot.slack.directory import SlackAccounts
from bot.slack.scopes import SCOPES
from bot.slack.web import SlackWeb
from commands.delivery import Throttled, Undeliverable, Unreachable
from leads.person import Channels, Team

_SECRET = re.compile(r"[0-9a-f]{32}")
_SKEW_NOTED, _SKEW_FATAL = 30, 300  # seconds; Slack's signatures are good for 300
_PATIENCE = 5
"""How often a call is tried again when Slack asks to wait."""
_REINSTALL = "Paste slack_manifest.yaml into the app's manifest and reinstall the app."


async def findings(
    web: SlackWeb,
    team: Team,
    *,
    signing_secret: str,
    app_token: str | None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[Finding]:
    """Everything there is to say, line by line, as it is found out. Changes nothing in Slack.
    Without a working token only what needs none is looked at."""
    yield _signing_secret(signing_secret, app_token)
    yield _app_token(app_token)
    try:
        us, headers = await web.ask_with_headers("auth.test")
    except (Throttled, Unreachable, Undeliverable) as error:
        yield _lost("the bot token", error)
        return
    yield ok(f"the bot token works: {us.get('user')} in {us.get('team')}")
    yield _clock_skew(headers, clock())
    yield _scopes(headers)
    async for finding in _channels(web, team.channels, sleep):
        yield finding
    async for finding in _people(web, team, sleep):
        yield finding


def _signing_secret(secret: str, app_token: str | None) -> Finding:
    if _SECRET.fullmatch(secret):
        return ok("the signing secret looks right")
    fix = "Copy the Signing Secret from “Basic Information” of the app to SLACK_SIGNING_SECRET."
    if not secret:
        what = "there is no signing secret"
        if app_token:
            return ok(f"{what}, and Socket Mode needs none")
        return failure(f"{what}: every request would be refused", fix)
    return warning("the signing secret doesn't look like one of Slack's (32 hex digits)", fix)


def _app_token(app_token: str | None) -> Finding:
    if not app_token:
        return ok("Socket Mode is off: Slack must reach Baton at its public address")
    if app_token.startswith("xapp-"):
        return ok("Socket Mode is on: no public address is needed")
    return failure(
        "SLACK_APP_TOKEN isn't an app-level token",
        "Make one under “Basic Information”, App-Level Tokens, with connections:write; "
        "it starts with xapp-.",
    )


def _scopes(headers: Mapping[str, str]) -> Finding:
    told = headers.get("x-oauth-scopes")
    if told is None:
        return warning("Slack didn't say which scopes the bot has", _REINSTALL)
    missing = sorted(SCOPES.keys() - {scope.strip() for scope in told.split(",")})
    if not missing:
        return ok(f"all {len(SCOPES)} scopes are granted")
    needs = "; ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    return failure(f"scopes are missing: {needs}", _REINSTALL)


def _clock_skew(headers: Mapping[str, str], now: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return warning("Slack didn't say what time it is", "Compare this machine's clock yourself.")
    seconds = round(abs((now - theirs).total_seconds()))
    what = f"the clock is {seconds} s off Slack's"
    fix = "Set this machine's clock by NTP (timedatectl set-ntp true)."
    if seconds >= _SKEW_FATAL:
        return failure(f"{what}: every request would be refused as a replay", fix)
    return warning(what, fix) if seconds >= _SKEW_NOTED else ok(what)


async def _channels(
    web: SlackWeb, channels: Channels, sleep: Callable[[float], Awaitable[object]]
) -> AsyncIterator[Finding]:
    named = {
        "handoffs": channels.handoffs,
        "digest": channels.digest,
        "wins": channels.wins,
    }
    wanted = {name.removeprefix("#") for name in named.values() if name}
    try:
        known = await _known_channels(web, wanted, sleep) if wanted else {}
    except (Throttled, Unreachable, Undeliverable) as error:
        yield _lost("the channels", error)
        return
    for purpose, name in named.items():
        if not name:
            fix = f'Add {purpose} = "#channel" under [channels] in team.toml.'
            yield warning(f"no channel is named for {purpose}", fix)
            continue
        yield _channel(purpose, name, known.get(name.removeprefix("#")))


def _channel(purpose: str, name: str, channel: Mapping[str, Any] | None) -> Finding:
    if channel is None:
        return failure(
            f"{name} ({purpose}): Slack shows the bot no such channel",
            "Check the name in team.toml; if it is private, type /invite @Baton there.",
        )
    if channel.get("is_archived"):
        fix = "Unarchive it, or name another one in team.toml."
        return failure(f"{name} ({purpose}) is archived", fix)
    if not channel.get("is_member"):
        return failure(f"{name} ({purpose}): the bot isn't in it", "Type /invite @Baton there.")
    return ok(f"{name} ({purpose}): the bot is in it")


async def _known_channels(
    web: SlackWeb, wanted: set[str], sleep: Callable[[float], Awaitable[object]]
) -> dict[str, Mapping[str, Any]]:
    """The wanted channels by name and by id; stops listing once all are found."""
    known: dict[str, Mapping[str, Any]] = {}
    cursor = ""
    while True:
        page = await _patiently(
            sleep,
            web.ask,
            "conversations.list",
            types="public_channel,private_channel",
            limit=1000,
            cursor=cursor,
        )
        for channel in page.get("channels", ()):
            known |= {str(channel["id"]): channel, str(channel.get("name")): channel}
        cursor = str(page.get("response_metadata", {}).get("next_cursor") or "")
        if not cursor or wanted <= known.keys():
            return known


async def _people(
    web: SlackWeb, team: Team, sleep: Callable[[float], Awaitable[object]]
) -> AsyncIterator[Finding]:
    accounts = SlackAccounts(web)
    matched = 0
    for person in team.people:
        try:
            found = await _patiently(sleep, accounts.by_email, person.email)
        except (Throttled, Unreachable, Undeliverable) as error:
            yield _lost(f"the account of {person.name}", error)
            return
        if found:
            matched += 1
            continue
        yield failure(
            f"{person.name}: no account in this workspace has the e-mail {person.email}",
            "Correct the e-mail in team.toml, or invite the person to the workspace.",
        )
    yield ok(f"{matched} of {len(team.people)} people have a Slack account")


async def _patiently(
    sleep: Callable[[float], Awaitable[object]],
    call: Callable[..., Awaitable[Any]],
    *arguments: str,
    **named: str | int,
) -> Any:
    for _ in range(_PATIENCE):
        try:
            return await call(*arguments, **named)
        except Throttled as error:
            await sleep(error.retry_after)
    return await call(*arguments, **named)


def _lost(what: str, error: Exception) -> Finding:
    match error:
        case Undeliverable():
            return failure(f"{what}: {error}", error.advice)
        case Throttled():
            return warning(f"{what}: Slack asks to wait", "Run doctor again in a minute.")
        case _:
            fix = "Check that this machine reaches SLACK_API_URL, then run doctor again."
            return failure(f"{what}: Slack can't be reached", fix)

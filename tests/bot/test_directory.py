"""Who is who: remembered, believed for a while, and never taken from another company."""

from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.directory import Directory
from bot.slack.directory import SlackAccounts
from bot.slack.web import SlackWeb, open_session
from commands.context import Platform
from commands.delivery import Unreachable
from sandbox import Mischief, Sandbox, Trouble
from storage import accounts
from storage.database import Database
from tests.bot.conftest import ANA, MIA
from tests.conftest import Clock


def lookups(sandbox: Sandbox) -> int:
    """How often Slack was asked who somebody is."""
    return sum(call.method.startswith("users.") for call in sandbox.calls)


async def test_an_account_is_asked_for_once_and_kept_in_a_row(
    sandbox: Sandbox, directory: Directory, database: Database
) -> None:
    ana = sandbox.persona(ANA).id
    assert (await directory.account_of("T0001", ana)).email == ANA
    assert (await directory.account_of("T0001", ana)).email == ANA
    assert await directory.user_of(ANA.upper()) == ana
    assert lookups(sandbox) == 1
    row = await database.read(lambda session: accounts.user_of(session, "slack", ANA))
    assert row is not None
    assert (row.user_id, row.name) == (ana, "Ana Ortiz")
    assert directory.users == {ANA: ana}


async def test_a_row_is_believed_for_a_day_and_longer_when_slack_is_down(
    sandbox: Sandbox, directory: Directory, clock: Clock
) -> None:
    ana = sandbox.persona(ANA).id
    await directory.account_of("T0001", ana)
    clock.advance(hours=2)
    await directory.account_of("T0001", ana)
    assert lookups(sandbox) == 1
    clock.advance(days=2)
    sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE))
    assert (await directory.account_of("T0001", ana)).email == ANA
    assert await directory.user_of(ANA) == ana
    with pytest.raises(Unreachable):
        await directory.account_of("T0001", sandbox.persona(MIA).id)


async def test_nobody_is_asked_for_again_within_a_minute_and_again_after_it(
    sandbox: Sandbox, directory: Directory, clock: Clock
) -> None:
    for _ in range(2):
        assert await directory.user_of("nobody@acme.example") is None
        assert (await directory.account_of("T0001", "U9999")).email is None
    assert lookups(sandbox) == 2
    clock.advance(minutes=2)
    assert await directory.user_of("nobody@acme.example") is None
    assert (await directory.account_of("T0001", "U9999")).email is None
    assert lookups(sandbox) == 4


@pytest.mark.parametrize(
    ("user", "email"),
    [
        ({"team_id": "T1"}, "ana@acme.example"),
        ({"team_id": "T2"}, None),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, "ana@acme.example"),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, None),
        ({"team_id": "E1"}, "ana@acme.example"),
        ({"team_id": "T1", "is_stranger": True}, None),
        ({"team_id": "T1", "deleted": True}, None),
        ({"team_id": "T1", "is_bot": True}, None),
        ({}, None),
    ],
)
async def test_an_email_counts_only_in_an_account_of_our_own_workspace_or_enterprise(
    user: Mapping[str, Any], email: str | None
) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.match_info["method"] == "auth.test":
            return web.json_response({"ok": True, "team_id": "T1", "enterprise_id": "E1"})
        found = {"id": "U1", "profile": {"email": "Ana@acme.example"}, **user}
        return web.json_response({"ok": True, "user": found})

    application = web.Application()
    application.router.add_post("/api/{method}", answer)
    async with TestServer(application) as server, open_session() as session:
        source = SlackAccounts(SlackWeb("xoxb-x", str(server.make_url("/api/")), session))
        account = await source.by_id("U1")
        assert account is not None
        assert account.email == email
        assert (await source.by_email("ana@acme.example") is None) == (email is None)


async def test_known_accounts_can_be_mentioned_after_a_restart(
    sandbox: Sandbox, directory: Directory, database: Database, clock: Clock, web_api: SlackWeb
) -> None:
    await directory.user_of(ANA)
    restarted = Directory(Platform.SLACK, database, clock, SlackAccounts(web_api))
    assert restarted.users == {}
    await restarted.warm()
    assert restarted.users == {ANA: sandbox.persona(ANA).id}

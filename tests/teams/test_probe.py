"""What `doctor` says about Teams, line by line."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from bot.finding import Finding, Verdict
from bot.teams.directory import TeamsAccounts
from bot.teams.probe import Probe
from bot.teams.reach import reachable
from commands.delivery import Undeliverable, Unreachable
from leads.person import Channels, Person, Role, Team
from storage.conversations import ConversationKind
from storage.database import Database
from tests.conftest import Clock
from tests.teams.connector import TENANT
from tests.teams.side import ANA, BEN, MIA, Side, outbound_side
from tests.teams.trouble import Mischief, Trouble

APP = "99999999-8888-4777-8666-555555555555"
CHANNELS = Channels(handoffs="#lead-handoffs", digest="general", wins="Acme/wins")


def people(*emails: str) -> tuple[Person, ...]:
    return tuple(
        Person(name=email.split("@")[0].title(), email=email, roles=frozenset({Role.REP}))
        for email in emails
    )


@dataclass
class Given:
    """A token, or the error that comes in its place."""

    error: Exception | None = None
    asked: list[str | None] = field(default_factory=list)

    async def get(self, refused: str | None = None) -> str | None:
        if self.error:
            raise self.error
        return "token"


@pytest.fixture
async def side(database: Database) -> AsyncIterator[Side]:
    async with outbound_side(database) as opened:
        yield opened


async def probed(
    side: Side,
    team: Team,
    *,
    app_id: str = APP,
    tenant_id: str = TENANT,
    tokens: Given | None = None,
) -> list[Finding]:
    """Every finding."""
    clock = Clock()
    accounts = TeamsAccounts(side.connector, side.conversations, clock)
    probe = Probe(
        side.connector, tokens or Given(), side.conversations, accounts, sleep=clock.sleep
    )
    found = probe.findings(team, app_id=app_id, tenant_id=tenant_id, has_password=True)
    return [finding async for finding in found]


def bad(findings: list[Finding]) -> dict[str, str]:
    """What isn't well, and its fix."""
    return {one.what: one.fix for one in findings if one.verdict is not Verdict.OK}


async def test_all_is_well(side: Side) -> None:
    await side.join_team()
    for email in (ANA, BEN):
        user = side.teams.tenant.user(email)
        chat = side.teams.tenant.personal(user).id
        kind = ConversationKind.PERSONAL
        await side.conversations.learn(side.ref(chat, kind, user_id=user.id))
    findings = await probed(side, Team(people=people(ANA, BEN), channels=CHANNELS))
    assert bad(findings) == {}
    said = "\n".join(finding.what for finding in findings)
    assert "token by its password" in said
    assert "1 teams, 2 personal chats" in said
    assert "Acme/wins (wins): the app is in its team" in said
    assert "2 of 2 people have a chat" in said


async def test_each_thing_that_is_wrong_has_its_fix(side: Side) -> None:
    await side.join_team()
    team = Team(people=people(ANA, MIA), channels=Channels(handoffs="#nowhere", digest="wins"))
    found = bad(await probed(side, team, app_id="my-bot"))
    assert "app registration" in found["TEAMS_APP_ID doesn't look like an id: 'my-bot'"]
    nowhere = "#nowhere (handoffs): no team with the app has such a channel"
    assert "team.toml" in found[nowhere]
    assert "[channels]" in found["no channel is named for wins"]
    assert "open the app" in found[f"Mia: Baton meets nobody with the e-mail {MIA}"]
    assert any("1 more are reached only through a team" in what for what in found)


async def test_without_a_token_nothing_else_is_asked(side: Side) -> None:
    await side.join_team()
    team = Team(people=people(ANA), channels=CHANNELS)
    refused = Given(Undeliverable("Microsoft gives the bot no token", "Check TEAMS_APP_PASSWORD."))
    found = bad(await probed(side, team, tokens=refused))
    assert [*found.values()] == ["Check TEAMS_APP_PASSWORD."]
    away = Given(Unreachable(uncertain=False))
    found = bad(await probed(side, team, tokens=away))
    assert "login.microsoftonline.com" in next(iter(found.values()))
    assert side.teams.calls == []


async def test_a_bot_that_nobody_added_or_in_another_tenant_is_said_to_be_so(side: Side) -> None:
    team = Team(people=people(ANA), channels=CHANNELS)
    (fix,) = bad(await probed(side, team)).values()
    assert "app.py teams package" in fix
    await side.join_team()
    other = "00000000-0000-4000-8000-000000000000"
    (fix,) = bad(await probed(side, team, tenant_id=other)).values()
    assert "TEAMS_TENANT_ID" in fix


async def test_teams_that_is_busy_is_waited_for_and_one_that_is_down_is_said_to_be(
    side: Side,
) -> None:
    await side.join_team()
    team = Team(people=people(ANA), channels=CHANNELS)
    side.teams.misbehave(Mischief(trouble=Trouble.THROTTLED, calls=4))
    assert "the channels: Teams asks to wait" not in bad(await probed(side, team))
    side.teams.misbehave(Mischief(trouble=Trouble.BAD_GATEWAY))
    assert "the channels: can't be reached" in bad(await probed(side, team))


async def test_doctor_changes_nothing(side: Side) -> None:
    await side.join_team()
    before = await side.conversations.anchors()
    await probed(side, Team(people=people(ANA, BEN), channels=CHANNELS))
    assert await side.conversations.anchors() == before
    assert {call.method for call in side.teams.calls} == {"GET"}


@pytest.mark.parametrize(
    ("status", "text", "verdict"),
    [
        (401, '{"error": "invalid request"}', Verdict.OK),
        (401, "<html>Sign in</html>", Verdict.FAILURE),
        (200, "{}", Verdict.FAILURE),
        (404, "", Verdict.FAILURE),
    ],
)
async def test_whether_teams_reaches_baton_is_tried_with_an_activity_of_nobodys(
    status: int, text: str, verdict: Verdict
) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert (await request.json())["type"] == "message"
        return web.Response(status=status, text=text)

    application = web.Application()
    application.router.add_post("/api/messages", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            assert (await reachable(session, url)).verdict is verdict
    finally:
        await runner.cleanup()
    async with aiohttp.ClientSession() as session:
        assert (await reachable(session, "http://127.0.0.1:9")).verdict is Verdict.FAILURE

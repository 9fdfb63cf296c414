"""What `doctor` says about Slack, line by line."""

from datetime import UTC, datetime, timedelta

from bot.finding import Finding, Verdict
from bot.slack import probe
from bot.slack.scopes import SCOPES
from bot.slack.web import SlackWeb, open_session
from commands.context import Setup
from leads.person import Channels, Person, Role, Team
from sandbox import Mischief, Sandbox, SandboxChannel, SandboxUser, Trouble
from tests.bot.conftest import ANA
from tests.conftest import Clock

SECRET = "0123456789abcdef0123456789abcdef"


def now() -> datetime:
    """The sandbox's own time."""
    return datetime.now(UTC)


async def probed(
    web_api: SlackWeb,
    team: Team,
    *,
    secret: str = SECRET,
    app_token: str | None = None,
    ahead: timedelta = timedelta(),
) -> list[Finding]:
    """Every finding."""
    found = probe.findings(
        web_api,
        team,
        signing_secret=secret,
        app_token=app_token,
        clock=lambda: now() + ahead,
        sleep=Clock().sleep,
    )
    return [finding async for finding in found]


def bad(findings: list[Finding]) -> dict[str, str]:
    """What isn't well, and its fix."""
    return {one.what: one.fix for one in findings if one.verdict is not Verdict.OK}


async def test_all_is_well(web_api: SlackWeb, setup: Setup) -> None:
    channels = Channels(handoffs="#lead-handoffs", digest="gtm", wins="C0002")
    findings = await probed(web_api, Team(people=setup.team.people, channels=channels))
    assert bad(findings) == {}
    said = "\n".join(finding.what for finding in findings)
    assert "baton in Acme" in said
    assert "2 of 2 people" in said
    assert f"all {len(SCOPES)} scopes" in said


async def test_each_thing_that_is_wrong_has_its_fix(web_api: SlackWeb) -> None:
    nobody = Person(name="Nobody", email="no@acme.example", roles=frozenset({Role.REP}))
    team = Team(people=(nobody,), channels=Channels(handoffs="#board", digest="#nowhere"))
    wrong = bad(
        await probed(web_api, team, secret="short", app_token="xoxb-1", ahead=timedelta(minutes=6))
    )
    fixes = " ".join(wrong.values())
    assert len(wrong) == 7
    assert all(wrong.values())
    for words in ("/invite @Baton", "SLACK_SIGNING_SECRET", "xapp-", "NTP", "wins = ", "e-mail"):
        assert words in fixes
    assert "xoxb-1" not in fixes + " ".join(wrong)


async def test_missing_scopes_are_named_with_what_they_are_for(setup: Setup) -> None:
    few = ("chat:write", "users:read", "users:read.email", "channels:read", "groups:read")
    users = [SandboxUser(name="Ana Ortiz", email=ANA)]
    async with (
        Sandbox(users=users, channels=[SandboxChannel(name="gtm")], scopes=few) as sandbox,
        open_session() as session,
    ):
        web_api = SlackWeb(sandbox.bot_token, sandbox.api_url, session)
        wrong = bad(await probed(web_api, setup.team))
    (missing,) = [what for what in wrong if "scopes" in what]
    assert "reactions:write (to mark a note as kept)" in missing
    assert "chat:write (" not in missing


async def test_a_wrong_token_ends_it_with_the_fix(sandbox: Sandbox, setup: Setup) -> None:
    async with open_session() as session:
        findings = await probed(SlackWeb("xoxb-no", sandbox.api_url, session), setup.team)
    assert findings[-1].verdict is Verdict.FAILURE
    assert "SLACK_BOT_TOKEN" in findings[-1].fix


async def test_an_unreachable_slack_says_so(
    web_api: SlackWeb, sandbox: Sandbox, setup: Setup
) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE))
    findings = await probed(web_api, setup.team)
    assert "can't be reached" in findings[-1].what


async def test_it_waits_when_slack_asks_for_it(
    web_api: SlackWeb, sandbox: Sandbox, setup: Setup
) -> None:
    for method in ("users.lookupByEmail", "conversations.list"):
        sandbox.misbehave(Mischief(trouble=Trouble.RATE_LIMITED, method=method, calls=2))
    findings = await probed(web_api, setup.team)
    assert "2 of 2 people have a Slack account" in findings[-1].what


async def test_socket_mode_needs_no_signing_secret(web_api: SlackWeb, setup: Setup) -> None:
    findings = await probed(web_api, setup.team, secret="", app_token="xapp-1")
    assert [one.verdict for one in findings[:2]] == [Verdict.OK, Verdict.OK]
    findings = await probed(web_api, setup.team, secret="")
    assert findings[0].verdict is Verdict.FAILURE

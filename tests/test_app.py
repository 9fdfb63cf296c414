"""The command line, as a person at a terminal uses it."""

import asyncio
import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from commands import accept_lead
from commands.context import Context
from composition import read_files
from sandbox import Sandbox, SandboxChannel, SandboxUser
from sandbox.server import SCOPES
from sources.lead_schema import parse_lead
from tests import acme

HOUSE = Path(__file__).resolve().parent.parent
_SETTINGS = re.compile("^(SLACK|TEAMS|INGEST|DATABASE|AGREEMENT|TEAM|CAMPAIGNS|HOST|PORT)")
_FOLDER = "FOLDER_OF_THE_TEST"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Acme's settings for a command that is run in an empty folder."""
    outside = {name: value for name, value in os.environ.items() if not _SETTINGS.match(name)}
    return {
        **outside,
        _FOLDER: str(tmp_path),
        "PYTHONPATH": str(HOUSE),
        "COLUMNS": "200",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'app.db'}",
        "AGREEMENT": str(acme.FOLDER / "agreement.toml"),
        "TEAM": str(acme.FOLDER / "team.toml"),
        "CAMPAIGNS": str(acme.FOLDER / "campaigns.toml"),
        "PORT": "0",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands of a test are run."""
    return tmp_path


def run(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [sys.executable, str(HOUSE / "app.py"), *arguments],
        cwd=env[_FOLDER],
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def run_beside(env: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """The same while this process serves something to it; exit code and all it said."""
    done = await asyncio.to_thread(run, env, *arguments)
    return done.returncode, done.stdout + done.stderr


_BROKEN = {
    "agreement": ("threshold = 60", 'threshold = "high"', "criteria.threshold", "high"),
    "team": ('roles = ["marketer"]', 'roles = ["wizard"]', "roles", "wizard"),
    "campaigns": ("spend = 12000", 'spend = "much"', "spend", "much"),
}


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("agreement", ("serve",)),
        ("team", ("agreement", "check")),
        ("campaigns", ("digest", "daily")),
    ],
)
def test_a_wrong_file_is_named_with_its_key_and_nothing_is_started(
    env: dict[str, str], folder: Path, name: str, command: tuple[str, ...]
) -> None:
    good, bad, key, found = _BROKEN[name]
    text = (acme.FOLDER / f"{name}.toml").read_text("utf-8")
    assert good in text
    (folder / f"{name}.toml").write_text(text.replace(good, bad), "utf-8")
    done = run({**env, name.upper(): f"{name}.toml"}, *command)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"{name}.toml: ")
    assert key in line
    assert "expected" in line
    assert found in line
    assert not (folder / "app.db").exists()


def test_a_missing_file_and_a_wrong_setting_are_named(env: dict[str, str], folder: Path) -> None:
    done = run({**env, "TEAM": "nowhere.toml"}, "agreement", "check")
    assert (done.returncode, "nowhere.toml" in done.stderr) == (2, True)
    done = run({**env, "PORT": "harbour"}, "agreement", "check")
    assert (done.returncode, "PORT" in done.stderr) == (2, True)
    done = run({**env, "DATABASE_URL": f"oracle:///{folder}/x"}, "agreement", "check")
    assert (done.returncode, "DATABASE_URL" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


@pytest.fixture
def leads_file(folder: Path) -> Path:
    """Three good leads, two bad ones, and a map."""
    (folder / "map.toml").write_text(
        'blank = ["", "Select"]\n[lead]\nexternal_id = "No"\nemail = "Mail"\ntitle = "Title"\n'
        '"company.employees" = "Size"\n[extra]\nvisits = "Visits"\n',
        "utf-8",
    )
    file = folder / "leads.csv"
    file.write_text(
        "No,Mail,Title,Size,Visits\n"
        "1,a@a.example,VP Engineering,120,5\n"
        "2,b@b.example,Select,,1\n"
        "3,not an address,Clerk,3,1\n"
        "4,d@d.example,Clerk,many,1\n"
        "5,e@e.example,Head of Sales,30,\n",
        "utf-8",
    )
    return file


def test_importing_twice_changes_nothing_twice(env: dict[str, str], leads_file: Path) -> None:
    first = run(env, "import", leads_file.name, "--map", "map.toml")
    assert first.returncode == 0, first.stderr
    assert "3 new, 0 updated, 0 unchanged, 2 bad." in first.stdout
    bad = leads_file.with_suffix(".bad.csv").read_text("utf-8")
    assert "not an address" in bad
    assert "many" in bad
    assert "leads.bad.csv" in first.stdout
    again = run(env, "import", leads_file.name, "--map", "map.toml")
    assert "0 new, 0 updated, 3 unchanged, 2 bad." in again.stdout


def test_importing_what_is_not_there_says_so(env: dict[str, str], leads_file: Path) -> None:
    done = run(env, "import", "nothing.csv", "--map", "map.toml")
    assert done.returncode != 0
    assert "nothing.csv" in done.stderr
    assert "Traceback" not in done.stderr
    done = run(env, "import", leads_file.name, "--map", "no-map.toml")
    assert done.returncode != 0
    assert "no-map.toml" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def decided(env: dict[str, str]) -> dict[str, str]:
    """A company in which a lead was accepted just now."""
    from commands import receive_lead
    from composition import Settings, clock, company

    settings = Settings(
        _env_file=None,
        database_url=env["DATABASE_URL"],
        agreement=Path(env["AGREEMENT"]),
        team=Path(env["TEAM"]),
        campaigns=Path(env["CAMPAIGNS"]),
    )
    with company(settings) as opened:
        setup, _ = read_files(settings)

        def decide(session: object) -> None:
            ctx = Context(session=session, now=clock(), setup=setup)  # type: ignore[arg-type]
            receive_lead.receive(ctx, parse_lead(acme.lead(1)))
            ana = setup.team.find(acme.ANA)
            accept_lead.accept(
                Context(session=ctx.session, now=ctx.now, setup=setup, actor=ana), "1", {}
            )

        opened.database.write_now(decide)
    return env


def test_the_digest_is_printed(decided: dict[str, str]) -> None:
    done = run(decided, "digest", "daily")
    assert done.returncode == 0, done.stderr
    assert "Ana Ortiz" in done.stdout


def test_a_digest_of_nothing_says_so(env: dict[str, str]) -> None:
    done = run(env, "digest", "daily")
    assert (done.returncode, done.stdout.strip()) == (0, "Nothing to tell.")


def test_feedback_is_exported_for_people_and_for_programs(
    decided: dict[str, str], folder: Path
) -> None:
    done = run(decided, "export", "feedback", "--format", "csv")
    assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["decision"], row["decided_by"]) == ("accepted", acme.ANA)
    done = run(decided, "export", "feedback", "--format", "jsonl", "--out", "f.jsonl")
    assert done.returncode == 0, done.stderr
    (line,) = (folder / "f.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["decision"] == "accepted"
    assert run(decided, "export", "feedback", "--format", "xml").returncode != 0


def test_the_agreement_is_checked_exported_and_adopted(env: dict[str, str], folder: Path) -> None:
    done = run(env, "agreement", "check")
    assert done.returncode == 0, done.stderr
    assert "right" in done.stdout
    assert run(env, "agreement", "export", "--out", "now.toml").returncode == 0
    assert "target-title" in (folder / "now.toml").read_text("utf-8")

    text = (folder / "now.toml").read_text("utf-8")
    assert "threshold = 60" in text
    (folder / "new.toml").write_text(text.replace("threshold = 60", "threshold = 50"), "utf-8")
    changed = {**env, "AGREEMENT": "new.toml"}
    assert "the file has others" in run(changed, "agreement", "check").stdout
    assert "Version 2 is in force" in run(changed, "agreement", "adopt").stdout
    assert "in force already" in run(changed, "agreement", "adopt").stdout
    assert "the file has others" not in run(changed, "agreement", "check").stdout
    assert "threshold = 50" in run(changed, "agreement", "export").stdout


def test_serve_says_that_its_port_is_taken(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run({**env, "PORT": str(port)}, "serve")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


async def test_serve_says_where_it_listens_and_ends_when_asked(env: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HOUSE / "app.py"),
        "serve",
        cwd=env[_FOLDER],
        env={**env, "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    async with asyncio.timeout(60):
        said = (await process.stdout.readline()).decode()
        assert re.search(r"listening on http://127\.0\.0\.1:\d+", said)
        process.terminate()
        assert await process.wait() == 0


@pytest.mark.parametrize(
    "command",
    [
        "",
        "serve",
        "import",
        "learn",
        "replay",
        "doctor",
        "digest daily",
        "agreement adopt",
        "export feedback",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(app.cli, [*command.split(), "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


@asynccontextmanager
async def slack(
    *, scopes: tuple[str, ...] = SCOPES, bot_in: bool = True, without: str = ""
) -> AsyncIterator[Sandbox]:
    """A workspace that may lack something."""
    people = [
        SandboxUser(name=email.partition("@")[0].title(), email=email)
        for email in (*acme.REPS, acme.MIA, acme.NOAH)
        if email != without
    ]
    channels = [SandboxChannel(name=name, bot_is_member=bot_in) for name in acme.CHANNELS]
    async with Sandbox(
        users=people, channels=channels, scopes=scopes, signing_secret="0" * 32
    ) as sandbox:
        yield sandbox


def connected(env: Mapping[str, str], sandbox: Sandbox, **changes: str) -> dict[str, str]:
    """The settings with this workspace."""
    return {
        **env,
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_SIGNING_SECRET": sandbox.signing_secret,
        "SLACK_API_URL": sandbox.api_url,
        "INGEST_TOKEN": "t" * 20,
        **changes,
    }


async def test_the_doctor_finds_a_good_connection_good(env: dict[str, str]) -> None:
    async with slack() as sandbox:
        code, said = await run_beside(connected(env, sandbox), "doctor")
    assert code == 0, said
    assert "Baton is ready." in said
    assert "5 of 5 people" in said


_ILLS: dict[str, tuple[dict[str, object], dict[str, str], str]] = {
    "wrong token": ({}, {"SLACK_BOT_TOKEN": "xoxb-wrong"}, "put the new token in SLACK_BOT_TOKEN"),
    "no token": ({}, {"SLACK_BOT_TOKEN": ""}, "set SLACK_BOT_TOKEN or TEAMS_APP_ID"),
    "no secret": ({}, {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET"),
    "missing scope": (
        {"scopes": tuple(one for one in SCOPES if one != "chat:write")},
        {},
        "chat:write",
    ),
    "not in the channel": ({"bot_in": False}, {}, "/invite @Baton"),
    "person without account": ({"without": acme.BEN}, {}, acme.BEN),
    "wrong app token": ({}, {"SLACK_APP_TOKEN": "wrong"}, "xapp-"),
    "wrong team file": ({}, {"TEAM": "nowhere.toml"}, "nowhere.toml"),
}


@pytest.mark.parametrize("ill", _ILLS)
async def test_the_doctor_names_the_cure_of(env: dict[str, str], ill: str) -> None:
    workspace, changes, cure = _ILLS[ill]
    async with slack(**workspace) as sandbox:  # type: ignore[arg-type]
        code, said = await run_beside(connected(env, sandbox, **changes), "doctor")
    assert code != 0, said
    assert cure in said
    assert "Traceback" not in said
    assert "ready" not in said
    assert sandbox.bot_token not in said


async def test_the_doctor_says_that_slack_cannot_be_reached(env: dict[str, str]) -> None:
    async with slack() as sandbox:
        settings = connected(env, sandbox)
    code, said = await run_beside(settings, "doctor")
    assert code != 0 or "can't be reached" in said
    assert "SLACK_API_URL" in said
    assert "Traceback" not in said


def test_leave_is_imported_for_somebody_of_the_team(env: dict[str, str], folder: Path) -> None:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", "BEGIN:VEVENT", "UID:1")
    days = ("DTSTART;VALUE=DATE:20981224", "DTEND;VALUE=DATE:20990103", "SUMMARY:Vacation")
    (folder / "leave.ics").write_text("\r\n".join([*lines, *days, "END:VEVENT", "END:VCALENDAR"]))
    imported = ("leave", "import", "leave.ics", "--person")
    stranger = run(env, *imported, "zoe@acme.example")
    assert (stranger.returncode, "zoe@acme.example" in stranger.stderr) == (2, True)
    for expected in ("1 new.", "1 unchanged."):
        done = run(env, *imported, acme.ANA)
        assert (done.returncode, done.stdout.strip()) == (0, expected), done.stderr

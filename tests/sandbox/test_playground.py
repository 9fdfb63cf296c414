"""The playground's people, and what it takes to be one of them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from console import WRONG_FILE
from sandbox.demo import cast, playground
from sandbox.records import SandboxUser
from storage import agreement_file, team_file

TEAM = team_file.load(cast.TEAM_FILE)
EVERYBODY = cast.users(TEAM)


@pytest.mark.parametrize("me", EVERYBODY, ids=lambda one: one.email)
def test_everybody_may_be_its_user_and_has_five_colleagues(tmp_path: Path, me: SandboxUser) -> None:
    playground.write_config(tmp_path, me, EVERYBODY)
    config = json.loads((tmp_path / playground.CONFIG).read_text("utf-8"))
    assert config["currentUser"]["email"] == me.email
    people = [config["currentUser"], *config["users"]]
    assert len(people) == 6
    for key in ("id", "aadObjectId", "email"):
        assert len({one[key] for one in people}) == 6
    assert {one["email"] for one in people} >= {p.email for p in TEAM.people[:4]}
    assert [one["name"] for one in config["team"]["channels"]] == ["lead-handoffs"]


def test_its_team_file_names_the_channels_that_it_has(tmp_path: Path) -> None:
    target = tmp_path / "team.toml"
    playground.write_team(cast.TEAM_FILE, target, {"noah@acme.example"})
    team = team_file.load(target)
    assert team.people == tuple(one for one in TEAM.people if one.email != "priya@acme.example")
    assert {team.channels.handoffs, team.channels.digest} == {"lead-handoffs", "General"}
    ours = Path(app.__file__).with_name("agreement.toml")
    agreement_file.check(agreement_file.load(ours), team, ours, target)


def test_its_team_keeps_all_marketers_where_none_of_them_is_there(tmp_path: Path) -> None:
    playground.write_team(cast.TEAM_FILE, tmp_path / "team.toml", {"sam@acme.example"})
    assert team_file.load(tmp_path / "team.toml").people == TEAM.people


def test_the_command_survives_a_folder_with_a_space() -> None:
    said = playground.command(Path("/tmp/my demo"), "http://127.0.0.1:3000")
    assert said.startswith("cd '/tmp/my demo' && npx --yes @microsoft/m365agentsplayground@")
    assert "-e http://127.0.0.1:3000/api/messages" in said
    assert said.endswith("--disable-telemetry")


def test_somebody_who_is_not_in_the_demo_is_refused_with_the_names() -> None:
    done = CliRunner().invoke(app.cli, ["demo-teams", "--be", "zoe"])
    assert done.exit_code == WRONG_FILE
    assert "ana" in done.output
    assert "zoe" in done.output

"""`learn` and `replay`, as a person at a terminal uses them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import app
from console import WRONG_FILE
from storage import agreement_file, team_file
from tests import acme

MAP = """
[lead]
external_id = "No"
source = "From"
[extra]
visits = "Visits:number"
[outcome]
accepted = "Won"
reason = "Why"
[teaches]
"No answer" = "reach"
"""


def run(*arguments: str) -> Result:
    """One command, to its end."""
    return CliRunner().invoke(app.cli, arguments, env={"TEAM": str(acme.FOLDER / "team.toml")})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands are run: leads whose outcome is known, one of them bad, and a map."""
    monkeypatch.chdir(tmp_path)
    Path("map.toml").write_text(MAP, "utf-8")
    lines = ["No,From,Visits,Won,Why\n", "0,Web,many,1,\n"]
    for n in range(1, 1201):
        won = (n % 4 == 0) != (n % 10 == 0)  # every fourth, but for some noise
        why = "" if won else ("Too small", "Too small", "No answer")[n % 3]
        lines.append(f"{n},{'Partner' if n % 4 == 0 else 'Web'},{n % 7},{int(won)},{why}\n")
    Path("decided.csv").write_text("".join(lines), "utf-8")
    return tmp_path


def test_learn_writes_an_agreement_that_is_right_and_never_over_another(folder: Path) -> None:
    arguments = ("learn", "decided.csv", "--map", "map.toml", "--out", "new.toml")
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert "Source is" in done.stdout
    assert "AUC" in done.stdout
    assert "line 2: Visits: expected a number" in done.stderr
    written = folder / "new.toml"
    agreement = agreement_file.load(written)
    agreement_file.check(agreement, team_file.load(acme.FOLDER / "team.toml"))
    assert [reason.code for reason in agreement.reasons] == ["too_small", "no_answer", "other"]

    written.write_text("mine", "utf-8")
    again = run(*arguments)
    assert (again.exit_code, "--force" in again.stderr) == (WRONG_FILE, True)
    assert written.read_text("utf-8") == "mine"
    assert run(*arguments, "--force").exit_code == 0
    assert agreement_file.load(written) == agreement


@pytest.mark.parametrize("volume", [0.2, 0.3])
def test_about_as_many_leads_as_reps_can_take_reach_the_threshold(volume: float) -> None:
    done = run("learn", "decided.csv", "--map", "map.toml", "--volume", str(volume))
    assert done.exit_code == 0, done.output
    share = int(done.stdout.partition("1,200 leads. ")[2].partition("%")[0]) / 100
    assert abs(share - volume) < 0.1


def test_replay_tells_it_in_words_in_json_and_in_a_picture(folder: Path) -> None:
    arguments = ("replay", "decided.csv", "--map", "map.toml", "--batch", "200")
    done = run(*arguments, "--json", "told.json", "--plot", "told.png")
    assert done.exit_code == 0, done.output
    assert "retuned criteria" in done.stdout
    told = json.loads((folder / "told.json").read_text("utf-8"))
    for part in ("overall", "last_third"):
        assert {"static", "retuned", "delta", "low", "high"} <= told[part].keys()
    assert len(told["batches"]) == 6
    assert (folder / "told.png").read_bytes().startswith(b"\x89PNG")
    same = run(*arguments)
    assert same.stdout.partition("A retune took")[0] == done.stdout.partition("A retune took")[0]


@pytest.mark.parametrize("control", ["--shuffle", "--coin-flip"])
def test_a_control_is_another_replay_of_the_same_leads(folder: Path, control: str) -> None:
    arguments = ("replay", "decided.csv", "--map", "map.toml", "--batch", "250", "--json")
    assert run(*arguments, "plain.json").exit_code == 0
    assert run(*arguments, "control.json", control).exit_code == 0
    plain, other = (
        json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("plain", "control")
    )
    assert plain["rows"] == other["rows"]
    assert plain["batches"] != other["batches"]


_WRONG = {
    "no such column": ('accepted = "Won"', 'accepted = "Done"', "Done: expected a column"),
    "no outcome": ('[outcome]\naccepted = "Won"\nreason = "Why"\n', "", "outcome.accepted"),
    "nothing to learn": ('source = "From"\n[extra]\nvisits = "Visits:number"\n', "", "[extra]"),
}


@pytest.mark.parametrize("wrong", _WRONG)
def test_what_cannot_be_learned_from_is_said_in_one_line(folder: Path, wrong: str) -> None:
    good, bad, says = _WRONG[wrong]
    assert good in MAP
    Path("map.toml").write_text(MAP.replace(good, bad), "utf-8")
    done = run("learn", "decided.csv", "--map", "map.toml")
    assert done.exit_code == WRONG_FILE
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / "agreement.toml").exists()


@pytest.mark.parametrize("command", ["learn", "replay"])
def test_a_missing_file_is_named(command: str) -> None:
    no_map = run(command, "decided.csv", "--map", "nowhere.toml")
    no_leads = run(command, "nowhere.csv", "--map", "map.toml")
    assert (no_map.exit_code, no_leads.exit_code) == (WRONG_FILE, WRONG_FILE)
    assert "nowhere.toml" in no_map.stderr
    assert "nowhere.csv" in no_leads.stderr

"""The app package: what Teams would refuse is refused before, and what is built is taken."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from jsonschema import Draft4Validator
from typer.testing import CliRunner

import app
from bot.teams import package
from bot.teams.package import Publisher, WrongPackage
from commands.answer import SUBCOMMANDS
from console import WRONG_FILE
from tests.npm import MANIFEST_SCHEMAS, installed

APP_ID = "5c2b6a54-7f8e-4a57-9d3b-2f6f0c1f9e10"
ACME = Publisher(
    name="Acme GmbH & Co. KG",
    website="https://acme.example",
    privacy="https://acme.example/privacy",
    terms="https://acme.example/terms",
)


def test_teams_own_schema_takes_the_manifest() -> None:
    schemas = installed(MANIFEST_SCHEMAS) / "build" / "json-schemas"
    version = package.SCHEMA.partition("/json-schemas/")[2]
    schema = json.loads((schemas / version).read_text("utf-8"))
    checked = Draft4Validator(schema)
    said = package.manifest(APP_ID, ACME)
    assert [error.message for error in checked.iter_errors(said)] == []
    assert list(checked.iter_errors(said | {"bots": [{"botId": "baton", "scopes": []}]}))


def test_the_zip_holds_the_manifest_and_two_icons_and_is_the_same_every_time(
    tmp_path: Path,
) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    package.build(one, APP_ID, ACME)
    package.build(two, APP_ID.upper(), ACME)
    assert one.read_bytes() == two.read_bytes()
    with ZipFile(one) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        said = json.loads(archive.read("manifest.json"))
        assert said == package.manifest(APP_ID, ACME)
        assert set(said["icons"].values()) < set(archive.namelist())


def test_every_scope_offers_the_questions_asked_most_and_help() -> None:
    (bot,) = json.loads(json.dumps(package.manifest(APP_ID, ACME)))["bots"]
    assert bot["botId"] == APP_ID
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert [offered["scopes"] for offered in bot["commandLists"]] == [[s] for s in bot["scopes"]]
    for offered in bot["commandLists"]:
        titles = [one["title"] for one in offered["commands"]]
        assert titles == [one.name for one in SUBCOMMANDS if one.name in titles]
        assert len(titles) == 10  # all that Teams takes
        assert titles[-1] == "help"
        assert all(one["description"].endswith(".") for one in offered["commands"])


OPAQUE, SEE_THROUGH = 2, 6


@pytest.mark.parametrize(
    ("icon", "side", "colours"), [("color", 192, OPAQUE), ("outline", 32, SEE_THROUGH)]
)
def test_icons_are_as_teams_asks_for(icon: str, side: int, colours: int) -> None:
    png = (Path(package.__file__).with_name("icons") / f"{icon}.png").read_bytes()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _, found = struct.unpack(">IIBB", png[16:26])
    assert (width, height, found) == (side, side, colours)


@pytest.mark.parametrize("app_id", ["", "baton", APP_ID[:-1], f"{APP_ID}0", "5c2b6a54 7f8e"])
def test_an_app_id_that_is_none_is_refused_in_words(app_id: str) -> None:
    with pytest.raises(WrongPackage, match=r"TEAMS_APP_ID: expected .* found"):
        package.manifest(app_id, ACME)


@pytest.mark.parametrize(
    ("publisher", "said"),
    [
        (replace(ACME, name=" "), "the company's name: expected 1 to 32 characters"),
        (replace(ACME, name="x" * 33), "the company's name"),
        (replace(ACME, website="http://acme.example"), "the website: expected .* https://"),
        (replace(ACME, website="acme.example"), "the website"),
        (replace(ACME, website="https://"), "the website"),
        (replace(ACME, privacy="https://acme.example/a b"), "the privacy statement"),
        (replace(ACME, terms=f"https://acme.example/{'a' * 2048}"), "the terms of use"),
    ],
    ids=lambda value: None if isinstance(value, Publisher) else value,
)
def test_what_teams_would_refuse_is_refused_in_words(publisher: Publisher, said: str) -> None:
    with pytest.raises(WrongPackage, match=said):
        package.manifest(APP_ID, publisher)


def test_a_wrong_package_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(WrongPackage):
        package.build(tmp_path / "baton.zip", "baton", ACME)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_it_for_the_app_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEAMS_APP_ID", APP_ID)
    wanted = ["teams", "package", "--company", "Acme", "--website", "https://acme.example"]
    done = CliRunner().invoke(app.cli, wanted)
    assert done.exit_code == 0, done.output
    with ZipFile(tmp_path / "baton-teams.zip") as archive:
        said = json.loads(archive.read("manifest.json"))
    assert said["id"] == APP_ID
    assert said["developer"]["termsOfUseUrl"] == "https://acme.example"

    monkeypatch.setenv("TEAMS_APP_ID", "")
    done = CliRunner().invoke(app.cli, [*wanted, "--out", "other.zip"])
    assert done.exit_code == WRONG_FILE
    assert "TEAMS_APP_ID" in done.output
    assert not (tmp_path / "other.zip").exists()

"""The documents say what the code does: every command, setting, key and question, both ways."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
import typer
from pydantic import BaseModel

from app import cli
from cards import terminal
from cards.model import Card
from commands.answer import SUBCOMMANDS
from composition import Settings
from leads.person import Role
from storage import agreement_file, campaigns_file, criteria_body, team_file

HOUSE = Path(__file__).parents[1]
DOCUMENTS = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")])
README = (HOUSE / "README.md").read_text(encoding="utf-8")


class Command(Protocol):
    """A command of the command line."""

    help: str | None

    @property
    def params(self) -> Sequence[Any]: ...


def commands(command: Command, name: str = "") -> Iterator[tuple[str, Command]]:
    """Every command of the command line by its whole name."""
    inside: dict[str, Command] | None = getattr(command, "commands", None)  # a group's
    if inside is not None:
        for part, inner in inside.items():
            yield from commands(inner, f"{name} {part}".strip())
    else:
        yield name, command


COMMANDS = dict(commands(typer.main.get_command(cli)))


def table(name: str) -> list[str]:
    """The rows of a table of the README that stands between two comments of this name."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found, f"README.md has no table {name}"
    return found[1].strip().splitlines()[2:]


def test_readme_lists_every_command_of_the_command_line() -> None:
    assert table("commands") == [
        f"| `{' '.join([name, *_arguments(command)])}` | {_first_sentence(command.help or '')} |"
        for name, command in COMMANDS.items()
    ]


def _arguments(command: Command) -> list[str]:
    return [
        (one.metavar or one.name or "").upper()
        for one in command.params
        if one.param_type_name == "argument"
    ]


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).split(". ")[0].rstrip(".") + "."


def test_readme_lists_every_question() -> None:
    assert table("questions") == [
        f"| `/leads {one.usage.replace('|', chr(92) + '|')}` | {_who(one.roles)} | "
        f"{terminal.text(Card(summary=one.summary, blocks=()))} |"
        for one in SUBCOMMANDS
    ]


def _who(roles: frozenset[Role]) -> str:
    return (
        "everybody" if roles == frozenset(Role) else ", ".join(sorted(f"{one}s" for one in roles))
    )


def test_example_environment_names_every_setting() -> None:
    text = (HOUSE / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)
    assert named == [name.upper() for name in Settings.model_fields]


def test_example_environment_shows_the_defaults() -> None:
    text = (HOUSE / ".env.example").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^([A-Z_]+)=(.+)$", text, re.MULTILINE))
    defaults = {
        name.upper(): str(one.default)
        for name, one in Settings.model_fields.items()
        if one.default is not None
    }
    assert shown == defaults


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_every_file_and_command_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (document.parent / link).exists(), link
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z-]+)(?:$|`)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile, target
    for line in re.findall(r"python app\.py ([a-z][^`\n]*)", text):
        assert any(line == name or line.startswith(f"{name} ") for name in COMMANDS), line
    for line in re.findall(r"python app\.py ([a-z][^`\n]*)", text):
        name = max((name for name in COMMANDS if f"{line} ".startswith(f"{name} ")), key=len)
        options = {option for one in COMMANDS[name].params for option in one.opts}
        assert set(re.findall(r"--[a-z-]+", line)) <= options, line


@pytest.mark.parametrize("document", [HOUSE / "ARCHITECTURE.md", *HOUSE.glob("docs/**/*.md")])
def test_every_module_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for path in re.findall(r"`([a-z_]+/[a-z_/]+(?:\.(?:py|j2|toml|md))?/?)`", text):
        assert (HOUSE / path).exists(), path


CONDITIONS = {
    criteria_body.FieldTable,
    criteria_body.EventTable,
    criteria_body.AllTable,
    criteria_body.AnyTable,
    criteria_body.NotTable,
}
"""Conditions stand inside each other without end; the reference has a part of its own for them."""
KEYS = HOUSE / "docs" / "agreement.md"


@pytest.mark.parametrize(
    ("heading", "schema"),
    [
        ("agreement.toml", agreement_file.AgreementTable),
        ("team.toml", team_file.TeamTable),
        ("campaigns.toml", campaigns_file.CampaignsTable),
    ],
)
def test_reference_lists_every_key_of_a_file(heading: str, schema: type[BaseModel]) -> None:
    text = KEYS.read_text(encoding="utf-8")
    pattern = rf"^## `{re.escape(heading)}`\n(.*?)(?=^##|\Z)"
    part = re.search(pattern, text, re.DOTALL | re.MULTILINE)
    assert part, f"docs/agreement.md has no part {heading}"
    listed = set(re.findall(r"^\| `([^`]+)`", part[1], re.MULTILINE))
    assert listed == set(keys(schema))


def keys(schema: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key that a table of a file may have, as docs/agreement.md writes it."""
    for name, field in schema.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        inner = _models(field.annotation)
        if inner and not CONDITIONS.intersection(inner):
            for one in inner:
                yield from keys(one, f"{key}.")
        else:
            yield key


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in _models(part)]

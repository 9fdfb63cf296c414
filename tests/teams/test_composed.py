"""Baton's Teams as it is started: which settings switch it on, and what it costs when it is off."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from commands.context import Platform
from composition import Settings, WrongSetup, read_files
from tests import acme

HOUSE = Path(__file__).parents[2]


def settings(**changes: object) -> Settings:
    """Acme's, without any chat."""
    return acme.settings_in_teams("sqlite:///unused.db").model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "platforms"),
    [
        ({}, (Platform.SLACK,)),
        ({"slack_bot_token": SecretStr("xoxb-1")}, (Platform.SLACK,)),
        ({"teams_app_id": "app", "teams_tenant_id": "tenant"}, (Platform.TEAMS,)),
        (
            {
                "slack_bot_token": SecretStr("xoxb-1"),
                "teams_app_id": "app",
                "teams_tenant_id": "tenant",
            },
            (Platform.SLACK, Platform.TEAMS),
        ),
    ],
)
def test_a_platform_is_on_when_it_is_set(
    changes: dict[str, object], platforms: tuple[Platform, ...]
) -> None:
    setup, _ = read_files(settings(**changes))
    assert setup.platforms == platforms


def test_ids_are_lower_case_however_they_were_copied() -> None:
    known = acme.settings_in_teams(
        "sqlite:///unused.db", teams_app_id=" ABCD-1 ", teams_tenant_id="EF-2"
    )
    assert (known.teams_app_id, known.teams_tenant_id) == ("abcd-1", "ef-2")


def test_without_a_tenant_anybody_of_any_company_could_write() -> None:
    with pytest.raises(WrongSetup, match="TEAMS_TENANT_ID"):
        read_files(settings(teams_app_id="app"))


@pytest.mark.parametrize(
    "changes", [{"host": "0.0.0.0"}, {"host": ""}, {"teams_app_id": "app", "teams_tenant_id": "t"}]
)
def test_nobody_is_anonymous_but_on_this_machine(changes: dict[str, object]) -> None:
    with pytest.raises(WrongSetup):
        read_files(settings(**changes), anonymous_teams=True)


def test_whoever_does_not_use_teams_does_not_carry_it_around() -> None:
    program = (
        "import sys, app, composition; "
        "sys.exit(any(name.split('.')[0] in {'botbuilder', 'botframework', 'jwt', 'msal'} "
        "for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=HOUSE, check=False).returncode == 0

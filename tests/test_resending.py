"""`resend`, as a person at a terminal uses it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import app
import composition
from commands import receive_lead
from console import WRONG_FILE
from sources.lead_schema import parse_lead
from storage import deliveries
from storage.database import Session
from storage.deliveries import Claimed, Parked
from tests import acme

Run = Callable[..., Result]
CAUSE = "the bot isn't in the channel"
CURE = "Open the channel in Slack and type /invite @Baton."


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command with Acme's settings, to its end."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    for name in ("agreement", "team", "campaigns"):
        monkeypatch.setenv(name.upper(), str(acme.FOLDER / f"{name}.toml"))
    for name in ("SLACK_BOT_TOKEN", "TEAMS_APP_ID"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(app.cli, arguments)


@pytest.fixture
def company(run: Run) -> Iterator[composition.Company]:
    """Acme, where a lead came in: its battle card and its line wait to be delivered."""
    with composition.company(composition.read_settings()) as opened:
        context = opened.context()
        opened.database.write_now(
            lambda session: receive_lead.receive(context(session=session), parse_lead(acme.lead(1)))
        )
        yield opened


def claim_all(session: Session) -> list[Claimed]:
    """What a worker would take in a week, when nobody's quiet hours hold it up."""
    then = composition.clock() + timedelta(days=7)
    until = then + timedelta(minutes=2)
    return [
        row
        for destination in deliveries.waiting(session, then)
        for row in deliveries.claim(session, destination, then, until, 10)
    ]


def park_all(company: composition.Company) -> list[Claimed]:
    """Everything that waits was refused."""

    def park(session: Session) -> list[Claimed]:
        rows = claim_all(session)
        for row in rows:
            assert deliveries.park(session, Parked(row=row, error=CAUSE, advice=CURE))
        return rows

    parked = company.database.write_now(park)
    assert {row.destination for row in parked} == {
        f"slack:person:{acme.ANA}",
        "slack:channel:#lead-handoffs",
    }
    return parked


def test_what_was_not_delivered_is_told_without_what_it_says(
    run: Run, company: composition.Company
) -> None:
    first, second = sorted(row.id for row in park_all(company))
    done = run("resend")
    assert done.exit_code == 0, done.output
    assert "2 messages couldn't be delivered:" in done.output
    assert f"slack, {acme.ANA}: battle card, since " in done.output
    assert "slack, #lead-handoffs: handoff line, since " in done.output
    assert done.output.count(f"{CAUSE}. {CURE}") == 2
    assert f"--id {second}" in done.output
    assert done.output.index(f"{second}  slack") < done.output.index(f"{first}  slack")
    assert not [word for word in ("Ada", "Byron", "ompany", "VP") if word in done.output]
    assert company.database.write_now(claim_all) == []


def test_all_of_it_is_sent_again(run: Run, company: composition.Company) -> None:
    parked = park_all(company)
    done = run("resend", "--all")
    assert (done.exit_code, "2 messages will be sent again" in done.output) == (0, True)
    again = company.database.write_now(claim_all)
    assert [row.id for row in again] == [row.id for row in parked]
    assert all(row.attempts == 0 and row.in_doubt for row in again)
    for arguments in (("resend",), ("resend", "--all")):
        assert run(*arguments).output == "Nothing waits to be sent again.\n"


def test_one_of_them_is_sent_again(run: Run, company: composition.Company) -> None:
    one, other = (row.id for row in park_all(company))
    done = run("resend", "--id", str(one))
    assert (done.exit_code, "1 message will be sent again" in done.output) == (0, True)
    assert [row.id for row in company.database.write_now(claim_all)] == [one]
    told = run("resend").output
    assert "1 message couldn't be delivered:" in told
    assert f"{other}  slack" in told
    again = run("resend", "--id", str(one))
    assert (again.exit_code, f"number {one} " in again.output) == (WRONG_FILE, True)


def test_one_and_all_at_once_are_refused(run: Run, company: composition.Company) -> None:
    park_all(company)
    assert run("resend", "--all", "--id", "1").exit_code == WRONG_FILE
    assert company.database.write_now(claim_all) == []


def test_the_doctor_names_the_command(run: Run, company: composition.Company) -> None:
    assert "delivered" not in run("doctor").output
    park_all(company)
    told = run("doctor").output
    assert "2 messages couldn't be delivered" in told
    assert "`python app.py resend`" in told

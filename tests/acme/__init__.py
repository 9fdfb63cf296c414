"""The company of the stories and the fault tests: its files, its people in chat, its leads."""

from collections.abc import Container, Mapping
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from composition import Settings
from sandbox import Sandbox, SandboxChannel, SandboxUser
from tests.teams.connector import TeamsWorkspace
from tests.teams.records import TeamsUser

FOLDER = Path(__file__).parent
ANA, BEN, CLEO = "ana@acme.example", "ben@acme.example", "cleo@acme.example"
MIA, NOAH = "mia@acme.example", "noah@acme.example"
SAM, OTTO = "sam@acme.example", "otto@acme.example"
"""Have chat accounts, but aren't in the team file."""

REPS = (ANA, BEN, CLEO)
_NAMES = {
    ANA: "Ana Ortiz",
    BEN: "Ben Fischer",
    CLEO: "Cleo Martin",
    MIA: "Mia Keller",
    NOAH: "Noah Lind",
    SAM: "Sam Stranger",
    OTTO: "Otto Brandt",
}
CHANNELS = ("lead-handoffs", "gtm", "wins")
COUNTRIES = {ANA: "ES", BEN: "DE", CLEO: "FR"}
"""Where a lead must be from to be offered to this rep."""


def workspace(
    retry_delays: tuple[float, ...] = (0.0, 0.2, 1.0), people: Container[str] = _NAMES
) -> Sandbox:
    """Acme's Slack, with secrets of its own: a stray request of another test is refused."""
    return Sandbox(
        users=[
            SandboxUser(name=name, email=email, timezone="Europe/Madrid")
            for email, name in _NAMES.items()
            if email in people
        ],
        channels=[SandboxChannel(name=name) for name in CHANNELS],
        signing_secret=uuid4().hex,
        retry_delays=retry_delays,
    )


def teams(people: Container[str] = _NAMES) -> TeamsWorkspace:
    """Acme's Teams: everybody there is in the team that has the app."""
    users = [TeamsUser(name=name, email=email) for email, name in _NAMES.items() if email in people]
    return TeamsWorkspace(users=users, channels=CHANNELS)


def settings_in_teams(database_url: str, **changes: object) -> Settings:
    """The same without Slack; for `anonymous_teams`."""
    known: dict[str, object] = {
        "database_url": database_url,
        "port": 0,
        "slack_bot_token": None,
        "slack_app_token": None,
        "teams_app_id": None,
        "ingest_token": SecretStr(INGEST_TOKEN),
        "agreement": FOLDER / "agreement.toml",
        "team": FOLDER / "team.toml",
        "campaigns": FOLDER / "campaigns.toml",
    }
    return Settings(_env_file=None, **{**known, **changes})  # type: ignore[arg-type]


def settings(sandbox: Sandbox, database_url: str, **changes: object) -> Settings:
    """Acme's settings, on any free port, with nothing taken from this machine's `.env`."""
    known: dict[str, object] = {
        "database_url": database_url,
        "port": 0,
        "slack_bot_token": SecretStr(sandbox.bot_token),
        "slack_signing_secret": SecretStr(sandbox.signing_secret),
        "slack_app_token": None,
        "slack_api_url": sandbox.api_url,
        "ingest_token": SecretStr(INGEST_TOKEN),
        "agreement": FOLDER / "agreement.toml",
        "team": FOLDER / "team.toml",
        "campaigns": FOLDER / "campaigns.toml",
    }
    return Settings(_env_file=None, **{**known, **changes})  # type: ignore[arg-type]


INGEST_TOKEN = uuid4().hex


def lead(number: int, country: str = "ES", **changes: object) -> dict[str, object]:
    """A lead at the threshold, as a web form sends it; each number is another person, and another
    company."""
    told: Mapping[str, object] = {
        "source": "web",
        "external_id": f"L-{number}",
        "email": f"ada{number}@company{number}.example",
        "first_name": "Ada",
        "last_name": f"Byron{number}",
        "title": "VP Engineering",
        "company": {
            "name": f"Company {number}",
            "domain": f"company{number}.example",
            "employees": 120,
            "country": country,
        },
        "campaign": "spring-pricing",
        "events": [
            {
                "id": f"e{number}",
                "type": "download",
                "name": "Pricing Guide",
                "at": "2026-11-20T09:01:00Z",
            }
        ],
    }
    return {**told, **changes}

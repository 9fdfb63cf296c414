"""Who may be tried out in the demo: everybody of its team file, and somebody who isn't in it."""

from pathlib import Path

from leads.person import Team
from sandbox.records import SandboxChannel, SandboxUser

TEAM_FILE = Path(__file__).with_name("team.toml")
FIRST = "ana@acme.example"
"""Whom the printed address makes one first: a rep."""
STRANGER = SandboxUser(
    name="Sam Rivera",
    email="sam@acme.example",
    timezone="America/New_York",
    title="Not in the team file",
)
_TITLES = {
    "ana@acme.example": "Sales rep, Spain",
    "ben@acme.example": "Sales rep, Germany",
    "chloe@acme.example": "Sales rep, France",
    "dan@acme.example": "Sales rep, Britain",
    "mia@acme.example": "Head of sales, admin",
    "noah@acme.example": "Marketing, campaigns",
    "priya@acme.example": "Marketing, webinars",
}


def users(team: Team) -> list[SandboxUser]:
    """Accounts for everybody in `team`, in its order, and for the stranger."""
    known = [
        SandboxUser(
            name=person.name,
            email=person.email,
            timezone=person.timezone,
            title=_TITLES.get(person.email, ""),
        )
        for person in team.people
    ]
    return [*known, STRANGER]


def channels(team: Team) -> list[SandboxChannel]:
    """The channels that the team file names, each once."""
    named = (team.channels.handoffs, team.channels.digest, team.channels.wins)
    names = dict.fromkeys(name.removeprefix("#") for name in named if name)
    return [SandboxChannel(name=name) for name in names]

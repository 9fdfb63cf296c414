"""Who may be tried out in the demo: everybody of its team file, and somebody who isn't in it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import tomlkit

from leads.person import Team
from sandbox.records import SandboxChannel, SandboxUser

TEAM_FILE = Path(__file__).with_name("team.toml")
FIRST = "ana@acme.example"
"""Whom the printed address makes one first: a rep."""
AWAY = "eva@acme.example"
"""A rep who has been on leave since yesterday."""
FORGETS = "noah@acme.example"
"""A marketer who owes an answer."""
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
    "eva@acme.example": "Sales rep, Austria, on leave",
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WORKDAYS = range(5)
_LOOKED_AT = (timedelta(hours=-4), timedelta(0), timedelta(days=1))
"""The days that matter to who looks now, by a moment in each."""


def write_team(target: Path, now: datetime) -> None:
    """The team file with everybody at work around the clock from a few hours ago until tomorrow
    night, on their own calendars: a clock that runs is to be seen at any hour."""
    document = tomlkit.parse(TEAM_FILE.read_text(encoding="utf-8"))
    for person in document["people"]:
        zone = ZoneInfo(str(person["timezone"]))
        person["hours"] = _hours({(now + ago).astimezone(zone).weekday() for ago in _LOOKED_AT})
    target.write_text(tomlkit.dumps(document), encoding="utf-8")


def _hours(whole: Collection[int]) -> list[str]:
    others = [_DAYS[day] for day in _WORKDAYS if day not in whole]
    usual = [f"{','.join(others)} 09:00-18:00"] if others else []
    return [f"{','.join(_DAYS[day] for day in sorted(whole))} 00:00-24:00", *usual]


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

"""`team.toml`: the people and channels, read with every mistake named."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr, model_validator

from leads.person import Channels, HoursBlock, Leave, Person, Role, Team
from storage.file_errors import FileError, Table, expected, found_words, read_toml, validated
from storage.file_values import Code, Email, Text, Zone, parse_date

__all__ = ["check", "load"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(
    r"(?P<days>[a-z]{3}(?:[-, ]+[a-z]{3})*) "
    r"(?P<start>\d{1,2}:\d\d) ?- ?(?P<end>\d{1,2}:\d\d)"
)
_HOURS_WANTED = 'hours such as "Mon-Fri 09:00-13:00" or "Mon,Wed 22:00-06:00"'
_LEAVE_WANTED = 'days away such as "2026-12-24 to 2027-01-02" or "2026-12-24"'
_MIDNIGHT = 24 * 60


def parse_hours(text: str) -> tuple[HoursBlock, ...]:
    """The blocks of "Mon-Fri 09:00-13:00"; work past midnight becomes two. Raises ValueError."""
    found = _HOURS.fullmatch(" ".join(text.casefold().split()))
    if not found:
        raise ValueError(_HOURS_WANTED)
    days = _days(found["days"])
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start in (end, _MIDNIGHT):
        raise ValueError(_HOURS_WANTED)
    if start < end:
        return (HoursBlock(days=days, start=start, end=end),)
    evening = HoursBlock(days=days, start=start, end=_MIDNIGHT)
    if end == 0:
        return (evening,)
    following = frozenset((day + 1) % 7 for day in days)
    return (evening, HoursBlock(days=following, start=0, end=end))


def _days(text: str) -> frozenset[int]:
    """The weekdays of "mon-wed, fri"; "fri-mon" goes round the week's end."""
    found: set[int] = set()
    for part in re.sub(r" ?- ?", "-", text).replace(",", " ").split():
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(_HOURS_WANTED)
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(found)


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > _MIDNIGHT:
        raise ValueError(_HOURS_WANTED)
    return hours * 60 + minutes


def parse_leave(text: str) -> Leave:
    """The days of "2026-12-24 to 2027-01-02", or of one date. Raises ValueError."""
    begin, _, end = text.partition(" to ")
    first, last = parse_date(begin), parse_date(end or begin)
    if first is None or last is None or last < first:
        raise ValueError(_LEAVE_WANTED)
    return Leave(first=first, last=last)


def _hours(text: object) -> tuple[HoursBlock, ...]:
    try:
        return parse_hours(text if isinstance(text, str) else "")
    except ValueError as error:
        raise expected(_HOURS_WANTED) from error


def _leave(text: object) -> Leave:
    try:
        return parse_leave(text if isinstance(text, str) else "")
    except ValueError as error:
        raise expected(_LEAVE_WANTED) from error


class ChannelsTable(Table):
    """`[channels]`"""

    handoffs: Text | None = None
    digest: Text | None = None
    wins: Text | None = None


class PersonTable(Table):
    """One of `[[people]]`."""

    name: Text
    email: Email
    roles: Annotated[list[Literal["rep", "marketer", "manager", "admin"]], Field(min_length=1)]
    timezone: Zone = "UTC"
    hours: list[Annotated[tuple[HoursBlock, ...], BeforeValidator(_hours)]] = Field(
        default_factory=list
    )
    territories: list[Annotated[StrictStr, AfterValidator(str.upper), Field(min_length=1)]] = Field(
        default_factory=list
    )
    segments: list[Code] = Field(default_factory=list)
    weight: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 1.0
    capacity: Annotated[int, Field(ge=0, le=100_000)] = 20
    manager: Email | None = None
    leave: list[Annotated[Leave, BeforeValidator(_leave)]] = Field(default_factory=list)

    def person(self) -> Person:
        """The person."""
        return Person(
            name=self.name,
            email=self.email,
            roles=frozenset(Role(role) for role in self.roles),
            timezone=self.timezone,
            hours=tuple(block for blocks in self.hours for block in blocks),
            territories=frozenset(self.territories),
            segments=frozenset(self.segments),
            weight=self.weight,
            capacity=self.capacity,
            manager=self.manager,
            leave=tuple(self.leave),
        )


class TeamTable(Table):
    """The whole file."""

    channels: ChannelsTable = Field(default_factory=ChannelsTable)
    people: Annotated[list[PersonTable], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _has_a_rep(self) -> Self:
        if not any("rep" in person.roles for person in self.people):
            raise expected('somebody with roles = ["rep"]', key="people", found="nobody")
        return self


def load(path: Path) -> Team:
    """The team in a file, complete in itself. Raises FileError."""
    table = validated(TeamTable, read_toml(path), path)
    team = Team(
        channels=Channels(
            handoffs=table.channels.handoffs,
            digest=table.channels.digest,
            wins=table.channels.wins,
        ),
        people=tuple(person.person() for person in table.people),
    )
    check(team, path)
    return team


def check(team: Team, path: Path = Path("team.toml")) -> None:
    """Raises FileError where an e-mail stands twice, or a manager isn't on the team."""
    seen: set[str] = set()
    for number, person in enumerate(team.people):
        about = f"name {found_words(person.name)}"
        if person.email in seen:
            key = f"people[{number}].email"
            wanted = "an e-mail that nobody else has"
            raise FileError(path, key, wanted, found_words(person.email), about=about)
        seen.add(person.email)
    for number, person in enumerate(team.people):
        if person.manager is not None and person.manager not in seen:
            key = f"people[{number}].manager"
            wanted = "the e-mail of somebody on the team"
            about = f"name {found_words(person.name)}"
            raise FileError(path, key, wanted, found_words(person.manager), about=about)

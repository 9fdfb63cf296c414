"""The people of the team: who they are, when they work, and what they take."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; one person may have several."""

    REP = "rep"
    MARKETER = "marketer"
    MANAGER = "manager"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class HoursBlock:
    """One block of working time in the person's own zone: weekdays (0 is Monday) and minutes
    after local midnight, `start` inclusive and `end` exclusive; `end` may be 1440."""

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Days away in the person's own zone, first and last day included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Person:
    """One colleague of `team.toml`. The e-mail (lower case) is the key everywhere."""

    name: str
    email: str
    roles: frozenset[Role]
    timezone: str = "UTC"
    hours: tuple[HoursBlock, ...] = ()
    territories: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    weight: float = 1.0
    capacity: int = 20
    manager: str | None = None
    leave: tuple[Leave, ...] = ()

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of `roles`; an admin has them all but rep."""
        if self.roles.intersection(roles):
            return True
        return Role.ADMIN in self.roles and any(role is not Role.REP for role in roles)


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Where the team reads, by name or id, the same on every platform that is connected."""

    handoffs: str | None = None
    digest: str | None = None
    wins: str | None = None


@dataclass(frozen=True, kw_only=True)
class Team:
    """Everybody in `team.toml`, in its order."""

    people: tuple[Person, ...]
    channels: Channels

    def find(self, email: str | None) -> Person | None:
        """The person with this e-mail, or None."""
        wanted = (email or "").casefold()
        return next((person for person in self.people if person.email == wanted), None)

    def with_role(self, *roles: Role) -> tuple[Person, ...]:
        """Everybody who has one of `roles` by name (an admin isn't a rep by being an admin)."""
        return tuple(person for person in self.people if person.roles.intersection(roles))

    def named(self, emails: Iterable[str]) -> tuple[Person, ...]:
        """The people with these e-mails, unknown ones left out."""
        return tuple(found for email in emails if (found := self.find(email)))

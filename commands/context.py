"""What every command is given: the open transaction, the moment, the company and who asks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from leads.agreement import Agreement
from leads.person import Person, Team


class Platform(StrEnum):
    """A chat that Baton speaks."""

    SLACK = "slack"
    TEAMS = "teams"


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What the company's files say, read once at start, and which platforms are connected."""

    agreement: Agreement
    team: Team
    platforms: tuple[Platform, ...] = (Platform.SLACK,)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody asked: a conversation of a platform, and the thread in it, if any.
    `is_private` is true in the person's own chat with Baton."""

    platform: Platform
    workspace: str
    conversation: str
    thread: str | None = None
    is_private: bool = True


class NeedsToWrite(Exception):
    """A unit of work that was begun to read has something to write down after all (a refused
    click): nothing was done, and it is to be run again as a writer."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One unit of work. `actor` is None when the clock or another system asks; `place` is None
    when nobody asks from chat. A command neither commits nor calls a network: it changes rows and
    enqueues outbox rows through `session`, and returns a Reply."""

    session: Session = field(repr=False)
    now: datetime
    setup: Setup = field(repr=False)
    actor: Person | None = None
    place: Place | None = None
    reads_only: bool = False
    """Set by the router for deeds that only look; `session` can't write then."""

    def check_may_write(self) -> None:
        """Raises NeedsToWrite where this unit of work only reads."""
        if self.reads_only:
            raise NeedsToWrite

    @property
    def actor_email(self) -> str:
        """Who is recorded for this act: the person's e-mail, or "baton"."""
        return self.actor.email if self.actor else "baton"

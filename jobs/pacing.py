"""How fast Baton talks: a gate for each conversation, and a breaker for each platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from commands.context import Platform

_FAILURES_THAT_OPEN = 3
_LONGEST_PAUSE = 30.0
_WORTH_CLEARING = 1000


@dataclass(frozen=True, kw_only=True)
class Tempo:
    """What one conversation takes: `burst` messages at once, then one every `interval` seconds."""

    interval: float
    burst: int


TEMPOS: Mapping[Platform, Tempo] = {
    # About 1/s for posts, 50 a minute for updates: https://docs.slack.dev/apis/web-api/rate-limits
    Platform.SLACK: Tempo(interval=1.0, burst=3),
    # 7 in 1 s, 8 in 2 s, 60 in 30 s and 1800 in an hour:
    # https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
    Platform.TEAMS: Tempo(interval=2.02, burst=7),
}
"""What the platforms document, and a little less."""


class Gates:
    """Lets `burst` messages into a conversation at once, and then one every `interval` seconds."""

    def __init__(self, interval: float, burst: int) -> None:
        self._interval = timedelta(seconds=interval)
        self._slack = self._interval * (burst - 1)
        self._full_at: dict[str, datetime] = {}
        """When a conversation would be rested; absent when it is."""

    def reserve(self, destination: str, now: datetime) -> float:
        """Take the next place; returns for how many seconds to wait for it."""
        rested = max(self._full_at.get(destination, now), now)
        self._full_at[destination] = rested + self._interval
        return max(0.0, (rested - self._slack - now).total_seconds())

    def hold(self, destination: str, now: datetime, seconds: float) -> None:
        """Let nothing through for so long: the platform asked for it."""
        until = now + timedelta(seconds=seconds) + self._slack
        self._full_at[destination] = max(self._full_at.get(destination, now), until)

    def opens_at(self, destination: str, now: datetime) -> datetime:
        """When the next message may go; `now` or earlier where the gate is open."""
        return self._full_at.get(destination, now) - self._slack

    def closed(self, now: datetime) -> dict[str, datetime]:
        """The conversations that have to wait, and until when."""
        if len(self._full_at) > _WORTH_CLEARING:
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}
        return {
            name: opens for name, at in self._full_at.items() if (opens := at - self._slack) > now
        }


class Allowance(Enum):
    """How much may be sent to a platform."""

    ALL = "all"
    ONE = "one"
    NONE = "none"


class Breaker:
    """Stops asking a platform that doesn't answer, and tries it with one message at a time: after
    1 s, then 2, 4… up to 30 s."""

    def __init__(self) -> None:
        self._failures = 0
        self._closed_until: datetime | None = None

    def allowance(self, now: datetime) -> Allowance:
        """What may be sent now."""
        if self._closed_until is None:
            return Allowance.ALL
        return Allowance.ONE if now >= self._closed_until else Allowance.NONE

    def opens_at(self) -> datetime | None:
        """When the next try is allowed, if the platform doesn't answer."""
        return self._closed_until

    def answered(self) -> None:
        """The platform answered, whatever it said."""
        self._failures = 0
        self._closed_until = None

    def failed(self, now: datetime) -> None:
        """The platform didn't answer."""
        if self._closed_until and now < self._closed_until:
            return  # one of those that were on their way already
        self._failures += 1
        doubled = self._failures - _FAILURES_THAT_OPEN
        if doubled >= 0:
            pause = min(2.0 ** min(doubled, 10), _LONGEST_PAUSE)
            self._closed_until = now + timedelta(seconds=pause)

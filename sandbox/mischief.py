"""Trouble on demand: what Slack and the network do to an app on a bad day."""

from dataclasses import dataclass, field
from enum import StrEnum


class Trouble(StrEnum):
    RATE_LIMITED = "rate_limited"  # 429 with Retry-After, nothing happens
    SERVER_ERROR = "server_error"  # 500, nothing happens
    LATENCY = "latency"  # a slow answer
    LOST_ANSWER = "lost_answer"  # it happens, then the connection is cut
    OUTAGE = "outage"  # the connection is cut, nothing happens
    DUPLICATE_EVENTS = "duplicate_events"  # every event reaches the app twice


@dataclass(frozen=True, kw_only=True)
class Mischief:
    """One kind of trouble for one Web API method ('*' is all; 'response_url' counts as one).

    `calls` is how many calls suffer it, None for all until told to behave; `after` lets that many
    through unharmed first. `retry_after` and `seconds` (of latency) are in seconds.
    """

    trouble: Trouble
    method: str = "*"
    calls: int | None = None
    after: int = 0
    retry_after: int = 1
    seconds: float = 1.0


@dataclass(kw_only=True)
class _Running:
    mischief: Mischief
    seen: int = 0


@dataclass
class Moods:
    """Every mischief that is on; latency may add to another one."""

    running: list[_Running] = field(default_factory=list)

    def start(self, mischief: Mischief) -> None:
        self.running.append(_Running(mischief=mischief))

    def stop(self) -> None:
        self.running.clear()

    @property
    def active(self) -> list[Mischief]:
        return [one.mischief for one in self.running if not _spent(one)]

    def strike(self, method: str) -> list[Mischief]:
        """What this call has to suffer, each counted."""
        return [
            one.mischief for one in self.running if _concerns(one.mischief, method) and _hit(one)
        ]

    def extra_copies(self) -> int:
        """How many more times an event goes out, each counted."""
        duplicating = [
            one for one in self.running if one.mischief.trouble is Trouble.DUPLICATE_EVENTS
        ]
        return sum(_hit(one) for one in duplicating)


def _concerns(mischief: Mischief, method: str) -> bool:
    return mischief.method in ("*", method) and mischief.trouble is not Trouble.DUPLICATE_EVENTS


def _spent(one: _Running) -> bool:
    limit = one.mischief.calls
    return limit is not None and one.seen >= one.mischief.after + limit


def _hit(one: _Running) -> bool:
    if _spent(one):
        return False
    one.seen += 1
    return one.seen > one.mischief.after

"""How much business time an act took and by how much it was late, as counted when it happens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from commands import clocks
from commands.context import Context


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds of the rep's business time: from the start to the act, and from the due moment to
    the act where that was late."""

    after: int
    late: int | None

    def columns(self, act: str) -> dict[str, object]:
        """As a handoff keeps it; `act` is "decided" or "touched"."""
        return {f"{act}_after": self.after, f"{act}_late": self.late}


class Offer(Protocol):
    """What the time of a decision needs of a handoff."""

    @property
    def rep(self) -> str: ...
    @property
    def offered_at(self) -> datetime: ...
    @property
    def accept_by(self) -> datetime: ...


class Accepted(Protocol):
    """What the time of a first touch needs of a handoff."""

    @property
    def rep(self) -> str: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def contact_by(self) -> datetime | None: ...


class Decided(Protocol):
    """A handoff that keeps how long its decision took."""

    @property
    def decided_after(self) -> int | None: ...
    @property
    def decided_late(self) -> int | None: ...


def kept(handoff: Decided) -> Took | None:
    """Of a decision that was made, as it was counted then; None where there is none."""
    if handoff.decided_after is None:
        return None
    return Took(after=handoff.decided_after, late=handoff.decided_late)


def of_decision(ctx: Context, handoff: Offer) -> Took:
    """Of a decision that is made now."""
    return _took(ctx, handoff.rep, handoff.offered_at, handoff.accept_by)


def of_first_touch(ctx: Context, handoff: Accepted) -> Took:
    """Of a first touch that is made now."""
    since = handoff.decided_at or ctx.now
    return _took(ctx, handoff.rep, since, handoff.contact_by or ctx.now)


def worked(ctx: Context, email: str, since: datetime, until: datetime) -> timedelta:
    """The business time of this colleague between two moments; of somebody who never works, that
    of the company's office."""
    return clocks.worked(ctx, clocks.rep_of(ctx, email), since, until)


def _took(ctx: Context, rep: str, since: datetime, due: datetime) -> Took:
    late = worked(ctx, rep, due, ctx.now) if ctx.now > due else None
    after = worked(ctx, rep, since, ctx.now)
    return Took(
        after=int(after.total_seconds()),
        late=None if late is None else int(late.total_seconds()),
    )

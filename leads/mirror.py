"""What a rep's own week looks like: habits that cost leads, counted by rules that are told with
them. The figures are for the rep's eyes; `Habits` added up over a team are its trend."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from leads.worktime import WorkCalendar

BURST_OF = 4
"""So many rejections for one reason…"""
BURST_WITHIN = timedelta(minutes=15)
"""…within so long are a burst."""
LAST_SHARE = 10
"""The last minute is the last tenth of the business time from the offer to its end."""
LAST_MINUTES_TOLD_FROM = 3
"""One or two at the last minute are a busy day, no habit."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One decision of a rep that stands. `reason` is the label of a rejection's reason, None for
    an acceptance; `contact_by` and `touched_at` belong to an acceptance."""

    lead_id: int
    offered_at: datetime
    accept_by: datetime
    decided_at: datetime
    reason: str | None = None
    contact_by: datetime | None = None
    touched_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Untouched:
    """A lead that was accepted and has no touch, though the time for the first one is over."""

    lead_id: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Rejections for one reason, all within fifteen minutes."""

    reason: str
    n: int
    first: datetime
    last: datetime


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What one rep's mirror shows of some days. `accepted` counts the acceptances among which
    `last_minute` were."""

    untouched: tuple[Untouched, ...] = ()
    bursts: tuple[Burst, ...] = ()
    last_minute: int = 0
    accepted: int = 0
    newest_last_minute: datetime | None = None

    @property
    def has_last_minutes(self) -> bool:
        """Whether there are enough of them to be worth a word."""
        return self.last_minute >= LAST_MINUTES_TOLD_FROM

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.untouched or self.bursts or self.has_last_minutes)

    def tells_news_since(self, moment: datetime) -> bool:
        """Whether something of it happened from `moment` on."""
        news = [one.since for one in self.untouched] + [one.last for one in self.bursts]
        if self.has_last_minutes and self.newest_last_minute:
            news.append(self.newest_last_minute)
        return any(at >= moment for at in news)


def habits(
    decisions: Iterable[Decided], on: WorkCalendar, since: datetime, until: datetime
) -> Habits:
    """What the mirror shows of [since, until) to the rep who works by the calendar `on`."""
    known = sorted(decisions, key=lambda one: one.decided_at)
    in_time = [one for one in known if since <= one.decided_at < until]
    accepted = [one for one in in_time if one.reason is None]
    last_minute = [one.decided_at for one in accepted if _is_last_minute(one, on)]
    return Habits(
        untouched=tuple(_untouched(known, since, until)),
        bursts=tuple(_bursts([one for one in in_time if one.reason is not None])),
        last_minute=len(last_minute),
        accepted=len(accepted),
        newest_last_minute=max(last_minute, default=None),
    )


def _untouched(known: Sequence[Decided], since: datetime, until: datetime) -> list[Untouched]:
    """Those whose time for the first touch ended in [since, until), the longest overdue first."""
    found = [
        Untouched(lead_id=one.lead_id, since=one.contact_by)
        for one in known
        if one.contact_by and since <= one.contact_by < until and one.touched_at is None
    ]
    return sorted(found, key=lambda one: (one.since, one.lead_id))


def _bursts(rejected: Sequence[Decided]) -> list[Burst]:
    by_reason = sorted(rejected, key=lambda one: (one.reason or "", one.decided_at))
    found = [
        burst
        for reason, some in groupby(by_reason, key=lambda one: one.reason or "")
        for burst in _bursts_of(reason, [one.decided_at for one in some])
    ]
    return sorted(found, key=lambda burst: (burst.first, burst.reason))


def _bursts_of(reason: str, moments: Sequence[datetime]) -> Iterator[Burst]:
    """The earliest that fit, none of which share a rejection."""
    start = 0
    while start < len(moments):
        run = [at for at in moments[start:] if at - moments[start] <= BURST_WITHIN]
        if len(run) >= BURST_OF:
            yield Burst(reason=reason, n=len(run), first=run[0], last=run[-1])
            start += len(run)
        else:
            start += 1


def _is_last_minute(one: Decided, on: WorkCalendar) -> bool:
    """Whether it was accepted in time, with at most a tenth of its time left."""
    if one.decided_at > one.accept_by:
        return False
    left = on.between(one.decided_at, one.accept_by)
    if left * LAST_SHARE > one.accept_by - one.offered_at:
        return False  # business time is never longer than the time on the wall
    whole = on.between(one.offered_at, one.accept_by)
    return whole > timedelta() and left * LAST_SHARE <= whole

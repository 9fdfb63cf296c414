"""Keeps the tallies in step with every decision, in the decision's own transaction.

`offered` counts handoffs that stand: one that is passed on or withdrawn is taken off again, so
that offered is always accepted + rejected + still waiting, and nobody's rate suffers from a pass.
What sales did with an offer counts on the day of the offer, what became of a lead on the day it
became an MQL, and what marketing answered on the day of the rejection.

An explored lead is in nobody's quota: of it count only how fast it is worked, and money.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from commands import timing
from commands.context import Context
from commands.tallied import FIRST_CAMPAIGN, counts, narrowed, spans
from commands.timing import Took
from leads.durations import Leg
from leads.lead import Lead
from leads.lifecycle import Stage
from storage import tally
from storage.tables import LeadRow
from storage.tally import Count


class Brought(Protocol):
    """What brought a lead; a LeadRow is one."""

    @property
    def campaign(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...


class Episode(Brought, Protocol):
    """What a count needs of a lead; a LeadRow is one."""

    @property
    def first_campaign(self) -> str | None: ...
    @property
    def mql_at(self) -> datetime | None: ...


class Offer(Protocol):
    """What a count needs of a handoff; a HandoffRow is one."""

    @property
    def rep(self) -> str: ...
    @property
    def offered_at(self) -> datetime: ...
    @property
    def explored(self) -> bool: ...


class Decision(Offer, Protocol):
    """What a count needs of a handoff that is decided or ends; a Case is one."""

    @property
    def accept_by(self) -> datetime: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def decided_after(self) -> int | None: ...
    @property
    def contact_by(self) -> datetime | None: ...
    @property
    def retry_at(self) -> datetime | None: ...
    @property
    def first_touch_at(self) -> datetime | None: ...


_MEASURES = {
    Stage.MQL: "mql",
    Stage.SAL: "reached_sal",
    Stage.SQL: "reached_sql",
    Stage.OPPORTUNITY: "reached_opportunity",
    Stage.WON: "reached_won",
    Stage.LOST: "lost",
}
_LEGS = {
    Stage.SQL: (Leg.SQL, "sal_at"),
    Stage.OPPORTUNITY: (Leg.OPPORTUNITY, "sql_at"),
    Stage.WON: (Leg.WON, "opportunity_at"),
}
"""What the way to a stage is called, and since when it counts."""


def local_day(ctx: Context, at: datetime) -> date:
    """The day of `at` in the agreement's zone."""
    return at.astimezone(_zone(ctx.setup.agreement.timezone)).date()


def count_received(ctx: Context, lead: Lead) -> None:
    """A lead came in just now."""
    values: dict[str, str | None] = {"campaign": lead.campaign, "source": lead.source}
    _add(ctx, counts(local_day(ctx, ctx.now), ("received",), values, 1))


def count_handed_over(
    ctx: Context, lead: Episode, handoff: Offer, lacks: Collection[str] | None, *, found_rep: bool
) -> None:
    """A new offer. `lacks` are the required fields that the lead is without at its first handoff,
    None for one that follows another; `found_rep` is False for one that only waits for a rep."""
    if handoff.explored:
        return
    day = local_day(ctx, handoff.offered_at)
    found = [*counts(day, ("offered",), _values(lead, handoff.rep), 1)]
    if lacks is not None:
        measures = ("handed_over", *(("incomplete",) if lacks else ()))
        measures += tuple(f"lacks:{field}" for field in lacks)
        found += counts(day, measures, _brought(lead), 1)
        if found_rep and lead.mql_at is not None:
            found += _took(ctx, lead, Leg.OFFER, handoff.offered_at - lead.mql_at, {}, 1)
    _add(ctx, found)


def count_found_rep(ctx: Context, lead: Episode, handoff: Offer) -> None:
    """A lead that nobody could take is offered to a rep at last, now."""
    if lead.mql_at is not None and not handoff.explored:
        _add(ctx, _took(ctx, lead, Leg.OFFER, ctx.now - lead.mql_at, {}, 1))


def count_offered(ctx: Context, lead: Episode, handoff: Decision, n: int = 1) -> None:
    """One more standing offer on its day; -1 when it is passed on or withdrawn now, which after
    its time to decide is a promise missed, unless it only waited for a rep."""
    day, values = local_day(ctx, handoff.offered_at), _values(lead, handoff.rep)
    at = ctx.now if n < 0 else handoff.decided_at
    found = [] if handoff.explored else [*counts(day, ("offered",), values, n)]
    owed = handoff.decided_after is None and handoff.retry_at is None
    if owed and at is not None and at > handoff.accept_by:
        found += counts(day, ("decision_missed",), {"rep": handoff.rep}, -n)
    _add(ctx, found)


def count_taken(
    ctx: Context, lead: Episode, handoff: Decision, took: Took | None, n: int = 1
) -> None:
    """An offer is accepted now, and by that its lead reaches SAL: all in one statement. With
    n = -1 that is undone: nothing of it counts any more."""
    found = _accepted(ctx, lead, handoff, n)
    _add(ctx, [*found, *_decided(ctx, handoff, took, n)])


def count_taken_from(ctx: Context, lead: Episode, handoff: Decision) -> None:
    """An accepted lead is taken from its rep before anything was done: the acceptance counts for
    nothing, but how fast it was decided and that it wasn't touched in time still do."""
    day = local_day(ctx, handoff.offered_at)
    found = _accepted(ctx, lead, handoff, -1)
    if not handoff.explored:
        found += counts(day, ("offered",), _values(lead, handoff.rep), -1)
    _add(ctx, [*found, *_untouched(ctx, handoff, 1)])


def count_rejected(
    ctx: Context, lead: Episode, handoff: Offer, reason: str, took: Took | None, n: int = 1
) -> None:
    """An offer is rejected for the reason with this code, or (n = -1) no longer is."""
    _add(ctx, [*_rejected(ctx, lead, handoff, reason, n), *_decided(ctx, handoff, took, n)])


def count_given_back(
    ctx: Context, lead: Episode, handoff: Decision, reason: str, *, short: bool, n: int = 1
) -> None:
    """An accepted lead is given back for the reason with this code, which makes it a rejected one;
    or (n = -1) that is undone. How fast it was accepted stays. `short` says that it wasn't reached
    and had fewer touches than promised."""
    day = local_day(ctx, handoff.offered_at)
    found = [*_rejected(ctx, lead, handoff, reason, n), *_untouched(ctx, handoff, n)]
    if not handoff.explored:
        found += counts(day, ("accepted",), _values(lead, handoff.rep), -n)
    if short:
        found += counts(day, ("touches_short",), {"rep": handoff.rep}, n)
    _add(ctx, found)


def count_begins_anew(ctx: Context, lead: LeadRow, handoff: Offer, n: int = -1) -> None:
    """A lead that reached SAL, which its row still says, is about to be an MQL as before; or
    (n = 1) it is SAL again because that was undone."""
    if handoff.explored:
        return
    values = _credited(lead, handoff.rep)
    found = [*counts(_episode_day(ctx, lead), (_MEASURES[Stage.SAL],), values, n)]
    if lead.sal_at is not None and lead.mql_at is not None:
        on = {"campaign": lead.campaign}
        found += _took(ctx, lead, Leg.SAL, lead.sal_at - lead.mql_at, on, n)
    _add(ctx, found)


def count_overturned(ctx: Context, lead: Episode, handoff: Offer, reason: str) -> None:
    """A rejection stands no more: it is neither rejected nor offered. That it was decided in time
    stays."""
    if handoff.explored:
        return
    day = local_day(ctx, handoff.offered_at)
    found = [*_rejected(ctx, lead, handoff, reason, -1)]
    _add(ctx, [*found, *counts(day, ("offered",), _values(lead, handoff.rep), -1)])


def count_unreached(
    ctx: Context, lead: Episode, handoff: Offer, sal_at: datetime | None, sql_at: datetime | None
) -> None:
    """A lead is an MQL again as if it had never gone on, in the same episode; the moments are
    those when it had reached SAL and SQL, if it had."""
    if handoff.explored:
        return
    day, values = _episode_day(ctx, lead), _credited(lead, handoff.rep)
    on = {"campaign": lead.campaign}
    found: list[Count] = []
    if sal_at is not None:
        found += counts(day, (_MEASURES[Stage.SAL],), values, -1)
        if lead.mql_at is not None:
            found += _took(ctx, lead, Leg.SAL, sal_at - lead.mql_at, on, -1)
    if sql_at is not None:
        found += counts(day, (_MEASURES[Stage.SQL],), values, -1)
        if sal_at is not None:
            found += _took(ctx, lead, Leg.SQL, sql_at - sal_at, on, -1)
    _add(ctx, found)


def count_stage(
    ctx: Context, lead: Episode, stage: Stage, rep: str | None = None, n: int = 1
) -> None:
    """The lead reached `stage` (or, n = -1, goes back from it), on the day of the episode: the
    one when it became MQL. Stages without a measure count nothing."""
    if measure := _MEASURES.get(stage):
        _add(ctx, counts(_episode_day(ctx, lead), (measure,), _credited(lead, rep), n))


def count_step(
    ctx: Context, lead: LeadRow, before: Stage, to: Stage, handoff: Decision, was: float | None
) -> None:
    """A worked lead moved on from `before` now, all in one statement: the stage, how long it took,
    and what it is worth. `was` is the amount before; where that changes, so does the pipeline."""
    day, values = _episode_day(ctx, lead), _credited(lead, handoff.rep)
    measures = [measure] if (measure := _MEASURES.get(to)) else []
    if to is Stage.WON and before is Stage.SQL:
        # A funnel has no step that is wider than the one before it.
        measures.append(_MEASURES[Stage.OPPORTUNITY])
    found = [] if handoff.explored else [*counts(day, measures, values, 1), *_way(ctx, lead, to)]
    found += _worth(ctx, lead, before, to, values, was)
    if to is Stage.LOST or to is Stage.WON:
        found += _untouched(ctx, handoff, 1)
    _add(ctx, found)


def count_short(ctx: Context, handoff: Offer, n: int = 1) -> None:
    """An accepted lead was given up before it was reached or had as many touches as promised."""
    day = local_day(ctx, handoff.offered_at)
    _add(ctx, counts(day, ("touches_short",), {"rep": handoff.rep}, n))


def count_touch(ctx: Context, handoff: Offer, first: Took | None, *, keeps: bool) -> None:
    """A touch was made now: the `first`, or None for a further one. `keeps` says that by it the
    lead was reached or had as many touches as promised."""
    day, values = local_day(ctx, handoff.offered_at), {"rep": handoff.rep}
    measures = ["touches"]
    if keeps:
        measures.append("touches_kept")
    found: list[Count] = []
    if first is not None:
        measures.append("touched_in_time" if first.late is None else "touched_late")
        found += spans(day, Leg.FIRST_TOUCH, timedelta(seconds=first.after), values, 1)
        if first.late is not None:
            found += spans(day, Leg.LATE_TOUCH, timedelta(seconds=first.late), values, 1)
    _add(ctx, [*found, *counts(day, measures, values, 1)])


def count_answer_owed(ctx: Context, lead: Brought, rejected_at: datetime, n: int = 1) -> None:
    """Marketing owes an answer to a rejection, or (n = -1) no longer does."""
    _add(ctx, counts(local_day(ctx, rejected_at), ("answer_owed",), _brought(lead), n))


def count_answered(
    ctx: Context, lead: Brought, owner: str, rejected_at: datetime, answer_by: datetime
) -> None:
    """Marketing answers a rejection now, which it owed by `answer_by`."""
    day = local_day(ctx, rejected_at)
    if ctx.now <= answer_by:
        _add(ctx, counts(day, ("answered_in_time",), _brought(lead), 1))
        return
    late = timing.worked(ctx, owner, answer_by, ctx.now)
    found = counts(day, ("answered_late",), _brought(lead), 1)
    _add(ctx, [*found, *spans(day, Leg.LATE_ANSWER, late, {}, 1)])


def _accepted(ctx: Context, lead: Episode, handoff: Decision, n: int) -> list[Count]:
    """The acceptance itself, and that the lead reached SAL by it."""
    if handoff.explored:
        return []
    at = ctx.now if n > 0 else handoff.decided_at or ctx.now
    found = [
        *counts(local_day(ctx, handoff.offered_at), ("accepted",), _values(lead, handoff.rep), n),
        *counts(_episode_day(ctx, lead), (_MEASURES[Stage.SAL],), _credited(lead, handoff.rep), n),
    ]
    if lead.mql_at is not None:
        found += _took(ctx, lead, Leg.SAL, at - lead.mql_at, {"campaign": lead.campaign}, n)
    return found


def _rejected(ctx: Context, lead: Episode, handoff: Offer, reason: str, n: int) -> Iterator[Count]:
    if handoff.explored:
        return
    day, values = local_day(ctx, handoff.offered_at), _values(lead, handoff.rep)
    yield from counts(day, ("rejected",), {**values, "reason": reason}, n)
    for dimension, value in values.items():
        if value and reason:
            yield Count(narrowed(dimension, value), "rejected", reason, day, n)


def _decided(ctx: Context, handoff: Offer, took: Took | None, n: int) -> Iterator[Count]:
    """Whether a decision was in time, and how long it took."""
    if took is None:
        return
    day, values = local_day(ctx, handoff.offered_at), {"rep": handoff.rep}
    yield from spans(day, Leg.DECISION, timedelta(seconds=took.after), values, n)
    if took.late is None:
        yield from counts(day, ("decided_in_time",), values, n)
        return
    yield from counts(day, ("decided_late",), values, n)
    yield from spans(day, Leg.LATE_DECISION, timedelta(seconds=took.late), values, n)


def _untouched(ctx: Context, handoff: Decision, n: int) -> Iterator[Count]:
    """A lead that ends in its rep's hands without the touch that was due."""
    if handoff.first_touch_at is None and handoff.contact_by and ctx.now > handoff.contact_by:
        day = local_day(ctx, handoff.offered_at)
        yield from counts(day, ("touch_missed",), {"rep": handoff.rep}, n)


def _way(ctx: Context, lead: LeadRow, to: Stage) -> Iterator[Count]:
    """How long a lead took to a stage, where it passed the one before, and to a customer."""
    if to not in _LEGS:
        return
    values = {"campaign": lead.campaign}
    leg, start = _LEGS[to]
    since: datetime | None = getattr(lead, start)
    if since is not None:
        yield from _took(ctx, lead, leg, ctx.now - since, values, 1)
    if to is Stage.WON and lead.mql_at is not None:
        yield from _took(ctx, lead, Leg.CYCLE, ctx.now - lead.mql_at, values, 1)


def _worth(
    ctx: Context,
    lead: LeadRow,
    before: Stage,
    to: Stage,
    values: Mapping[str, str | None],
    was: float | None,
) -> Iterator[Count]:
    """Pipeline and revenue on the day of the episode, for campaigns; the same on the days of the
    opportunity and the win, for goals."""
    if to not in (Stage.OPPORTUNITY, Stage.WON):
        return
    day, worth = _episode_day(ctx, lead), round(lead.amount or 0)
    known = round(was or 0) if before is Stage.OPPORTUNITY else 0
    opened_at = lead.opportunity_at or ctx.now
    if more := worth - known:
        yield from counts(day, ("pipeline",), values, more)
        yield Count(tally.ALL, "opened", "", local_day(ctx, opened_at), more)
    if to is Stage.WON and worth:
        yield from counts(day, ("revenue",), values, worth)
        yield Count(tally.ALL, "booked", "", local_day(ctx, ctx.now), worth)


def _values(lead: Episode, rep: str | None) -> dict[str, str | None]:
    return {"campaign": lead.campaign, "source": lead.source, "rep": rep}


def _credited(lead: Episode, rep: str | None) -> dict[str, str | None]:
    return {**_values(lead, rep), FIRST_CAMPAIGN: lead.first_campaign}


def _brought(lead: Brought) -> dict[str, str | None]:
    return {"campaign": lead.campaign, "source": lead.source}


def _episode_day(ctx: Context, lead: Episode) -> date:
    return local_day(ctx, lead.mql_at or ctx.now)


def _took(
    ctx: Context, lead: Episode, leg: Leg, span: timedelta, values: Mapping[str, str | None], n: int
) -> Iterator[Count]:
    return spans(_episode_day(ctx, lead), leg, span, values, n)


def _add(ctx: Context, found: Collection[Count] | Iterator[Count]) -> None:
    tally.add_counts(ctx.session, found)


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

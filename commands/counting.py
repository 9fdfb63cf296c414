"""Keeps the tallies in step with every decision, in the decision's own transaction.

`offered` counts handoffs that stand: one that is passed on or withdrawn is taken off again, so
that offered is always accepted + rejected + still waiting, and nobody's rate suffers from a pass.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from commands.context import Context
from leads.lead import Lead
from leads.lifecycle import Stage
from storage import tally


class Episode(Protocol):
    """What a count needs of a lead; a LeadRow is one."""

    @property
    def campaign(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def mql_at(self) -> datetime | None: ...


class Offer(Protocol):
    """What a count needs of a handoff; a HandoffRow is one."""

    @property
    def rep(self) -> str: ...
    @property
    def offered_at(self) -> datetime: ...


_MEASURES = {
    Stage.MQL: "mql",
    Stage.SAL: "reached_sal",
    Stage.SQL: "reached_sql",
    Stage.OPPORTUNITY: "reached_opportunity",
    Stage.WON: "reached_won",
    Stage.LOST: "lost",
}


def local_day(ctx: Context, at: datetime) -> date:
    """The day of `at` in the agreement's zone."""
    return at.astimezone(_zone(ctx.setup.agreement.timezone)).date()


def count_offered(ctx: Context, lead: Episode, handoff: Offer, n: int = 1) -> None:
    """One more standing offer on its day; -1 when it is passed on or withdrawn."""
    _add(ctx, handoff.offered_at, "offered", _values(lead, handoff.rep), n)


def count_accepted(ctx: Context, lead: Episode, handoff: Offer, n: int = 1) -> None:
    """An offer was accepted (n = 1) or the acceptance undone (n = -1)."""
    _add(ctx, handoff.offered_at, "accepted", _values(lead, handoff.rep), n)


def count_taken(ctx: Context, lead: Episode, handoff: Offer) -> None:
    """An offer was accepted, and by that its lead reached SAL: both in one statement."""
    happened = (
        (local_day(ctx, handoff.offered_at), "accepted"),
        (local_day(ctx, lead.mql_at or ctx.now), _MEASURES[Stage.SAL]),
    )
    tally.add_all(ctx.session, happened, _values(lead, handoff.rep))


def count_rejected(ctx: Context, lead: Episode, handoff: Offer, reason: str, n: int = 1) -> None:
    """An offer was rejected for the reason with this code, or (n = -1) no longer is."""
    values = _values(lead, handoff.rep) | {"reason": reason}
    _add(ctx, handoff.offered_at, "rejected", values, n)


def count_stage(
    ctx: Context, lead: Episode, stage: Stage, rep: str | None = None, n: int = 1
) -> None:
    """The lead reached `stage` (or, n = -1, goes back from it), on the day of the episode: the
    one when it became MQL. Stages without a measure count nothing."""
    if measure := _MEASURES.get(stage):
        _add(ctx, lead.mql_at or ctx.now, measure, _values(lead, rep), n)


def count_received(ctx: Context, lead: Lead) -> None:
    """A lead came in just now."""
    values: dict[str, str | None] = {"campaign": lead.campaign, "source": lead.source}
    _add(ctx, ctx.now, "received", values, 1)


def _values(lead: Episode, rep: str | None) -> dict[str, str | None]:
    return {"campaign": lead.campaign, "source": lead.source, "rep": rep}


def _add(
    ctx: Context, at: datetime, measure: str, values: Mapping[str, str | None], n: int
) -> None:
    tally.add(ctx.session, local_day(ctx, at), measure, values, n)


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

"""The running clock of a handoff: to the decision while it is offered, to the first touch once it
is accepted, none after that. From `clock_from` follow when it is due and when the ladder's steps
are."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from sqlmodel import col, select

from commands import clocks, outgoing
from commands.claims import claim_handoff
from commands.context import Context
from commands.recording import record
from leads.agreement import Rung, WorkDuration
from leads.lifecycle import HandoffState
from leads.person import Person
from storage.statistics import IS_OPEN
from storage.tables import HandoffRow


class Clock(StrEnum):
    """What a clock of sales asks for; nothing else meets it."""

    DECIDE = "decide"
    TOUCH = "touch"


class Timed(Protocol):
    """What a clock needs of a handoff; a HandoffRow and a `deciding.Case` are such."""

    @property
    def state(self) -> str: ...
    @property
    def offered_at(self) -> datetime: ...
    @property
    def accept_by(self) -> datetime: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def contact_by(self) -> datetime | None: ...
    @property
    def first_touch_at(self) -> datetime | None: ...
    @property
    def clock_from(self) -> datetime | None: ...
    @property
    def step(self) -> int: ...


STOPPED: Mapping[str, object] = MappingProxyType({"step_at": None})
"""What stops the running clock. `clock_from` and `step` stay, so that an undo can resume it."""

_DUE = {Clock.DECIDE: "accept_by", Clock.TOUCH: "contact_by"}


def clock_of(handoff: Timed) -> Clock | None:
    """The clock that runs, or None."""
    if handoff.state == HandoffState.OFFERED:
        return Clock.DECIDE
    if handoff.state == HandoffState.ACCEPTED and handoff.first_touch_at is None:
        return Clock.TOUCH
    return None


def due_of(handoff: Timed, which: Clock) -> datetime:
    """When this clock of the handoff is or was due."""
    if which is Clock.DECIDE or handoff.contact_by is None:
        return handoff.accept_by
    return handoff.contact_by


def is_late(handoff: Timed, now: datetime) -> bool:
    """Whether a clock runs and is over."""
    which = clock_of(handoff)
    return which is not None and due_of(handoff, which) <= now


def due_of_values(which: Clock, values: Mapping[str, object]) -> datetime:
    """When the clock is due by these values of `started` or `moved`."""
    due = values[_DUE[which]]
    assert isinstance(due, datetime)
    return due


def begun(handoff: Timed) -> datetime:
    """From when the running clock counts."""
    if handoff.clock_from is not None:
        return handoff.clock_from
    return handoff.decided_at or handoff.offered_at


def started(ctx: Context, rep: Person, which: Clock) -> dict[str, object]:
    """The values that begin a clock of this rep now."""
    return {"step": 0, **_values(ctx, rep, which, ctx.now, 0)}


def moved(ctx: Context, handoff: Timed, rep: Person, from_: datetime) -> dict[str, object]:
    """The values that make the running clock count from `from_`; steps that were climbed aren't
    climbed again. Nothing where no clock runs."""
    which = clock_of(handoff)
    return _values(ctx, rep, which, from_, handoff.step) if which else {}


def resumed(ctx: Context, rep: Person, from_: datetime, step: int) -> dict[str, object]:
    """The values that make the clock to the decision run on as it was. When it is due stands in
    the handoff still."""
    return {
        "clock_from": from_,
        "step": step,
        "step_at": next_step(ctx, rep, Clock.DECIDE, from_, step),
    }


def ladder(ctx: Context) -> tuple[Rung, ...]:
    """The steps in the order of their time, for either clock."""
    return ctx.setup.agreement.sales.ladder


def promise(ctx: Context, which: Clock) -> WorkDuration:
    """How much business time this clock gives."""
    sales = ctx.setup.agreement.sales
    return sales.accept_within if which is Clock.DECIDE else sales.contact_within


def moment_of(ctx: Context, rep: Person, which: Clock, from_: datetime, rung: Rung) -> datetime:
    """When this step is due on a clock that counts from `from_`."""
    return clocks.after(ctx, rep, from_, promise(ctx, which), share=rung.at)


def next_step(
    ctx: Context, rep: Person, which: Clock, from_: datetime, step: int
) -> datetime | None:
    """When the step after so many is due; None when none is left."""
    steps = ladder(ctx)
    return moment_of(ctx, rep, which, from_, steps[step]) if step < len(steps) else None


def recount(ctx: Context, email: str, why: str) -> int:
    """Count the running clocks of this person's open handoffs anew, after their leave or hours
    changed; how many came out differently. Each is written down with `why`."""
    rep = clocks.rep_of(ctx, email)
    rows = ctx.session.exec(
        select(HandoffRow)
        .where(HandoffRow.rep == email, IS_OPEN)
        .order_by(col(HandoffRow.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return sum(_recount(ctx, rep, row, why) for row in rows)


def _recount(ctx: Context, rep: Person, row: HandoffRow, why: str) -> bool:
    which = clock_of(row)
    if which is None or row.id is None:
        return False
    values = _values(ctx, rep, which, begun(row), row.step)
    before, after = getattr(row, _DUE[which]), values[_DUE[which]]
    if (before, row.step_at) == (after, values["step_at"]):
        return False
    was = {"state": row.state, "step": row.step}
    if not claim_handoff(ctx, row.id, was, **values):
        return False
    ctx.session.expire(row)
    if before != after:
        said = f"{why}; {spoken(which, before, after)}"
        record(ctx, "extended", lead_id=row.lead_id, handoff_id=row.id, why=said)
        outgoing.refresh(ctx, row.lead_id)
    return True


def spoken(which: Clock, before: object, after: object) -> str:
    """How a due moment changed, for the history."""
    what = {Clock.DECIDE: "accept by", Clock.TOUCH: "first touch by"}[which]
    return f"{what} {_minute(before)} became {_minute(after)}"


def _minute(moment: object) -> str:
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else "never"


def _values(
    ctx: Context, rep: Person, which: Clock, from_: datetime, step: int
) -> dict[str, object]:
    return {
        "clock_from": from_,
        _DUE[which]: clocks.after(ctx, rep, from_, promise(ctx, which)),
        "step_at": next_step(ctx, rep, which, from_, step),
    }

"""The two state machines, lead stages and handoff states, and what a rejection leads to.

Every change of a stage or state is checked by `move_lead` or `move_handoff`; storage records it
with who, when and why. Nothing else changes a stage.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from leads.agreement import Asks, Reason, Teaches


class Stage(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    MQL = "mql"
    SAL = "sal"
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    WON = "won"
    LOST = "lost"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"


class HandoffState(StrEnum):
    """Where one offer of one lead to one rep stands. A lead has at most one open handoff."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PASSED = "passed"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


OPEN_STATES = frozenset({HandoffState.OFFERED, HandoffState.ACCEPTED})

_STAGE_MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.NEW: frozenset({Stage.MQL}),
    Stage.MQL: frozenset({Stage.SAL, Stage.RECYCLED, Stage.DISQUALIFIED}),
    Stage.SAL: frozenset({Stage.MQL, Stage.SQL, Stage.LOST, Stage.RECYCLED, Stage.DISQUALIFIED}),
    Stage.SQL: frozenset({Stage.OPPORTUNITY, Stage.WON, Stage.LOST, Stage.RECYCLED}),
    Stage.OPPORTUNITY: frozenset({Stage.WON, Stage.LOST}),
    Stage.WON: frozenset(),
    Stage.LOST: frozenset({Stage.RECYCLED}),
    Stage.RECYCLED: frozenset({Stage.MQL}),
    Stage.DISQUALIFIED: frozenset({Stage.MQL}),
}

_HANDOFF_MOVES: dict[HandoffState, frozenset[HandoffState]] = {
    HandoffState.OFFERED: frozenset(
        {
            HandoffState.ACCEPTED,
            HandoffState.REJECTED,
            HandoffState.PASSED,
            HandoffState.WITHDRAWN,
        }
    ),
    # Withdrawn only while nobody has been in touch (see `commands.moving_on`).
    HandoffState.ACCEPTED: frozenset(
        {
            HandoffState.OFFERED,
            HandoffState.REJECTED,
            HandoffState.WITHDRAWN,
            HandoffState.COMPLETED,
        }
    ),
    # Accepted again when giving it back is undone; withdrawn when the rejection is overturned.
    HandoffState.REJECTED: frozenset(
        {HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.WITHDRAWN}
    ),
    HandoffState.PASSED: frozenset({HandoffState.OFFERED}),
    HandoffState.WITHDRAWN: frozenset(),
    HandoffState.COMPLETED: frozenset(),
}


class ForbiddenMove(Exception):
    """A stage or state can't be reached from the one it is in."""

    def __init__(self, before: StrEnum, after: StrEnum) -> None:
        super().__init__(f"{before} can't become {after}")
        self.before = before
        self.after = after


def move_lead(before: Stage, after: Stage) -> Stage:
    """`after`, when a lead may go there from `before`; else ForbiddenMove."""
    if after not in _STAGE_MOVES[before]:
        raise ForbiddenMove(before, after)
    return after


_TAKEN_BACK: dict[Stage, frozenset[Stage]] = {
    Stage.MQL: frozenset({Stage.SAL}),
    Stage.RECYCLED: frozenset({Stage.SAL, Stage.SQL}),
    Stage.DISQUALIFIED: frozenset({Stage.SAL}),
}


def return_lead(before: Stage, after: Stage) -> Stage:
    """`after`, when a lead that was given back may return there because that is undone; else
    ForbiddenMove. No other act goes this way."""
    if after not in _TAKEN_BACK.get(before, frozenset()):
        raise ForbiddenMove(before, after)
    return after


def move_handoff(before: HandoffState, after: HandoffState) -> HandoffState:
    """`after`, when a handoff may go there from `before`; else ForbiddenMove."""
    if after not in _HANDOFF_MOVES[before]:
        raise ForbiddenMove(before, after)
    return after


def next_stages(stage: Stage) -> frozenset[Stage]:
    """Where a lead may go from here."""
    return _STAGE_MOVES[stage]


class Onward(StrEnum):
    """Where a rejected lead goes."""

    REROUTE = "reroute"
    RECYCLE = "recycle"
    LINK = "link"
    DISQUALIFY = "disqualify"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the reject form asked after the reason; only the field that was asked is set."""

    until: date | None = None
    lead: int | None = None
    person: str | None = None
    text: str | None = None


def onward(reason: Reason) -> Onward:
    """Where a rejection for this reason sends the lead: a duplicate is linked, timing and reach
    and data wait (recycled), routing goes to the next rep, all else is disqualified."""
    if reason.asks is Asks.LEAD:
        return Onward.LINK
    if reason.teaches is Teaches.ROUTING:
        return Onward.REROUTE
    if reason.asks is Asks.DATE or reason.teaches in {
        Teaches.TIMING,
        Teaches.REACH,
        Teaches.DATA,
    }:
        return Onward.RECYCLE
    return Onward.DISQUALIFY

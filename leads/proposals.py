"""The way of a proposal for the next version of the criteria, and who speaks for which side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from leads.criteria import Rule
from leads.lifecycle import ForbiddenMove
from leads.person import Person, Role

_WEEK = 7


def week_of(day: date) -> int:
    """The number of a day's week (Monday to Sunday), growing with time."""
    return (day.toordinal() - 1) // _WEEK


def monday_of_week(week: int) -> date:
    """The first day of the week of this number."""
    return date.fromordinal(week * _WEEK + 1)


class ProposalState(StrEnum):
    """Where a proposal stands."""

    ASKED = "asked"
    WORKING = "working"
    OPEN = "open"
    RUNNING = "running"
    ACTIVATED = "activated"
    DECLINED = "declined"
    STALE = "stale"
    NOTHING = "nothing"


_MOVES: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.ASKED: frozenset({ProposalState.WORKING}),
    # Asked for again when who worked on it gave it up.
    ProposalState.WORKING: frozenset(
        {ProposalState.OPEN, ProposalState.NOTHING, ProposalState.ASKED}
    ),
    # Asked for again when somebody edits it: its effect is worked out anew.
    ProposalState.OPEN: frozenset(
        {
            ProposalState.ASKED,
            ProposalState.RUNNING,
            ProposalState.ACTIVATED,
            ProposalState.DECLINED,
            ProposalState.STALE,
        }
    ),
    ProposalState.RUNNING: frozenset(
        {ProposalState.ACTIVATED, ProposalState.DECLINED, ProposalState.STALE}
    ),
    ProposalState.ACTIVATED: frozenset(),
    ProposalState.DECLINED: frozenset(),
    ProposalState.STALE: frozenset(),
    ProposalState.NOTHING: frozenset(),
}

IN_WORK = frozenset({ProposalState.ASKED, ProposalState.WORKING})
TO_DECIDE = frozenset({ProposalState.OPEN, ProposalState.RUNNING})


def move_proposal(before: ProposalState, after: ProposalState) -> ProposalState:
    """`after`, when a proposal may go there from `before`; else ForbiddenMove."""
    if after not in _MOVES[before]:
        raise ForbiddenMove(before, after)
    return after


class Side(StrEnum):
    """Whose yes a proposal needs: both."""

    MARKETING = "marketing"
    SALES = "sales"


def sides_of(person: Person) -> frozenset[Side]:
    """For which sides a person may speak: a marketer for marketing, a manager for sales, an admin
    for either."""
    found = set()
    if person.roles & {Role.MARKETER, Role.ADMIN}:
        found.add(Side.MARKETING)
    if person.roles & {Role.MANAGER, Role.ADMIN}:
        found.add(Side.SALES)
    return frozenset(found)


def side_for(person: Person, approved: Mapping[Side, str]) -> Side | None:
    """For which side the person can say yes, given who (an e-mail) said it for which; None when
    there is none left, or when they said it before: nobody speaks for both. Who may speak for
    either does so for the side of their own role first."""
    if person.email in approved.values():
        return None
    free = sides_of(person) - approved.keys()
    own = {Side.MARKETING} if Role.MARKETER in person.roles else set()
    own |= {Side.SALES} if Role.MANAGER in person.roles else set()
    return next(iter(sorted(free & own) or sorted(free)), None)


@dataclass(frozen=True, kw_only=True)
class Told:
    """How many of one rep's rejections, for one reason (its code), moved a rule."""

    by: str
    reason: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """A rule that is new (`before` None), dropped (`after` None) or moved, and which rejections
    moved it."""

    rule: Rule
    """As it will be, or as it was if it is dropped."""
    before: int | None
    after: int | None
    reasons: Mapping[str, int]
    """How many rejections for which reason (its code)."""
    moved_by: tuple[int, ...]
    """The newest handoffs that were rejected so, as examples."""
    told_by: tuple[Told, ...]
    """All of those rejections by who gave them."""


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """Leads with scores from `low` to `high`: what share of them was expected to be accepted, and
    was."""

    low: int
    high: int
    n: int
    expected: float
    accepted: float


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What the proposed criteria would have done in held-out weeks, against those in force, at
    equal volume. The same figures as `leads.retuning.backtest.Backtest`, which explains each;
    without its libraries. Ids are handoffs."""

    first_week: int
    last_week: int
    weeks: int
    n: int
    explored: int
    volume: float
    before: float
    after: float
    delta: float
    low: float
    high: float
    slope: float
    is_whole: bool
    rejected_avoided: tuple[int, ...]
    """The newest of them..."""
    accepted_lost: tuple[int, ...]
    all_avoided: int
    """...and how many there are."""
    all_lost: int
    volume_before: float
    volume_after: float
    calibration: tuple[Calibrated, ...]
    auc_before: float
    auc_card: float
    auc_unrounded: float
    unknown_below: int | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How many open leads had which score when the proposal was made, and would have had."""

    now: Mapping[int, int]
    then: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One side's yes."""

    side: Side
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A proposal that scores a share of the leads, beside the criteria in force."""

    share: float
    since: datetime
    until: datetime
    """When the verdict is asked for."""
    by: str

"""What the card of a proposal, its page and its forms are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cards.model import Mention
from leads.proposals import Proof, ProposalState, Side
from leads.rates import Rate


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A rule that is new (`before` None), dropped (`after` None), moved, or with the same points
    on both sides asks for something else. `reasons` are how many rejections, by label, moved it."""

    label: str
    before: int | None
    after: int | None
    reasons: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class ExampleLead:
    """A lead of the weeks on which the proposal was tried."""

    lead_id: int
    name: str
    company: str | None


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Some leads that show something, and how many there are in all."""

    leads: tuple[ExampleLead, ...] = ()
    n: int = 0


@dataclass(frozen=True, kw_only=True)
class Given:
    """One side's yes."""

    side: Side
    by: Mention
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Needed:
    """A side whose yes is missing, and who may give it: names, a few of `n`."""

    side: Side
    names: tuple[str, ...]
    n: int


@dataclass(frozen=True, kw_only=True)
class TrialView:
    """A trial on a share of the leads, and how both did so far. `delta` is None before each has
    decisions; `is_over` when its time is."""

    share: float
    since: datetime
    until: datetime
    by: Mention
    in_force: Rate
    challenger: Rate
    delta: float | None
    low: float
    high: float
    is_over: bool = False


@dataclass(frozen=True, kw_only=True)
class ProposalView:
    """A proposal as it stands now. `moves_in` are leads that only the proposed criteria would have
    handed over, `moves_out` those that only the criteria in force would; of these (at equal volume)
    `avoided` were rejected and `lost` accepted. `why` is a code of what `state` says, or for a
    decline what somebody wrote. `again` when another is made in the place of a stale one."""

    id: int
    state: ProposalState
    version: int
    base: int
    threshold_before: int
    threshold: int
    changes: tuple[ChangeLine, ...] = ()
    proof: Proof | None = None
    moves_in: Examples = Examples()
    moves_out: Examples = Examples()
    avoided: Examples = Examples()
    lost: Examples = Examples()
    learned_from: int = 0
    restores: int | None = None
    given: tuple[Given, ...] = ()
    needed: tuple[Needed, ...] = ()
    edited_by: Mention | None = None
    decided_by: Mention | None = None
    decided_at: datetime | None = None
    why: str | None = None
    trial: TrialView | None = None
    is_in_force: bool = True
    """Of an activated one: whether nothing newer is in force."""
    again: bool = False
    fewest: int = 0
    """Decisions below which nothing is learned."""
    may_decide: bool = True

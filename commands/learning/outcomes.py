"""What may come of acting on a proposal: each act returns one of these, and chat tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leads.proposals import ProposalState, Side


@dataclass(frozen=True, kw_only=True)
class Gone:
    """There is no such proposal, or version."""


@dataclass(frozen=True, kw_only=True)
class NotAllowed:
    """Marketers, managers and admins decide on criteria."""


@dataclass(frozen=True, kw_only=True)
class NotYet:
    """It is still being worked out."""


@dataclass(frozen=True, kw_only=True)
class AlreadyDecided:
    """It waits for nothing any more. `version` is what it became, if it was activated."""

    state: ProposalState
    by: str | None
    at: datetime | None
    version: int | None


class WhyStale(StrEnum):
    """Why a proposal can't be decided on any more; kept as its `why`."""

    NEWER_CRITERIA = "newer_criteria"
    """It was made from criteria that are in force no more."""
    NEWER_DECISIONS = "newer_decisions"
    """Reps decided so much since that it may be wrong."""
    TOO_OLD = "too_old"
    NO_VERDICT = "no_verdict"
    """Nobody said how the trial is to end."""


@dataclass(frozen=True, kw_only=True)
class Stale:
    """It isn't true any more. `again` is the proposal that is made in its place; None where
    nothing is to be worked out."""

    why: WhyStale
    again: int | None


@dataclass(frozen=True, kw_only=True)
class Approved:
    """One side said yes; it waits for the other."""

    side: Side
    waits_for: Side


@dataclass(frozen=True, kw_only=True)
class AlreadyApproved:
    """The actor said yes before, or somebody did for all sides they can speak for. It waits for
    the other."""

    by: str
    at: datetime
    waits_for: Side


@dataclass(frozen=True, kw_only=True)
class Activated:
    """Both sides said yes: the version is in force."""

    version: int


@dataclass(frozen=True, kw_only=True)
class Declined:
    """It is off the table."""


class WrongPoints(StrEnum):
    """What is wrong with the points that somebody gave a rule."""

    NOT_WHOLE = "not_whole"
    TOO_FAR = "too_far"
    """More than a version may move a rule from what it has."""
    WRONG_SIGN = "wrong_sign"
    UNKNOWN_RULE = "unknown_rule"
    LAST_RULE = "last_rule"
    """There would be no rule left."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One wrong entry; the rule may have `lowest` to `highest`."""

    why: WrongPoints
    lowest: int
    highest: int


@dataclass(frozen=True, kw_only=True)
class NotEdited:
    """Nothing was changed: what is wrong by the id of its rule, nothing where all points are as
    they were."""

    wrong: Mapping[str, Wrong]


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The points are changed, approvals before that are void, and its effect is being worked out
    anew."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Better criteria are looked for; the proposal is posted when it is made."""

    proposal: int


@dataclass(frozen=True, kw_only=True)
class AlreadyAsked:
    """That is under way already: being made, open, or on trial."""

    proposal: int
    state: ProposalState


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """The rules of an earlier version are proposed, and wait for both sides."""

    proposal: int


@dataclass(frozen=True, kw_only=True)
class InForceAlready:
    """These are the rules in force already."""

    version: int


@dataclass(frozen=True, kw_only=True)
class WrongTrial:
    """The share or the weeks are out of bounds."""

    most_share: float
    most_weeks: int


@dataclass(frozen=True, kw_only=True)
class OtherTrial:
    """Another proposal is on trial."""

    proposal: int


@dataclass(frozen=True, kw_only=True)
class TrialBegun:
    """From now on the proposal scores its share of the leads, under this number."""

    version: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class TrialEnded:
    """The criteria in force score all leads again."""


Refused = Gone | NotAllowed | NotYet | AlreadyDecided
"""What any act may come to."""

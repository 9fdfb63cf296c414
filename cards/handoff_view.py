"""What the battle card shows of a handoff, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.model import Mention
from leads.criteria import ScoreLine
from leads.lifecycle import HandoffState, Stage


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """The latest meaningful thing the lead did, and how often."""

    type: str
    name: str | None = None
    at: datetime
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """What marketing says about the campaign; a campaign without a playbook has only a title."""

    title: str
    pains: tuple[str, ...] = ()
    opener: str | None = None
    next_step: str | None = None


class Left(StrEnum):
    """Why a lead was taken from somebody before they were done with it."""

    UNDECIDED = "undecided"
    UNTOUCHED = "untouched"
    A_MANAGER = "a_manager"
    AWAY = "away"
    REP_IS_FREE = "rep_is_free"
    OVERTURNED = "overturned"
    TAKEN_BACK = "taken_back"


class AfterNo(StrEnum):
    """What became of a rejected lead."""

    REROUTED = "rerouted"
    WAITS = "waits"
    WAITS_FOR_NEWS = "waits_for_news"
    DUPLICATE = "duplicate"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decided and when; `own` when that is the reader of the card. `then` with `to` (who has
    it now), `until` (when it comes back) or `other` (whose duplicate it is) says what followed.
    `left` is set where it was withdrawn, with `due` for what was late."""

    by: Mention
    own: bool
    at: datetime
    reason: str | None = None
    then: AfterNo = AfterNo.UNKNOWN
    to: Mention | None = None
    until: datetime | None = None
    other: str | None = None
    left: Left = Left.TAKEN_BACK
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ScoredAnew:
    """What a lead has under newer criteria than those of its handoff."""

    points: int
    version: int


@dataclass(frozen=True, kw_only=True)
class BattleCardView:
    """One handoff as its rep should see it now. Unknown is None or empty and is left out.
    `is_late` is about the running clock, `extended_by` who gave it more time; `waits` says that it
    goes to the next rep who can take it."""

    handoff_id: int
    lead_id: int
    name: str
    title: str | None = None
    company: str | None = None
    industry: str | None = None
    employees: int | None = None
    country: str | None = None
    interests: tuple[str, ...] = ()
    score: int
    fit: int
    engagement: int
    lines: tuple[ScoreLine, ...] = ()
    scored_anew: ScoredAnew | None = None
    why_now: Engagement | None = None
    playbook: Playbook | None = None
    why_you: str = ""
    state: HandoffState
    stage: Stage
    accept_by: datetime
    snoozed_until: datetime | None = None
    may_snooze: bool = True
    decision: Decision | None = None
    contact_by: datetime | None = None
    is_late: bool = False
    extended_by: Mention | None = None
    waits: bool = False
    first_touch_at: datetime | None = None
    touches: int = 0
    stage_at: datetime | None = None
    amount: float | None = None
    may_undo: bool = False
    crm_url: str | None = None

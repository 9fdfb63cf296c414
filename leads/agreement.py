"""The two-sided agreement: definitions, promises, segments and typed reasons, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from leads.criteria import Condition, Criteria
from leads.lead import Lead


class Teaches(StrEnum):
    """What a reason may teach; only `fit` may ever change the weights."""

    FIT = "fit"
    TIMING = "timing"
    ROUTING = "routing"
    DATA = "data"
    REACH = "reach"
    OTHER = "other"


class Asks(StrEnum):
    """What the reject form asks once this reason is chosen."""

    NOTHING = ""
    DATE = "date"
    LEAD = "lead"
    PERSON = "person"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One way to say no."""

    code: str
    label: str
    teaches: Teaches
    asks: Asks = Asks.NOTHING


class Unit(StrEnum):
    """Unit of a promise; a `d` is one working day of the person it binds."""

    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"


@dataclass(frozen=True, kw_only=True)
class WorkDuration:
    """An amount of business time, such as 1h or 2d."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


class Step(StrEnum):
    """What the ladder does when a clock reaches a share of its time."""

    REMIND = "remind"
    ESCALATE = "escalate"
    REASSIGN = "reassign"
    MARK = "mark"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the ladder; `at` is a share of the promised time (1.0 is the due moment)."""

    at: float
    do: Step


class OnLeave(StrEnum):
    """What somebody's leave does to the leads they were offered and haven't decided on."""

    PAUSE = "pause"  # the clock stops until they are back
    MOVE = "move"  # the lead goes to the next rep when the leave begins


@dataclass(frozen=True, kw_only=True)
class SalesPromise:
    """What sales promises marketing. `attempts` are touches before a reason that teaches reach
    counts; the ladder is climbed by the clock to the decision and by that to the first touch."""

    accept_within: WorkDuration
    contact_within: WorkDuration
    attempts: int = 3
    ladder: tuple[Rung, ...] = ()
    on_leave: OnLeave = OnLeave.PAUSE


@dataclass(frozen=True, kw_only=True)
class MarketingPromise:
    """What marketing promises sales. `required` names lead fields (`company.name`)."""

    leads_per_week: int | None = None
    acceptance_rate: float | None = None
    answer_rejections_within: WorkDuration | None = None
    required: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What both sides want to reach together in a period, named as in a question ("2026-Q4",
    "2026-11", "2026"). Amounts are in the agreement's one currency."""

    period: str
    mqls: int | None = None
    pipeline: int | None = None
    revenue: int | None = None


@dataclass(frozen=True, kw_only=True)
class WinTier:
    """How a win of at least this amount is called."""

    label: str
    at_least: int


class Retuning(StrEnum):
    """How often better criteria are looked for by themselves."""

    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How the criteria may learn: the share of leads below the threshold that is offered by
    chance (0 to 0.2), and how often they are retuned."""

    exploration: float = 0.0
    retune: Retuning = Retuning.WEEKLY


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What both sides signed. Criteria here are version 1; later versions live in the database."""

    name: str
    timezone: str = "UTC"
    holidays: str | None = None
    """Code of the `holidays` package, subdivision allowed: "ES", "DE-BY"."""
    fallback: str
    """E-mail of the person who gets what nobody can take."""
    crm_url: str | None = None
    """Link to a lead in the CRM with `{external_id}` in it, when there is one."""
    digest_at: str = "09:00"
    """Local time of the daily digest and of the reviews in the agreement's zone."""
    review_on: int = 0
    """Weekday of the weekly review, 0 is Monday; on a holiday the next working day of the week."""
    locale: str = "en"
    """How dates and numbers are written where several people read (a CLDR locale)."""
    currency: str = "EUR"
    """ISO 4217 code of every amount."""
    definitions: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, Condition] = field(default_factory=dict)
    sales: SalesPromise
    marketing: MarketingPromise = field(default_factory=MarketingPromise)
    criteria: Criteria
    learning: Learning = field(default_factory=Learning)
    goals: tuple[Goal, ...] = ()
    wins: tuple[WinTier, ...] = ()
    """Largest first."""
    reasons: tuple[Reason, ...]

    def reason(self, code: str) -> Reason | None:
        """The reason with this code, or None."""
        return next((reason for reason in self.reasons if reason.code == code), None)

    def crm_address(self, lead: Lead) -> str | None:
        """Where the CRM has this lead; None without a CRM or without the lead's id there."""
        if not self.crm_url or not lead.external_id:
            return None
        return self.crm_url.replace("{external_id}", quote(lead.external_id, safe=""))

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


@dataclass(frozen=True, kw_only=True)
class SalesPromise:
    """What sales promises marketing."""

    accept_within: WorkDuration
    contact_within: WorkDuration
    attempts: int = 3
    ladder: tuple[Rung, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MarketingPromise:
    """What marketing promises sales. `required` names lead fields (`company.name`)."""

    leads_per_week: int | None = None
    acceptance_rate: float | None = None
    answer_rejections_within: WorkDuration | None = None
    required: tuple[str, ...] = ()


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
    """Local time of the daily digest in the agreement's zone."""
    definitions: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, Condition] = field(default_factory=dict)
    sales: SalesPromise
    marketing: MarketingPromise = field(default_factory=MarketingPromise)
    criteria: Criteria
    reasons: tuple[Reason, ...]

    def reason(self, code: str) -> Reason | None:
        """The reason with this code, or None."""
        return next((reason for reason in self.reasons if reason.code == code), None)

    def crm_address(self, lead: Lead) -> str | None:
        """Where the CRM has this lead; None without a CRM or without the lead's id there."""
        if not self.crm_url or not lead.external_id:
            return None
        return self.crm_url.replace("{external_id}", quote(lead.external_id, safe=""))

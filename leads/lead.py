"""A lead, its company and what it did: plain frozen values that every rule works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

Scalar = str | int | float | bool

_COMPANY_PREFIX = "company."
_EXTRA_PREFIX = "extra."


@dataclass(frozen=True, kw_only=True)
class Company:
    """Where the lead works, as far as the source told; unknown is None, never an empty string."""

    name: str | None = None
    domain: str | None = None
    industry: str | None = None
    employees: int | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2, upper case, where the source gave one; else the source's own word."""


@dataclass(frozen=True, kw_only=True)
class EngagementEvent:
    """One thing the lead did. `id` is the source's own and makes a repeated delivery harmless."""

    id: str
    type: str
    name: str | None = None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Lead:
    """One person who may buy. `extra` holds further fields of the source, which can be scored."""

    id: int
    source: str | None = None
    external_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    title: str | None = None
    company: Company = field(default_factory=Company)
    campaign: str | None = None
    interests: tuple[str, ...] = ()
    extra: Mapping[str, Scalar] = field(default_factory=dict)
    created_at: datetime

    @property
    def name(self) -> str:
        """What people call this lead: the name, else the e-mail, else the number."""
        full = " ".join(part for part in (self.first_name, self.last_name) if part)
        return full or self.email or f"Lead {self.external_id or self.id}"

    def value(self, path: str) -> Scalar | tuple[str, ...] | None:
        """The field at `path` (`title`, `company.employees`, `interests`, or a name in `extra`
        with or without `extra.` before it); None when it isn't known."""
        if path.startswith(_COMPANY_PREFIX):
            name = path.removeprefix(_COMPANY_PREFIX)
            return getattr(self.company, name) if name in COMPANY_FIELDS else None
        if path in LEAD_FIELDS:
            found: Scalar | tuple[str, ...] | None = getattr(self, path)
            return found if found != () else None
        return self.extra.get(path.removeprefix(_EXTRA_PREFIX))


COMPANY_FIELDS = frozenset(item.name for item in fields(Company))
LEAD_FIELDS = frozenset(
    {
        "source",
        "external_id",
        "email",
        "first_name",
        "last_name",
        "phone",
        "title",
        "campaign",
        "interests",
    }
)
"""Fields of the lead itself that a rule may name; anything else is looked up in `extra`."""

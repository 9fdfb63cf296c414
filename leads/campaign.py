"""A campaign's playbook: what it promised the lead, and what a rep says next."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Objection:
    """Something leads say, and the answer to it; `content` is an address that proves it."""

    says: str
    answer: str
    content: str | None = None


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What marketing knows about a campaign. `name` is matched with the lead's campaign."""

    name: str
    title: str
    owner: str | None = None
    """E-mail of the marketer who keeps it."""
    pains: tuple[str, ...] = ()
    next_step: str | None = None
    opener: str | None = None
    spend: float | None = None
    objections: tuple[Objection, ...] = ()

"""Made-up leads, events and people, for tests that care about one thing of them."""

from datetime import UTC, datetime, timedelta

from leads.lead import Company, EngagementEvent, Lead
from leads.person import Person, Role

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""A Friday."""


def lead(
    *,
    number: int = 1,
    title: str | None = "VP Engineering",
    company: Company | None = None,
    **extra: str | int | float | bool,
) -> Lead:
    """A lead of Initech."""
    return Lead(
        id=number,
        email="ada@initech.example",
        title=title,
        company=company or Company(name="Initech", employees=120, country="DE"),
        extra=extra,
        created_at=NOW,
    )


def event(kind: str, name: str | None = None, *, days_ago: float = 1) -> EngagementEvent:
    """Something that a lead did."""
    at = NOW - timedelta(days=days_ago)
    return EngagementEvent(id=f"{kind}-{name}-{days_ago}", type=kind, name=name, at=at)


def rep(
    name: str,
    *,
    weight: float = 1,
    capacity: int = 20,
    territories: str = "",
    segments: str = "",
    roles: frozenset[Role] = frozenset({Role.REP}),
) -> Person:
    """A rep, whose territories and segments are written with spaces between them."""
    return Person(
        name=name,
        email=f"{name.casefold()}@acme.example",
        roles=roles,
        weight=weight,
        capacity=capacity,
        territories=frozenset(territories.split()),
        segments=frozenset(segments.split()),
    )

"""The leads that are offered the moment the demo opens: one for each rep, by country."""

from datetime import datetime, timedelta

from commands.receive_lead import IncomingLead
from leads.lead import Company, EngagementEvent

_DID = {
    "spring-pricing": (
        ("page_view", "/pricing", 50),
        ("page_view", "/customers", 26),
        ("page_view", "/pricing", 0.4),
        ("download", "Pricing Guide", 0.1),
    ),
    "cad-webinar": (
        ("webinar", "Drawings without e-mail", 170),
        ("page_view", "/pricing", 3),
        ("webinar", "CAD reviews in half the time", 2),
    ),
    "demo-request": (
        ("page_view", "/customers", 20),
        ("page_view", "/pricing", 0.3),
        ("form_submit", "Demo request", 0.1),
    ),
}
"""What the people of a campaign did, and how many hours ago."""


def fresh_leads(now: datetime) -> tuple[IncomingLead, ...]:
    """The leads, the first rep's last, so that its card is the newest."""
    return tuple(
        IncomingLead(
            external_id=f"F-{number}",
            email=f"{first}.{last}@{company.domain}".lower(),
            source=source,
            first_name=first,
            last_name=last,
            phone=phone,
            title=title,
            company=company,
            campaign=campaign,
            created_at=now,
            events=tuple(
                EngagementEvent(
                    id=f"F-{number}-{step}", type=kind, name=name, at=now - timedelta(hours=hours)
                )
                for step, (kind, name, hours) in enumerate(_DID[campaign])
            ),
        )
        for number, (first, last, title, phone, company, campaign, source) in enumerate(_PEOPLE, 1)
    )


_PEOPLE = (
    (
        "Oliver",
        "Wainwright",
        "Head of IT",
        "+44 20 7946 0318",
        Company(
            name="Penfold Bridges",
            domain="penfold-bridges.example",
            industry="engineering",
            employees=340,
            country="GB",
        ),
        "cad-webinar",
        "newsletter",
    ),
    (
        "Mathilde",
        "Carrel",
        "Director of Operations",
        "+33 1 99 00 27 41",
        Company(
            name="Lumière Bois",
            domain="lumiere-bois.example",
            industry="manufacturing",
            employees=140,
            country="FR",
        ),
        "demo-request",
        "referral",
    ),
    (
        "Reto",
        "Amstad",
        "CTO",
        "+41 44 668 18 00",
        Company(
            name="Firnblick Anlagenbau",
            domain="firnblick.example",
            industry="manufacturing",
            employees=210,
            country="CH",
        ),
        "spring-pricing",
        "search ads",
    ),
    (
        "Isabel",
        "Quintana",
        "VP Engineering",
        "+34 910 052 114",
        Company(
            name="Puente Alto Ingenieros",
            domain="puente-alto.example",
            industry="engineering",
            employees=120,
            country="ES",
        ),
        "spring-pricing",
        "website",
    ),
)

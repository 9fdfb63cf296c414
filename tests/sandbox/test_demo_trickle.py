"""The leads that keep coming look like any web form's."""

from datetime import UTC, datetime
from random import Random

from sandbox.demo.market import Market
from sandbox.demo.trickle import as_json
from sources.lead_schema import parse_lead

NOW = datetime(2026, 11, 22, 1, 20, tzinfo=UTC)


def test_a_lead_arrives_as_it_was_made_up() -> None:
    market = Market(Random(1), "N")
    for lead in (market.lead(NOW) for _ in range(50)):
        assert lead.email is not None
        arrived = parse_lead(as_json(lead))
        assert (arrived.email, arrived.company) == (lead.email, lead.company)
        assert arrived.campaign == lead.campaign
        assert arrived.events == lead.events


def test_nobody_comes_twice_and_a_company_keeps_its_size() -> None:
    market = Market(Random(2), "N")
    leads = [market.lead(NOW) for _ in range(300)]
    assert len({lead.email for lead in leads}) == len({lead.external_id for lead in leads}) == 300
    sizes: dict[str | None, set[int | None]] = {}
    for lead in leads:
        sizes.setdefault(lead.company.name, set()).add(lead.company.employees)
    assert all(len(found) == 1 for found in sizes.values())

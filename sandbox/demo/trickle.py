"""Leads that keep coming while somebody looks, sent over HTTP as a web form would send them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import aiohttp

from commands.receive_lead import IncomingLead
from leads.lead import EngagementEvent
from sandbox.demo.market import Market

MOST = 60
"""So many leads and no more, for a demo that is left open overnight."""

_SEED = 7


async def keep_coming(
    url: str, token: str, known: Sequence[str], pauses: tuple[float, float]
) -> None:
    """Send leads to Baton at `url`, one every so many seconds, and now and then news of a lead by
    one of the e-mails `known`. Returns after MOST of them; raises aiohttp.ClientError when Baton
    can't be reached or refuses."""
    rng = Random(_SEED)  # noqa: S311 (nothing secret about it)
    market = Market(rng, "N")
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(url, headers=headers, raise_for_status=True) as session:
        for _ in range(MOST):
            await asyncio.sleep(rng.uniform(*pauses))
            now = datetime.now(UTC)
            await session.post("/ingest/leads", json=as_json(market.lead(now)))
            if known and rng.random() < 0.5:
                news = _event_json(market.visit(now)) | {"email": rng.choice(known)}
                await session.post("/ingest/events", json=news)


def as_json(lead: IncomingLead) -> dict[str, object]:
    """The lead in the form of `POST /ingest/leads`."""
    company = lead.company
    return {
        "source": lead.source,
        "external_id": lead.external_id,
        "email": lead.email,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "phone": lead.phone,
        "title": lead.title,
        "company": {
            "name": company.name,
            "domain": company.domain,
            "industry": company.industry,
            "employees": company.employees,
            "country": company.country,
        },
        "campaign": lead.campaign,
        "events": [_event_json(event) for event in lead.events],
    }


def _event_json(event: EngagementEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "type": event.type,
        "name": event.name,
        "at": event.at.isoformat(),
    }

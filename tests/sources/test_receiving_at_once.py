"""What comes in at once, on PostgreSQL, where many writers really run at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import func, select

from commands.context import Context, Setup
from commands.criteria_in_force import seed
from sources.ingest import Ingest
from storage.database import Database
from storage.tables import EventRow, HandoffRow, LeadRow
from tests.conftest import Clock

pytestmark = pytest.mark.postgres

BEARER = {"Authorization": "Bearer s3cret"}
AT = "2026-11-23T09:59:00Z"
GUIDE = {"type": "download", "name": "Pricing Guide", "at": AT}

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(postgres: Database, setup: Setup, clock: Clock) -> AsyncIterator[Client]:
    await postgres.write(
        lambda session: seed(Context(session=session, now=clock.now, setup=setup), ())
    )
    application = web.Application()
    application.add_routes(
        Ingest(database=postgres, setup=setup, clock=clock, token="s3cret").routes()
    )
    async with TestClient(TestServer(application)) as opened:
        yield opened


def lead(number: int) -> dict[str, object]:
    """Somebody who fits, but hasn't done anything yet."""
    return {
        "email": f"ada{number}@initech.example",
        "title": "VP Engineering",
        "company": {"name": "Initech", "employees": 120, "country": "DE"},
    }


async def results(client: Client, path: str, told: object) -> list[str]:
    """What came of each, one object for all."""
    answer = await client.post(path, json=told, headers=BEARER)
    assert answer.status == 202, await answer.text()
    return [str(one["result"]) for one in await answer.json()]


async def test_a_new_lead_that_comes_twenty_times_in_one_array_is_one_lead(
    client: Client, postgres: Database
) -> None:
    for number in range(5):
        new = lead(number) | {"events": [{"id": f"e{number}", **GUIDE}]}
        found = await results(client, "/ingest/leads", [new] * 20)
        assert sorted(found) == ["created", *["unchanged"] * 19]
    for table in (LeadRow, EventRow):
        rows = await postgres.read(
            lambda session, of=table: session.exec(select(func.count()).select_from(of)).one()  # type: ignore[misc]
        )
        assert rows == 5


async def test_updates_of_one_lead_at_once_lose_neither_a_field_nor_the_mql(
    client: Client, postgres: Database
) -> None:
    people = [lead(number) for number in range(10)]
    await results(client, "/ingest/leads", people)
    for person in people:
        email = person["email"]
        events = [{"email": email, "id": f"{email}-{n}", **GUIDE} for n in range(4)]
        fields = [{"email": email, f"answer{n}": n} for n in range(4)]
        await asyncio.gather(
            results(client, "/ingest/events", events), results(client, "/ingest/leads", fields)
        )
    rows = await postgres.read(lambda session: session.exec(select(LeadRow)).all())
    assert [row.extra for row in rows] == [{f"answer{n}": n for n in range(4)}] * 10
    assert {row.stage for row in rows} == {"mql"}
    offered = await postgres.read(lambda session: session.exec(select(HandoffRow.lead_id)).all())
    assert sorted(offered) == sorted(row.id or 0 for row in rows)

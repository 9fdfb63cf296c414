"""The two routes keep what is good, name what is bad, and do nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import func, select

from commands.context import Setup
from sources.ingest import MAX_BYTES, Ingest
from storage.database import Database
from storage.tables import EventRow, HandoffRow, LeadRow
from tests.conftest import Clock

BEARER = {"Authorization": "Bearer s3cret"}
ADA = {
    "external_id": "L-17",
    "email": "ada@initech.example",
    "title": "VP Engineering",
    "company": {"name": "Initech", "industry": "software", "employees": 120, "country": "DE"},
    "campaign": "spring-pricing",
    "events": [
        {"id": "e1", "type": "download", "name": "Pricing Guide", "at": "2026-11-23T09:59:00Z"}
    ],
}

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(seeded: Database, setup: Setup, clock: Clock) -> AsyncIterator[Client]:
    ingest = Ingest(database=seeded, setup=setup, clock=clock, token="s3cret")
    application = web.Application(client_max_size=MAX_BYTES)
    application.add_routes(ingest.routes())
    async with TestClient(TestServer(application)) as opened:
        yield opened


def count(database: Database, table: type[LeadRow] | type[EventRow] | type[HandoffRow]) -> int:
    return database.read_now(
        lambda session: session.exec(select(func.count()).select_from(table)).one()
    )


async def test_a_lead_is_scored_and_handed_over(client: Client, seeded: Database) -> None:
    answer = await client.post("/ingest/leads", json=ADA, headers=BEARER)
    assert answer.status == 202
    assert await answer.json() == [{"lead": "1", "result": "created", "score": 85, "stage": "mql"}]
    assert count(seeded, HandoffRow) == 1


async def test_the_same_lead_twice_changes_nothing_twice(client: Client, seeded: Database) -> None:
    await client.post("/ingest/leads", json=ADA, headers=BEARER)
    answer = await client.post("/ingest/leads", json=[ADA, ADA], headers=BEARER)
    assert [one["result"] for one in await answer.json()] == ["unchanged", "unchanged"]
    assert (count(seeded, LeadRow), count(seeded, EventRow), count(seeded, HandoffRow)) == (1, 1, 1)


async def test_a_lead_is_known_again_by_its_email(client: Client, seeded: Database) -> None:
    await client.post("/ingest/leads", json=ADA, headers=BEARER)
    news = {"email": "ADA@initech.example", "phone": "+49 30 901820"}
    answer = await client.post("/ingest/leads", json=news, headers=BEARER)
    assert (await answer.json())[0]["result"] == "updated"
    assert count(seeded, LeadRow) == 1


async def test_fifty_deliveries_at_once_make_one_lead(client: Client, seeded: Database) -> None:
    await asyncio.gather(
        *(client.post("/ingest/leads", json=ADA, headers=BEARER) for _ in range(50))
    )
    assert (count(seeded, LeadRow), count(seeded, HandoffRow)) == (1, 1)


async def test_a_bad_item_is_named_in_its_place_and_the_good_ones_are_kept(
    client: Client,
) -> None:
    answer = await client.post("/ingest/leads", json=[{"email": "nobody"}, ADA, 7], headers=BEARER)
    first, second, third = await answer.json()
    assert answer.status == 202
    assert first["error"]["field"] == "email"
    assert second["result"] == "created"
    assert third["error"]["message"] == "expected a JSON object"


async def test_an_email_of_another_lead_is_told_and_changes_nothing(client: Client) -> None:
    other = {"external_id": "L-18", "email": "grace@initech.example"}
    await client.post("/ingest/leads", json=[ADA, other], headers=BEARER)
    clash = {"external_id": "L-18", "email": "ada@initech.example"}
    answer = await client.post("/ingest/leads", json=clash, headers=BEARER)
    error = (await answer.json())[0]["error"]
    assert error["field"] == "email"
    assert "has this e-mail already" in error["message"]


async def test_the_credit_stays_with_the_campaign_that_brought_the_lead(
    client: Client, seeded: Database
) -> None:
    later = {"email": "ada@initech.example", "campaign": "cad-webinar", "title": "CTO"}
    await client.post("/ingest/leads", json=ADA, headers=BEARER)
    await client.post("/ingest/leads", json=later, headers=BEARER)
    row = seeded.read_now(lambda session: session.exec(select(LeadRow)).one())
    assert (row.campaign, row.title) == ("spring-pricing", "CTO")


async def test_events_raise_the_score_of_their_lead_once(client: Client) -> None:
    await client.post("/ingest/leads", json={**ADA, "events": []}, headers=BEARER)
    event = {"email": "ada@initech.example", **ADA["events"][0]}  # type: ignore[index]
    first = await client.post("/ingest/events", json=event, headers=BEARER)
    second = await client.post("/ingest/events", json=event, headers=BEARER)
    assert [one["result"] for one in await first.json()] == ["updated"]
    assert [one["result"] for one in await second.json()] == ["unchanged"]


async def test_an_event_of_nobody_is_refused_kindly(client: Client) -> None:
    event = {"id": "e9", "type": "x", "at": "2026-11-20T09:00:00Z", "email": "new@x.example"}
    answer = await client.post("/ingest/events", json=event, headers=BEARER)
    assert "send the lead first" in (await answer.json())[0]["error"]["message"]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3cret"}]
)
async def test_without_the_token_nothing_is_taken(
    client: Client, seeded: Database, headers: dict[str, str]
) -> None:
    answer = await client.post("/ingest/leads", json=ADA, headers=headers)
    assert answer.status == 401
    assert count(seeded, LeadRow) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}'])
async def test_what_is_not_json_is_400(client: Client, body: bytes) -> None:
    answer = await client.post("/ingest/leads", data=body, headers=BEARER)
    assert answer.status == 400


async def test_a_number_too_large_to_be_one_is_refused_by_field(client: Client) -> None:
    body = b'[{"email": "ada@initech.example", "budget": 1e400}]'
    answer = await client.post("/ingest/leads", data=body, headers=BEARER)
    assert answer.status == 202
    assert (await answer.json())[0]["error"]["field"] == "budget"


async def test_more_than_five_megabytes_is_413(client: Client) -> None:
    answer = await client.post(
        "/ingest/leads", data=BytesIO(b" " * (MAX_BYTES + 1)), headers=BEARER
    )
    assert answer.status == 413


async def test_hostile_texts_are_stored_and_answered_without_an_error(client: Client) -> None:
    hostile = "<!channel> \x00 \u202e \ud800" + "🦊" * 10_000
    lead = {**ADA, "first_name": hostile, "title": hostile, "campaign": hostile}
    answer = await client.post("/ingest/leads", json=lead, headers=BEARER)
    assert answer.status == 202
    assert (await answer.json())[0]["result"] == "created"


@pytest.mark.parametrize(
    "change",
    [
        {"company": {"employees": 10**30}},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"external_id": "x" * 501},
    ],
)
async def test_what_no_database_can_hold_is_refused_by_field(
    client: Client, change: dict[str, object]
) -> None:
    answer = await client.post("/ingest/leads", json={**ADA, **change}, headers=BEARER)
    assert answer.status == 202
    assert (await answer.json())[0]["error"]["message"]

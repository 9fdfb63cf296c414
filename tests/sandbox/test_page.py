"""What the page asks of the server; the page itself is walked through in a browser elsewhere."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.test_bolt_round_trip import CARD, FORM


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=sandbox.url) as session:
        yield session


async def act(page: aiohttp.ClientSession, name: str, **wanted: Any) -> Any:
    async with page.post(f"/page/act/{name}", json={"as": "ana@acme.example", **wanted}) as answer:
        return await answer.json()


async def state(page: aiohttp.ClientSession, **asked: str) -> Any:
    async with page.get("/page/state", params={"as": "ana@acme.example", **asked}) as answer:
        return await answer.json()


async def test_the_page_and_its_parts_come_from_here_alone(page: aiohttp.ClientSession) -> None:
    async with page.get("/") as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "http" not in (await answer.text())
    for part in ("app.js", "style.css", "icon.svg"):
        async with page.get(f"/page/{part}") as answer:
            assert answer.status == 200


async def test_a_snapshot_shows_what_one_person_may_see(
    page: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="U0001", text="Hi", blocks=CARD)
    await client.chat_postEphemeral(channel="C0001", user="U0002", text="For Ben")
    seen = await state(page, at="D0001")
    assert [one["text"] for one in seen["messages"]] == ["Hi"]
    assert [(one["name"], one["unread"]) for one in seen["conversations"]] == [
        ("directmessage", 1),
        ("gtm", 0),
        ("deals", 0),
        ("board", 0),
        ("random", 0),
    ]
    await act(page, "read", at="D0001")
    assert (await state(page))["people"][0]["unread"] == 0
    assert (await act(page, "write", at="D0002", text="Not mine"))["status"] == 0


async def test_the_page_presses_fills_in_and_writes(
    page: aiohttp.ClientSession, app: AsyncApp, client: AsyncWebClient, sandbox: Sandbox
) -> None:
    @app.action("reject")
    async def reject(ack: Any, body: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.view("reject")
    async def submitted(ack: Any) -> None:
        await ack()

    await client.chat_postMessage(channel="U0001", text="Hi", blocks=CARD)
    (message,) = (await state(page, at="D0001"))["messages"]
    target = {"channel": "D0001", "ts": message["ts"], "block_id": "decide"}
    assert await act(page, "press", **target, action_id="reject") == {"status": 200, "error": ""}
    modal = (await state(page))["modal"]
    entered = {"reason": {"reason": "not_now"}}
    assert (await act(page, "submit", view_id=modal["id"], entered={}))["errors"] == {
        "reason": "Please complete this required field."
    }
    assert (await act(page, "submit", view_id=modal["id"], entered=entered))["status"] == 200
    assert (await state(page))["modal"] is None
    wrong = await act(page, "write", at="C0001", text="/nonsense")
    assert wrong["error"] == "/nonsense is not a valid command"
    assert (await act(page, "press", **target, action_id="gone"))["error"] == "this button is gone"


async def test_troubles_are_switched_on_and_off_from_the_page(page: aiohttp.ClientSession) -> None:
    await act(page, "mischief", troubles=["latency"])
    assert [one["trouble"] for one in (await state(page))["mischief"]] == ["latency"]
    await act(page, "mischief", troubles=[])
    assert (await state(page))["mischief"] == []


async def test_the_feed_tells_of_every_change(
    page: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    async with page.get("/page/changes") as feed:
        assert (await feed.content.readline()).startswith(b"data: ")
        await feed.content.readline()
        await client.chat_postMessage(channel="gtm", text="Hi")
        assert (await feed.content.readline()).startswith(b"data: ")


async def test_a_foreign_page_cannot_act_by_a_form(page: aiohttp.ClientSession) -> None:
    async with page.post("/page/act/write", data={"as": "U0001", "text": "Hi"}) as answer:
        assert answer.status == 415

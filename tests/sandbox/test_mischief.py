"""The bad days: each trouble looks to the app as it does with Slack."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Mischief, Sandbox, Trouble


async def test_a_rate_limit_names_the_wait_and_ends(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.misbehave(
        Mischief(trouble=Trouble.RATE_LIMITED, method="chat.postMessage", calls=1, retry_after=7)
    )
    await client.auth_test()
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="gtm", text="Hi")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert sandbox.messages("gtm") == []
    await client.chat_postMessage(channel="gtm", text="Hi")
    assert [(one.method, one.status) for one in sandbox.calls] == [
        ("auth.test", 200),
        ("chat.postMessage", 429),
        ("chat.postMessage", 200),
    ]


async def test_a_server_error_can_come_later(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.SERVER_ERROR, after=1))
    await client.auth_test()
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 500
    sandbox.behave()
    await client.auth_test()


async def test_a_lost_answer_has_had_its_effect(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.LOST_ANSWER, calls=1))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="gtm", text="Hi")
    assert [one.text for one in sandbox.messages("gtm")] == ["Hi"]
    assert (sandbox.calls[-1].status, sandbox.calls[-1].error) == (0, "connection_cut")


async def test_an_outage_has_no_effect(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="gtm", text="Hi")
    assert sandbox.messages("gtm") == []


async def test_latency_delays_only_the_method_meant(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.LATENCY, method="chat.postMessage", seconds=0.2))
    slow = asyncio.create_task(client.chat_postMessage(channel="gtm", text="Hi"))
    await client.auth_test()
    assert not slow.done()
    await slow

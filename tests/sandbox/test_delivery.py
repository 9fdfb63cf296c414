"""What reaches the app: signed, in time, and more than once when Slack would."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox import Mischief, Sandbox, Trouble


@dataclass
class Listener:
    """An app that keeps what it gets and answers with the statuses it was told."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answer: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.text()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, text=self.answer)


@pytest.fixture
async def listener(sandbox: Sandbox) -> AsyncIterator[Listener]:
    listening = Listener()
    application = web.Application()
    application.add_routes([web.post("/slack/events", listening.hear)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sandbox.app_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield listening
    await runner.cleanup()


async def test_every_delivery_is_signed_as_slack_signs(
    sandbox: Sandbox, listener: Listener
) -> None:
    verifier = SignatureVerifier(sandbox.signing_secret)
    ana = sandbox.persona("ana@acme.example")
    await ana.say("Hello")
    await ana.command("/leads quality & more", channel="gtm")
    for headers, body in listener.got:
        assert verifier.is_valid_request(body, headers)
    kinds = [headers["Content-Type"] for headers, _ in listener.got]
    assert kinds == ["application/json", "application/x-www-form-urlencoded"]


async def test_a_forged_or_old_delivery_does_not_pass(sandbox: Sandbox, listener: Listener) -> None:
    verifier = SignatureVerifier(sandbox.signing_secret)
    ana = sandbox.persona("ana@acme.example")
    await ana.command("/leads", forge=True)
    await ana.command("/leads", timestamp=1_000_000)
    await ana.command("/leads", timestamp="soon")
    assert [verifier.is_valid(body, *_signed(headers)) for headers, body in listener.got[:2]] == [
        False,
        False,
    ]
    assert listener.got[2][0]["X-Slack-Request-Timestamp"] == "soon"


async def test_events_are_retried_three_times_and_say_why(
    sandbox: Sandbox, listener: Listener
) -> None:
    listener.statuses = [500, 500, 500, 500]
    await sandbox.persona("ana@acme.example").say("Hello")
    assert [headers.get("X-Slack-Retry-Num") for headers, _ in listener.got] == [
        None,
        "1",
        "2",
        "3",
    ]
    assert listener.got[1][0]["X-Slack-Retry-Reason"] == "http_error"
    assert len({body for _, body in listener.got}) == 1  # the same event_id
    listener.statuses = [500]
    await sandbox.persona("ana@acme.example").say("Again")
    assert [one.status for one in sandbox.deliveries[-2:]] == [500, 200]


async def test_commands_and_clicks_are_not_retried(sandbox: Sandbox, listener: Listener) -> None:
    listener.statuses = [503]
    answer = await sandbox.persona("ana@acme.example").command("/leads")
    assert (answer.status, answer.error, len(listener.got)) == (503, "dispatch_failed (503)", 1)


async def test_an_app_that_is_not_there_is_told_apart(sandbox: Sandbox) -> None:
    answer = await sandbox.persona("ana@acme.example").command("/leads")
    assert (answer.status, answer.error) == (0, "dispatch_failed")


async def test_a_plain_text_answer_is_an_ephemeral(sandbox: Sandbox, listener: Listener) -> None:
    listener.answer = "Just text"
    ana = sandbox.persona("ana@acme.example")
    answer = await ana.command("/leads", channel="gtm")
    assert answer.plain() == "Just text"
    assert ana.sees("gtm")[0].ephemeral_to == ana.id


async def test_copies_of_a_delivery_are_the_same_to_the_byte(
    sandbox: Sandbox, listener: Listener
) -> None:
    ana = sandbox.persona("ana@acme.example")
    await ana.command("/leads", duplicate=2)
    assert len(listener.got) == 3
    assert len({body for _, body in listener.got}) == 1
    sandbox.misbehave(Mischief(trouble=Trouble.DUPLICATE_EVENTS, calls=1))
    await ana.say("Hello")
    await ana.say("Hello again")
    assert len(listener.got) == 6


def _signed(headers: dict[str, str]) -> tuple[str, str]:
    return headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"]

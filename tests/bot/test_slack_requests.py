"""Only what Slack signed, and signed just now, does anything."""

import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.slack.app import SlackApp
from bot.slack.outbound import SlackChat
from bot.slack.requests import NotFromSlack, payload_of, verify
from sandbox import Sandbox
from sandbox.delivery import sign
from tests.bot.conftest import ANA, Office, battle_card

ACTION = {"type": "button", "action_id": "lead.accept", "block_id": "1", "value": "{}"}
VIEW = {"id": "V1", "type": "modal", "callback_id": ""}
SECRET = "a-signing-secret"
BODY = b"command=%2Fleads"


def signed(stamp: str, body: bytes = BODY, secret: str = SECRET) -> Mapping[str, str]:
    """Headers as Slack sends them."""
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(secret, stamp, body),
    }


def test_a_fresh_signature_of_slack_is_believed() -> None:
    verify(SECRET, signed("1000"), BODY, 1000.4)
    verify(SECRET, signed("1000"), BODY, 1300)


@pytest.mark.parametrize(
    ("headers", "now"),
    [
        ({}, 1000.0),
        (signed("1000", secret="another"), 1000.0),
        (signed("1000", body=b"another"), 1000.0),
        (signed("1000"), 1301.0),
        (signed("1000"), 699.0),
        (signed("yesterday"), 1000.0),
        (signed("-1000"), 1000.0),
        (signed("1e3"), 1000.0),
        (signed("9" * 400), 1000.0),
        ({"X-Slack-Request-Timestamp": "1000"}, 1000.0),
        ({"X-Slack-Request-Timestamp": "1000", "X-Slack-Signature": "v0=ü\udcff"}, 1000.0),
    ],
)
def test_any_other_request_is_refused(headers: Mapping[str, str], now: float) -> None:
    with pytest.raises(NotFromSlack):
        verify(SECRET, headers, BODY, now)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"payload={broken",
        b"payload=[]",
        b"payload=" + b"[" * 100_000,
        b'payload={"type":"block_actions","user":5}',
        b'payload={"type":"block_actions","actions":"x"}',
        b'payload={"type":"event_callback","event":"x"}',
        b'payload={"type":"event_callback"}',
        b'payload={"type":7}',
    ],
)
def test_a_body_that_slack_would_not_send_is_refused(body: bytes) -> None:
    with pytest.raises(NotFromSlack):
        payload_of("application/x-www-form-urlencoded", body)


async def test_a_forged_or_replayed_click_is_answered_401_and_does_nothing(
    sandbox: Sandbox, baton: SlackApp, chat: SlackChat, office: Office
) -> None:
    await chat.post(f"person:{ANA}", battle_card(), thread=None, outbox_id=1)
    ana = sandbox.persona(ANA)
    (card,) = ana.messages()
    button = card.blocks[-1]["elements"][0]["action_id"]
    assert (await ana.click(card, button, forge=True)).status == 401
    assert (await ana.click(card, button, timestamp=int(time.time()) - 301)).status == 401
    assert (await ana.click(card, button, timestamp="yesterday")).status == 401
    assert office.done == []
    assert (await ana.click(card, button)).status == 200
    assert office.done == ["pressed lead.accept"]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"type": "button"}], "user": {}},
        {"type": "view_submission", "view": {}},
        {"type": "view_submission", "view": {"callback_id": ""}, "user": {"id": "U1"}},
        {"type": "view_submission", "view": VIEW, "user": {"id": "U1"}},
        {"type": "block_actions", "actions": [ACTION], "user": {"id": "U1"}},
        {"type": "block_actions", "actions": [ACTION], "user": {"id": "U1"}, "view": VIEW},
        {"type": "block_actions", "actions": [ACTION], "user": {"id": "U1"}, "view": None},
        {"type": "event_callback", "event": {"type": "message"}, "team_id": "T1"},
        {"type": "event_callback", "event": {"type": "app_mention", "user": "U1", "ts": []}},
        {"type": "event_callback", "event": {"type": "app_home_opened", "tab": "home"}},
        {"type": "shortcut", "callback_id": "x", "user": {"id": "U1"}},
        {"type": "something_new"},
        {"command": "/leads"},
        {"command": "/other", "team_id": "T1", "user_id": "U1"},
    ],
)
async def test_a_signed_payload_with_parts_missing_never_breaks_anything(
    payload: dict[str, object],
    sandbox: Sandbox,
    baton: SlackApp,
    office: Office,
    stranger_to_slack: aiohttp.ClientSession,
) -> None:
    is_command = "command" in payload
    body = urlencode(payload if is_command else {"payload": json.dumps(payload)}).encode()
    stamp = str(int(time.time()))
    headers = {
        **signed(stamp, body, sandbox.signing_secret),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with stranger_to_slack.post(
        sandbox.app_url + "/slack/events", data=body, headers=headers
    ) as answer:
        assert answer.status in {200, 401, 404}
    assert office.done == []


async def test_slack_may_check_the_address(sandbox: Sandbox, baton: SlackApp) -> None:
    assert await sandbox.verify_url()

"""What isn't from Slack, or not just now, is refused and does nothing."""

import json
import time
from collections.abc import Mapping
from typing import cast

import pytest

from commands.context import Platform
from sandbox.delivery import sign
from storage.tables import FeedbackRow, InboxRow, NoteRow
from tests.acme import ANA, NOAH
from tests.stories.conftest import Acme
from tests.stories.slack import SlackCard

pytestmark = pytest.mark.parametrize("platform", [Platform.SLACK])

_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain")


async def _nothing_was_done(here: Acme) -> None:
    assert await here.rows(FeedbackRow) == []
    assert await here.rows(NoteRow) == []
    assert [one.key for one in await here.rows_of(InboxRow)] == []
    assert await here.handoffs() == [(ANA, "offered")]


@pytest.mark.parametrize(
    "tampering",
    [
        {"forge": True},
        {"seconds_off": -301},
        {"seconds_off": 900},
        {"timestamp": "not a number"},
        {"timestamp": ""},
        {"timestamp": "1e9"},
        {"timestamp": "٣"},
    ],
    ids=str,
)
async def test_a_forged_or_replayed_request_is_refused(
    here: Acme, tampering: Mapping[str, object]
) -> None:
    if "seconds_off" in tampering:
        tampering = {"timestamp": int(time.time()) + cast(int, tampering["seconds_off"])}
    name, card = await here.receives(ANA)
    assert isinstance(card, SlackCard)
    ana = here.sandbox.persona(ANA)
    click = await ana.click(card.message, "Accept", **tampering)  # type: ignore[arg-type]
    assert click.status in {401, 0}  # aiohttp sends no header that isn't one
    command = await ana.command("/leads", **tampering)  # type: ignore[arg-type]
    assert command.status in {401, 0}
    line = here.line(name)
    assert isinstance(line, SlackCard)
    noah = here.sandbox.persona(NOAH)
    await noah.say("Not from Slack", thread=line.message, **tampering)  # type: ignore[arg-type]
    await _nothing_was_done(here)


_MALFORMED: tuple[bytes, ...] = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"payload=",
    b"payload={",
    b"payload=%5B%5D",
    b'{"type":"block_actions"}',
    b'{"type":"block_actions","actions":[],"user":{"id":"U1"}}',
    b'payload={"type":"view_submission","view":null,"user":{"id":"U1"}}',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"type":"event_callback","event":"no","team_id":"T1"}',
    json.dumps({"type": "block_actions", "actions": [{"a": 1}], "user": 7}).encode(),
)


@pytest.mark.parametrize("kind", _TYPES)
async def test_a_malformed_request_is_refused_even_when_it_is_signed(here: Acme, kind: str) -> None:
    await here.receives(ANA)
    for body in _MALFORMED:
        now = int(time.time())
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": str(now),
            "X-Slack-Signature": sign(here.sandbox.signing_secret, now, body),
        }
        url = f"{here.address}/slack/events"
        async with here.http.post(url, data=body, headers=headers) as answer:
            assert answer.status == 401, (body[:80], await answer.text())
    await _nothing_was_done(here)


async def test_a_request_without_a_signature_is_refused(here: Acme) -> None:
    async with here.http.post(f"{here.address}/slack/events", json={"type": "x"}) as answer:
        assert answer.status == 401

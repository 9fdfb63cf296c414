"""Every part of an activity replaced by everything it shouldn't be: understood or refused, and
never anything else."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import aiohttp
import pytest

from bot.teams import inbound
from bot.teams.inbound import Unreadable
from tests.teams.inbound import Inside
from tests.teams.signing import token

JUNK: tuple[Any, ...] = (
    None,
    "",
    "x",
    0,
    7,
    -1.5,
    True,
    [],
    [None],
    ["x"],
    [[]],
    {},
    {"id": 7},
    "x" * 5000,
    "\ud800",
)

ACTIVITY: dict[str, Any] = {
    "type": "message",
    "name": "adaptiveCard/action",
    "id": "1",
    "timestamp": "2026-11-23T10:00:00.000Z",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "channelId": "msteams",
    "action": "add",
    "text": "<at>Baton</at> quality",
    "replyToId": "1616",
    "from": {"id": "29:ana", "aadObjectId": "a", "name": "Ana", "role": "user"},
    "recipient": {"id": "28:b", "name": "Baton"},
    "conversation": {
        "id": "19:gtm@thread.tacv2;messageid=1616",
        "conversationType": "channel",
        "tenantId": "t",
        "isGroup": True,
    },
    "channelData": {
        "tenant": {"id": "t"},
        "team": {"id": "19:team@thread.tacv2", "name": "Acme"},
        "channel": {"id": "19:gtm@thread.tacv2", "name": "gtm"},
        "eventType": "channelCreated",
    },
    "entities": [{"type": "mention", "mentioned": {"id": "28:b"}, "text": "<at>Baton</at>"}],
    "attachments": [{"contentType": "text/html", "content": "<p>quality</p>"}],
    "membersAdded": [{"id": "28:b"}],
    "membersRemoved": [{"id": "29:x"}],
    "value": {
        "action": {
            "type": "Action.Execute",
            "verb": "lead.reject",
            "data": {"v": 1, "h": "17", "f": 1, "in_reason": "x", "q": "mine", "c": "19:x"},
        },
        "trigger": "manual",
    },
}

READERS: tuple[Callable[[Any], object], ...] = (
    inbound.of_message,
    inbound.of_click,
    inbound.of_install,
    inbound.channel_change,
    inbound.left,
    inbound.moment_of,
)


def paths(part: object, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of an activity."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield (*before, name)
            yield from paths(inner, (*before, name))
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield (*before, index)
            yield from paths(inner, (*before, index))


def changed(path: tuple[Any, ...], junk: object, *, gone: bool = False) -> dict[str, Any]:
    """The activity with something else there, or nothing."""
    activity = deepcopy(ACTIVITY)
    inner: Any = activity
    for name in path[:-1]:
        inner = inner[name]
    if gone:
        del inner[path[-1]]
    else:
        inner[path[-1]] = junk
    return activity


@pytest.mark.parametrize("path", list(paths(ACTIVITY)), ids=lambda path: ".".join(map(str, path)))
def test_nothing_but_unreadable_is_raised(path: tuple[Any, ...]) -> None:
    activities = [changed(path, junk) for junk in JUNK] + [changed(path, None, gone=True)]
    for activity in activities:
        for read in READERS:
            try:
                read(activity)
            except Unreadable:
                continue


async def test_a_request_that_is_too_large_is_refused_unread(inside: Inside) -> None:
    headers = {"Authorization": f"Bearer {token(inside.teams.service_url)}"}
    url = f"{inside.teams.app_url}/api/messages"
    body = b'{"text": "' + b"x" * 1_000_000 + b'"}'
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        assert answer.status == 413

"""Whether a request really comes from Slack, and just now; and what it says.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from yarl import query_to_pairs

WINDOW = 300
"""Seconds that a request may be older or newer than our clock: later it may be a replay."""
_LONGEST_STAMP = 12


class NotFromSlack(Exception):
    """Forged, replayed, or not what Slack sends. `cause` is a static word for the log."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Checks signature and age, `now` in seconds since 1970; raises NotFromSlack."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
        raise NotFromSlack("no_timestamp")
    if abs(now - int(stamp)) > WINDOW:
        raise NotFromSlack("too_old_or_new")
    given = headers.get("X-Slack-Signature", "").encode("utf-8", "surrogateescape")
    basis = b"v0:" + stamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), given):
        raise NotFromSlack("wrong_signature")


def payload_of(content_type: str, body: bytes) -> dict[str, Any]:
    """The payload in a verified body: JSON, JSON in a form field, or a form; raises NotFromSlack
    for anything that isn't shaped like a payload."""
    try:
        text = body.decode()
        if content_type == "application/json":
            payload = json.loads(text)
        else:
            # As urllib's parse_qsl, which takes longer than everything else about a click together.
            fields = dict(query_to_pairs(text))
            payload = json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError) as error:
        raise NotFromSlack("unparsable") from error
    if not isinstance(payload, dict) or not _is_shaped(payload):
        raise NotFromSlack("misshapen")
    return payload


def _is_shaped(payload: Mapping[str, Any]) -> bool:
    """Whether this is one of the kinds of payload that the manifest asks for, and has what Bolt
    looks into: it doesn't check, it breaks."""
    if not all(_is_known_or_absent(payload, name, kind) for name, kind in _PARTS.items()):
        return False
    match payload:
        case {
            "type": "block_actions",
            "actions": [{"type": str(), "action_id": str(), "block_id": str()}, *_],
            "user": {"id": str()},
        }:
            return "view" not in payload or _is_view(payload["view"])
        case {"type": "view_submission" | "view_closed", "view": view, "user": {"id": str()}}:
            return _is_view(view)
        case {"type": "event_callback", "event": {"type": str()}, "team_id": str()}:
            return True
        case {"type": "url_verification", "challenge": str()}:
            return True
        case {"command": str(), "team_id": str(), "user_id": str()}:
            return "type" not in payload
        case {"ssl_check": str()}:
            return True
        case _:
            return False


_PARTS: Mapping[str, type] = {
    "actions": list,
    "authorizations": list,
    "channel": dict,
    "container": dict,
    "event": dict,
    "message": dict,
    "response_url": str,
    "response_urls": list,
    "team": dict,
    "team_id": str,
    "user": dict,
    "view": dict,
}


def _is_known_or_absent(payload: Mapping[str, Any], name: str, kind: type) -> bool:
    part = payload.get(name)
    if kind is list and isinstance(part, list):
        return all(isinstance(entry, dict) for entry in part)
    return part is None or isinstance(part, kind)


def _is_view(view: object) -> bool:
    match view:
        case {"id": str(), "type": str(), "callback_id": str()}:
            return True
        case _:
            return False

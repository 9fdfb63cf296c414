"""What buttons and forms carry: an action and a subject, never a state, a right or a name."""

import json
from collections.abc import Mapping

from cards.actions import Action

VERSION = 1
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class BadPayload(Exception):
    """Not something that one of our buttons or forms could have sent."""


def encode(action: Action, subject: str) -> str:
    """`{"v":1,"a":"lead.reject","h":"…"}`: the value of a button, a menu entry or a form."""
    return _json({"v": VERSION, "a": action.value, "h": whole(subject)})


def whole(subject: str) -> str:
    """A question may hold halves of surrogate pairs, which no network takes: "?" for each."""
    return subject if subject.isascii() else subject.encode(errors="replace").decode()


def decode(value: str) -> tuple[Action, str]:
    """The action and its subject; raises BadPayload."""
    try:
        return known(json.loads(value))
    except (ValueError, RecursionError) as error:
        raise BadPayload("not the value of a button") from error


def known(payload: object) -> tuple[Action, str]:
    """The same of parsed JSON."""
    match payload:
        case {"v": 1, "a": str(action), "h": str(subject)}:
            return named(action), subject
        case _:
            raise BadPayload("not the value of a button")


def named(action: str) -> Action:
    """The action of this name; raises BadPayload."""
    try:
        return Action(action)
    except ValueError as error:
        raise BadPayload(f"no such action: {action[:60]!r}") from error


def strings(values: object) -> Mapping[str, object]:
    """A JSON object, or nothing where there is none."""
    return values if isinstance(values, dict) else {}

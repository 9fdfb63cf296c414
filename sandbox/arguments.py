"""The arguments of a Web API call, from a form, a query or JSON alike."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from sandbox.records import Json

_NESTED = ("blocks", "attachments", "view", "metadata", "files", "users", "unfurls")


T = TypeVar("T")


class SlackError(Exception):
    """What the Web API answers with `"ok": false`."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


@dataclass(frozen=True, kw_only=True)
class Arguments:
    given: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name)
        return default if value is None else str(value)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            raise SlackError(error, [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.given.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", [f"[ERROR] must be an integer: {name}"]) from None

    def nested(self, name: str) -> Any:
        """A value that may itself be JSON in a string; None when it is not given."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(
                "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            ) from None

    def readable(self) -> Json:
        """For the record of calls: nested JSON opened where it can be, the token left out."""
        return {name: self._opened(name) for name in self.given if name != "token"}

    def _opened(self, name: str) -> Any:
        try:
            return self.nested(name) if name in _NESTED else self.given[name]
        except SlackError:
            return self.given[name]


async def read_arguments(request: web.Request) -> Arguments:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            sent = json.loads(body) if body else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        given.update(sent)
    elif request.can_read_body:
        given.update(await request.post())
    return Arguments(given=given)


def page_of(
    everything: Sequence[T], args: Arguments, default: int = 200
) -> tuple[Sequence[T], Json]:
    """One page of a list by `cursor` and `limit`, and the metadata that leads to the next."""
    start = _start(args.text("cursor"))
    stop = start + max(1, args.number("limit", default))
    cursor = base64.b64encode(f"next:{stop}".encode()).decode() if stop < len(everything) else ""
    return everything[start:stop], {"next_cursor": cursor}


def _start(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:")) if cursor else 0
    except ValueError:
        raise SlackError("invalid_cursor") from None

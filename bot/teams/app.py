"""The Teams side of Baton: the one route that Teams posts to."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import web

from bot.teams.activities import Json
from bot.teams.auth import NotFromTeams
from bot.teams.inbound import Unreadable
from bot.teams.keys import KeysUnavailable
from bot.teams.turns import Turns

logger = logging.getLogger("baton.teams")

PATH = "/api/messages"
_LARGEST = 1_000_000
"""Bytes of an activity: it has to be parsed before it is known whose it is."""


class Admission(Protocol):
    """Who may come in: `bot.teams.auth.Gate` or `OpenGate`. With `only_json` nothing that calls
    itself otherwise."""

    @property
    def only_json(self) -> bool: ...

    async def admit(self, authorization: str | None, activity: Mapping[str, Any]) -> None:
        """Raises NotFromTeams, and KeysUnavailable where that can't be told."""
        ...


class TeamsApp:
    """Receives what Teams sends. An activity is answered after its work is committed."""

    def __init__(self, gate: Admission, turns: Turns) -> None:
        self._gate = gate
        self._turns = turns

    def routes(self) -> list[web.RouteDef]:
        """What to add to the aiohttp application."""
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Answers one activity; 401 for whatever Teams didn't send to this bot, just now."""
        if self._gate.only_json and request.content_type != "application/json":
            return _refused(415, "application/json only")
        if (request.content_length or 0) > _LARGEST:
            return _refused(413, "too large")
        body = await request.read()
        try:
            activity = _activity(body)
            await self._gate.admit(request.headers.get("Authorization"), activity)
            status, answer = await self._turns.answer(activity)
        except NotFromTeams as error:
            logger.warning("teams.request_refused cause=%s", error.cause)
            return _refused(401, "invalid request")
        except KeysUnavailable:
            logger.error("teams.request_unverified")
            return _refused(503, "try again")
        except Unreadable as problem:
            logger.warning("teams.activity_unreadable cause=%s", problem)
            return _refused(400, "unreadable")
        return web.json_response(answer, status=status)


def _activity(body: bytes) -> Mapping[str, Any]:
    if len(body) > _LARGEST:
        raise NotFromTeams("too_large")
    try:
        activity = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotFromTeams("unparsable") from error
    if not isinstance(activity, dict):
        raise NotFromTeams("misshapen")
    return activity


def _refused(status: int, why: str) -> web.Response:
    answer: Json = {"error": why}
    return web.json_response(answer, status=status)

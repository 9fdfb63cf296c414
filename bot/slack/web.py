"""Slack's Web API, call by call, and the one place where its errors become ours."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.refusals import refusal
from commands.delivery import Throttled, Unreachable

logger = logging.getLogger("baton.slack.web")
# A logger without a level of its own makes the SDK format every request for its debug lines.
logger.setLevel(logging.WARNING)

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
_DEFAULT_WAIT = 30.0
"""Seconds to wait when Slack says "too many" and not how long."""

Answer = Mapping[str, Any]


def open_session() -> aiohttp.ClientSession:
    """The HTTP session that every call to Slack shares; the caller closes it."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(timeout=timeout)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose token it is: the workspace, the enterprise it is part of, and the bot's account."""

    workspace: str
    enterprise: str | None
    name: str
    bot: str


class SlackWeb:
    """Calls that don't retry: the outbox does. Every call raises Throttled, Unreachable or
    Undeliverable, and nothing else that Slack or the network may come up with."""

    def __init__(self, token: str, api_url: str, session: aiohttp.ClientSession) -> None:
        self.client = AsyncWebClient(
            token=token, base_url=api_url, session=session, logger=logger, retry_handlers=[]
        )
        self._session = session
        self._identity: Identity | None = None

    async def identity(self) -> Identity:
        """Who we are in Slack, asked once."""
        if self._identity is None:
            us = await self.ask("auth.test")
            self._identity = Identity(
                workspace=str(us.get("team_id") or ""),
                enterprise=str(us["enterprise_id"]) if us.get("enterprise_id") else None,
                name=str(us.get("team") or ""),
                bot=str(us.get("user_id") or ""),
            )
        return self._identity

    async def send(self, method: str, body: Mapping[str, Any]) -> Answer:
        """Call a method that takes JSON."""
        return (await self._call(method, json=dict(body)))[0]

    async def ask(self, method: str, **arguments: str | int) -> Answer:
        """Call a method that takes a form; most that read take nothing else."""
        return (await self._call(method, data=arguments))[0]

    async def ask_with_headers(self, method: str) -> tuple[Answer, Mapping[str, str]]:
        """As `ask`, with the headers of the answer."""
        return await self._call(method, data={})

    async def upload(self, address: str, content: bytes) -> None:
        """Put the bytes of a file where Slack asked for them."""
        try:
            async with self._session.post(address, data=content) as answer:
                if answer.status != 200:
                    raise Unreachable(f"status {answer.status}", uncertain=False)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(type(error).__name__, uncertain=False) from error

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer where Slack lent us an address."""
        try:
            async with self._session.post(response_url, json=body) as answer:
                if answer.status == 429:
                    raise Throttled(_seconds(answer.headers))
                if answer.status >= 500:
                    raise Unreachable(f"status {answer.status}", uncertain=True)
                if answer.status != 200:
                    raise refusal("expired_url")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(error) from error

    async def _call(self, method: str, **how: Any) -> tuple[Answer, Mapping[str, str]]:
        try:
            answer = await self.client.api_call(method, **how)
        except SlackApiError as error:
            raise _translated(error) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(error) from error
        except (json.JSONDecodeError, AttributeError) as error:
            # The SDK takes any 200 for Slack's own; a proxy's page breaks it.
            raise Unreachable("not an answer of Slack's", uncertain=True) from error
        if not isinstance(answer.data, dict):
            raise Unreachable("not an answer of Slack's", uncertain=True)
        return answer.data, answer.headers


def _translated(error: SlackApiError) -> Exception:
    response = error.response
    # The SDK passes on either its own response or aiohttp's.
    status: int = getattr(response, "status_code", getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited", "message_limit_exceeded"}:
        return Throttled(_seconds(response.headers))
    if status >= 500 or not code:
        return Unreachable(f"status {status}", uncertain=True)
    return refusal(code)


def _unreachable(error: Exception) -> Unreachable:
    never_sent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return Unreachable(type(error).__name__, uncertain=not never_sent)


def _seconds(headers: Mapping[str, str]) -> float:
    """Retry-After in seconds; Slack sends whole ones."""
    try:
        return max(0.0, float(headers.get("Retry-After", _DEFAULT_WAIT)))
    except ValueError:
        return _DEFAULT_WAIT

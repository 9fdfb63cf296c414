"""The Slack side of Baton: the Bolt app, and the one route that Slack posts to."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.directory import Directory
from bot.slack.listeners import Desk, Listeners
from bot.slack.replies import Replies
from bot.slack.requests import NotFromSlack, payload_of, verify
from bot.slack.scopes import COMMAND
from bot.slack.web import SlackWeb

logger = logging.getLogger("baton.slack")
_bolt_logger = logging.getLogger("baton.slack.bolt")
# Below ERROR Bolt logs whole payloads: signatures, e-mails, what people wrote.
_bolt_logger.setLevel(logging.ERROR)

PATH = "/slack/events"
_EVENTS = re.compile(r"^(message|app_mention|app_home_opened|user_status_changed)$")
_ANY = re.compile("")


class SlackApp:
    """Receives what Slack sends. `bolt` is for Socket Mode; `routes` are for HTTP. A request is
    answered after its work is committed: Bolt runs with `process_before_response`."""

    def __init__(
        self,
        desk: Desk,
        web_api: SlackWeb,
        directory: Directory,
        signing_secret: str,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = signing_secret
        self._wall_clock = wall_clock
        self.bolt = _bolt(Listeners(desk, Replies(web_api, directory)), web_api)

    def routes(self) -> list[web.RouteDef]:
        """What to add to the aiohttp application."""
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Answers one request of Slack's; 401 for whatever Slack didn't send, or not just now."""
        body = await request.read()
        try:
            if not self._secret:
                raise NotFromSlack("no_signing_secret")
            verify(self._secret, request.headers, body, self._wall_clock())
            payload = payload_of(request.content_type, body)
        except NotFromSlack as error:
            logger.warning("slack.request_refused cause=%s", error.cause)
            return web.json_response({"error": "invalid request"}, status=401)
        # Verified and parsed: the mode in which Bolt takes a payload as it is.
        bolt_request = AsyncBoltRequest(body=payload, mode="socket_mode")
        return await to_aiohttp_response(await self.bolt.async_dispatch(bolt_request))


def _bolt(listeners: Listeners, web_api: SlackWeb) -> AsyncApp:
    bolt = AsyncApp(
        name="baton",
        logger=_bolt_logger,
        client=web_api.client,
        authorize=_Authorize(web_api),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,  # `receive` verifies, before anything is parsed
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    # In the order of how often they come: Bolt asks each in turn.
    bolt.block_action(_ANY)(_listener(listeners.on_action))
    bolt.event(_EVENTS)(_listener(listeners.on_event))
    bolt.view_submission(_ANY)(_listener(listeners.on_submission))
    bolt.command(COMMAND)(_listener(listeners.on_command))
    bolt.error(_failed)
    return bolt


def _listener(handle: Callable[[Any], Any]) -> Callable[..., Any]:
    """Bolt passes arguments by name."""

    async def listener(body: dict[str, Any]) -> BoltResponse:
        return await handle(body)  # type: ignore[no-any-return]

    return listener


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Slack delivers an event that failed again, and tells the person who clicked."""
    kind = str(body.get("type") or "command")
    if isinstance(error, BoltUnhandledRequestError):
        logger.info("slack.not_ours kind=%s", kind)
        return BoltResponse(status=404)
    logger.error("slack.request_failed kind=%s", kind, exc_info=error)
    return BoltResponse(status=500)


class _Authorize(AsyncAuthorize):
    """Bolt's own asks Slack about the token on every request. The signature has proved already
    that the request is for our app, and there is one token."""

    def __init__(self, web_api: SlackWeb) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._token = web_api.client.token
        self._results: dict[str | None, AuthorizeResult] = {}

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, **_more: object
    ) -> AuthorizeResult:
        found = self._results.get(team_id)
        if found is None:
            found = AuthorizeResult(
                enterprise_id=enterprise_id, team_id=team_id, bot_token=self._token
            )
            self._results[team_id] = found
        return found

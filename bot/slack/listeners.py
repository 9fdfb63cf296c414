"""The few listeners of the Bolt app: payload to intent, intent to reply, reply to Slack."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from slack_bolt.response import BoltResponse

from bot.intent import Asked, Intent, OpenedHome, Pressed, Said
from bot.slack import inbound
from bot.slack.inbound import Arrival, Payload, Unreadable
from bot.slack.origin import AtHome, ByForm, OnHome, Origin
from bot.slack.replies import Replies
from cards import misunderstandings
from cards.ids import BadPayload
from commands.context import Place
from commands.reply import Nothing, Reply, Tell

logger = logging.getLogger("baton.slack")

_LOOKS = (Asked, OpenedHome)
"""Nothing is lost when one of these isn't answered, and being told is enough."""


class Desk(Protocol):
    """What the listeners need of `bot.router.Router`."""

    async def handle(self, intent: Intent) -> Reply:
        """Do what was meant; everything is committed when this returns."""
        ...

    async def is_card_thread(self, place: Place) -> bool:
        """Whether the thread of `place` hangs on one of our cards."""
        ...


class Listeners:
    """Each returns the answer to Slack once the work is committed; what they raise makes it a
    500, after which Slack delivers events again."""

    def __init__(self, desk: Desk, replies: Replies) -> None:
        self._desk = desk
        self._replies = replies

    async def on_action(self, body: Payload) -> BoltResponse:
        """A button, a menu entry or a choice in a form."""
        return await self._received(body, inbound.of_action, inbound.origin_of_action)

    async def on_submission(self, body: Payload) -> BoltResponse:
        """A form that was sent."""
        return await self._received(body, inbound.of_submission, lambda _body: ByForm())

    async def on_command(self, body: Payload) -> BoltResponse:
        """A slash command."""
        return await self._received(body, inbound.of_command, lambda _body: ByForm())

    async def on_event(self, body: Payload) -> BoltResponse:
        """A message, a mention, a look at the home page or somebody's status."""
        return await self._received(body, inbound.of_event, lambda _body: ByForm())

    async def _received(
        self,
        body: Payload,
        read: Callable[[Payload], Arrival | None],
        origin_of: Callable[[Payload], Origin],
    ) -> BoltResponse:
        try:
            try:
                arrival = read(body)
            except BadPayload:
                return await self._say_old_button(origin_of(body))
        except Unreadable as problem:
            logger.warning("slack.payload_unreadable cause=%s", problem)
            return BoltResponse(status=401)
        return await self._answer(await self._as_meant(arrival) if arrival else None)

    async def _answer(self, arrival: Arrival | None) -> BoltResponse:
        if arrival is None:
            return BoltResponse(status=200)
        intent, origin = arrival.intent, arrival.origin
        reply = await self._desk.handle(intent)
        question = intent.deed.text if isinstance(intent.deed, Asked) else ""
        body = await self._replies.give(reply, origin, question)
        if isinstance(origin, OnHome) and isinstance(reply, Nothing):
            await self._refresh_home(intent, origin)
        if isinstance(reply, Tell) and reply.again and not isinstance(intent.deed, _LOOKS):
            return BoltResponse(status=503)  # a form stays open, words come again
        return BoltResponse(status=200, body=dict(body) if body else "")

    async def _as_meant(self, arrival: Arrival) -> Arrival | None:
        """Words in a thread are about its card; in any other thread they are a question if they
        were addressed to Baton, and none of its business if not."""
        intent = arrival.intent
        if not isinstance(intent.deed, Said) or await self._desk.is_card_thread(intent.place):
            return arrival
        if not arrival.addressed:
            return None
        asked = replace(intent, deed=Asked(text=intent.deed.text))
        return replace(arrival, intent=asked)

    async def _refresh_home(self, intent: Intent, origin: OnHome) -> None:
        """The home page is no copy that the outbox keeps up to date."""
        if isinstance(intent.deed, Pressed):
            reply = await self._desk.handle(replace(intent, deed=OpenedHome(), key=""))
            await self._replies.give(reply, AtHome(user_id=origin.user_id))

    async def _say_old_button(self, origin: Origin) -> BoltResponse:
        logger.info("slack.old_button")
        body = await self._replies.give(Tell(card=misunderstandings.old_button()), origin)
        return BoltResponse(status=200, body=dict(body) if body else "")

"""A reply of ours as Slack wants it: in the answer to the request, or by one call."""

import asyncio
import logging
from collections.abc import Mapping
from typing import assert_never

from bot.directory import Directory
from bot.slack.origin import (
    AtHome,
    ByCommand,
    ByForm,
    InConversation,
    InMessage,
    InModal,
    OnHome,
    Origin,
)
from bot.slack.refusals import SlackRefused
from bot.slack.web import SlackWeb
from cards import misunderstandings, slack
from cards.model import Card, Form
from commands.delivery import Throttled, Undeliverable, Unreachable
from commands.reply import Ask, Correct, Home, Nothing, Page, Reply, Tell

logger = logging.getLogger("baton.slack")

_IN_TIME = 2.0
"""Seconds that an answer by a call may take: Slack waits three for the whole request."""
_TOO_LATE = frozenset(
    {"expired_trigger_id", "exchanged_trigger_id", "hash_conflict", "not_found", "expired_url"}
)

Body = Mapping[str, object]
_NO_BODY: Body = {}

MESSAGE_OPTIONS: Body = {
    "parse": "none",
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
}


class Replies:
    """Answers the person who did something. What they did is committed by then, so an answer
    that Slack won't take is logged and the request still counts as handled."""

    def __init__(self, web: SlackWeb, directory: Directory) -> None:
        self._web = web
        self._directory = directory

    async def give(self, reply: Reply, origin: Origin, question: str = "") -> Body:
        """The body to answer the request with, empty for none; `question` is what was asked."""
        try:
            async with asyncio.timeout(_IN_TIME):
                return await self._give(reply, origin, question)
        except SlackRefused as error:
            level = logging.INFO if error.code in _TOO_LATE else logging.WARNING
            logger.log(level, "slack.answer_refused code=%s", error.code)
        except (Throttled, Unreachable, Undeliverable, TimeoutError) as error:
            logger.warning("slack.answer_lost cause=%s", type(error).__name__)
        return _NO_BODY

    async def _give(self, reply: Reply, origin: Origin, question: str) -> Body:
        match reply:
            case Nothing():
                return _NO_BODY
            case Correct(errors=errors):
                return {"response_action": "errors", "errors": slack.errors(errors)}
            case Home(card=card):
                await self._show_home(card, origin)
                return _NO_BODY
            case Tell(card=card):
                return await self._tell(card, origin)
            case Page(card=content):
                return await self._open(content, origin, question)
            case Ask(form=content):
                return await self._open(content, origin, question)
            case _:
                assert_never(reply)

    async def _tell(self, card: Card, origin: Origin) -> Body:
        match origin:
            case InMessage(response_url=response_url):
                if response_url:
                    private = {"response_type": "ephemeral", "replace_original": False}
                    await self._web.respond(response_url, {**self._message(card), **private})
            case InConversation():
                await self._tell_in_conversation(card, origin)
            case AtHome():
                await self._show_home(card, origin)
            case ByCommand():
                return {"response_type": "ephemeral", **self._message(card)}
            case ByForm() | InModal() | OnHome():
                return await self._open(card, origin, "")
            case _:
                assert_never(origin)
        return _NO_BODY

    async def _tell_in_conversation(self, card: Card, origin: InConversation) -> None:
        body = {"channel": origin.conversation, **self._message(card)}
        if origin.thread:
            body["thread_ts"] = origin.thread
        if origin.is_private:
            await self._web.send("chat.postMessage", {**body, **MESSAGE_OPTIONS})
        else:
            await self._web.send(
                "chat.postEphemeral",
                {**body, "user": origin.user_id, "parse": "none", "link_names": False},
            )

    async def _open(self, content: Card | Form, origin: Origin, question: str) -> Body:
        match origin:
            case (
                InMessage(trigger_id=trigger_id)
                | OnHome(trigger_id=trigger_id)
                | ByCommand(trigger_id=trigger_id)
            ):
                view = self._modal(content)
                await self._web.send("views.open", {"trigger_id": trigger_id, "view": view})
            case InModal(view_id=view_id, hash=version):
                body = {"view_id": view_id, "hash": version, "view": self._modal(content)}
                await self._web.send("views.update", body)
            case ByForm():
                return {"response_action": "update", "view": self._modal(content)}
            case InConversation():
                card = (
                    misunderstandings.click_for_form(question)
                    if isinstance(content, Form)
                    else content
                )
                await self._tell_in_conversation(card, origin)
            case AtHome():
                logger.warning("slack.no_modal_without_click")
            case _:
                assert_never(origin)
        return _NO_BODY

    async def _show_home(self, card: Card, origin: Origin) -> None:
        if isinstance(origin, AtHome | OnHome):
            view = slack.home(card, self._directory.users)
            await self._web.send("views.publish", {"user_id": origin.user_id, "view": view})

    def _message(self, card: Card) -> dict[str, object]:
        message = slack.message(card, self._directory.users)
        return {"text": message.text, "blocks": message.blocks}

    def _modal(self, content: Card | Form) -> Body:
        return slack.modal(content, self._directory.users)

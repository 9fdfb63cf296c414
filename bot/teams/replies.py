"""A reply of ours as Teams wants it: in the answer to a click, or as a message."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Protocol, assert_never

from bot.directory import Directory
from bot.intent import Deed, Pressed, Sender, Submitted
from bot.teams.activities import Json, in_place, message, said
from bot.teams.conversations import Conversations
from bot.teams.origin import THREAD, ByClick, Spot
from bot.teams.own_cards import Drawn, OwnCards
from cards import misunderstandings, teams_notices
from cards.actions import Action
from cards.model import Card, Form
from cards.teams import BARE, Frame
from commands.delivery import Throttled, Undeliverable, Unreachable
from commands.reply import Ask, Correct, Home, Nothing, Page, Reply, Tell
from storage.conversations import ConversationKind, ConversationRef

logger = logging.getLogger("baton.teams")

IN_TIME = 5.0
"""Seconds that a message may take while the person waits for the answer to a click; Teams gives
up after ten to fifteen."""


class Messages(Protocol):
    """What is needed of `bot.teams.connector.ConnectorApi`."""

    async def send(
        self, service_url: str, conversation: str, activity: Mapping[str, object]
    ) -> str:
        """Send into a conversation; raises Throttled, Unreachable or Undeliverable."""
        ...

    async def create_personal(
        self, service_url: str, *, bot_id: str, tenant_id: str, user_id: str
    ) -> str:
        """The id of a person's own chat with the bot, begun if need be."""
        ...


class _Told(Enum):
    YES = auto()
    NOT_NOW = auto()
    NEVER = auto()


class Replies:
    """Answers the person who did something. What they did is committed by then, so a message
    that Teams won't take is logged, and the request still counts as handled."""

    def __init__(
        self, messages: Messages, conversations: Conversations, directory: Directory, own: OwnCards
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._directory = directory
        self._own = own

    async def to_message(self, reply: Reply, spot: Spot, question: str | None = None) -> None:
        """Answers what somebody wrote: in their own chat, wherever they wrote it. `question` is
        what was asked, where it was a question."""
        match reply:
            case Nothing():
                return
            case Tell(card=card) | Page(card=card) | Home(card=card):
                asked_in = None if spot.is_private else spot.ref.conversation
                told = await self._tell(card, spot, Frame(asked=question, asked_in=asked_in))
            case Ask(form=form):
                told = await self._tell(form, spot, BARE)
            case Correct():
                logger.warning("teams.correction_without_form")
                return
            case _:
                assert_never(reply)
        if told is _Told.NEVER and not spot.is_private:
            await self._say_publicly(teams_notices.add_me(), spot)

    async def to_click(
        self, reply: Reply, origin: ByClick, sender: Sender, deed: Deed | None = None
    ) -> Json:
        """The body of the answer to a click. The card in its message stays, as things are now,
        unless a form or page for this person takes its place until they go back."""
        drawn = await self._own.drawn(origin, sender)
        match reply:
            case Ask(form=content) | Page(card=content):
                if drawn is None and not isinstance(deed, Submitted):
                    return await self._told(content, origin, deed, drawn)
                return self._over(content, drawn)
            case Tell(card=card) | Home(card=card):
                return await self._told(card, origin, deed, drawn)
            case Nothing():
                if drawn:
                    return self._in_place(drawn.card, drawn.frame)
                done = teams_notices.done()
                is_form = isinstance(deed, Submitted)
                return self._in_place(done, BARE) if is_form else said(done.summary)
            case Correct():
                raise AssertionError("a form to mend comes as a form")
            case _:
                assert_never(reply)

    async def redrawn(self, origin: ByClick, sender: Sender) -> Json:
        """The card of the message as things are now."""
        drawn = await self._own.drawn(origin, sender)
        if drawn is None:
            return said(misunderstandings.old_button().summary)
        return self._in_place(drawn.card, drawn.frame)

    async def _told(
        self, content: Card | Form, origin: ByClick, deed: Deed | None, drawn: Drawn | None
    ) -> Json:
        """Sends it to the person's own chat, and shows in place what that leaves to be shown."""
        is_form_open = isinstance(deed, Submitted)
        if is_form_open and drawn is None:
            return self._in_place(content, BARE)
        if await self._tell(content, origin.spot, _frame_of(deed, origin)) is not _Told.YES:
            return self._over(content, drawn)
        if drawn and (is_form_open or origin.spot.is_private):
            return self._in_place(drawn.card, drawn.frame)
        return said(teams_notices.TOLD_IN_CHAT)

    async def _tell(self, content: Card | Form, spot: Spot, frame: Frame) -> _Told:
        try:
            async with asyncio.timeout(IN_TIME):
                await self._send(content, await self._own_chat(spot), None, frame)
        except Undeliverable as error:
            logger.info("teams.answer_refused reason=%s", error.reason)
            return _Told.NEVER
        except (Throttled, Unreachable, TimeoutError) as error:
            logger.warning("teams.answer_lost cause=%s", type(error).__name__)
            return _Told.NOT_NOW
        return _Told.YES

    async def _say_publicly(self, card: Card, spot: Spot) -> None:
        try:
            async with asyncio.timeout(IN_TIME):
                await self._send(card, spot.ref, spot.thread, BARE)
        except (Throttled, Unreachable, Undeliverable, TimeoutError) as error:
            logger.warning("teams.answer_lost cause=%s", type(error).__name__)

    async def _own_chat(self, spot: Spot) -> ConversationRef:
        """The person's own chat with Baton, begun where Teams allows it."""
        if spot.is_private:
            return spot.ref
        known = await self._conversations.person(spot.user_id)
        if known:
            return known
        conversation = await self._messages.create_personal(
            spot.ref.service_url,
            bot_id=spot.ref.bot_id,
            tenant_id=spot.ref.tenant_id,
            user_id=spot.user_id,
        )
        begun = ConversationRef(
            tenant_id=spot.ref.tenant_id,
            conversation=conversation,
            kind=ConversationKind.PERSONAL,
            service_url=spot.ref.service_url,
            bot_id=spot.ref.bot_id,
            user_id=spot.user_id,
        )
        await self._conversations.learn(begun)
        return begun

    async def _send(
        self, content: Card | Form, ref: ConversationRef, thread: str | None, frame: Frame
    ) -> None:
        where = f"{ref.conversation}{THREAD}{thread}" if thread else ref.conversation
        activity = message(content, self._directory.users, frame)
        await self._messages.send(ref.service_url, where, activity)

    def _over(self, content: Card | Form, drawn: Drawn | None) -> Json:
        """In the place of a card, with a way back to it where it can be drawn again."""
        frame = replace(drawn.frame, viewers=(), back=True) if drawn else BARE
        return self._in_place(content, frame)

    def _in_place(self, content: Card | Form, frame: Frame) -> Json:
        return in_place(content, self._directory.users, frame)


def _frame_of(deed: Deed | None, origin: ByClick) -> Frame:
    """An answer that was asked for by a button can be asked for again."""
    match deed:
        case Pressed(action=Action.ASK, subject=question):
            here = None if origin.spot.is_private else origin.spot.ref.conversation
            return Frame(asked=question, asked_in=origin.asked_in or here)
        case _:
            return BARE

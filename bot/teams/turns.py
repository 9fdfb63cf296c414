"""The turns of the bot: an activity that was admitted, to what is answered."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn, Protocol

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity

from bot.intent import Asked, Changed, Intent, Pressed, Said, Submitted
from bot.teams import inbound
from bot.teams.activities import Json
from bot.teams.conversations import Conversations
from bot.teams.desk import Desk
from bot.teams.inbound import Click, Heard, OldButton, Redraw
from bot.teams.origin import ByClick
from bot.teams.replies import Replies
from cards import misunderstandings, teams_notices
from cards.actions import Action
from commands.delivery import Throttled, Undeliverable, Unreachable
from commands.reply import Ask, Correct, Reply, Tell

logger = logging.getLogger("baton.teams")

CARD_ACTION = "adaptiveCard/action"
_PAYLOAD = "baton.payload"
_ANSWER = "baton.answer"

Payload = Mapping[str, Any]


class Membership(Protocol):
    """What is needed of `bot.teams.connector.ConnectorApi`."""

    async def member(self, service_url: str, conversation: str, user: str) -> object | None:
        """Somebody in a conversation; None where they aren't in it."""
        ...


class Turns(ActivityHandler):  # type: ignore[misc]
    """The Bot Framework dispatches by the kind of activity. What is read is the payload as it
    came: the framework's parsing takes longer than all the rest of a turn, and drops parts."""

    def __init__(
        self, desk: Desk, replies: Replies, conversations: Conversations, membership: Membership
    ) -> None:
        self._desk = desk
        self._replies = replies
        self._conversations = conversations
        self._membership = membership
        self._adapter = _Silent()

    async def answer(self, payload: Payload) -> tuple[int, Json]:
        """Does what the activity asks for; status and body of the answer. Raises
        inbound.Unreadable, and whatever a command raises, with nothing done."""
        activity = Activity(type=str(payload.get("type")), name=str(payload.get("name")))
        turn = TurnContext(self._adapter, activity)
        turn.turn_state[_PAYLOAD] = payload
        await self._adapter.run_pipeline(turn, self.on_turn)
        return turn.turn_state.get(_ANSWER, (200, {}))  # type: ignore[no-any-return]

    async def on_message_activity(self, turn: TurnContext) -> None:
        """Somebody wrote to Baton, or where it can hear."""
        payload = turn.turn_state[_PAYLOAD]
        await self._learn(payload)
        arrival = inbound.of_message(payload)
        intent = await self._as_meant(arrival) if arrival else None
        if arrival and intent:
            reply = await self._desk.handle(intent)
            question = intent.deed.text if isinstance(intent.deed, Asked) else None
            await self._replies.to_message(reply, arrival.spot, question)

    async def on_invoke_activity(self, turn: TurnContext) -> None:
        """A button, a form or a client's refresh; nothing else of Teams' is in our manifest."""
        payload = turn.turn_state[_PAYLOAD]
        if payload.get("name") != CARD_ACTION:
            logger.info("teams.not_ours")
            turn.turn_state[_ANSWER] = (501, {})
            return
        await self._learn(payload)
        turn.turn_state[_ANSWER] = (200, await self._clicked(inbound.of_click(payload)))

    async def on_conversation_update_activity(self, turn: TurnContext) -> None:
        """Baton or somebody else came or went, or a channel changed."""
        payload = turn.turn_state[_PAYLOAD]
        if inbound.left(payload):
            await self._forget(payload)
            return
        await self._learn(payload)
        self._conversations.stir()
        match inbound.channel_change(payload):
            case ref, True:
                await self._conversations.learn(ref, inbound.moment_of(payload))
            case ref, False:
                at = inbound.moment_of(payload)
                await self._conversations.forget(ref.tenant_id, ref.conversation, at)
            case None:
                pass

    async def on_installation_update(self, turn: TurnContext) -> None:
        """The app was installed, updated or removed; in somebody's own chat it says hello."""
        payload = turn.turn_state[_PAYLOAD]
        action = str(payload.get("action"))
        if action.startswith("remove"):
            await self._forget(payload)
            return
        await self._learn(payload)
        arrival = inbound.of_install(payload) if action == "add" else None
        if arrival:
            reply = await self._desk.handle(arrival.intent)
            await self._replies.to_message(reply, arrival.spot)

    async def _clicked(self, click: Click | Redraw | OldButton) -> Json:
        sender = inbound.sender_of(click.origin.spot)
        match click:
            case Redraw(origin=origin):
                return await self._replies.redrawn(origin, sender)
            case OldButton(origin=origin):
                logger.info("teams.old_button")
                reply: Reply = Tell(card=misunderstandings.old_button())
                return await self._replies.to_click(reply, origin, sender)
            case Click(intent=intent, origin=origin):
                intent = await self._where_asked(intent, origin)
                reply = await self._with_form(await self._desk.handle(intent), intent)
                return await self._replies.to_click(reply, origin, sender, intent.deed)

    async def _as_meant(self, arrival: Heard) -> Intent | None:
        """Words in a thread are about its card; in any other thread they are a question if they
        were addressed to Baton, and none of its business if not."""
        intent = arrival.intent
        if isinstance(intent.deed, Said) and not await self._desk.is_card_thread(intent.place):
            intent = replace(intent, deed=inbound.question(intent.deed.text))
        return intent if arrival.addressed or isinstance(intent.deed, Said) else None

    async def _where_asked(self, intent: Intent, origin: ByClick) -> Intent:
        """An answer to a question from a channel stands in the asker's own chat; what is shared
        goes to the channel, if the asker is in it."""
        asked_in, deed = origin.asked_in, intent.deed
        if asked_in is None or not isinstance(deed, Pressed):
            return intent
        there = replace(intent.place, conversation=asked_in, thread=None, is_private=False)
        if deed.action is Action.ASK:
            return replace(intent, place=there)  # that it may be shared, no more
        if deed.action is Action.SHARE and await self._is_member(intent, asked_in):
            return replace(intent, place=there)
        return intent

    async def _is_member(self, intent: Intent, conversation: str) -> bool:
        ref = await self._conversations.at(conversation)
        if ref is None or ref.tenant_id != intent.sender.workspace:
            return False
        try:
            user_id = intent.sender.user_id
            found = await self._membership.member(ref.service_url, conversation, user_id)
        except (Throttled, Unreachable, Undeliverable):
            return False
        return found is not None

    async def _with_form(self, reply: Reply, intent: Intent) -> Reply:
        """Teams has no place for errors beside the inputs: the form comes again and says them."""
        if not isinstance(reply, Correct) or not isinstance(intent.deed, Submitted):
            return reply
        sent = intent.deed
        again = Changed(action=sent.action, subject=sent.subject, values=sent.values)
        asked = await self._desk.handle(replace(intent, deed=again, key=""))
        match asked:
            case Ask(form=form):
                return Ask(form=teams_notices.corrected(form, sent.values, reply.errors))
            case Correct():
                return Tell(card=misunderstandings.old_button())
            case _:
                return asked

    async def _learn(self, payload: Payload) -> None:
        spot = inbound.spot_of(payload)
        await self._conversations.learn(
            spot.ref, inbound.moment_of(payload), met=None if spot.is_bot else spot.user_id
        )

    async def _forget(self, payload: Payload) -> None:
        ref = inbound.spot_of(payload).ref
        at = inbound.moment_of(payload)
        await self._conversations.forget(ref.tenant_id, ref.conversation, at)


class _Silent(BotAdapter):  # type: ignore[misc]
    """Runs turns and sends nothing: messages go by our own connector."""

    async def send_activities(self, context: TurnContext, activities: object) -> NoReturn:
        """Never called."""
        raise NotImplementedError

    async def update_activity(self, context: TurnContext, activity: object) -> NoReturn:
        """Never called."""
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: object) -> NoReturn:
        """Never called."""
        raise NotImplementedError

"""What people do, and what Slack's client makes of the app's answers; for page and personas."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox import payloads
from sandbox.arguments import Arguments, SlackError
from sandbox.blockkit import Surface
from sandbox.delivery import Courier, Delivery, Tampering
from sandbox.forms import Entered, refusals, state_values
from sandbox.posting import content_of, open_thread, post_as_bot
from sandbox.records import (
    Conversation,
    ConversationKind,
    Json,
    Member,
    Message,
    Status,
    View,
)
from sandbox.tickets import Tickets
from sandbox.view_methods import checked_view, push
from sandbox.workspace import BOT_USER_ID, Workspace

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, kw_only=True)
class Click:
    """What came of an action; status 0 is no answer; `view` is the modal left open, if any."""

    status: int
    body: str = ""
    error: str = ""
    view: View | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What came of a form; `errors` by block_id; status 0 when the client refused to send it."""

    status: int
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""
    body: str = ""
    view: View | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a slash command got: the message answered, if any, and the modal opened, if any."""

    status: int
    error: str = ""
    body: str = ""
    message: Message | None = None
    view: View | None = None

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""

    @property
    def blocks(self) -> tuple[Json, ...]:
        return self.message.blocks if self.message else ()

    def plain(self) -> str:
        return self.message.plain() if self.message else ""

    def buttons(self) -> list[str]:
        return self.message.buttons() if self.message else []


class Hands:
    def __init__(
        self, *, workspace: Workspace, tickets: Tickets, courier: Courier, base_url: str
    ) -> None:
        self._workspace = workspace
        self._tickets = tickets
        self._courier = courier
        self._base_url = base_url

    async def act_on_message(
        self,
        member: Member,
        message: Message,
        target: tuple[Mapping[str, Any], Mapping[str, Any]],
        chosen: object = None,
        tampering: Tampering | None = None,
    ) -> Click:
        block, element = target
        action = payloads.action_on(element, block, chosen, self._workspace.next_ts())
        key = self._tickets.new_address(member.id, message.channel, message.ts, message.thread_ts)
        lent = self._lent(member, key)
        current = self._workspace.message(message.channel, message.ts) or message
        parcel = payloads.message_action(self._workspace, member, current, action, lent)
        return self._clicked(member, await self._courier.deliver(parcel, tampering))

    async def act_on_view(
        self,
        member: Member,
        view: View,
        target: tuple[Mapping[str, Any], Mapping[str, Any]],
        chosen: object = None,
        entered: Entered | None = None,
        tampering: Tampering | None = None,
    ) -> Click:
        block, element = target
        self._enter(view, entered or {})
        if element["type"] not in ("button", "overflow"):
            self._enter(view, {block["block_id"]: {element["action_id"]: chosen}})
        action = payloads.action_on(element, block, chosen, self._workspace.next_ts())
        known = self._workspace.entered[view.id]
        parcel = payloads.view_action(
            self._workspace, member, view, known, action, self._lent(member)
        )
        return self._clicked(member, await self._courier.deliver(parcel, tampering))

    async def submit(
        self, member: Member, view: View, entered: Entered, tampering: Tampering | None = None
    ) -> Submission:
        self._enter(view, entered)
        values = state_values(view.blocks, self._workspace.entered[view.id])
        refused = refusals(view.blocks, values)
        if refused:
            self._mark(view, errors=refused)
            return Submission(status=0, errors=refused, view=self._workspace.modal(member.id))
        self._mark(view, errors={})
        parcel = payloads.view_submission(self._workspace, member, view, values, self._lent(member))
        return self._submitted(member, view, await self._courier.deliver(parcel, tampering))

    async def close(self, member: Member, view: View, tampering: Tampering | None = None) -> Click:
        stack = self._workspace.modals[member.id]
        self._workspace.show_modals(member.id, [one for one in stack if one.id != view.id])
        if not view.content.get("notify_on_close"):
            return Click(status=200, view=self._workspace.modal(member.id))
        parcel = payloads.view_closed(self._workspace, member, view)
        return self._clicked(member, await self._courier.deliver(parcel, tampering))

    async def command(
        self,
        member: Member,
        conversation: Conversation,
        typed: str,
        tampering: Tampering | None = None,
    ) -> Answered:
        key = self._tickets.new_address(member.id, conversation.id)
        parcel = payloads.slash_command(
            self._workspace, member, conversation, typed, self._lent(member, key)
        )
        answer = await self._courier.deliver(parcel, tampering)
        message, error = self._answered(member, conversation, answer)
        address = self._tickets.address(key)
        if message is None and address and address.posted_ts:
            message = self._workspace.message(conversation.id, address.posted_ts)
        view = self._workspace.modal(member.id)
        return Answered(
            status=answer.status, body=answer.body, error=error, message=message, view=view
        )

    async def say(
        self,
        member: Member,
        conversation: Conversation,
        text: str,
        thread_ts: str | None = None,
        tampering: Tampering | None = None,
    ) -> Message:
        """Posts; the app hears `message`, and `app_mention` if mentioned, where its bot is."""
        said = self._workspace.post(
            Message(
                channel=conversation.id,
                ts=self._workspace.next_ts(),
                user=member.id,
                text=self._as_sent(text),
                thread_ts=open_thread(self._workspace, conversation, thread_ts),
            )
        )
        if BOT_USER_ID in conversation.members:
            await self._tell(payloads.message_event(said, conversation), tampering)
            mentioned = f"<@{BOT_USER_ID}>" in said.text
            if mentioned and conversation.kind is not ConversationKind.DIRECT:
                event = payloads.message_event(said, conversation) | {"type": "app_mention"}
                event.pop("channel_type")
                await self._tell(event, tampering)
        return said

    async def open_home(self, member: Member, tampering: Tampering | None = None) -> Delivery:
        event = {
            "type": "app_home_opened",
            "user": member.id,
            "channel": self._workspace.direct(member.id).id,
            "tab": "home",
            "event_ts": self._workspace.next_ts(),
        }
        return await self._tell(event, tampering)

    async def show_status(
        self, member: Member, status: Status, tampering: Tampering | None = None
    ) -> Delivery:
        """Shows another status beside the name, or none; the app hears of it."""
        changed = self._workspace.show_status(member.id, status)
        return await self._tell(payloads.status_event(self._workspace, changed), tampering)

    async def verify_url(self, tampering: Tampering | None = None) -> bool:
        """Whether the app echoes the challenge, as Slack wants to see once."""
        parcel = payloads.url_verification()
        answer = await self._courier.deliver(parcel, tampering)
        return answer.ok and parcel.payload["challenge"] in answer.body

    async def _tell(self, event: Json, tampering: Tampering | None) -> Delivery:
        return await self._courier.deliver(
            payloads.event_callback(self._workspace, event), tampering
        )

    def _lent(self, member: Member, key: str = "") -> dict[str, str]:
        lent = {"trigger_id": self._tickets.new_trigger(member.id)}
        return lent | ({"response_url": f"{self._base_url}/respond/{key}"} if key else {})

    def _clicked(self, member: Member, answer: Delivery) -> Click:
        view = self._workspace.modal(member.id)
        return Click(status=answer.status, body=answer.body, error=_error_of(answer), view=view)

    def _enter(self, view: View, entered: Entered) -> None:
        known = self._workspace.entered[view.id]
        for block_id, actions in entered.items():
            known.setdefault(block_id, {}).update(actions)

    def _mark(self, view: View, *, errors: dict[str, str], trouble: str = "") -> None:
        current = self._workspace.view(view.id)
        if current:
            self._workspace.put_view(replace(current, errors=errors, trouble=trouble))

    def _submitted(self, member: Member, view: View, answer: Delivery) -> Submission:
        error, errors = _error_of(answer), {}
        if not error:
            try:
                errors = self._follow(member, view, _json_of(answer.body))
            except SlackError as problem:
                error = "; ".join(problem.messages) or problem.error
        self._mark(view, errors=errors, trouble=TROUBLE if error else "")
        shown = self._workspace.modal(member.id)
        return Submission(
            status=answer.status, errors=errors, error=error, body=answer.body, view=shown
        )

    def _follow(self, member: Member, view: View, told: Json) -> dict[str, str]:
        """Does what a view_submission was answered with; returns the errors to show."""
        stack = self._workspace.modals[member.id]
        match told.get("response_action"):
            case None:
                self._workspace.show_modals(member.id, [one for one in stack if one.id != view.id])
            case "errors":
                return _known_errors(view, told.get("errors"))
            case "clear":
                self._workspace.show_modals(member.id, [])
            case "update":
                content = checked_view(self._workspace, told.get("view"), Surface.MODAL)
                self._workspace.replace_view(self._workspace.view(view.id) or view, content)
            case "push":
                push(
                    self._workspace,
                    member.id,
                    checked_view(self._workspace, told.get("view"), Surface.MODAL),
                )
            case other:
                raise SlackError("invalid_response_action", [f"unknown response_action: {other}"])
        return {}

    def _answered(
        self, member: Member, conversation: Conversation, answer: Delivery
    ) -> tuple[Message | None, str]:
        error = _error_of(answer)
        if error or not answer.body.strip():
            return None, error
        try:
            told = _json_of(answer.body)
        except SlackError:
            told = {"text": answer.body}
        if not told.get("text") and not told.get("blocks"):
            return None, ""
        try:
            content = content_of(self._workspace, Arguments(given=told))
        except SlackError as problem:
            return None, "; ".join(problem.messages) or problem.error
        ephemeral_to = None if told.get("response_type") == "in_channel" else member.id
        return post_as_bot(self._workspace, conversation, content, ephemeral_to=ephemeral_to), ""

    def _as_sent(self, text: str) -> str:
        """Typed text as Slack passes it on: control characters escaped, `@Name` made a mention."""
        if re.search(r"<@U\d+>", text):
            return text
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for member in self._workspace.members.values():
            text = re.sub(
                rf"@{re.escape(member.name)}\b", f"<@{member.id}>", text, flags=re.IGNORECASE
            )
        return text


def _error_of(answer: Delivery) -> str:
    if answer.ok:
        return ""
    return {"http_timeout": "operation_timeout", "connection_failed": "dispatch_failed"}.get(
        answer.error, f"dispatch_failed ({answer.status})"
    )


def _json_of(body: str) -> Json:
    try:
        told = json.loads(body) if body.strip() else {}
    except ValueError:
        raise SlackError("invalid_json", ["the answer is not JSON"]) from None
    if not isinstance(told, dict):
        raise SlackError("json_not_object", ["the answer is not a JSON object"])
    return told


def _known_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors.keys() <= inputs:
        raise SlackError(
            "invalid_errors",
            [f"errors must name input blocks, of which there are {sorted(inputs)}"],
        )
    return {str(block): str(text) for block, text in errors.items()}

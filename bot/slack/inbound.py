"""Slack's payloads as intents. The raw dicts end here.

Shapes: https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/apis/events-api"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.intent import (
    Asked,
    Changed,
    Deed,
    Intent,
    OpenedHome,
    Pressed,
    Said,
    Sender,
    ShowedStatus,
    Submitted,
)
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
from cards import slack
from commands.context import Place, Platform

Payload = Mapping[str, Any]

_BUTTONS = frozenset({"button", "overflow"})
_TOKEN = re.compile(r"<([^<>]*)>")
_LATEST = 2**32  # beyond it there are no dates to speak of


class Unreadable(Exception):
    """Not a payload that Slack documents."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Something somebody did, and where the answer belongs. `addressed` is false for what was
    merely said in a thread that Baton can hear."""

    intent: Intent
    origin: Origin
    addressed: bool = True


def of_action(body: Payload) -> Arrival | None:
    """A button, a menu entry or a choice in a form; None for what needs no answer (links).
    Raises Unreadable, and cards.ids.BadPayload for a button that isn't one of ours."""
    action = _first(body, "actions")
    if slack.is_link(_text(action, "action_id")):
        return None
    view = body.get("view")
    deed: Deed
    if _text(action, "type") in _BUTTONS:
        what, subject = slack.decode_button(_value(action))
        deed = Pressed(action=what, subject=subject)
    elif view is None:
        return None  # a menu that only keeps a choice
    else:
        form = slack.decode_view(view)
        deed = Changed(action=form.action, subject=form.subject, values=form.values)
    sender = _sender(body)
    place = _place(body, sender) if view is None else _own_chat(sender)
    intent = Intent(sender=sender, deed=deed, place=place, key=_key(body))
    return Arrival(intent=intent, origin=origin_of_action(body))


def origin_of_action(body: Payload) -> Origin:
    """Where a button is. Raises Unreadable."""
    trigger_id = _text(body, "trigger_id")
    if body.get("view") is None:
        response_url = str(body.get("response_url") or "")
        return InMessage(trigger_id=trigger_id, response_url=response_url)
    view = _part(body, "view")
    if _text(view, "type") == "home":
        return OnHome(trigger_id=trigger_id, user_id=_sender(body).user_id)
    return InModal(view_id=_text(view, "id"), hash=_text(view, "hash"))


def of_submission(body: Payload) -> Arrival:
    """A form that was sent. Raises Unreadable and cards.ids.BadPayload."""
    form = slack.decode_view(_part(body, "view"))
    sender = _sender(body)
    deed = Submitted(action=form.action, subject=form.subject, values=form.values)
    intent = Intent(sender=sender, deed=deed, place=_own_chat(sender), key=_key(body))
    return Arrival(intent=intent, origin=ByForm())


def of_command(body: Payload) -> Arrival:
    """A slash command. Raises Unreadable."""
    sender = _account(_text(body, "team_id"), _text(body, "user_id"))
    place = _conversation(sender, _text(body, "channel_id"), None)
    # The manifest has should_escape off: text is as typed, but for the three entities.
    deed = Asked(text=_without_entities(str(body.get("text") or "")))
    intent = Intent(sender=sender, deed=deed, place=place, key=_key(body))
    return Arrival(intent=intent, origin=ByCommand(trigger_id=_text(body, "trigger_id")))


def of_event(body: Payload) -> Arrival | None:
    """A message, a mention, a look at the home page or a status; None for what isn't meant for
    Baton: other bots, edits, its own messages, channel talk outside threads. Raises Unreadable."""
    event = _part(body, "event")
    match _text(event, "type"):
        case "app_home_opened":
            return _home_opened(body, event) if event.get("tab") == "home" else None
        case "app_mention":
            return _said(body, event, addressed=True)
        case "message":
            return _said(body, event, addressed=event.get("channel_type") == "im")
        case "user_status_changed":
            return _status(body, event)
        case _:
            return None


def plain_text(text: str) -> str:
    """What Slack's message text says without its markup: links by their address, people and
    channels by name where Slack gives one."""
    return _without_entities(_TOKEN.sub(_token, text))


def _without_entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _token(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target.startswith(("@", "#", "!")):
        return target[0].replace("!", "@") + (label.lstrip("@#") or target[1:])
    return label if label and target.startswith(("mailto:", "tel:")) else target


def _home_opened(body: Payload, event: Payload) -> Arrival:
    sender = _account(_workspace(body), _text(event, "user"))
    intent = Intent(
        sender=sender,
        deed=OpenedHome(),
        place=_own_chat(sender),
        key=f"slack:{_text(body, 'event_id')}",
    )
    return Arrival(intent=intent, origin=AtHome(user_id=sender.user_id))


def _status(body: Payload, event: Payload) -> Arrival:
    """Slack tells of everybody's every status, also when one ends by itself."""
    user = _part(event, "user")
    profile = _part(user, "profile")
    expires = profile.get("status_expiration")
    until = expires if isinstance(expires, int) and 0 < expires < _LATEST else None
    sender = _account(_workspace(body), _text(user, "id"))
    change = _text(body, "event_id")
    deed = ShowedStatus(
        text=_without_entities(str(profile.get("status_text") or "")),
        sign=str(profile.get("status_emoji") or "").strip(":"),
        until=datetime.fromtimestamp(until, UTC) if until else None,
        change=change,
    )
    intent = Intent(sender=sender, deed=deed, place=_own_chat(sender), key=f"slack:{change}")
    return Arrival(intent=intent, origin=AtHome(user_id=sender.user_id))


def _said(body: Payload, event: Payload, *, addressed: bool) -> Arrival | None:
    user, bot = event.get("user"), _bot(body)
    if event.get("bot_id") or event.get("subtype") or not user or user == bot:
        return None
    thread = event.get("thread_ts")
    if not addressed and not thread:
        return None
    message = _text(event, "ts")
    sender = _account(_workspace(body), str(user))
    place = _conversation(sender, _text(event, "channel"), str(thread) if thread else None)
    text = plain_text(_without_mention(str(event.get("text") or ""), bot))
    deed: Deed = Asked(text=text)
    # Two events tell of one mention in a thread; the message itself is what must count once.
    key = f"slack:{place.conversation}:{message}"
    if place.thread:
        deed = Said(text=text, thread=place.thread, message=message)
    origin = InConversation(
        conversation=place.conversation,
        user_id=sender.user_id,
        thread=place.thread,
        is_private=place.is_private,
    )
    intent = Intent(sender=sender, deed=deed, place=place, key=key)
    return Arrival(intent=intent, origin=origin, addressed=addressed)


def _without_mention(text: str, bot: str | None) -> str:
    return re.sub(rf"<@{re.escape(bot)}(\|[^<>]*)?>[ :,]*", "", text) if bot else text


def _value(action: Payload) -> str:
    if _text(action, "type") == "overflow":
        return _text(_part(action, "selected_option"), "value")
    return _text(action, "value")


def _place(body: Payload, sender: Sender) -> Place:
    container = _part(body, "container")
    thread = container.get("thread_ts")
    return _conversation(sender, _text(container, "channel_id"), str(thread) if thread else None)


def _conversation(sender: Sender, conversation: str, thread: str | None) -> Place:
    return Place(
        platform=Platform.SLACK,
        workspace=sender.workspace,
        conversation=conversation,
        thread=thread,
        is_private=conversation.startswith("D"),
    )


def _own_chat(sender: Sender) -> Place:
    """Views hang on no conversation; Slack takes a user id for the chat with that person."""
    return replace(_conversation(sender, sender.user_id, None), is_private=True)


def _sender(body: Payload) -> Sender:
    user = _part(body, "user")
    team = body.get("team") or {}
    workspace = team.get("id") if isinstance(team, Mapping) else None
    return _account(str(workspace or _text(user, "team_id")), _text(user, "id"))


def _account(workspace: str, user_id: str) -> Sender:
    return Sender(platform=Platform.SLACK, workspace=workspace, user_id=user_id)


def _workspace(body: Payload) -> str:
    """Where Baton is installed; in a shared channel `team_id` may be the other company's."""
    return str(_authorization(body).get("team_id") or _text(body, "team_id"))


def _bot(body: Payload) -> str | None:
    bot = _authorization(body).get("user_id")
    return bot if isinstance(bot, str) else None


def _authorization(body: Payload) -> Payload:
    match body.get("authorizations"):
        case [Mapping() as first, *_]:
            return first
        case _:
            return {}


def _key(body: Payload) -> str:
    """A trigger is made for one interaction; a repeated delivery repeats it."""
    return f"slack:{_text(body, 'trigger_id')}"


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    if not isinstance(part, Mapping):
        raise Unreadable(f"no {name}")
    return part


def _first(payload: Payload, name: str) -> Payload:
    match payload.get(name):
        case [Mapping() as first, *_]:
            return first
        case _:
            raise Unreadable(f"no {name}")


def _text(payload: Payload, name: str) -> str:
    text = payload.get(name)
    if not isinstance(text, str) or not text:
        raise Unreadable(f"no {name}")
    return text

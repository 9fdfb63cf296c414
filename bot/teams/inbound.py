"""Activities as intents. The raw dicts end here.

Shapes: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
and https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations. We read what
Teams sends, not the Bot Framework's own model of it: that one drops tenants and triggers."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.intent import Asked, Deed, Intent, OpenedHome, Pressed, Said, Sender, Submitted
from bot.teams.auth import tenant_of
from bot.teams.origin import THREAD, ByClick, Spot
from cards import teams
from cards.ids import BadPayload
from commands.context import Place, Platform
from storage.conversations import ConversationKind, ConversationRef

Payload = Mapping[str, Any]

HOME = "home"
"""Teams shows bots no page of their own, so this word in chat asks for it."""
_TAG = re.compile(r"<[^<>]*>")
_QUOTE, _QUOTE_ENDS = re.compile(r"<blockquote\b[^<>]*>"), "</blockquote>"
_REPLY, _QUOTED = "schema.skype.com/Reply", re.compile(r'itemid="(\d+)"')
_CHANNEL_EVENTS = {
    "channelCreated": True,
    "channelRenamed": True,
    "channelRestored": True,
    "channelDeleted": False,
}
_KINDS = {
    "personal": ConversationKind.PERSONAL,
    "groupChat": ConversationKind.GROUP,
    "channel": ConversationKind.CHANNEL,
}


class Unreadable(Exception):
    """Not an activity that Microsoft documents."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Something that was written, or the first opening of Baton's chat. `addressed` is false for
    what was merely said where Baton can hear it."""

    intent: Intent
    spot: Spot
    addressed: bool = True


@dataclass(frozen=True, kw_only=True)
class Click:
    """A button that was pressed, or a form that was sent."""

    intent: Intent
    origin: ByClick


@dataclass(frozen=True, kw_only=True)
class Redraw:
    """A client wants a card as it is now, or the person goes back to it."""

    origin: ByClick


@dataclass(frozen=True, kw_only=True)
class OldButton:
    """A press of something that isn't one of our buttons, or no longer."""

    origin: ByClick


def of_message(activity: Payload) -> Heard | None:
    """A message, by mention or in somebody's own chat; None for another bot's. Raises
    Unreadable."""
    spot = spot_of(activity)
    if spot.is_bot:
        return None
    message = _text(activity, "id")
    text, quoted = words_of(activity)
    thread = spot.thread if spot.thread != message else None
    if spot.ref.kind is not ConversationKind.CHANNEL:
        thread = quoted or _optional(activity, "replyToId")
    deed = Said(text=text, thread=thread, message=message) if thread else question(text)
    place = _place(spot, thread)
    key = f"teams:{place.conversation}:{message}"
    return Heard(
        intent=Intent(sender=sender_of(spot), deed=deed, place=place, key=key),
        spot=spot,
        addressed=spot.is_private or any(_mentions_of_us(activity)),
    )


def question(text: str) -> Deed:
    """What a message to Baton asks for."""
    return OpenedHome() if text.casefold() == HOME else Asked(text=text)


def of_click(activity: Payload) -> Click | Redraw | OldButton:
    """An Action.Execute. Raises Unreadable."""
    spot = spot_of(activity)
    origin = ByClick(spot=spot, message=_optional(activity, "replyToId"))
    action = _part(_part(activity, "value"), "action")
    try:
        pushed = teams.decode(str(action.get("verb")), action.get("data"))
    except BadPayload:
        return OldButton(origin=origin)
    origin = replace(origin, asked=pushed.asked, asked_in=pushed.asked_in)
    if pushed.action is None:
        return Redraw(origin=origin)
    deed: Deed = Pressed(action=pushed.action, subject=pushed.subject)
    if pushed.sent:
        deed = Submitted(action=pushed.action, subject=pushed.subject, values=pushed.values)
    delivery = _optional(activity, "id")
    key = f"teams:{spot.ref.conversation}:{delivery}" if delivery else ""
    place = _place(spot, spot.thread)
    return Click(
        intent=Intent(sender=sender_of(spot), deed=deed, place=place, key=key), origin=origin
    )


def of_install(activity: Payload) -> Heard | None:
    """Somebody's own chat with Baton was opened by installing it; None for other places."""
    spot = spot_of(activity)
    if not spot.is_private or spot.is_bot:
        return None
    # Teams tells it once or twice, the playground whenever its page is loaded.
    key = f"teams:installed:{spot.ref.conversation}:{str(activity.get('timestamp'))[:10]}"
    place = _place(spot, None)
    intent = Intent(sender=sender_of(spot), deed=OpenedHome(), place=place, key=key)
    return Heard(intent=intent, spot=spot)


def channel_change(activity: Payload) -> tuple[ConversationRef, bool] | None:
    """A channel of a team that is new or has a new name (true), or is gone (false)."""
    data = activity.get("channelData")
    channel = _inner(data, "channel")
    conversation = _optional(channel, "id")
    event = str(data.get("eventType")) if isinstance(data, Mapping) else ""
    if conversation is None or event not in _CHANNEL_EVENTS:
        return None
    ref = replace(spot_of(activity).ref, conversation=conversation, name=_optional(channel, "name"))
    return ref, _CHANNEL_EVENTS[event]


def spot_of(activity: Payload) -> Spot:
    """Where it happened and who did it. Raises Unreadable."""
    sender = _part(activity, "from")
    user_id = _text(sender, "id")
    conversation, _, thread = _text(_part(activity, "conversation"), "id").partition(THREAD)
    return Spot(
        ref=_ref(activity, conversation, sender),
        thread=thread or None,
        user_id=user_id,
        is_bot=sender.get("role") == "bot" or user_id.startswith("28:"),
    )


def moment_of(activity: Payload) -> datetime | None:
    """When Teams says that it happened."""
    try:
        at = datetime.fromisoformat(str(activity.get("timestamp")))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def left(activity: Payload) -> bool:
    """Whether Baton was taken out by this update."""
    us = _text(_part(activity, "recipient"), "id")
    return any(member.get("id") == us for member in _parts(activity, "membersRemoved"))


def words_of(activity: Payload) -> tuple[str, str | None]:
    """What somebody wrote without markup and without addressing Baton; and the message that they
    quoted, if any: that is how people reply in chats without threads."""
    text, quoted = str(activity.get("text") or ""), None
    for attachment in _parts(activity, "attachments"):
        content = attachment.get("content")
        if attachment.get("contentType") == "text/html" and isinstance(content, str):
            rest, found = _unquoted(content)
            if found:
                text, quoted = rest, found
    for mention in _mentions_of_us(activity):
        text = text.replace(mention, "")
    spaced = re.sub(r"</(p|div|li)>|<br\s*/?>", "\n", text)
    return html.unescape(_TAG.sub("", spaced)).replace("\u00a0", " ").strip(), quoted


def _unquoted(content: str) -> tuple[str, str | None]:
    """The words without the messages they quote, and the first of those. One pass and no more: a
    long message of somebody's mustn't hold up everybody."""
    rest, quoted, at = "", None, 0
    for head in _QUOTE.finditer(content):
        found = _QUOTED.search(head[0]) if _REPLY in head[0] else None
        if found is None or head.start() < at:
            continue
        end = content.find(_QUOTE_ENDS, head.end())
        if end < 0:
            break
        rest, at = rest + content[at : head.start()], end + len(_QUOTE_ENDS)
        quoted = quoted or found[1]
    return rest + content[at:], quoted


def _ref(activity: Payload, conversation: str, sender: Payload) -> ConversationRef:
    described = _part(activity, "conversation")
    kind = _KINDS.get(str(described.get("conversationType")))
    if kind is None:
        kind = ConversationKind.GROUP if described.get("isGroup") else ConversationKind.PERSONAL
    bot_id = _text(_part(activity, "recipient"), "id")
    is_theirs = kind is ConversationKind.PERSONAL and sender.get("id") != bot_id
    data = activity.get("channelData")
    team, channel = _inner(data, "team"), _inner(data, "channel")
    is_here = channel.get("id") == conversation
    return ConversationRef(
        tenant_id=tenant_of(activity),
        conversation=conversation,
        kind=kind,
        service_url=_text(activity, "serviceUrl"),
        bot_id=bot_id,
        user_id=_optional(sender, "id") if is_theirs else None,
        aad_object_id=_optional(sender, "aadObjectId") if is_theirs else None,
        name=(_optional(channel, "name") if is_here else None) or _optional(described, "name"),
        team_id=_optional(team, "id"),
        team_name=_optional(team, "name"),
    )


def sender_of(spot: Spot) -> Sender:
    return Sender(platform=Platform.TEAMS, workspace=spot.ref.tenant_id, user_id=spot.user_id)


def _place(spot: Spot, thread: str | None) -> Place:
    return Place(
        platform=Platform.TEAMS,
        workspace=spot.ref.tenant_id,
        conversation=spot.ref.conversation,
        thread=thread,
        is_private=spot.is_private,
    )


def _mentions_of_us(activity: Payload) -> Iterator[str]:
    """The text of every mention of Baton."""
    us = _text(_part(activity, "recipient"), "id")
    for entity in _parts(activity, "entities"):
        match entity:
            case {"type": "mention", "text": str(text), "mentioned": {"id": str(who)}} if who == us:
                yield text
            case _:
                pass


def _parts(payload: Payload, name: str) -> Sequence[Payload]:
    found = payload.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _inner(payload: object, name: str) -> Payload:
    part = payload.get(name) if isinstance(payload, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _optional(payload: Payload, name: str) -> str | None:
    text = payload.get(name)
    return text if isinstance(text, str) and text else None


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    if not isinstance(part, Mapping):
        raise Unreadable(f"no {name}")
    return part


def _text(payload: Payload, name: str) -> str:
    text = payload.get(name)
    if not isinstance(text, str) or not text:
        raise Unreadable(f"no {name}")
    return text

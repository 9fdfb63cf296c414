"""Activities as Teams writes them.

Shapes: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages"""

from datetime import UTC, datetime
from html import escape
from typing import Protocol
from uuid import uuid4

from tests.teams.records import Conversation, Json, Kind, Message, TeamsUser
from tests.teams.tenant import THREAD, Tenant


class Source(Protocol):
    """Where an activity comes from."""

    tenant: Tenant
    service_url: str
    bot_name: str


def describe(
    source: Source, user: TeamsUser, where: Conversation, told: Json, root: str | None = None
) -> Json:
    """What Teams says with each activity, and `told`."""
    conversation: Json = {
        "id": f"{where.id}{THREAD}{root}" if where.kind is Kind.CHANNEL and root else where.id,
        "conversationType": where.kind.value,
        "tenantId": source.tenant.id,
    }
    data: Json = {"tenant": {"id": source.tenant.id}}
    if where.kind is not Kind.PERSONAL:
        conversation["isGroup"] = True
    if where.kind is Kind.CHANNEL:
        data |= {"team": {"id": source.tenant.team_id, "name": "Acme"}, "channel": {"id": where.id}}
    return {
        "id": f"f:{uuid4()}",
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "serviceUrl": source.service_url,
        "channelId": "msteams",
        "from": {"id": user.id, "name": user.name, "aadObjectId": user.aad_object_id},
        "recipient": {"id": source.tenant.bot_id, "name": source.bot_name},
        "conversation": conversation,
        "channelData": data,
        **told,
    }


def typed(source: Source, text: str) -> Json:
    """A message, in which `@Baton` is a mention."""
    called = f"@{source.bot_name}"
    if called not in text:
        return {"type": "message", "textFormat": "plain", "text": text}
    mention = f"<at>{source.bot_name}</at>"
    us = {"id": source.tenant.bot_id, "name": source.bot_name}
    return {
        "type": "message",
        "textFormat": "plain",
        "text": text.replace(called, mention),
        "entities": [{"type": "mention", "mentioned": us, "text": mention}],
    }


def quoting(message: Message, text: str) -> Json:
    """A reply in a chat, which has no threads: the message is quoted."""
    quote = (
        f'<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="{message.id}">'
        f"<strong>Baton</strong><p>{escape(message.plain()[:40])}</p></blockquote>"
    )
    html = f"{quote}<p>{escape(text)}</p>"
    return {
        "type": "message",
        "textFormat": "plain",
        "text": text,
        "attachments": [{"contentType": "text/html", "content": html}],
    }


def pressed(action: Json, values: Json) -> Json:
    """An Action.Execute, with the values of the inputs that go with it."""
    data = {**values, **(action.get("data") or {})}
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "value": {
            "action": {
                "type": "Action.Execute",
                "title": action.get("title"),
                "verb": action.get("verb"),
                "data": data,
            },
            "trigger": "manual",
        },
    }

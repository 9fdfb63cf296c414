"""Records as Slack's JSON."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.records import Conversation, ConversationKind, File, Json, Member, Message, View
from sandbox.workspace import APP_ID, BOT_ID, TEAM_ID, Workspace


def user_json(member: Member, now: float) -> Json:
    first, _, last = member.name.partition(" ")
    offset = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(member.timezone)).utcoffset()
    profile = {
        "real_name": member.name,
        "display_name": member.handle,
        "first_name": first,
        "last_name": last,
        "title": member.title,
        "team": TEAM_ID,
        "status_text": member.status.text,
        "status_emoji": member.status.emoji,
        "status_expiration": member.status.expires,
    }
    profile |= (
        {"bot_id": BOT_ID, "api_app_id": APP_ID} if member.is_bot else {"email": member.email}
    )
    return {
        "id": member.id,
        "team_id": TEAM_ID,
        "name": member.handle,
        "real_name": member.name,
        "deleted": False,
        "tz": member.timezone,
        "tz_label": member.timezone,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_bot": member.is_bot,
        "is_app_user": False,
        "is_admin": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "updated": int(now),
        "profile": profile,
    }


def conversation_json(conversation: Conversation, bot: str) -> Json:
    shared = {
        "id": conversation.id,
        "is_im": conversation.is_direct,
        "is_archived": conversation.is_archived,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
    }
    if conversation.is_direct:
        person = next(iter(conversation.members - {bot}))
        return shared | {"user": person, "is_user_deleted": False}
    return shared | {
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": conversation.kind is ConversationKind.PRIVATE,
        "is_general": False,
        "is_member": bot in conversation.members,
        "num_members": len(conversation.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_json(workspace: Workspace, message: Message, *, with_metadata: bool = True) -> Json:
    answer: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM_ID,
    }
    if message.by_bot:
        answer |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if message.blocks:
        answer["blocks"] = list(message.blocks)
    if message.thread_ts:
        answer["thread_ts"] = message.thread_ts
    if message.metadata and with_metadata:
        answer["metadata"] = message.metadata
    if message.reactions:
        answer["reactions"] = [
            {"name": one.name, "users": list(one.users), "count": len(one.users)}
            for one in message.reactions
        ]
    if message.files:
        answer["files"] = [file_json(workspace.files[one]) for one in message.files]
    if message.thread_ts == message.ts:
        replies = workspace.thread(message.channel, message.ts)
        answer |= {
            "reply_count": len(replies),
            "latest_reply": replies[-1].ts if replies else message.ts,
        }
    return answer


def file_json(file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype if file.taken_in else "",
        "size": len(file.content),
    }


def view_json(view: View, values: Json | None = None) -> Json:
    optional = {"title": None, "submit": None, "close": None, "callback_id": "", "external_id": ""}
    flags = {"clear_on_close": False, "notify_on_close": False, "private_metadata": ""}
    return (
        optional
        | flags
        | view.content
        | {
            "id": view.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            "hash": view.hash,
            "root_view_id": view.root_view_id,
            "previous_view_id": view.previous_view_id,
            "state": {"values": values or {}},
        }
    )

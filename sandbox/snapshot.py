"""The workspace as one person sees it now, for the page."""

from collections.abc import Mapping
from typing import Any

from sandbox.answers import message_json, view_json
from sandbox.forms import state_values
from sandbox.mischief import Moods
from sandbox.records import Conversation, ConversationKind, Json, Member, Message, View
from sandbox.workspace import BOT_USER_ID, Workspace

SHOWN = 150


def snapshot(workspace: Workspace, moods: Moods, member: Member, asked: Mapping[str, str]) -> Json:
    """All the page draws; `at` is a conversation or "home", `thread` the root of an open one."""
    here = workspace.conversations.get(asked.get("at", ""))
    modal = workspace.modal(member.id)
    return {
        "revision": workspace.revision,
        "team": workspace.team_name,
        "bot": _person(workspace.bot),
        "me": member.id,
        "people": [
            _person(one) | {"unread": _all_unread(workspace, one)} for one in workspace.people
        ],
        "conversations": [_listed(workspace, one, member) for one in seen_by(workspace, member)],
        "messages": _messages(workspace, here, member) if here else [],
        "thread": _thread(workspace, here, member, asked.get("thread", "")) if here else [],
        "modal": _view(workspace, modal) if modal else None,
        "home": _view(workspace, workspace.homes[member.id])
        if member.id in workspace.homes
        else None,
        "mischief": [{"trouble": one.trouble.value, "method": one.method} for one in moods.active],
    }


def seen_by(workspace: Workspace, member: Member) -> list[Conversation]:
    """Public channels for everybody, private ones and direct messages for their members."""
    return [
        one
        for one in workspace.conversations.values()
        if one.kind is ConversationKind.CHANNEL or member.id in one.members
    ]


def _person(member: Member) -> Json:
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "title": member.title,
        "timezone": member.timezone,
        "isBot": member.is_bot,
        "status": {"text": member.status.text, "emoji": member.status.emoji},
    }


def _all_unread(workspace: Workspace, member: Member) -> int:
    """What waits for somebody in person: their direct messages with the app."""
    return workspace.unread(member.id, workspace.direct(member.id).id)


def _listed(workspace: Workspace, conversation: Conversation, member: Member) -> Json:
    return {
        "id": conversation.id,
        "name": conversation.name,
        "kind": conversation.kind.value,
        "botIsMember": BOT_USER_ID in conversation.members,
        "unread": workspace.unread(member.id, conversation.id),
    }


def _messages(workspace: Workspace, here: Conversation, member: Member) -> list[Json]:
    seen = workspace.messages(here.id, seen_by=member.id)
    replies: dict[str, list[Message]] = {}
    for one in seen:
        if one.is_reply and one.thread_ts:
            replies.setdefault(one.thread_ts, []).append(one)
    roots = [one for one in seen if not one.is_reply][-SHOWN:]
    return [_message(workspace, one, replies.get(one.ts, [])) for one in roots]


def _thread(workspace: Workspace, here: Conversation, member: Member, root: str) -> list[Json]:
    seen = workspace.messages(here.id, seen_by=member.id)
    return [
        _message(workspace, one, []) for one in seen if root and root in (one.ts, one.thread_ts)
    ]


def _message(workspace: Workspace, message: Message, replies: list[Message]) -> Json:
    return message_json(workspace, message) | {
        "channel": message.channel,
        "ephemeral": message.ephemeral_to is not None,
        "replies": len(replies),
        "repliers": list(dict.fromkeys(one.user for one in replies)),
        "lastReply": replies[-1].ts if replies else None,
    }


def _view(workspace: Workspace, view: View) -> dict[str, Any]:
    values = state_values(view.blocks, workspace.entered[view.id])
    return view_json(view, values) | {"errors": view.errors, "trouble": view.trouble}

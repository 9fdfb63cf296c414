"""The bodies of what Slack sends to an app."""

import secrets
from collections.abc import Mapping
from typing import Any

from sandbox.answers import message_json, user_json, view_json
from sandbox.delivery import FORM, JSON, Parcel
from sandbox.forms import Entered, state_of, state_values
from sandbox.records import Conversation, Json, Member, Message, View
from sandbox.workspace import APP_ID, BOT_USER_ID, TEAM_ID, Workspace

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 (Slack's old field, no secret)


def event_callback(workspace: Workspace, event: Json) -> Parcel:
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    payload = {
        "type": "event_callback",
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(workspace.clock()),
        "event_context": secrets.token_hex(8),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }
    return Parcel(kind="event_callback", payload=payload, content_type=JSON)


def url_verification() -> Parcel:
    payload = {
        "type": "url_verification",
        "token": VERIFICATION_TOKEN,
        "challenge": secrets.token_hex(16),
    }
    return Parcel(kind="url_verification", payload=payload, content_type=JSON)


def message_event(message: Message, conversation: Conversation) -> Json:
    event: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": conversation.id,
        "channel_type": conversation.kind.value,
        "team": TEAM_ID,
        "client_msg_id": secrets.token_hex(8),
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def status_event(workspace: Workspace, member: Member) -> Json:
    """As Slack sends it to every app that listens, whoever it is about."""
    return {
        "type": "user_status_changed",
        "user": user_json(member, workspace.clock()),
        "cache_ts": int(workspace.clock()),
        "event_ts": workspace.next_ts(),
    }


def slash_command(
    workspace: Workspace,
    member: Member,
    conversation: Conversation,
    typed: str,
    lent: Mapping[str, str],
) -> Parcel:
    command, _, text = typed.strip().partition(" ")
    payload = {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": _domain(workspace),
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "user_id": member.id,
        "user_name": member.handle,
        "command": command,
        "text": text.strip(),
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        **lent,
    }
    return Parcel(kind="slash_command", payload=payload, content_type=FORM)


def action_on(
    element: Mapping[str, Any], block: Mapping[str, Any], chosen: object, ts: str
) -> Json:
    """One entry of `actions` in a block_actions payload."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
    }
    if element["type"] == "button":
        action |= {key: element[key] for key in ("text", "value", "style") if key in element}
    else:
        action |= state_of(element, chosen)
    return action | {"action_ts": ts}


def message_action(
    workspace: Workspace, member: Member, message: Message, action: Json, lent: Mapping[str, str]
) -> Parcel:
    conversation = workspace.conversations[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    } | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
    payload = _interactive(workspace, member, "block_actions") | {
        "container": container,
        "channel": {"id": conversation.id, "name": conversation.name},
        "state": {"values": state_values(message.blocks, {})},
        "actions": [action],
        **lent,
    }
    if message.ephemeral_to is None:  # Slack keeps no copy of ephemerals to send along
        payload["message"] = message_json(workspace, message)
    return Parcel(kind="block_actions", payload=payload, content_type=FORM)


def view_action(
    workspace: Workspace,
    member: Member,
    view: View,
    entered: Entered,
    action: Json,
    lent: Mapping[str, str],
) -> Parcel:
    payload = _interactive(workspace, member, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view, state_values(view.blocks, entered)),
        "actions": [action],
        **lent,
    }
    return Parcel(kind="block_actions", payload=payload, content_type=FORM)


def view_submission(
    workspace: Workspace, member: Member, view: View, values: Json, lent: Mapping[str, str]
) -> Parcel:
    payload = _interactive(workspace, member, "view_submission") | {
        "view": view_json(view, values),
        "response_urls": [],
        **lent,
    }
    return Parcel(kind="view_submission", payload=payload, content_type=FORM)


def view_closed(workspace: Workspace, member: Member, view: View) -> Parcel:
    payload = _interactive(workspace, member, "view_closed") | {
        "view": view_json(view),
        "is_cleared": False,
    }
    return Parcel(kind="view_closed", payload=payload, content_type=FORM)


def _interactive(workspace: Workspace, member: Member, kind: str) -> Json:
    return {
        "type": kind,
        "token": VERIFICATION_TOKEN,
        "api_app_id": APP_ID,
        "team": {"id": TEAM_ID, "domain": _domain(workspace)},
        "user": {
            "id": member.id,
            "username": member.handle,
            "name": member.handle,
            "team_id": TEAM_ID,
        },
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _domain(workspace: Workspace) -> str:
    return workspace.team_name.lower().replace(" ", "-")

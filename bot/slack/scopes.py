"""What Baton may do in a Slack workspace, and why: the one list that the manifest must equal."""

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hear questions by mention",
    "channels:history": "hear what is said in the threads of its cards",
    "channels:read": "see whether it is in the channels it posts to",
    "chat:write": "post cards and keep them up to date",
    "commands": "answer /leads",
    "files:read": "see when a chart is ready to be shown",
    "files:write": "show charts in reviews",
    "groups:history": "hear what is said in the threads of its cards in private channels",
    "groups:read": "see whether it is in the private channels it posts to",
    "im:history": "hear questions in a direct message",
    "im:write": "write to people first",
    "reactions:write": "mark a note as kept",
    "users:read": "see who clicked, and whose status says that they are away",
    "users:read.email": "match accounts with the team by e-mail",
}
"""Scope and what it is for."""

EVENTS: tuple[str, ...] = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "user_status_changed",
)
"""What Slack is to tell Baton about."""

COMMAND = "/leads"

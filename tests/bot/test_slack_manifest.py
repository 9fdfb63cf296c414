"""The manifest asks for what the code needs, and for nothing else."""

import re
from pathlib import Path

import pytest

from bot.slack import directory as slack_directory
from bot.slack import outbound, probe, replies, uploads, web
from bot.slack.scopes import COMMAND, EVENTS, SCOPES

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = (ROOT / "slack_manifest.yaml").read_text("utf-8")

NEEDED = {
    "auth.test": set[str](),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "reactions.add": {"reactions:write"},
    "users.info": {"users:read", "users:read.email"},
    "users.lookupByEmail": {"users:read.email"},
    "views.open": set[str](),
    "views.publish": set[str](),
    "views.update": set[str](),
}
"""What each method needs: https://docs.slack.dev/reference/methods"""

EVENT_SCOPES = {
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "user_status_changed": {"users:read"},
}
"""What each event needs: https://docs.slack.dev/reference/events"""


def listed(key: str) -> list[str]:
    """The plain list under a key of the manifest."""
    found = re.search(rf"^ *{key}:\n((?: *- .+\n)+)", MANIFEST, re.MULTILINE)
    assert found
    return re.findall(r"- (\S+)", found[1])


def test_the_manifest_lists_the_scopes_of_the_code() -> None:
    assert listed("bot") == list(SCOPES)


def test_the_manifest_lists_the_events_that_are_listened_to() -> None:
    assert listed("bot_events") == list(EVENTS)


def test_every_scope_is_needed_by_a_method_or_an_event_and_the_other_way_round() -> None:
    modules = (outbound, probe, replies, uploads, web, slack_directory)
    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in modules)
    families = "auth|chat|conversations|files|reactions|users|views"
    called = set(re.findall(rf'"((?:{families})\.\w+)"', source))
    assert called == NEEDED.keys()
    needed = set().union(*NEEDED.values(), *(EVENT_SCOPES[event] for event in EVENTS))
    assert needed | {"commands"} == SCOPES.keys()


@pytest.mark.parametrize(
    "line",
    [
        f"- command: {COMMAND}",
        "home_tab_enabled: true",
        "messages_tab_enabled: true",
        "messages_tab_read_only_enabled: false",
        "is_enabled: true",
    ],
)
def test_the_manifest_switches_on(line: str) -> None:
    assert line in MANIFEST

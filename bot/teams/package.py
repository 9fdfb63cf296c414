"""The app package: the zip that an administrator uploads so that Teams knows Baton.

Source: https://learn.microsoft.com/microsoft-365/extensibility/schema/root"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cards import words
from cards.dialects import TEAMS_PLAIN
from commands.answer import SUBCOMMANDS

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.25/MicrosoftTeams.schema.json"
"""The first version that lets an app into shared and private channels."""
VERSION = "1.0.0"
"""Raise it whenever the manifest changes: Teams updates an app only to a higher version."""

_SCOPES = ["personal", "team", "groupChat"]
_ICONS = Path(__file__).with_name("icons")
_WEB_ADDRESS = re.compile(r"https://[^\s/]+\.[^\s/]+(/\S*)?", re.IGNORECASE)
_LONGEST_NAME, _LONGEST_ADDRESS = 32, 2048
_ASKED_MOST = frozenset(
    ("mine", "quality", "reasons", "funnel", "sla", "find", "digest", "away", "settings", "help")
)
_SAME_EVERY_TIME = (2026, 1, 1, 0, 0, 0)  # so that the same settings give the same bytes


class WrongPackage(Exception):
    """Something that Teams would refuse; `str()` says what was expected and what was found."""


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Who offers Baton to these people: usually the company itself. Teams shows the name and the
    three https addresses on the app's page."""

    name: str
    website: str
    privacy: str
    terms: str


def manifest(app_id: str, publisher: Publisher) -> dict[str, object]:
    """What the package says of Baton. `app_id` is that of the bot's registration. Raises
    WrongPackage before Teams would refuse it."""
    bot_id = _guid(app_id)
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.25",
        "version": VERSION,
        "id": bot_id,
        "developer": {
            "name": _name(publisher.name),
            "websiteUrl": _address("the website", publisher.website),
            "privacyUrl": _address("the privacy statement", publisher.privacy),
            "termsOfUseUrl": _address("the terms of use", publisher.terms),
        },
        "name": {"short": "Baton", "full": "Baton – qualified leads for sales"},
        "description": {
            "short": "Passes leads from marketing to sales, and back what sales learned.",
            "full": (
                "A rep gets each qualified lead as a battle card and accepts or rejects it with a "
                "reason. Marketing asks how good its leads are and why they were rejected. A "
                "channel gets one digest a working day that holds both sides to their promises."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#0b6b5d",
        "bots": [
            {
                "botId": bot_id,
                "scopes": _SCOPES,
                "commandLists": [{"scopes": [scope], "commands": _commands()} for scope in _SCOPES],
            }
        ],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "supportsChannelFeatures": "tier1",
    }


def build(target: Path, app_id: str, publisher: Publisher) -> None:
    """Write the zip. The same settings give the same bytes. Raises WrongPackage, or OSError when
    it can't be written."""
    said = manifest(app_id, publisher)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        _add(archive, "manifest.json", json.dumps(said, indent=2, ensure_ascii=False).encode())
        for icon in ("color.png", "outline.png"):
            _add(archive, icon, (_ICONS / icon).read_bytes())


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    entry = ZipInfo(name, _SAME_EVERY_TIME)
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, data)


def _commands() -> list[dict[str, str]]:
    """What Teams offers to somebody who begins to write to Baton: of the questions, those asked
    most; it takes ten. `help` tells the rest."""
    return [
        {"title": one.name, "description": words.render(one.summary, TEAMS_PLAIN)}
        for one in SUBCOMMANDS
        if one.name in _ASKED_MOST
    ]


def _guid(app_id: str) -> str:
    try:
        return str(UUID(app_id))
    except ValueError:
        raise WrongPackage(
            f"TEAMS_APP_ID: expected the Application (client) ID of the bot's app registration, "
            f"such as 00000000-0000-0000-0000-000000000000; found {app_id!r}"
        ) from None


def _name(name: str) -> str:
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise WrongPackage(
            f"the company's name: expected 1 to {_LONGEST_NAME} characters; found {name!r}"
        )
    return name.strip()


def _address(what: str, address: str) -> str:
    if len(address) > _LONGEST_ADDRESS or not _WEB_ADDRESS.fullmatch(address):
        raise WrongPackage(f"{what}: expected an address with https://; found {address[:200]!r}")
    return address

"""What Teams' error codes mean for us, and what an admin can do about each.

Source: "Status codes from bot conversational APIs" at
https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability"""

import json
from collections.abc import Mapping
from typing import Any

from commands.delivery import Undeliverable


class TeamsRefused(Undeliverable):
    """Teams said no. `code` is Teams' word for it, `status` the one of HTTP."""

    def __init__(self, status: int, code: str, reason: str, advice: str) -> None:
        super().__init__(reason, advice)
        self.status = status
        self.code = code

    @property
    def is_of_credentials(self) -> bool:
        """Whether Teams doesn't know the bot, whatever it was asked for."""
        return _REFUSALS.get(self.code) is _CREDENTIALS


_CREDENTIALS = (
    "Teams doesn't accept the bot's credentials",
    "Compare TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID with the app registration, check "
    "that the Azure Bot has the Teams channel, and restart Baton.",
)
_NOT_INSTALLED = (
    "the Baton app isn't installed there",
    "For a person: have them open the app in Teams, or install it for them in the Teams admin "
    "center (Teams apps > Setup policies). For a channel: add the app to the team.",
)
_GONE = (
    "the message isn't there any more",
    "Somebody deleted it. Nothing needs to be done; the lead itself is unharmed.",
)
_NO_CONVERSATION = (
    "Teams knows no such conversation",
    "The chat, channel or team was deleted, or the app was removed from it. Add the app again, or "
    "name another channel in team.toml.",
)
_LAYOUT = (
    "Teams refused the layout of the message",
    "This is a defect of Baton. Please report it with the number of the delivery.",
)
_BLOCKED = (
    "the person has blocked or muted the Baton app",
    "Ask them to unblock it: in Teams, open Baton's chat and choose Unblock.",
)

_REFUSALS: dict[str, tuple[str, str]] = {
    "BotNotRegistered": _CREDENTIALS,
    "Unauthorized": _CREDENTIALS,
    "BotNotInConversationRoster": _NOT_INSTALLED,
    "ForbiddenOperationException": _NOT_INSTALLED,
    "BotDisabledByAdmin": (
        "a Teams admin has blocked the Baton app",
        "Ask a Teams admin to allow it: Teams admin center > Teams apps > Manage apps.",
    ),
    "ConversationBlockedByUser": _BLOCKED,
    "MessageWritesBlocked": _BLOCKED,
    "InvalidBotApiHost": (
        "the company's Teams is in another cloud",
        "Have somebody write to Baton in Teams: it learns the right address from that.",
    ),
    "NotEnoughPermissions": (
        "the Baton app may not do that there",
        "Add the app to the team or chat again, with the permissions it asks for.",
    ),
    "ActivityNotFoundInConversation": _GONE,
    "ConversationNotFound": _NO_CONVERSATION,
    "MemberNotFoundInConversation": (
        "the person isn't in that conversation",
        "Check the e-mail in team.toml: it must be the one of the person's Teams account.",
    ),
    "MessageSizeTooBig": _LAYOUT,
    "BadArgument": _LAYOUT,
    "BadSyntax": _LAYOUT,
}
_BY_STATUS: dict[int, str] = {
    400: "BadArgument",
    401: "Unauthorized",
    403: "NotEnoughPermissions",
    404: "ConversationNotFound",
    413: "MessageSizeTooBig",
}


def refusal(status: int, text: str) -> TeamsRefused:
    """The error of ours for an answer that no further try will change."""
    said = said_code(text)
    code = said or _BY_STATUS.get(status, "")
    reason, advice = (
        _REFUSALS.get(code)
        or _REFUSALS.get(_BY_STATUS.get(status, ""))
        or (
            f"Teams refused it with status {status}",
            "Run `python app.py doctor`, which checks the connection to Teams line by line.",
        )
    )
    return TeamsRefused(status, code, reason, advice)


def said_code(text: str) -> str:
    """Teams' word in the body of an answer. Some errors hide it in the message, as a `subCode`
    or in plain words."""
    body = _parsed(text)
    inner = body.get("error")
    error: Mapping[str, Any] = inner if isinstance(inner, dict) else body
    code = error.get("code")
    said = code.replace(" ", "") if isinstance(code, str) else ""
    if said in _REFUSALS:
        return said
    hidden = (known for known in _REFUSALS if known in text and known != "Unauthorized")
    return next(hidden, said)[:80]


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}

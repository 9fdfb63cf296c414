"""Slack's directory: whose account this is, as the workspace's own users are concerned."""

from collections.abc import Mapping
from typing import Any

from bot.directory import Account
from bot.slack.refusals import SlackRefused
from bot.slack.web import Identity, SlackWeb

_NOBODY = frozenset({"user_not_found", "users_not_found", "user_not_visible"})


class SlackAccounts:
    """`bot.directory.AccountSource` for Slack, by users.info and users.lookupByEmail.

    Only accounts of our own workspace or enterprise have an e-mail here: in shared channels other
    companies' people show up too, and their admins choose what e-mails they have."""

    def __init__(self, web_api: SlackWeb) -> None:
        self._web = web_api

    async def by_id(self, user_id: str) -> Account | None:
        """The account with this id; None when there is none."""
        return await self._find("users.info", user=user_id)

    async def by_email(self, email: str) -> Account | None:
        """The account with this e-mail; None when there is none."""
        found = await self._find("users.lookupByEmail", email=email)
        return found if found and found.email else None

    async def _find(self, method: str, **arguments: str) -> Account | None:
        try:
            user = (await self._web.ask(method, **arguments)).get("user")
        except SlackRefused as error:
            if error.code in _NOBODY:
                return None
            raise
        if not isinstance(user, dict):
            return None
        us = await self._web.identity()
        profile = _part(user, "profile")
        email = profile.get("email")
        ours = _is_ours(user, us)
        return Account(
            workspace=us.workspace,
            user_id=str(user["id"]),
            email=email.casefold() if ours and isinstance(email, str) and email else None,
            name=str(profile.get("real_name") or user.get("real_name") or "") or None,
        )


def _is_ours(user: Mapping[str, Any], us: Identity) -> bool:
    if user.get("deleted") or user.get("is_bot") or user.get("is_stranger"):
        return False
    if user.get("team_id") == us.workspace:
        return True
    theirs = _part(user, "enterprise_user").get("enterprise_id")
    return us.enterprise is not None and us.enterprise in (theirs, user.get("team_id"))


def _part(user: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = user.get(name)
    return part if isinstance(part, dict) else {}

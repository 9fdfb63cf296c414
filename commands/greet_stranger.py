"""Somebody whom the team file doesn't know wrote or clicked: they are told whom to ask, and the
admins are told that they tried."""

from collections.abc import Mapping

from cards.model import Card
from cards.stranger_card import greeting, stranger_notice
from commands import outgoing
from commands.card_kind import CardKind
from commands.context import Context
from commands.reply import Reply, Tell
from leads.person import Role
from storage import accounts


def greet(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Tell the stranger whom to ask and what they need to be; tell the admins, once for each
    stranger and day. `subject` is the e-mail, or the user id where the platform told none."""
    team = ctx.setup.team
    email = subject if "@" in subject else None
    user_id = values.get("user_id") or subject
    if ctx.place is not None:
        platform, workspace = ctx.place.platform.value, ctx.place.workspace
        if accounts.email_of(ctx.session, platform, workspace, user_id) is None:
            accounts.save(
                ctx.session,
                platform=platform,
                workspace=workspace,
                user_id=user_id,
                email=email,
                name=values.get("name"),
                now=ctx.now,
            )
        who = f"{platform}/{workspace}/{user_id}"
        outgoing.to_admins(ctx, CardKind.STRANGER, who, cause=f"stranger:{who}")
    to_ask = team.with_role(Role.ADMIN) or team.with_role(Role.MANAGER)
    names = tuple(person.name for person in to_ask)
    return Tell(card=greeting(names, email))


def present_stranger(ctx: Context, subject: str) -> Card | None:
    """What an admin is told about the account `<platform>/<workspace>/<user id>`; None once it
    belongs to somebody in the team."""
    platform, _, rest = subject.partition("/")
    workspace, _, user_id = rest.partition("/")
    account = accounts.email_of(ctx.session, platform, workspace, user_id)
    email = account.email if account else None
    if ctx.setup.team.find(email):
        return None
    return stranger_notice(
        name=account.name if account else None,
        email=email,
        user_id=user_id,
        platform=platform,
    )

"""Sees to what couldn't be delivered: admins hear of it, and no lead waits for a rep who can't."""

from hashlib import blake2b

from commands import reach_fallback
from commands.card_kind import CardKind
from commands.context import Context, Platform, Setup
from leads.person import Role
from storage import accounts, outbox
from storage.copies import Copy, copy_of
from storage.database import Session
from storage.deliveries import Parked


def see_to(ctx: Context, parked: Parked) -> None:
    """Tell the admins of a message that was given up. When it was the card of an offer, the rep
    gets it in their own chat; when it was for that, the offer goes to the fallback."""
    copy = copy_of(ctx.session, parked.row.copy_id)
    _tell_admins(ctx, parked, copy)
    if copy.kind == CardKind.BATTLE_CARD and parked.row.verb == outbox.POST:
        if copy.destination.startswith("person:"):
            reach_fallback.reach_fallback(ctx, copy.subject)
        else:
            reach_fallback.reach_in_own_chat(ctx, copy.subject)


def _tell_admins(ctx: Context, parked: Parked, copy: Copy) -> None:
    """Each admin, once a day for each conversation and cause. About such a notice itself nobody is
    told, or an admin without an account would make one from the other for ever."""
    if copy.kind == CardKind.PARKED_DELIVERY:
        return
    # A platform may say any length of text, a unique key has its limits.
    cause = blake2b(f"{parked.row.destination}:{parked.error}".encode(), digest_size=8).hexdigest()
    for email in _admins(ctx.setup):
        outbox.post(
            ctx.session,
            kind=CardKind.PARKED_DELIVERY,
            subject=str(parked.row.id),
            platform=_platform_for(ctx.session, ctx.setup, email),
            destination=f"person:{email}",
            stream=f"parked:{parked.row.id}",
            dedupe_key=f"parked:{ctx.now:%Y-%m-%d}:{email}:{cause}",
            now=ctx.now,
        )


def _admins(setup: Setup) -> list[str]:
    found = [person.email for person in setup.team.with_role(Role.ADMIN)]
    return found or [setup.agreement.fallback]


def _platform_for(session: Session, setup: Setup, email: str) -> Platform:
    for platform in setup.platforms:
        if accounts.user_of(session, platform, email):
            return platform
    return setup.platforms[0]

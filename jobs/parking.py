"""Tells the admins about what couldn't be delivered."""

from datetime import datetime

from commands.card_kind import CardKind
from commands.context import Platform, Setup
from leads.person import Role
from storage import accounts, outbox
from storage.copies import copy_of
from storage.database import Session
from storage.deliveries import Parked


def tell_admins(session: Session, setup: Setup, parked: Parked, now: datetime) -> None:
    """Have each admin told, once a day for each conversation and cause. About such a notice itself
    nobody is told, or an admin without an account would make one from the other for ever."""
    if copy_of(session, parked.row.copy_id).kind == CardKind.PARKED_DELIVERY:
        return
    for email in _admins(setup):
        cause = f"{parked.row.destination}:{parked.error}"
        outbox.post(
            session,
            kind=CardKind.PARKED_DELIVERY,
            subject=str(parked.row.id),
            platform=_platform_for(session, setup, email),
            destination=f"person:{email}",
            stream=f"parked:{parked.row.id}",
            dedupe_key=f"parked:{now:%Y-%m-%d}:{email}:{cause}",
            now=now,
        )


def _admins(setup: Setup) -> list[str]:
    found = [person.email for person in setup.team.with_role(Role.ADMIN)]
    return found or [setup.agreement.fallback]


def _platform_for(session: Session, setup: Setup, email: str) -> Platform:
    for platform in setup.platforms:
        if accounts.user_of(session, platform, email):
            return platform
    return setup.platforms[0]

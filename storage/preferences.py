"""What people chose about how Baton talks to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from storage.tables import PreferenceRow


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """One person's choices; None is what Baton does by itself. Times are "HH:MM" local."""

    in_thread: bool = False
    """Cards of leads come in the thread of the lead's line, not in the own chat."""
    quiet_from: str | None = None
    quiet_to: str | None = None
    digest_at: str | None = None
    """Or "never"."""
    locale: str | None = None


NONE = Preferences()


def preferences_of(session: Session, email: str) -> Preferences:
    """What this person chose."""
    row = session.get(PreferenceRow, email)
    return _value(row) if row else NONE


def everybodys(session: Session) -> Mapping[str, Preferences]:
    """What everybody chose who chose something, by e-mail."""
    return {row.email: _value(row) for row in session.exec(select(PreferenceRow))}


def keep(session: Session, email: str, chosen: Preferences, now: datetime) -> None:
    """Keep all of this person's choices in the place of those before."""
    session.merge(
        PreferenceRow(
            email=email,
            place="thread" if chosen.in_thread else None,
            quiet_from=chosen.quiet_from,
            quiet_to=chosen.quiet_to,
            digest_at=chosen.digest_at,
            locale=chosen.locale,
            changed_at=now,
        )
    )


def _value(row: PreferenceRow) -> Preferences:
    return Preferences(
        in_thread=row.place == "thread",
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        digest_at=row.digest_at,
        locale=row.locale,
    )

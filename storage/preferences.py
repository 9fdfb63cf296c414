"""What people chose about how Baton talks to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col

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


# Built once: every card is drawn for somebody.
_CHOSEN = (
    col(PreferenceRow.place),
    col(PreferenceRow.quiet_from),
    col(PreferenceRow.quiet_to),
    col(PreferenceRow.digest_at),
    col(PreferenceRow.locale),
)
_OF_ONE = columns(*_CHOSEN).where(col(PreferenceRow.email) == bindparam("email"))
_OF_ALL = columns(col(PreferenceRow.email), *_CHOSEN)
_MEMO = "preferences"


def preferences_of(session: Session, email: str) -> Preferences:
    """What this person chose; asked once in a unit of work."""
    known: dict[str, Preferences] = session.info.setdefault(_MEMO, {})
    found = known.get(email)
    if found is None:
        row = session.connection().execute(_OF_ONE, {"email": email}).first()
        found = known[email] = _value(row) if row else NONE
    return found


def everybodys(session: Session) -> Mapping[str, Preferences]:
    """What everybody chose who chose something, by e-mail."""
    session.flush()
    found = {row.email: _value(row) for row in session.connection().execute(_OF_ALL)}
    session.info.setdefault(_MEMO, {}).update(found)
    return found


def keep(session: Session, email: str, chosen: Preferences, now: datetime) -> None:
    """Keep all of this person's choices in the place of those before."""
    session.info.pop(_MEMO, None)
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
    session.flush()


def _value(row: Any) -> Preferences:
    return Preferences(
        in_thread=row.place == "thread",
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        digest_at=row.digest_at,
        locale=row.locale,
    )

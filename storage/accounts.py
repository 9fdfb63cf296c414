"""Which chat account belongs to which person: the e-mail joins them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import AccountRow
from storage.upsert import dialect_of, insert_into


@dataclass(frozen=True, kw_only=True)
class Account:
    """A chat account as the platform told. `email` (lower case) is None when it has none."""

    platform: str
    workspace: str
    user_id: str
    email: str | None
    name: str | None
    learned_at: datetime


def email_of(session: Session, platform: str, workspace: str, user_id: str) -> Account | None:
    """The account with this id, whose `email` may be None; None when Baton never asked about it,
    so that the platform has to be asked."""
    row = session.get(AccountRow, (platform, workspace, user_id))
    return _account(row) if row else None


def user_of(session: Session, platform: str, email: str) -> Account | None:
    """The newest account with this e-mail on a platform, or None."""
    row = session.exec(
        select(AccountRow)
        .where(AccountRow.email == email.casefold(), AccountRow.platform == platform)
        .order_by(col(AccountRow.learned_at).desc(), col(AccountRow.user_id))
        .limit(1)
    ).first()
    return _account(row) if row else None


def users(session: Session, platform: str, workspace: str | None = None) -> dict[str, str]:
    """Every known account of a platform as e-mail -> user id, for mentions."""
    found = select(AccountRow.email, AccountRow.user_id).where(
        AccountRow.platform == platform, col(AccountRow.email).is_not(None)
    )
    if workspace is not None:
        found = found.where(AccountRow.workspace == workspace)
    rows = session.exec(found.order_by(col(AccountRow.learned_at)))
    return {email: user_id for email, user_id in rows if email}


def save(
    session: Session,
    *,
    platform: str,
    workspace: str,
    user_id: str,
    email: str | None,
    name: str | None,
    now: datetime,
) -> None:
    """Keep what the platform told about an account, over what it told before."""
    learned = insert_into(dialect_of(session), AccountRow).values(
        platform=platform,
        workspace=workspace,
        user_id=user_id,
        email=email.casefold() if email else None,
        name=name,
        learned_at=now,
    )
    session.connection().execute(
        learned.on_conflict_do_update(
            index_elements=["platform", "workspace", "user_id"],
            set_={
                "email": learned.excluded.email,
                "name": learned.excluded.name,
                "learned_at": learned.excluded.learned_at,
            },
        )
    )


def _account(row: AccountRow) -> Account:
    return Account(
        platform=row.platform,
        workspace=row.workspace,
        user_id=row.user_id,
        email=row.email,
        name=row.name,
        learned_at=row.learned_at,
    )

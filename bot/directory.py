"""Which colleague a chat account belongs to, and the other way round: asked once, remembered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from commands.context import Platform
from commands.delivery import Throttled, Undeliverable, Unreachable
from storage import accounts
from storage.database import Database

REMEMBERED = timedelta(minutes=10)
"""How long an answer is kept in memory."""
UNKNOWN_REMEMBERED = timedelta(minutes=1)
"""How long nobody is asked again about an account that belongs to nobody."""
BELIEVED = timedelta(days=1)
"""How long a row is believed before the platform is asked again."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A chat account as its platform describes it. `email` is lower case; None when it has none,
    or when the account isn't one of this company."""

    workspace: str
    user_id: str
    email: str | None
    name: str | None = None


class AccountSource(Protocol):
    """One platform's own directory, over the network. Methods raise Throttled, Unreachable or
    Undeliverable."""

    async def by_id(self, user_id: str) -> Account | None:
        """The account with this id; None when there is none."""
        ...

    async def by_email(self, email: str) -> Account | None:
        """The account with this e-mail; None when there is none."""
        ...


@dataclass(frozen=True)
class _Kept:
    account: Account | None
    until: datetime
    news: int


class Directory:
    """Looks in memory, then in the account rows, then asks the platform. Never call it inside a
    transaction. Lookups raise Throttled, Unreachable or Undeliverable when the platform has to be
    asked and can't be; a row too old to be believed is better than no answer. Whoever was unknown
    is asked for again as soon as the number that `news` returns has changed."""

    def __init__(
        self,
        platform: Platform,
        database: Database,
        clock: Callable[[], datetime],
        source: AccountSource,
        news: Callable[[], int] = lambda: 0,
    ) -> None:
        self._platform = platform
        self._database = database
        self._clock = clock
        self._source = source
        self._news = news
        self._by_id: dict[tuple[str, str], _Kept] = {}
        self._by_email: dict[str, _Kept] = {}
        self._users: dict[str, str] = {}

    @property
    def users(self) -> Mapping[str, str]:
        """E-mail -> user id of everybody known so far, for mentions."""
        return MappingProxyType(self._users)

    def has_met(self, user_id: str) -> bool:
        """Whether this is one of them."""
        return user_id in self._users.values()

    async def warm(self) -> None:
        """Reads the known accounts, so that the first cards can mention people."""
        self._users.update(
            await self._database.read(lambda session: accounts.users(session, self._platform))
        )

    async def account_of(self, workspace: str, user_id: str) -> Account:
        """The account; its e-mail is None when it belongs to nobody we could know."""
        kept = self._by_id.get((workspace, user_id))
        if kept and kept.account and kept.until > self._clock():
            return kept.account
        row = await self._database.read(
            lambda session: accounts.email_of(session, self._platform, workspace, user_id)
        )
        if row and row.email and self._is_fresh(row.learned_at):
            return self._keep(workspace, user_id, _of_row(row))
        try:
            found = await self._source.by_id(user_id)
        except (Throttled, Unreachable, Undeliverable):
            if row and row.email:
                return self._keep(workspace, user_id, _of_row(row))
            raise
        account = Account(
            workspace=workspace,
            user_id=user_id,
            email=found.email if found else None,
            name=found.name if found else None,
        )
        await self._save(account)
        return self._keep(workspace, user_id, account)

    async def user_of(self, email: str) -> str | None:
        """The id of the account with this e-mail; None when there is none."""
        email = email.casefold()
        kept = self._by_email.get(email)
        if kept and kept.until > self._clock() and (kept.account or kept.news == self._news()):
            return kept.account.user_id if kept.account else None
        row = await self._database.read(
            lambda session: accounts.user_of(session, self._platform, email)
        )
        if row and self._is_fresh(row.learned_at):
            return self._keep_email(email, _of_row(row))
        try:
            found = await self._source.by_email(email)
        except (Throttled, Unreachable, Undeliverable):
            if row:
                return self._keep_email(email, _of_row(row))
            raise
        if found:
            await self._save(found)
        return self._keep_email(email, found)

    def _is_fresh(self, learned_at: datetime) -> bool:
        return self._clock() - learned_at < BELIEVED

    async def _save(self, account: Account) -> None:
        now = self._clock()
        await self._database.write(
            lambda session: accounts.save(
                session,
                platform=self._platform,
                workspace=account.workspace,
                user_id=account.user_id,
                email=account.email,
                name=account.name,
                now=now,
            )
        )

    def _keep(self, workspace: str, user_id: str, account: Account) -> Account:
        time = REMEMBERED if account.email else UNKNOWN_REMEMBERED
        self._by_id[workspace, user_id] = _Kept(account, self._clock() + time, self._news())
        if account.email:
            self._users[account.email] = user_id
        return account

    def _keep_email(self, email: str, account: Account | None) -> str | None:
        time = REMEMBERED if account else UNKNOWN_REMEMBERED
        self._by_email[email] = _Kept(account, self._clock() + time, self._news())
        if account is None:
            self._users.pop(email, None)
            return None
        self._users[email] = account.user_id
        return account.user_id


def _of_row(row: accounts.Account) -> Account:
    return Account(workspace=row.workspace, user_id=row.user_id, email=row.email, name=row.name)

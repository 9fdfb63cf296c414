"""Days away that people told Baton of: one row an entry. What is in force is read once in a unit of
work for everybody it asks about, since every clock asks.

An entry that is taken back is cut short: `last` becomes the day before, which is before `first`
where it hadn't begun. So its days that are over stay days away, as fairness needs them, and no
query has to know about `ended_at`."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import Session, col

from leads.person import Leave
from storage.tables import JobRunRow, LeaveRow
from storage.upsert import dialect_of, insert_into

LOOKED_BACK = timedelta(days=120)
"""How long leave that is over still matters: to clocks of old offers, and to fair shares."""

BEGUN = "leave"
"""The job that does what the agreement wants at the first day of a leave; its periods are ids."""

_DAY = timedelta(days=1)
_MEMO = "leave"


class Source(StrEnum):
    """Where an entry came from."""

    CHAT = "chat"
    SLACK = "slack"  # a status
    ICS = "ics"  # a calendar file


@dataclass
class _Memo:
    by_email: dict[str, tuple[Leave, ...]] = field(default_factory=dict)
    has_all: bool = False


_COLUMNS = (col(LeaveRow.email), col(LeaveRow.first), col(LeaveRow.last))
_OF_ONE = select(*_COLUMNS).where(
    col(LeaveRow.email) == bindparam("email"), col(LeaveRow.last) >= bindparam("since")
)
_OF_ALL = select(*_COLUMNS).where(col(LeaveRow.last) >= bindparam("since"))


def days_away(session: Session, email: str, today: date) -> tuple[Leave, ...]:
    """This person's leave from LOOKED_BACK before `today` on; asked once in a unit of work."""
    memo = _memo(session)
    known = memo.by_email.get(email)
    if known is None:
        if memo.has_all:
            return ()
        rows = session.connection().execute(_OF_ONE, {"email": email, "since": today - LOOKED_BACK})
        known = memo.by_email[email] = tuple(_value(row.first, row.last) for row in rows)
    return known


def read_everybodys(session: Session, today: date) -> Mapping[str, tuple[Leave, ...]]:
    """Everybody's `days_away` by e-mail, in one query, so that it asks no more in this unit."""
    memo = _memo(session)
    if memo.has_all:
        return memo.by_email
    found: defaultdict[str, list[Leave]] = defaultdict(list)
    for row in session.connection().execute(_OF_ALL, {"since": today - LOOKED_BACK}):
        found[row.email].append(_value(row.first, row.last))
    by_email = {email: tuple(leaves) for email, leaves in found.items()}
    session.info[_MEMO] = _Memo(by_email=by_email, has_all=True)
    return by_email


def add(
    session: Session,
    *,
    email: str,
    leave: Leave,
    source: Source,
    by: str,
    now: datetime,
    reference: str | None = None,
) -> int | None:
    """Keep an entry; its id, or None where one with this `reference` is kept already."""
    made = insert_into(dialect_of(session), LeaveRow).values(
        email=email,
        first=leave.first,
        last=leave.last,
        source=source.value,
        reference=reference,
        by=by,
        at=now,
    )
    kept: int | None = session.connection().scalar(
        made.on_conflict_do_nothing().returning(col(LeaveRow.id))
    )
    forget(session)
    return kept


def change(session: Session, leave_id: int, was: date, **changes: date | datetime | None) -> bool:
    """Change an entry if its last day is what it `was`: True for one of any number of callers."""
    changed = (
        update(LeaveRow)
        .where(col(LeaveRow.id) == leave_id, col(LeaveRow.last) == was)
        .values(**changes)
    )
    won = session.connection().execute(changed).rowcount == 1
    forget(session)
    return won


def end(session: Session, row: LeaveRow, today: date, now: datetime) -> bool:
    """Take an entry back from `today` on; False where it was over or is changed meanwhile."""
    if row.id is None or row.last < today or row.last < row.first:
        return False
    last = max(today, row.first) - _DAY
    return change(session, row.id, row.last, last=last, ended_at=now)


def entry(session: Session, leave_id: int) -> LeaveRow | None:
    """The entry with this id, as it is now."""
    return session.get(LeaveRow, leave_id, populate_existing=True)


def with_reference(session: Session, reference: str) -> LeaveRow | None:
    """The entry that this reference made."""
    found = select(LeaveRow).where(col(LeaveRow.reference) == reference)
    return session.scalars(found, execution_options={"populate_existing": True}).first()


def entries_of(session: Session, email: str, since: date) -> list[LeaveRow]:
    """This person's entries with days from `since` on, by their first days."""
    return _entries(session, _ENTRIES_OF_ONE, {"since": since, "email": email})


def entries_ahead(session: Session, since: date) -> Mapping[str, list[LeaveRow]]:
    """Everybody's entries with days from `since` on, by e-mail and by their first days."""
    found: defaultdict[str, list[LeaveRow]] = defaultdict(list)
    for row in _entries(session, _ENTRIES, {"since": since}):
        found[row.email].append(row)
    return found


def not_begun(session: Session, first_until: date, last_since: date) -> list[LeaveRow]:
    """Entries with days between these two for which BEGUN wasn't claimed yet."""
    entries = _entries(session, _ENTRIES, {"since": last_since})
    rows = [row for row in entries if row.first <= first_until]
    periods = [str(row.id) for row in rows]
    begun = set(session.connection().scalars(_BEGUN, {"periods": periods})) if rows else set()
    return [row for row in rows if str(row.id) not in begun]


def forget(session: Session) -> None:
    """Leave has changed: this unit of work reads it anew."""
    session.info.pop(_MEMO, None)


_ENTRIES = (
    select(LeaveRow)
    .where(col(LeaveRow.last) >= bindparam("since"), col(LeaveRow.last) >= col(LeaveRow.first))
    .order_by(col(LeaveRow.first), col(LeaveRow.id))
)
_ENTRIES_OF_ONE = _ENTRIES.where(col(LeaveRow.email) == bindparam("email"))
_BEGUN = select(col(JobRunRow.period)).where(
    col(JobRunRow.job) == BEGUN, col(JobRunRow.period).in_(bindparam("periods", expanding=True))
)


def _entries(
    session: Session, question: Select[LeaveRow], asked: Mapping[str, object]
) -> list[LeaveRow]:
    return list(session.scalars(question, asked, execution_options={"populate_existing": True}))


def _memo(session: Session) -> _Memo:
    known = session.info.get(_MEMO)
    if not isinstance(known, _Memo):
        known = session.info[_MEMO] = _Memo()
    return known


def _value(first: date, last: date) -> Leave:
    return Leave(first=first, last=last)

"""Which scheduled job ran for which period: exactly once, however many processes tick."""

from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col

from storage.tables import JobRunRow
from storage.upsert import dialect_of, insert_into


def claim(session: Session, job: str, period: str, now: datetime) -> bool:
    """True for the one transaction that may do `job` for `period`. Do the work in this same
    transaction: when it rolls back, the period is free again."""
    run = {"job": job, "period": period, "ran_at": now}
    return session.connection().execute(_claimed(dialect_of(session)), run).first() is not None


@cache
def _claimed(dialect: str) -> Executable:
    run = insert_into(dialect, JobRunRow).on_conflict_do_nothing()
    return run.returning(col(JobRunRow.job))


def has_run(session: Session, job: str, period: str) -> bool:
    """Whether `job` was done for `period`."""
    return session.get(JobRunRow, (job, period)) is not None


def done_from(session: Session, job: str, period: str) -> set[str]:
    """The periods from `period` on (in the order of their texts) for which `job` was done."""
    session.flush()
    return set(session.connection().scalars(_DONE_FROM, {"job": job, "period": period}))


_DONE_FROM = columns(col(JobRunRow.period)).where(
    col(JobRunRow.job) == bindparam("job"), col(JobRunRow.period) >= bindparam("period")
)

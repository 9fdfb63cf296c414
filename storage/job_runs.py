"""Which scheduled job ran for which period: exactly once, however many processes tick."""

from datetime import datetime

from sqlmodel import Session, col, select

from storage.tables import JobRunRow
from storage.upsert import dialect_of, insert_into


def claim(session: Session, job: str, period: str, now: datetime) -> bool:
    """True for the one transaction that may do `job` for `period`. Do the work in this same
    transaction: when it rolls back, the period is free again."""
    run = insert_into(dialect_of(session), JobRunRow).values(job=job, period=period, ran_at=now)
    claimed = run.on_conflict_do_nothing().returning(col(JobRunRow.job))
    return session.connection().execute(claimed).first() is not None


def has_run(session: Session, job: str, period: str) -> bool:
    """Whether `job` was done for `period`."""
    return session.get(JobRunRow, (job, period)) is not None


def done_from(session: Session, job: str, period: str) -> set[str]:
    """The periods from `period` on (in the order of their texts) for which `job` was done."""
    return set(
        session.exec(
            select(JobRunRow.period).where(JobRunRow.job == job, JobRunRow.period >= period)
        )
    )

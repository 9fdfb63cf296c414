"""What is counted, and which scheduled work was done."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class JobRunRow(SQLModel, table=True):
    """A scheduled job that ran for a period; the row is claimed in the transaction of its work."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    ran_at: datetime


class TallyRow(SQLModel, table=True):
    """Counts by local day of the agreement, kept in step with every change in its transaction, so
    that a statistic costs the same at ten thousand and a million leads. `dimension` is all,
    campaign, first_campaign, source, rep or reason; for one of them alone (`campaign=NAME`) it is
    that with its value, and after `week:` it counts whole weeks under their Mondays. `value` is ""
    for all."""

    __tablename__ = "tally"
    # Kept in the order of this key, so that a period is one read however long the history is.
    __table_args__ = {"sqlite_with_rowid": False}

    dimension: str = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    value: str = Field(primary_key=True)
    n: int = Field(default=0, sa_type=BigInteger)

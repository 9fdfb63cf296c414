"""What people told Baton about themselves: when they are away, and what they like."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class LeaveRow(SQLModel, table=True):
    """Days away beside those of the team file, first and last day of the person's own calendar
    included. One that was taken back keeps its row, with `ended_at`."""

    __tablename__ = "leave"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(index=True)
    first: date
    last: date = Field(index=True)
    source: str
    """chat, slack (a status) or ics (a file)."""
    reference: str | None = Field(default=None, unique=True)
    """What makes the same entry of a calendar or status the same leave."""
    by: str
    at: datetime
    ended_at: datetime | None = None


class PreferenceRow(SQLModel, table=True):
    """What one person chose; None is what Baton does by itself."""

    __tablename__ = "preference"

    email: str = Field(primary_key=True)
    place: str | None = None
    """Where cards of leads come: dm or thread (of the lead's line in the handoffs channel)."""
    quiet_from: str | None = None
    """Local time such as "19:00" from which nothing is sent, until `quiet_to`."""
    quiet_to: str | None = None
    digest_at: str | None = None
    """Local time of the personal digest, or "never"."""
    locale: str | None = None
    changed_at: datetime

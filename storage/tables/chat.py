"""Accounts, cards and messages: what stands where in chat, and what waits to be sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.metadata import only_where


class AccountRow(SQLModel, table=True):
    """Which chat account belongs to which e-mail, as the platform told; None when it has none."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_email", "email", "platform"),)

    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    email: str | None = None
    name: str | None = None
    learned_at: datetime


class CopyRow(SQLModel, table=True):
    """One copy of a card somewhere in chat, made together with the outbox row that posts it.
    `message` is None until it is posted."""

    __tablename__ = "card_copy"
    __table_args__ = (
        Index("ix_card_copy_lead_id", "lead_id"),
        Index("ix_card_copy_message", "conversation", "message"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """A `commands.present.CardKind`."""
    subject: str
    """What the card is about: a handoff id, a date, a question… as the kind says."""
    platform: str
    destination: str
    """`person:<email>`, `channel:<name or id>`, as the team file names it."""
    lead_id: int | None = Field(default=None, foreign_key="lead.id")
    thread_of: int | None = Field(default=None, foreign_key="card_copy.id")
    lane: str
    """The lane of its outbox rows, so that updates follow the post."""
    workspace: str | None = None
    conversation: str | None = None
    message: str | None = None
    thread: str | None = None
    """The message whose thread it was posted in."""
    shown: str | None = None
    """Digest of what was last sent, so that an update which changes nothing isn't sent."""
    created_at: datetime


class OutboxState(StrEnum):
    """Where a message to the outside stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class OutboxRow(SQLModel, table=True):
    """One thing to tell the outside, written in the transaction of the change that caused it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_lane", "lane", "id", **only_where("state = 'pending'")),
        Index(
            "ix_outbox_ready", "destination", "ready_at", "id", **only_where("state = 'pending'")
        ),
        Index("ix_outbox_copy", "copy_id", **only_where("state = 'pending'")),
        Index("ix_outbox_sent_at", "sent_at"),
        Index("ix_outbox_dead", "id", **only_where("state = 'dead'")),
        # Chat messages carry these ids, so an id must not come back after a clean-up.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    lane: str
    """Rows of one lane are delivered one after the other: `<stream>|<destination>`."""
    destination: str
    """The conversation as `<platform>:person:<email>` or `<platform>:channel:<name>`."""
    verb: str
    """post, update or react."""
    copy_id: int = Field(foreign_key="card_copy.id")
    detail: str = ""
    """For `react`, the sign and the message of the thread: `+1 1700000000.000100`."""
    dedupe_key: str | None = Field(default=None, unique=True)
    due_at: datetime
    """Not before this moment; until then the row holds up nobody."""
    ready_at: datetime
    """When it may be claimed: `due_at`, then the end of a lease or of a pause before a retry."""
    claims: int = 0
    """How often it was claimed; who settles a row proves by this that the claim is still theirs."""
    cleared: int = 0
    """The newest claim known to have delivered nothing. Below `claims` after a crash or a lost
    answer: then the message may be out already."""
    attempts: int = 0
    """Failed tries that count towards parking."""
    state: str = Field(default=OutboxState.PENDING.value)
    error: str | None = None
    advice: str | None = None
    """For a parked row, what a person can do about it."""
    created_at: datetime
    sent_at: datetime | None = None


class InboxRow(SQLModel, table=True):
    """Keys of requests that were handled, so that a repeated delivery does nothing twice."""

    __tablename__ = "inbox"

    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)

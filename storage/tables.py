"""Every table. Times are UTC. Rows are made and read by `storage` queries and by commands."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, MetaData, text
from sqlmodel import Field, SQLModel

from leads.lifecycle import HandoffState, Stage

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


def _only_where(condition: str) -> dict[str, Any]:
    """What makes an index partial, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class LeadRow(SQLModel, table=True):
    """A lead as it is now. `stage` moves only by `leads.lifecycle.move_lead`."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("ix_lead_due_recycle", "recycle_at", **_only_where("stage = 'recycled'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    external_id: str | None = Field(default=None, unique=True)
    email: str | None = Field(default=None, unique=True)
    source: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    title: str | None = None
    company_name: str | None = None
    company_domain: str | None = None
    company_industry: str | None = None
    company_employees: int | None = None
    company_country: str | None = None
    company_key: str | None = Field(default=None, index=True)
    """What makes two leads of one company: the domain, else the name, folded to lower case."""
    campaign: str | None = Field(default=None, index=True)
    interests: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    extra: dict[str, str | int | float | bool] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    search: str = ""
    """Name, e-mail and company in lower case, for `/leads find`."""
    created_at: datetime
    """When the source says the lead came up."""
    received_at: datetime
    """When Baton first heard of it."""
    stage: str = Field(default=Stage.NEW.value)
    score: int = 0
    score_fit: int = 0
    score_engagement: int = 0
    criteria_version: int = 0
    owner: str | None = Field(default=None, index=True)
    """E-mail of the rep who accepted it last."""
    mql_at: datetime | None = None
    sal_at: datetime | None = None
    sql_at: datetime | None = None
    opportunity_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    amount: float | None = None
    recycle_at: datetime | None = None
    duplicate_of: int | None = Field(default=None, foreign_key="lead.id")


class EventRow(SQLModel, table=True):
    """One thing a lead did."""

    __tablename__ = "engagement_event"
    __table_args__ = (Index("ix_engagement_event_lead_id_at", "lead_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(unique=True)
    lead_id: int = Field(foreign_key="lead.id")
    type: str
    name: str | None = None
    at: datetime


class HandoffRow(SQLModel, table=True):
    """One offer of one lead to one rep. `snapshot` is what was known at the offer (see
    `commands.snapshot`), and is never changed."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_open",
            "lead_id",
            unique=True,
            **_only_where("state IN ('offered', 'accepted')"),
        ),
        Index(
            "ix_handoff_rep_open", "rep", "state", **_only_where("state IN ('offered', 'accepted')")
        ),
        Index("ix_handoff_snoozed", "snoozed_until", **_only_where("snoozed_until IS NOT NULL")),
        Index("ix_handoff_rep_offered_at", "rep", "offered_at"),
        Index("ix_handoff_accept_by", "accept_by"),
        Index("ix_handoff_contact_by", "contact_by", **_only_where("contact_by IS NOT NULL")),
        Index("ix_handoff_lead_id", "lead_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id")
    rep: str
    state: str = Field(default=HandoffState.OFFERED.value)
    offered_at: datetime = Field(index=True)
    accept_by: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    contact_by: datetime | None = None
    """Set at accept: when the first touch is due."""
    first_touch_at: datetime | None = None
    touches: int = 0
    snoozed_until: datetime | None = None
    snoozes: int = 0
    why: str = ""
    """Why this rep, in words."""
    previous: int | None = Field(default=None, foreign_key="handoff.id")
    """The handoff this one follows after a pass or a reroute."""
    snapshot: dict[str, object] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )


class FeedbackRow(SQLModel, table=True):
    """A decision with its reason and what was known then. Rows are only ever added: the database
    refuses updates and deletes. An undo is a further row with decision "undone"."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index(
            "ix_feedback_reason_decided_at",
            "reason",
            "decided_at",
            **_only_where("reason IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    handoff_id: int = Field(foreign_key="handoff.id", index=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    decision: str
    """accepted, rejected, passed or undone."""
    reason: str | None = None
    reason_label: str | None = None
    teaches: str | None = None
    answer: str | None = None
    """What the form asked beside the reason: a date, a lead id, an e-mail or a text."""
    decided_by: str
    decided_at: datetime = Field(index=True)
    snapshot: dict[str, object] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )


class TouchRow(SQLModel, table=True):
    """One attempt to reach a lead."""

    __tablename__ = "touch"

    id: int | None = Field(default=None, primary_key=True)
    handoff_id: int = Field(foreign_key="handoff.id", index=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    kind: str
    outcome: str
    note: str | None = None
    by: str
    at: datetime


class NoteRow(SQLModel, table=True):
    """What a colleague wrote about a lead in its thread."""

    __tablename__ = "note"

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    by: str
    at: datetime
    text: str


class HistoryRow(SQLModel, table=True):
    """Who did what to a lead, when and why: every move of a stage or state, and refused clicks."""

    __tablename__ = "history"

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    handoff_id: int | None = Field(default=None, foreign_key="handoff.id")
    at: datetime
    by: str
    act: str
    """A static name in the past tense: lead_received, became_mql, offered, accepted, refused…"""
    why: str = ""


class CampaignRow(SQLModel, table=True):
    """The playbook of a campaign, kept by marketing in a file or in chat."""

    __tablename__ = "campaign"

    name: str = Field(primary_key=True)
    title: str
    owner: str | None = None
    pains: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    next_step: str | None = None
    opener: str | None = None
    spend: float | None = None
    objections: list[dict[str, str]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    """Each with `says`, `answer` and, where there is one, `content` (an address)."""
    changed_at: datetime
    changed_by: str


class CriteriaRow(SQLModel, table=True):
    """One version of the criteria. The newest activated version is in force."""

    __tablename__ = "criteria"

    version: int = Field(primary_key=True)
    body: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    """The `[criteria]` table as the agreement file writes it."""
    activated_at: datetime
    by: str


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
        Index("ix_outbox_lane", "lane", "id", **_only_where("state = 'pending'")),
        Index(
            "ix_outbox_ready", "destination", "ready_at", "id", **_only_where("state = 'pending'")
        ),
        Index("ix_outbox_copy", "copy_id", **_only_where("state = 'pending'")),
        Index("ix_outbox_sent_at", "sent_at"),
        Index("ix_outbox_dead", "id", **_only_where("state = 'dead'")),
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


class JobRunRow(SQLModel, table=True):
    """A scheduled job that ran for a period; the row is claimed in the transaction of its work."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    ran_at: datetime


class TallyRow(SQLModel, table=True):
    """Counts by local day of the agreement, kept in step with every change in its transaction, so
    that a statistic costs the same at ten thousand and a million leads. `dimension` is all,
    campaign, source, rep or reason; `value` is "" for all."""

    __tablename__ = "tally"
    # Kept in the order of this key, so that a period is one read however long the history is.
    __table_args__ = {"sqlite_with_rowid": False}

    dimension: str = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    value: str = Field(primary_key=True)
    n: int = 0

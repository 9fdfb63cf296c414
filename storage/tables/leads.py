"""Leads, what they did, and what was said and done about them."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from leads.lifecycle import Stage
from storage.tables.metadata import only_where


class LeadRow(SQLModel, table=True):
    """A lead as it is now. `stage` moves only by `leads.lifecycle.move_lead`."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("ix_lead_due_recycle", "recycle_at", **only_where("stage = 'recycled'")),
        Index("ix_lead_won_at", "won_at", **only_where("won_at IS NOT NULL")),
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
    """The last campaign that it came by."""
    first_campaign: str | None = None
    """The first one; never changed again."""
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

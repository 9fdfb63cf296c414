"""Handoffs, and what the two sides answered each other about them."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from leads.lifecycle import HandoffState
from storage.tables.metadata import only_where


class HandoffRow(SQLModel, table=True):
    """One offer of one lead to one rep. `snapshot` is what was known at the offer (see
    `commands.snapshot`), and is never changed."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_open",
            "lead_id",
            unique=True,
            **only_where("state IN ('offered', 'accepted')"),
        ),
        Index(
            "ix_handoff_rep_open", "rep", "state", **only_where("state IN ('offered', 'accepted')")
        ),
        Index("ix_handoff_snoozed", "snoozed_until", **only_where("snoozed_until IS NOT NULL")),
        Index("ix_handoff_rep_offered_at", "rep", "offered_at"),
        Index("ix_handoff_accept_by", "accept_by"),
        Index("ix_handoff_contact_by", "contact_by", **only_where("contact_by IS NOT NULL")),
        Index("ix_handoff_lead_id", "lead_id"),
        Index("ix_handoff_step_at", "step_at", **only_where("step_at IS NOT NULL")),
        Index("ix_handoff_retry_at", "retry_at", **only_where("retry_at IS NOT NULL")),
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
    clock_from: datetime | None = None
    """From when the running clock counts (to the decision, then to the first touch); moved on by
    snoozes, extensions and pauses. `accept_by` and `contact_by` follow from it."""
    step: int = 0
    """How many steps of the ladder the running clock has climbed."""
    step_at: datetime | None = None
    """When the next step is due; None when no clock runs or none is left."""
    clock_before: datetime | None = None
    """`clock_from` and `step` of the clock to the decision, for when an accept is undone."""
    step_before: int | None = None
    extended_by: str | None = None
    """Who gave the running clock more time last."""
    decided_after: int | None = None
    """Seconds of the rep's business time from the offer to the decision, as counted then: leave
    that is entered later changes no figure."""
    decided_late: int | None = None
    """By so many of them the decision was late; None in time."""
    touched_after: int | None = None
    """The same from the accept to the first touch."""
    touched_late: int | None = None
    retry_at: datetime | None = None
    """When to look again for a rep; set while the fallback holds it because nobody could."""
    criteria_version: int = 0
    """The criteria under which it was offered."""
    explored: bool = False
    """Offered by chance, below the threshold."""
    propensity: float = 1.0
    """The chance, at the offer, that such a lead is offered."""
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
            **only_where("reason IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    handoff_id: int = Field(foreign_key="handoff.id", index=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    decision: str
    """accepted, rejected, passed or undone; or, about a rejection that was contested, upheld or
    overturned."""
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
    __table_args__ = (
        Index("ix_touch_objected_at", "at", **only_where("objection IS NOT NULL")),
        Index("ix_touch_content_at", "at", **only_where("content IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    handoff_id: int = Field(foreign_key="handoff.id", index=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    kind: str
    outcome: str
    note: str | None = None
    objection: str | None = None
    """What the lead objected, as the playbook says it or in the rep's own words."""
    content: str | None = None
    """The address of the content that was sent or used."""
    by: str
    at: datetime


class RejectionRow(SQLModel, table=True):
    """What becomes of a rejection on marketing's side: it is answered in time, and may be
    contested once. One row for each rejection, made with its feedback; it goes when that is
    undone."""

    __tablename__ = "rejection"
    __table_args__ = (
        Index("ix_rejection_remind_at", "remind_at", **only_where("remind_at IS NOT NULL")),
        Index("ix_rejection_waits", "owner", "answer_by", **only_where("answered_at IS NULL")),
        Index(
            "ix_rejection_disputed",
            "disputed_at",
            **only_where("disputed_at IS NOT NULL AND verdict IS NULL"),
        ),
    )

    feedback_id: int = Field(primary_key=True, foreign_key="feedback.id")
    handoff_id: int = Field(foreign_key="handoff.id", index=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    owner: str
    """E-mail of the marketer who is to answer: the campaign's, else the first of the team."""
    rejected_at: datetime = Field(index=True)
    answer_by: datetime | None = Field(default=None, index=True)
    """None where the agreement asks for no answer."""
    remind_at: datetime | None = None
    """When the owner is reminded, once."""
    answer: str | None = None
    """fixed, agreed or disagree."""
    answer_text: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    evidence: str | None = None
    """Why the rejection is contested."""
    disputed_by: str | None = None
    disputed_at: datetime | None = None
    verdict: str | None = None
    """upheld or overturned."""
    verdict_why: str | None = None
    verdict_by: str | None = None
    verdict_at: datetime | None = None

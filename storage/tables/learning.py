"""The versions of the criteria, and proposals for the next one."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from storage.tables.metadata import only_where


class CriteriaRow(SQLModel, table=True):
    """One version of the criteria. The newest activated version is in force."""

    __tablename__ = "criteria"

    version: int = Field(primary_key=True)
    body: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    """The `[criteria]` table as the agreement file writes it."""
    activated_at: datetime
    by: str
    why: str = ""
    """Where they come from: the agreement file, a proposal, an earlier version."""


class ProposalRow(SQLModel, table=True):
    """Criteria that may become the next version. `state` is a `leads.proposals.ProposalState`:
    asked (a retuning is to be made), working, open, declined, stale, running (as challenger),
    activated, or nothing (none was worth proposing)."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "ix_proposal_state", "state", **only_where("state IN ('asked', 'working', 'running')")
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    state: str
    asked_at: datetime
    asked_by: str
    """An e-mail, or "baton"."""
    lease_until: datetime | None = None
    """While a process works on it: until when the others leave it alone."""
    made_at: datetime | None = None
    base_version: int = 0
    """The criteria that it is made from and compared with."""
    decisions: int = 0
    """The newest feedback id that it learned from."""
    body: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """The `[criteria]` table that is proposed."""
    evidence: dict[str, object] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    """The backtest, the changes with their reasons, and example leads."""
    edited_by: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None
    """Why it was declined, or why nothing is proposed."""
    share: float | None = None
    """As challenger: the share of leads that is scored by it."""
    until: datetime | None = None
    """As challenger: when the verdict is asked for."""
    version: int | None = None
    """The version that it became."""


class ApprovalRow(SQLModel, table=True):
    """One side's yes to a proposal; both make it a version."""

    __tablename__ = "approval"

    proposal_id: int = Field(primary_key=True, foreign_key="proposal.id")
    side: str = Field(primary_key=True)
    """marketing or sales."""
    by: str
    at: datetime

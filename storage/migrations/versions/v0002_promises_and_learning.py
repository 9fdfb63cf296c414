"""Touches and notes, leave and preferences, answers to rejections, criteria and proposals."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _only_where(condition: str) -> dict[str, Any]:
    """What makes an index partial, on either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "touch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("outcome", AutoString(), nullable=False),
        sa.Column("note", AutoString(), nullable=True),
        sa.Column("objection", AutoString(), nullable=True),
        sa.Column("content", AutoString(), nullable=True),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoff.id"], name="fk_touch_handoff_id_handoff"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_touch_lead_id_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_touch"),
    )
    op.create_index("ix_touch_content_at", "touch", ["at"], **_only_where("content IS NOT NULL"))
    op.create_index("ix_touch_handoff_id", "touch", ["handoff_id"])
    op.create_index("ix_touch_lead_id", "touch", ["lead_id"])
    op.create_index("ix_touch_objected_at", "touch", ["at"], **_only_where("objection IS NOT NULL"))

    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_note_lead_id_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_lead_id", "note", ["lead_id"])

    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("reference", AutoString(), nullable=True),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_leave"),
        sa.UniqueConstraint("reference", name="uq_leave_reference"),
    )
    op.create_index("ix_leave_email", "leave", ["email"])
    op.create_index("ix_leave_last", "leave", ["last"])

    op.create_table(
        "preference",
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("place", AutoString(), nullable=True),
        sa.Column("quiet_from", AutoString(), nullable=True),
        sa.Column("quiet_to", AutoString(), nullable=True),
        sa.Column("digest_at", AutoString(), nullable=True),
        sa.Column("locale", AutoString(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("email", name="pk_preference"),
    )

    op.create_table(
        "rejection",
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("owner", AutoString(), nullable=False),
        sa.Column("rejected_at", UTCDateTime(), nullable=False),
        sa.Column("answer_by", UTCDateTime(), nullable=True),
        sa.Column("remind_at", UTCDateTime(), nullable=True),
        sa.Column("answer", AutoString(), nullable=True),
        sa.Column("answer_text", AutoString(), nullable=True),
        sa.Column("answered_by", AutoString(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("evidence", AutoString(), nullable=True),
        sa.Column("disputed_by", AutoString(), nullable=True),
        sa.Column("disputed_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", AutoString(), nullable=True),
        sa.Column("verdict_why", AutoString(), nullable=True),
        sa.Column("verdict_by", AutoString(), nullable=True),
        sa.Column("verdict_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name="fk_rejection_feedback_id_feedback"
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name="fk_rejection_handoff_id_handoff"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_rejection_lead_id_lead"),
        sa.PrimaryKeyConstraint("feedback_id", name="pk_rejection"),
    )
    op.create_index("ix_rejection_answer_by", "rejection", ["answer_by"])
    op.create_index(
        "ix_rejection_disputed",
        "rejection",
        ["disputed_at"],
        **_only_where("disputed_at IS NOT NULL AND verdict IS NULL"),
    )
    op.create_index("ix_rejection_handoff_id", "rejection", ["handoff_id"])
    op.create_index("ix_rejection_lead_id", "rejection", ["lead_id"])
    op.create_index("ix_rejection_rejected_at", "rejection", ["rejected_at"])
    op.create_index(
        "ix_rejection_remind_at", "rejection", ["remind_at"], **_only_where("remind_at IS NOT NULL")
    )
    op.create_index(
        "ix_rejection_waits",
        "rejection",
        ["owner", "answer_by"],
        **_only_where("answered_at IS NULL"),
    )

    op.create_table(
        "criteria",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("activated_at", UTCDateTime(), nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("why", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_criteria"),
    )

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by", AutoString(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("edited_by", AutoString(), nullable=True),
        sa.Column("decided_by", AutoString(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("why", AutoString(), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("until", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index(
        "ix_proposal_state",
        "proposal",
        ["state"],
        **_only_where("state IN ('asked', 'working', 'running')"),
    )

    op.create_table(
        "approval",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("side", AutoString(), nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_approval_proposal_id_proposal"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "side", name="pk_approval"),
    )


def downgrade() -> None:
    """Drop the tables, and with them what is in them."""
    for table in (
        "approval",
        "proposal",
        "criteria",
        "rejection",
        "preference",
        "leave",
        "note",
        "touch",
    ):
        op.drop_table(table)

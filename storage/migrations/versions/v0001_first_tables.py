"""First tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSED = "feedback is never changed: add a row instead"


def _only_where(condition: str) -> dict[str, Any]:
    """What makes an index partial, on either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "account",
        sa.Column("platform", AutoString(), nullable=False),
        sa.Column("workspace", AutoString(), nullable=False),
        sa.Column("user_id", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("name", AutoString(), nullable=True),
        sa.Column("learned_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "user_id", name="pk_account"),
    )
    op.create_index("ix_account_email", "account", ["email", "platform"])

    op.create_table(
        "campaign",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("owner", AutoString(), nullable=True),
        sa.Column("pains", sa.JSON(), nullable=False),
        sa.Column("next_step", AutoString(), nullable=True),
        sa.Column("opener", AutoString(), nullable=True),
        sa.Column("spend", sa.Float(), nullable=True),
        sa.Column("objections", sa.JSON(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_campaign"),
    )
    op.create_table(
        "conversation",
        sa.Column("conversation", AutoString(), nullable=False),
        sa.Column("tenant_id", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("service_url", AutoString(), nullable=False),
        sa.Column("bot_id", AutoString(), nullable=False),
        sa.Column("user_id", AutoString(), nullable=True),
        sa.Column("aad_object_id", AutoString(), nullable=True),
        sa.Column("name", AutoString(), nullable=True),
        sa.Column("team_id", AutoString(), nullable=True),
        sa.Column("team_name", AutoString(), nullable=True),
        sa.Column("learned_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "tenant_id", name="pk_conversation"),
    )
    op.create_index("ix_conversation_aad_object_id", "conversation", ["aad_object_id"])
    op.create_index("ix_conversation_user_id", "conversation", ["user_id"])

    op.create_table(
        "inbox",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inbox"),
    )
    op.create_index("ix_inbox_at", "inbox", ["at"])

    op.create_table(
        "job_run",
        sa.Column("job", AutoString(), nullable=False),
        sa.Column("period", AutoString(), nullable=False),
        sa.Column("ran_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", "period", name="pk_job_run"),
    )
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("external_id", AutoString(), nullable=True),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("source", AutoString(), nullable=True),
        sa.Column("first_name", AutoString(), nullable=True),
        sa.Column("last_name", AutoString(), nullable=True),
        sa.Column("phone", AutoString(), nullable=True),
        sa.Column("title", AutoString(), nullable=True),
        sa.Column("company_name", AutoString(), nullable=True),
        sa.Column("company_domain", AutoString(), nullable=True),
        sa.Column("company_industry", AutoString(), nullable=True),
        sa.Column("company_employees", sa.Integer(), nullable=True),
        sa.Column("company_country", AutoString(), nullable=True),
        sa.Column("company_key", AutoString(), nullable=True),
        sa.Column("campaign", AutoString(), nullable=True),
        sa.Column("first_campaign", AutoString(), nullable=True),
        sa.Column("interests", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("search", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("stage", AutoString(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("score_fit", sa.Integer(), nullable=False),
        sa.Column("score_engagement", sa.Integer(), nullable=False),
        sa.Column("criteria_version", sa.Integer(), nullable=False),
        sa.Column("owner", AutoString(), nullable=True),
        sa.Column("mql_at", UTCDateTime(), nullable=True),
        sa.Column("sal_at", UTCDateTime(), nullable=True),
        sa.Column("sql_at", UTCDateTime(), nullable=True),
        sa.Column("opportunity_at", UTCDateTime(), nullable=True),
        sa.Column("won_at", UTCDateTime(), nullable=True),
        sa.Column("lost_at", UTCDateTime(), nullable=True),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("recycle_at", UTCDateTime(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["lead.id"], name="fk_lead_duplicate_of_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_lead"),
        sa.UniqueConstraint("email", name="uq_lead_email"),
        sa.UniqueConstraint("external_id", name="uq_lead_external_id"),
    )
    op.create_index("ix_lead_campaign", "lead", ["campaign"])
    op.create_index("ix_lead_company_key", "lead", ["company_key"])
    op.create_index(
        "ix_lead_due_recycle", "lead", ["recycle_at"], **_only_where("stage = 'recycled'")
    )
    op.create_index("ix_lead_owner", "lead", ["owner"])
    op.create_index("ix_lead_won_at", "lead", ["won_at"], **_only_where("won_at IS NOT NULL"))

    op.create_table(
        "tally",
        sa.Column("dimension", AutoString(), nullable=False),
        sa.Column("measure", AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", AutoString(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "measure", "day", "value", name="pk_tally"),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "card_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("platform", AutoString(), nullable=False),
        sa.Column("destination", AutoString(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("thread_of", sa.Integer(), nullable=True),
        sa.Column("lane", AutoString(), nullable=False),
        sa.Column("workspace", AutoString(), nullable=True),
        sa.Column("conversation", AutoString(), nullable=True),
        sa.Column("message", AutoString(), nullable=True),
        sa.Column("thread", AutoString(), nullable=True),
        sa.Column("shown", AutoString(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_card_copy_lead_id_lead"),
        sa.ForeignKeyConstraint(
            ["thread_of"], ["card_copy.id"], name="fk_card_copy_thread_of_card_copy"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_card_copy"),
    )
    op.create_index("ix_card_copy_lead_id", "card_copy", ["lead_id"])
    op.create_index("ix_card_copy_message", "card_copy", ["conversation", "message"])

    op.create_table(
        "engagement_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", AutoString(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_engagement_event_lead_id_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_engagement_event"),
        sa.UniqueConstraint("event_id", name="uq_engagement_event_event_id"),
    )
    op.create_index("ix_engagement_event_lead_id_at", "engagement_event", ["lead_id", "at"])

    op.create_table(
        "handoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("rep", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("accept_by", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by", AutoString(), nullable=True),
        sa.Column("contact_by", UTCDateTime(), nullable=True),
        sa.Column("first_touch_at", UTCDateTime(), nullable=True),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", UTCDateTime(), nullable=True),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("clock_from", UTCDateTime(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("step_at", UTCDateTime(), nullable=True),
        sa.Column("clock_before", UTCDateTime(), nullable=True),
        sa.Column("step_before", sa.Integer(), nullable=True),
        sa.Column("extended_by", AutoString(), nullable=True),
        sa.Column("decided_after", sa.Integer(), nullable=True),
        sa.Column("decided_late", sa.Integer(), nullable=True),
        sa.Column("touched_after", sa.Integer(), nullable=True),
        sa.Column("touched_late", sa.Integer(), nullable=True),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.Column("criteria_version", sa.Integer(), nullable=False),
        sa.Column("explored", sa.Boolean(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("why", AutoString(), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_handoff_lead_id_lead"),
        sa.ForeignKeyConstraint(["previous"], ["handoff.id"], name="fk_handoff_previous_handoff"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff"),
    )
    op.create_index("ix_handoff_accept_by", "handoff", ["accept_by"])
    op.create_index(
        "ix_handoff_contact_by", "handoff", ["contact_by"], **_only_where("contact_by IS NOT NULL")
    )
    op.create_index("ix_handoff_lead_id", "handoff", ["lead_id"])
    op.create_index("ix_handoff_offered_at", "handoff", ["offered_at"])
    op.create_index("ix_handoff_rep_offered_at", "handoff", ["rep", "offered_at"])
    op.create_index(
        "ix_handoff_rep_open",
        "handoff",
        ["rep", "state"],
        **_only_where("state IN ('offered', 'accepted')"),
    )
    op.create_index(
        "ix_handoff_retry_at", "handoff", ["retry_at"], **_only_where("retry_at IS NOT NULL")
    )
    op.create_index(
        "ix_handoff_snoozed",
        "handoff",
        ["snoozed_until"],
        **_only_where("snoozed_until IS NOT NULL"),
    )
    op.create_index(
        "ix_handoff_step_at", "handoff", ["step_at"], **_only_where("step_at IS NOT NULL")
    )
    op.create_index(
        "uq_handoff_open",
        "handoff",
        ["lead_id"],
        unique=True,
        **_only_where("state IN ('offered', 'accepted')"),
    )

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("decision", AutoString(), nullable=False),
        sa.Column("reason", AutoString(), nullable=True),
        sa.Column("reason_label", AutoString(), nullable=True),
        sa.Column("teaches", AutoString(), nullable=True),
        sa.Column("answer", AutoString(), nullable=True),
        sa.Column("decided_by", AutoString(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name="fk_feedback_handoff_id_handoff"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_feedback_lead_id_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_decided_at", "feedback", ["decided_at"])
    op.create_index("ix_feedback_handoff_id", "feedback", ["handoff_id"])
    op.create_index("ix_feedback_lead_id", "feedback", ["lead_id"])
    op.create_index(
        "ix_feedback_reason_decided_at",
        "feedback",
        ["reason", "decided_at"],
        **_only_where("reason IS NOT NULL"),
    )

    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("act", AutoString(), nullable=False),
        sa.Column("why", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name="fk_history_handoff_id_handoff"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_history_lead_id_lead"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
    )
    op.create_index("ix_history_lead_id", "history", ["lead_id"])

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lane", AutoString(), nullable=False),
        sa.Column("destination", AutoString(), nullable=False),
        sa.Column("verb", AutoString(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("detail", AutoString(), nullable=False),
        sa.Column("dedupe_key", AutoString(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("ready_at", UTCDateTime(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("error", AutoString(), nullable=True),
        sa.Column("advice", AutoString(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["card_copy.id"], name="fk_outbox_copy_id_card_copy"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_dedupe_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_copy", "outbox", ["copy_id"], **_only_where("state = 'pending'"))
    op.create_index("ix_outbox_dead", "outbox", ["id"], **_only_where("state = 'dead'"))
    op.create_index("ix_outbox_lane", "outbox", ["lane", "id"], **_only_where("state = 'pending'"))
    op.create_index(
        "ix_outbox_ready",
        "outbox",
        ["destination", "ready_at", "id"],
        **_only_where("state = 'pending'"),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])

    _refuse_changes_of_feedback()


def _refuse_changes_of_feedback() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER feedback_no_{change.lower()} BEFORE {change} ON feedback "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_feedback() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = '23000'; END $$"
    )
    op.execute(
        "CREATE TRIGGER feedback_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON feedback "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_feedback()"
    )


def downgrade() -> None:
    """Drop every table, and with it what is in it."""
    for table in (
        "outbox",
        "history",
        "feedback",
        "handoff",
        "engagement_event",
        "card_copy",
        "tally",
        "lead",
        "job_run",
        "inbox",
        "conversation",
        "campaign",
        "account",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_feedback()")

"""Reminds marketing of the rejections it has yet to answer, each once, before its time is over."""

from commands import outgoing
from commands.card_kind import CardKind
from commands.context import Context
from commands.recording import record
from commands.rejections.keeping import owner_of
from storage import rejections
from storage.tables import LeadRow, RejectionRow

AT_ONCE = 50
"""So many in one unit of work; called again while there are more."""


def remind(ctx: Context) -> bool:
    """Remind the owners of what is due by now, in their working time; whether there may be more.
    One that is answered before its reminder goes out is not told of."""
    due = rejections.due_reminders(ctx.session, ctx.now, AT_ONCE)
    for row in due:
        if row.remind_at is None or row.answered_at is not None:
            continue
        if not rejections.claim_reminder(ctx.session, row.feedback_id, row.remind_at):
            continue
        owner = _owner(ctx, row)
        record(ctx, "asked_to_answer", lead_id=row.lead_id, handoff_id=row.handoff_id, why=owner)
        outgoing.alert(ctx, owner, CardKind.REJECTION_WAITS, str(row.feedback_id), row.lead_id)
    return len(due) == AT_ONCE


def is_due(ctx: Context) -> bool:
    """Whether anybody is to be reminded now; reads only."""
    return bool(rejections.due_reminders(ctx.session, ctx.now, 1))


def _owner(ctx: Context, row: RejectionRow) -> str:
    """Who owes the answer; where they have left the team, who does now."""
    if ctx.setup.team.find(row.owner) is None:
        row.owner = owner_of(ctx, ctx.session.get_one(LeadRow, row.lead_id).campaign)
        ctx.session.add(row)
        ctx.session.flush()
    return row.owner

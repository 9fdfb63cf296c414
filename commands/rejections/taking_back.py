"""What taking a rejection back undoes beside the handoff itself: what marketing owed, and for a
lead that was given back, that it was accepted."""

from dataclasses import replace

from cards import rejection_notices as notices
from commands import clocks, counting, touching
from commands.claims import claim_handoff, claim_lead
from commands.context import Context
from commands.deciding import Case, LeadMoved
from commands.reply import Tell
from commands.running_clock import moved
from commands.working import colleague
from leads.lifecycle import HandoffState, Stage, move_handoff, return_lead
from storage import feedback, rejections
from storage.tables import FeedbackRow, LeadRow


def taken_up(ctx: Context, case: Case) -> Tell | None:
    """What to tell when marketing has answered or contested the rejection: then it stays."""
    row = rejections.newest_of(ctx.session, case.id)
    by = (row.disputed_by or row.answered_by) if row else None
    if row is None or by is None:
        return None
    return Tell(
        card=notices.not_to_be_undone(
            case.name, by=colleague(ctx, by), contested=row.disputed_by is not None
        )
    )


def drop(ctx: Context, case: Case) -> None:
    """Nothing is owed for the rejection any more."""
    row = rejections.newest_of(ctx.session, case.id)
    if row is None:
        return
    owed, rejected_at = row.answer_by is not None, row.rejected_at
    if not rejections.drop(ctx.session, row.feedback_id):
        raise LeadMoved(f"the rejection of handoff {case.id} was taken up in the meantime")
    if owed:
        counting.count_answer_owed(ctx, case, rejected_at, -1)


def acceptance_before(ctx: Context, case: Case) -> FeedbackRow | None:
    """The acceptance that the rejection gave back; None when an offer was rejected."""
    decisions = feedback.standing(ctx.session, case.id)
    given_back = len(decisions) > 1 and decisions[-2].decision == HandoffState.ACCEPTED
    return decisions[-2] if given_back else None


def accept_again(ctx: Context, case: Case, accepted: FeedbackRow, reason: str) -> bool:
    """Put a lead that was given back into its rep's hands again, as it was: True for exactly one
    of any number of people at once."""
    rep = clocks.rep_of(ctx, case.rep)
    held = replace(case, state=HandoffState.ACCEPTED)
    clock = moved(ctx, held, rep, case.clock_from or accepted.decided_at)
    claimed = claim_handoff(
        ctx,
        case.id,
        {"state": HandoffState.REJECTED.value},
        state=move_handoff(HandoffState.REJECTED, HandoffState.ACCEPTED).value,
        decided_at=accepted.decided_at,
        decided_by=accepted.decided_by,
        **clock,
    )
    if not claimed:
        return False
    row = ctx.session.get_one(LeadRow, case.lead_id)
    begins_anew = row.sal_at is None
    back = Stage.SQL if row.sql_at is not None else Stage.SAL
    returned = claim_lead(
        ctx,
        case.lead_id,
        {"stage": case.stage.value},
        stage=return_lead(case.stage, back).value,
        owner=case.rep,
        recycle_at=None,
        duplicate_of=None,
        sal_at=row.sal_at or accepted.decided_at,
    )
    if not returned:
        raise LeadMoved(f"lead {case.lead_id} isn't {case.stage} any more")
    ctx.session.refresh(row)
    short = not touching.is_kept(ctx, case.id, case.touches)
    counting.count_given_back(ctx, case, case, reason, short=short, n=-1)
    if begins_anew:
        counting.count_begins_anew(ctx, row, case, 1)
    return True

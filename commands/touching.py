"""What the touches of a handoff add up to."""

from sqlmodel import col, select

from commands.context import Context
from leads.touch import TouchOutcome, is_contact
from storage.tables import TouchRow

_CONTACTS = [outcome.value for outcome in TouchOutcome if is_contact(outcome)]


def is_kept(ctx: Context, handoff_id: int, touches: int) -> bool:
    """Whether the lead had what sales promised: somebody reached it, or tried as often as agreed.
    `touches` is how many there were."""
    if touches >= ctx.setup.agreement.sales.attempts:
        return True
    return touches > 0 and was_reached(ctx, handoff_id)


def was_reached(ctx: Context, handoff_id: int) -> bool:
    """Whether a touch got through to the lead."""
    ctx.session.flush()
    reached = select(TouchRow.id).where(
        TouchRow.handoff_id == handoff_id, col(TouchRow.outcome).in_(_CONTACTS)
    )
    return ctx.session.exec(reached.limit(1)).first() is not None

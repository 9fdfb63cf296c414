"""Leads that went to the fallback because nobody could take them: offered to the first rep who
can."""

from datetime import datetime, timedelta

from commands import moving_on
from commands.claims import claim_handoff
from commands.context import Context
from commands.deciding import UNDO_WITHIN, Case, read
from commands.offer_lead import FIRST_RETRY
from leads.lifecycle import HandoffState
from storage import handoffs

AT_ONCE = 50
"""So many in one unit of work."""

_SELDOM = timedelta(minutes=30)
"""How often a lead that has waited for long is looked at."""


def offer_waiting(ctx: Context) -> object:
    """Look for a rep for the leads whose turn it is; True when there may be more. One for which
    there is still nobody lets the others go first next time."""
    due = handoffs.due_retries(ctx.session, ctx.now, AT_ONCE)
    for handoff_id in due:
        _look_again(ctx, handoff_id)
    return len(due) == AT_ONCE


def is_due(ctx: Context) -> bool:
    """Whether it is any lead's turn; reads only."""
    return handoffs.is_retry_due(ctx.session, ctx.now)


def _look_again(ctx: Context, handoff_id: int) -> None:
    case = read(ctx, handoff_id)
    if case is None or case.retry_at is None or case.retry_at > ctx.now:
        return
    if case.state is not HandoffState.OFFERED or case.rep != ctx.setup.agreement.fallback:
        _put_off(ctx, case, _after_undo(case, ctx.now))
    elif moving_on.somebody_else_can(ctx, case):
        moving_on.to_who_is_free(ctx, case)
    else:
        waited = ctx.now - case.offered_at
        _put_off(ctx, case, ctx.now + min(_SELDOM, max(FIRST_RETRY, waited)))


def _after_undo(case: Case, now: datetime) -> datetime | None:
    """The decision may be taken back for a while, and then the lead waits again."""
    last = case.decided_at + UNDO_WITHIN if case.decided_at else now
    return last if last > now else None


def _put_off(ctx: Context, case: Case, until: datetime | None) -> None:
    claim_handoff(ctx, case.id, {"retry_at": case.retry_at}, retry_at=until)

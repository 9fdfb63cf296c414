"""Draws what the ladder says from the rows as they are now."""

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import col

from cards.ladder_cards import LadderView, Settled, escalation, reminder
from cards.model import Card
from commands import running_clock
from commands.card_kind import CardKind
from commands.climbed import Climbed
from commands.context import Context
from commands.present_handoffs import mention, what_followed
from commands.running_clock import Clock
from leads.lifecycle import HandoffState
from storage.leads import lead_value
from storage.tables import CopyRow, HandoffRow, LeadRow

# Built once: building a query takes longer than asking it.
_OF_HANDOFF = (
    columns(HandoffRow, LeadRow)
    .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
    .where(col(HandoffRow.id) == bindparam("handoff"))
)
_POSTED = columns(col(CopyRow.id)).where(
    col(CopyRow.lead_id) == bindparam("lead"),
    col(CopyRow.kind) == bindparam("kind"),
    col(CopyRow.subject) == bindparam("subject"),
    col(CopyRow.message).is_not(None),
)


def present_reminder(ctx: Context, subject: str) -> Card | None:
    """The reminder for the rep. Once it is no longer true, it says so where it was posted, and
    isn't posted any more; nor is it while the lead is snoozed."""
    climbed = Climbed.read(subject)
    view = _view(ctx, CardKind.REMINDER, climbed)
    return reminder(view) if view else None


def present_escalation(ctx: Context, subject: str) -> Card | None:
    """The same for a manager: who is late, with what."""
    climbed = Climbed.read(subject)
    view = _view(ctx, CardKind.ESCALATION, climbed)
    return escalation(view) if view else None


def _view(ctx: Context, kind: CardKind, climbed: Climbed) -> LadderView | None:
    found = ctx.session.execute(_OF_HANDOFF, {"handoff": climbed.handoff_id}).first()
    if found is None:
        return None
    handoff, lead = found
    holds = climbed.holds(ctx, handoff) and not _sleeps(ctx, kind, handoff)
    if not holds and not _was_posted(ctx, kind, climbed, handoff.lead_id):
        return None
    due = running_clock.due_of(handoff, climbed.clock)
    followed = what_followed(ctx, handoff, lead)
    return LadderView(
        handoff_id=climbed.handoff_id,
        lead_id=handoff.lead_id,
        name=lead_value(lead).name,
        company=lead.company_name,
        rep=mention(ctx, handoff.rep, ping=kind is CardKind.REMINDER and holds),
        wants_touch=climbed.clock is Clock.TOUCH,
        due=due,
        is_late=due <= ctx.now,
        settled=None if holds else _settled(ctx, climbed, handoff),
        to=followed.to,
        extended_by=mention(ctx, handoff.extended_by) if handoff.extended_by else None,
    )


def _sleeps(ctx: Context, kind: CardKind, handoff: HandoffRow) -> bool:
    """Whether the rep has put it off: it will knock by itself."""
    until = handoff.snoozed_until
    return kind is CardKind.REMINDER and until is not None and until > ctx.now


def _settled(ctx: Context, climbed: Climbed, handoff: HandoffRow) -> Settled:
    state = HandoffState(handoff.state)
    if climbed.runs(handoff):
        return Settled.MORE_TIME if _was_set_back(ctx, climbed, handoff) else Settled.OVERTAKEN
    match state:
        case HandoffState.WITHDRAWN:
            return Settled.MOVED
        case HandoffState.OFFERED:
            return Settled.REOPENED
        case _ if climbed.clock is Clock.DECIDE:
            return Settled.DECIDED
        case _:
            return Settled.TOUCHED if handoff.first_touch_at else Settled.CLOSED


def _was_set_back(ctx: Context, climbed: Climbed, handoff: HandoffRow) -> bool:
    return running_clock.due_of(handoff, climbed.clock) > ctx.now


def _was_posted(ctx: Context, kind: CardKind, climbed: Climbed, lead_id: int) -> bool:
    asked = {"lead": lead_id, "kind": kind.value, "subject": str(climbed)}
    ctx.session.flush()
    return ctx.session.connection().execute(_POSTED, asked).first() is not None

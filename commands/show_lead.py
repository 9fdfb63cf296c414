"""Everything that is known of a lead, on one page."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import select

from cards import work_notices
from cards.lead_page import BLOCKS_IN_A_MESSAGE, BLOCKS_IN_A_PAGE, LeadPageView, lead_page
from cards.model import Card
from commands import permission, running_clock, snapshot
from commands.context import Context
from commands.criteria_in_force import scorer_for
from commands.happenings import happenings_of, named
from commands.playbook import campaign_of
from commands.recording import record
from commands.reply import Page, Reply, Tell
from commands.working import number
from leads.criteria import Score
from leads.lead import EngagementEvent, Lead
from leads.lifecycle import OPEN_STATES, HandoffState, Stage
from leads.person import Role
from storage.handoffs import current
from storage.leads import events_of, lead_value
from storage.tables import HandoffRow, LeadRow

_TIMED = frozenset({Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.WON, Stage.LOST})


def page(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The full page of the lead with the id `subject`, for those whom it concerns."""
    row = lead_of(ctx, subject)
    if row is None:
        return Tell(card=work_notices.gone())
    if refusal := refused(ctx, row):
        return refusal
    return Page(card=_card(ctx, row, BLOCKS_IN_A_PAGE))


def card_of(ctx: Context, lead_id: int) -> Card | None:
    """The same page as a card that fits in a message; for somebody whom the lead doesn't concern,
    a card that says whom to ask. None when there is no such lead."""
    row = ctx.session.get(LeadRow, lead_id)
    if row is None:
        return None
    if refusal := refused(ctx, row):
        return refusal.card
    return _card(ctx, row, BLOCKS_IN_A_MESSAGE)


def lead_of(ctx: Context, subject: str) -> LeadRow | None:
    """The lead whose id is the subject of a button."""
    lead_id = number(subject)
    return ctx.session.get(LeadRow, lead_id) if lead_id is not None else None


def refused(ctx: Context, row: LeadRow) -> Tell | None:
    """None when the actor may read the lead: marketers, managers, admins, and every rep who has
    or had it; else whom to ask, and the try is recorded."""
    assert row.id is not None  # it was read
    actor = ctx.actor
    if actor is None or may_read(ctx, row.id):
        return None
    record(ctx, "refused", lead_id=row.id)
    handoff = current(ctx.session, row.id)
    whom = handoff.rep if handoff else actor.manager or ctx.setup.agreement.fallback
    return Tell(card=work_notices.not_for_you(named(ctx, whom)))


def may_read(ctx: Context, lead_id: int) -> bool:
    """Whether the actor may read the lead with this id."""
    actor = ctx.actor
    if actor is None or actor.has(Role.MARKETER, Role.MANAGER):
        return True
    held = ctx.session.exec(
        select(HandoffRow.id).where(HandoffRow.lead_id == lead_id, HandoffRow.rep == actor.email)
    ).first()
    return held is not None


def _card(ctx: Context, row: LeadRow, most_blocks: int) -> Card:
    lead = lead_value(row)
    events = events_of(ctx.session, lead.id)
    handoff = current(ctx.session, lead.id)
    is_open = handoff is not None and HandoffState(handoff.state) in OPEN_STATES
    is_offered = handoff is not None and handoff.state == HandoffState.OFFERED
    ended_here = handoff is not None and handoff.state == HandoffState.COMPLETED
    stage = Stage(row.stage)
    shown, now = _scores(ctx, lead, events, handoff)
    campaign = campaign_of(ctx, lead.campaign)
    return lead_page(
        LeadPageView(
            lead=lead,
            stage=stage,
            stage_at=getattr(row, f"{stage.value}_at") if stage in _TIMED else None,
            rep=named(ctx, handoff.rep) if handoff and (is_open or ended_here) else None,
            rep_since=_since(handoff) if is_open or ended_here else None,
            is_offered=is_offered,
            accept_by=handoff.accept_by if handoff and is_offered else None,
            contact_by=handoff.contact_by if handoff and is_open and not is_offered else None,
            is_late=handoff is not None and running_clock.is_late(handoff, ctx.now),
            extended_by=_extended_by(ctx, handoff),
            oversees=_overseen(ctx, handoff),
            touches=handoff.touches if handoff and (is_open or ended_here) else 0,
            amount=row.amount,
            recycle_at=row.recycle_at if stage is Stage.RECYCLED else None,
            duplicate_of=_name_of(ctx, row.duplicate_of),
            score=shown,
            score_at=handoff.offered_at if handoff and handoff.snapshot else None,
            score_now=now.points if now.points != shown.points else None,
            campaign=campaign,
            campaign_owner=named(ctx, campaign.owner) if campaign and campaign.owner else None,
            crm_url=ctx.setup.agreement.crm_address(lead),
            happenings=happenings_of(ctx, lead.id, events),
            most_blocks=most_blocks,
        )
    )


def _extended_by(ctx: Context, handoff: HandoffRow | None) -> str | None:
    if handoff is None or handoff.extended_by is None or running_clock.clock_of(handoff) is None:
        return None
    return named(ctx, handoff.extended_by)


def _overseen(ctx: Context, handoff: HandoffRow | None) -> int | None:
    """The handoff whose clock runs for somebody else, where the actor may see to that."""
    if handoff is None or ctx.actor is None or running_clock.clock_of(handoff) is None:
        return None
    return handoff.id if permission.may_extend(ctx, handoff) else None


def _scores(
    ctx: Context, lead: Lead, events: tuple[EngagementEvent, ...], handoff: HandoffRow | None
) -> tuple[Score, Score]:
    """The score of the handoff, as its battle card shows it, and the score of now."""
    now = scorer_for(ctx, lead.id).score(lead, events, ctx.now)
    if handoff is None or not handoff.snapshot:
        return now, now
    return snapshot.score_of(handoff.snapshot), now


def _since(handoff: HandoffRow | None) -> datetime | None:
    return (handoff.decided_at or handoff.offered_at) if handoff else None


def _name_of(ctx: Context, lead_id: int | None) -> str | None:
    row = ctx.session.get(LeadRow, lead_id) if lead_id is not None else None
    return lead_value(row).name if row else None

"""Draws the cards of a handoff from the rows as they are now: the rep's battle card and the
lead's line in the channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam
from sqlalchemy import select as columns
from sqlmodel import col, select

from cards.battle_card import battle_card
from cards.handoff_line import HandoffLineView, handoff_line
from cards.handoff_view import (
    AfterNo,
    BattleCardView,
    Decision,
    Engagement,
    Left,
    Playbook,
    ScoredAnew,
)
from cards.model import Card, Mention
from commands import running_clock, snapshot
from commands.card_kind import CardKind
from commands.context import Context
from commands.moving_on import Because
from commands.snooze_lead import MOST_SNOOZES
from commands.undo_decision import may_undo
from commands.working import number
from leads.agreement import Step
from leads.criteria import Score
from leads.lead import EngagementEvent
from leads.lifecycle import OPEN_STATES, HandoffState, Stage
from storage.leads import events_of, lead_value
from storage.rejections import OVERTURNED, is_taken_up
from storage.tables import CampaignRow, CopyRow, FeedbackRow, HandoffRow, HistoryRow, LeadRow

_DECIDED = frozenset({HandoffState.REJECTED, HandoffState.PASSED, HandoffState.WITHDRAWN})


@dataclass(frozen=True, kw_only=True)
class Following:
    """What became of a lead after a no or a pass."""

    then: AfterNo = AfterNo.UNKNOWN
    to: Mention | None = None
    until: datetime | None = None
    other: str | None = None


# Built once: building a query takes longer than asking it.
_OF_HANDOFF = (
    columns(HandoffRow, LeadRow, CampaignRow)
    .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
    .outerjoin(CampaignRow, col(CampaignRow.name) == col(LeadRow.campaign))
    .where(col(HandoffRow.id) == bindparam("handoff"))
)
_TELLING = (
    columns(LeadRow, HandoffRow)
    .outerjoin(
        HandoffRow,
        and_(
            col(HandoffRow.lead_id) == col(LeadRow.id),
            col(HandoffRow.state) != HandoffState.WITHDRAWN.value,
        ),
    )
    .where(col(LeadRow.id) == bindparam("lead"))
    .order_by(col(HandoffRow.id).desc())
    .limit(1)
)

_LATER = (
    columns(col(HandoffRow.id), col(HandoffRow.rep), col(HandoffRow.state))
    .where(col(HandoffRow.previous) == bindparam("previous"))
    .order_by(col(HandoffRow.id).desc())
    .limit(1)
)


def present_battle_card(ctx: Context, subject: str) -> Card | None:
    """The rep's card of the handoff with this id. None when it is gone, or when it is over
    before the rep ever saw it."""
    handoff_id = number(subject)
    found = ctx.session.execute(_OF_HANDOFF, {"handoff": handoff_id}).first()
    if found is None:
        return None
    handoff, lead, campaign = found
    state = HandoffState(handoff.state)
    if state in _DECIDED and handoff.decided_by != handoff.rep and not _was_posted(ctx, handoff):
        return None
    return battle_card(_view(ctx, handoff, lead, campaign))


def present_line(ctx: Context, subject: str) -> Card | None:
    """The line of the lead with this id."""
    lead_id = number(subject)
    # The handoff that says where the lead stands: the newest one that wasn't withdrawn.
    found = ctx.session.execute(_TELLING, {"lead": lead_id}).first()
    if found is None or lead_id is None:
        return None
    lead: LeadRow = found[0]
    handoff: HandoffRow | None = found[1]
    value = lead_value(lead)
    stage = Stage(lead.stage)
    state = HandoffState(handoff.state) if handoff else None
    return handoff_line(
        HandoffLineView(
            lead_id=lead_id,
            name=value.name,
            title=lead.title,
            company=lead.company_name,
            score=snapshot.score_of(handoff.snapshot).points if handoff else lead.score,
            campaign=lead.campaign,
            rep=mention(ctx, handoff.rep) if handoff else None,
            state=state,
            stage=stage,
            at=_due(lead, stage, handoff),
            reason=_reason(ctx, handoff) if handoff else None,
            overdue_since=_overdue_since(ctx, handoff) if handoff else None,
        )
    )


def mention(ctx: Context, email: str, *, ping: bool = False) -> Mention:
    """A colleague by name; one who has left the team file by e-mail."""
    person = ctx.setup.team.find(email)
    return Mention(name=person.name if person else email, email=email, ping=ping)


def what_followed(ctx: Context, handoff: HandoffRow, lead: LeadRow) -> Following:
    """What became of the lead after this handoff ended, as far as that still holds."""
    following = _following(ctx, handoff.id)
    if following:
        return Following(then=AfterNo.REROUTED, to=mention(ctx, following))
    if lead.stage == Stage.RECYCLED:
        then = AfterNo.WAITS if lead.recycle_at else AfterNo.WAITS_FOR_NEWS
        return Following(then=then, until=lead.recycle_at)
    if lead.duplicate_of is not None:
        other = ctx.session.get(LeadRow, lead.duplicate_of)
        if other:
            return Following(then=AfterNo.DUPLICATE, other=lead_value(other).name)
    if lead.stage == Stage.DISQUALIFIED:
        return Following(then=AfterNo.CLOSED)
    return Following()


def _following(ctx: Context, handoff_id: int | None) -> str | None:
    """Who got the lead after this handoff, the ones from whom it was taken on left out."""
    ctx.session.flush()
    while handoff_id is not None:
        later = ctx.session.connection().execute(_LATER, {"previous": handoff_id}).first()
        if later is None:
            return None
        handoff_id = later.id
        if later.state != HandoffState.WITHDRAWN:
            return str(later.rep)
    return None


def _overdue_since(ctx: Context, handoff: HandoffRow) -> datetime | None:
    """Since when the running clock is overdue, where the ladder says that all may see it."""
    which = running_clock.clock_of(handoff)
    climbed = running_clock.ladder(ctx)[: handoff.step]
    if which is None or not any(rung.do is Step.MARK for rung in climbed):
        return None
    due = running_clock.due_of(handoff, which)
    return due if due <= ctx.now else None


def _view(
    ctx: Context, handoff: HandoffRow, lead: LeadRow, campaign: CampaignRow | None
) -> BattleCardView:
    state, stage = HandoffState(handoff.state), Stage(lead.stage)
    value = lead_value(lead)
    score = snapshot.score_of(handoff.snapshot)
    stands = state in OPEN_STATES
    return BattleCardView(
        handoff_id=handoff.id or 0,
        lead_id=value.id,
        name=value.name,
        title=lead.title,
        company=lead.company_name,
        industry=lead.company_industry,
        employees=lead.company_employees,
        country=lead.company_country,
        interests=value.interests,
        score=score.points,
        fit=score.fit,
        engagement=score.engagement,
        lines=score.lines,
        scored_anew=_scored_anew(lead, score) if state is HandoffState.OFFERED else None,
        why_now=why_now(events_of(ctx.session, value.id), handoff) if stands else None,
        playbook=_playbook(lead, campaign),
        why_you=handoff.why,
        state=state,
        stage=stage,
        accept_by=handoff.accept_by,
        snoozed_until=handoff.snoozed_until,
        may_snooze=handoff.snoozes < MOST_SNOOZES,
        decision=_decision(ctx, handoff, lead),
        contact_by=handoff.contact_by,
        is_late=running_clock.is_late(handoff, ctx.now),
        extended_by=mention(ctx, handoff.extended_by) if handoff.extended_by else None,
        waits=state is HandoffState.OFFERED and handoff.retry_at is not None,
        first_touch_at=handoff.first_touch_at,
        touches=handoff.touches,
        stage_at=_stage_at(lead, stage),
        amount=lead.amount,
        may_undo=handoff.decided_by == handoff.rep
        and may_undo(state, stage, handoff.decided_at, handoff.touches, lead.mql_at, ctx.now)
        and not (state is HandoffState.REJECTED and is_taken_up(ctx.session, handoff.id or 0)),
        crm_url=ctx.setup.agreement.crm_address(value),
    )


def _scored_anew(lead: LeadRow, at_handoff: Score) -> ScoredAnew | None:
    """What newer criteria say, where that differs."""
    if lead.criteria_version <= at_handoff.criteria_version or lead.score == at_handoff.points:
        return None
    return ScoredAnew(points=lead.score, version=lead.criteria_version)


def why_now(events: Sequence[EngagementEvent], handoff: HandoffRow) -> Engagement | None:
    """The newest event of the kind that earned points at the handoff, else the newest of all."""
    earned = snapshot.because_of(handoff.snapshot)
    telling = [
        event
        for event in events
        if any(
            event.type.casefold() == kind.casefold()
            and (name is None or (event.name or "").casefold() == name.casefold())
            for kind, name in earned
        )
    ]
    if not (telling or events):
        return None
    newest = (telling or events)[-1]
    alike = sum(1 for one in events if (one.type, one.name) == (newest.type, newest.name))
    return Engagement(type=newest.type, name=newest.name, at=newest.at, times=alike)


def _playbook(lead: LeadRow, campaign: CampaignRow | None) -> Playbook | None:
    if campaign:
        return Playbook(
            title=campaign.title,
            pains=tuple(campaign.pains),
            opener=campaign.opener,
            next_step=campaign.next_step,
        )
    return Playbook(title=lead.campaign) if lead.campaign else None


def _decision(ctx: Context, handoff: HandoffRow, lead: LeadRow) -> Decision | None:
    if handoff.decided_by is None or handoff.decided_at is None:
        return None
    followed = Following()
    if handoff.state in _DECIDED:
        followed = what_followed(ctx, handoff, lead)
    return Decision(
        by=mention(ctx, handoff.decided_by),
        own=handoff.decided_by == handoff.rep,
        at=handoff.decided_at,
        reason=_reason(ctx, handoff),
        then=followed.then,
        to=followed.to,
        until=followed.until,
        other=followed.other,
        left=_left(ctx, handoff),
        due=handoff.contact_by or handoff.accept_by,
    )


_LEFT = {
    Because.A_MANAGER: Left.A_MANAGER,
    Because.AWAY: Left.AWAY,
    Because.REP_IS_FREE: Left.REP_IS_FREE,
}


def _left(ctx: Context, handoff: HandoffRow) -> Left:
    """Why a withdrawn handoff was withdrawn, by its history."""
    if handoff.state != HandoffState.WITHDRAWN:
        return Left.TAKEN_BACK
    act = ctx.session.exec(
        select(HistoryRow.act)
        .where(
            HistoryRow.lead_id == handoff.lead_id,
            HistoryRow.handoff_id == handoff.id,
            col(HistoryRow.act).in_([*(one.value for one in Because), OVERTURNED]),
        )
        .order_by(col(HistoryRow.id).desc())
        .limit(1)
    ).first()
    if act is None:
        return Left.TAKEN_BACK
    if act == OVERTURNED:
        return Left.OVERTURNED
    late = Left.UNTOUCHED if handoff.contact_by else Left.UNDECIDED
    return _LEFT.get(Because(act), late)


def _reason(ctx: Context, handoff: HandoffRow) -> str | None:
    if handoff.state != HandoffState.REJECTED:
        return None
    return ctx.session.exec(
        select(FeedbackRow.reason_label)
        .where(FeedbackRow.handoff_id == handoff.id, FeedbackRow.decision == "rejected")
        .order_by(col(FeedbackRow.id).desc())
        .limit(1)
    ).first()


def _due(lead: LeadRow, stage: Stage, handoff: HandoffRow | None) -> datetime | None:
    if stage is Stage.RECYCLED:
        return lead.recycle_at
    return handoff.accept_by if handoff else None


def _stage_at(lead: LeadRow, stage: Stage) -> datetime | None:
    match stage:
        case Stage.WON:
            return lead.won_at
        case Stage.LOST:
            return lead.lost_at
        case _:
            return None


def _was_posted(ctx: Context, handoff: HandoffRow) -> bool:
    return (
        ctx.session.exec(
            select(CopyRow.id).where(
                CopyRow.lead_id == handoff.lead_id,
                CopyRow.kind == CardKind.BATTLE_CARD.value,
                CopyRow.subject == str(handoff.id),
                col(CopyRow.message).is_not(None),
            )
        ).first()
        is not None
    )

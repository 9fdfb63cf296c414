"""Draws what follows a rejection from the rows as they are now."""

from dataclasses import replace

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import col, select

from cards import rejection_cards as cards
from cards.model import Card, Mention
from cards.rejection_cards import Answered, Contested, Judged, RejectionView
from commands.card_kind import CardKind
from commands.context import Context
from commands.present_handoffs import mention, what_followed
from commands.rejections.finding import judges
from commands.working import number
from leads.agreement import Asks
from leads.lifecycle import HandoffState, Stage
from leads.rejection import RejectionAnswer, Verdict
from storage.feedback import gave_back, next_decision
from storage.leads import lead_value
from storage.tables import (
    CampaignRow,
    CopyRow,
    FeedbackRow,
    HandoffRow,
    LeadRow,
    RejectionRow,
)

# Built once: building a query takes longer than asking it.
_OF_FEEDBACK = (
    columns(FeedbackRow, HandoffRow, LeadRow, CampaignRow, RejectionRow)
    .join(HandoffRow, col(HandoffRow.id) == col(FeedbackRow.handoff_id))
    .join(LeadRow, col(LeadRow.id) == col(FeedbackRow.lead_id))
    .outerjoin(CampaignRow, col(CampaignRow.name) == col(LeadRow.campaign))
    .outerjoin(RejectionRow, col(RejectionRow.feedback_id) == col(FeedbackRow.id))
    .where(col(FeedbackRow.id) == bindparam("feedback"))
)


def present_rejection(ctx: Context, subject: str) -> Card | None:
    """In the thread: the rejection with this feedback id. Who is to answer it is pinged, unless
    it's them who rejected."""
    view = _view(ctx, subject)
    return cards.rejection(view) if view else None


def present_answer(ctx: Context, subject: str) -> Card | None:
    """In the thread: its answer, for the one who rejected."""
    view = _view(ctx, subject)
    if view is None or view.answered is None:
        return None
    return cards.answered(replace(view, by=_pinged(view.by, view.answered.by)))


def present_dispute(ctx: Context, subject: str) -> Card | None:
    """In the thread: it is contested, and what came of that."""
    view = _view(ctx, subject)
    return _dispute(ctx, view) if view else None


def present_open_dispute(ctx: Context, subject: str) -> Card | None:
    """In the chat of one who may decide ("<feedback id> <e-mail>"); None when it is decided before
    they ever saw it."""
    feedback_id, _, _ = subject.partition(" ")
    view = _view(ctx, feedback_id)
    if view is None:
        return None
    if view.judged and not _was_posted(ctx, CardKind.OPEN_DISPUTE, subject, view.lead_id):
        return None
    return _dispute(ctx, view)


def present_verdict(ctx: Context, subject: str) -> Card | None:
    """In the thread: what was decided about it, for both sides."""
    view = _view(ctx, subject)
    if view is None or view.judged is None or view.contested is None:
        return None
    judge = view.judged.by
    contested = replace(view.contested, by=_pinged(view.contested.by, judge))
    return cards.verdict(replace(view, by=_pinged(view.by, judge), contested=contested))


def present_waiting(ctx: Context, subject: str) -> Card | None:
    """To the one who is to answer; None when it is answered, taken back or overturned before they
    were ever reminded."""
    view = _view(ctx, subject)
    if view is None or view.is_undone:
        return None
    over = view.answered or (view.judged and view.judged.verdict is Verdict.OVERTURNED)
    if over and not _was_posted(ctx, CardKind.REJECTION_WAITS, subject, view.lead_id):
        return None
    return cards.waits(view)


def _dispute(ctx: Context, view: RejectionView) -> Card | None:
    if view.contested is None:
        return None
    able = judges(ctx, view.by.email, view.contested.by.email)
    return cards.dispute(view, tuple(Mention(name=one.name, email=one.email) for one in able))


def _view(ctx: Context, subject: str) -> RejectionView | None:
    found = ctx.session.execute(_OF_FEEDBACK, {"feedback": number(subject)}).first()
    if found is None:
        return None
    feedback: FeedbackRow = found[0]
    handoff: HandoffRow = found[1]
    lead: LeadRow = found[2]
    campaign: CampaignRow | None = found[3]  # an outer join
    row: RejectionRow | None = found[4]  # likewise
    assert feedback.id is not None
    reason = ctx.setup.agreement.reason(feedback.reason or "")
    followed = what_followed(ctx, handoff, lead)
    owner = row.owner if row and row.owner != feedback.decided_by else None
    is_there = handoff.state == HandoffState.REJECTED and lead.stage in _LEFT
    return RejectionView(
        feedback_id=feedback.id,
        lead_id=handoff.lead_id,
        lead=lead_value(lead).name,
        company=lead.company_name,
        by=mention(ctx, feedback.decided_by),
        reason=feedback.reason_label or feedback.reason or "",
        text=feedback.answer if reason and reason.asks is Asks.TEXT else None,
        campaign=campaign.title if campaign else lead.campaign,
        owner=mention(ctx, owner, ping=True) if owner else None,
        answer_by=row.answer_by if row else None,
        gave_back=gave_back(ctx.session, feedback),
        then=followed.then,
        to=followed.to,
        until=followed.until,
        other=followed.other,
        is_undone=next_decision(ctx.session, feedback) == "undone",
        answered=_answered(ctx, row),
        contested=_contested(ctx, row),
        judged=_judged(ctx, row),
        may_answer=row is not None,
        may_contest=row is not None and is_there,
    )


_LEFT = {Stage.RECYCLED, Stage.DISQUALIFIED}


def _answered(ctx: Context, row: RejectionRow | None) -> Answered | None:
    if row is None or row.answered_by is None or row.answered_at is None or row.answer is None:
        return None
    return Answered(
        by=mention(ctx, row.answered_by),
        at=row.answered_at,
        answer=RejectionAnswer(row.answer),
        text=row.answer_text,
        is_late=row.answer_by is not None and row.answered_at > row.answer_by,
    )


def _contested(ctx: Context, row: RejectionRow | None) -> Contested | None:
    if row is None or row.disputed_by is None or row.disputed_at is None:
        return None
    by = mention(ctx, row.disputed_by)
    return Contested(by=by, at=row.disputed_at, evidence=row.evidence or "")


def _judged(ctx: Context, row: RejectionRow | None) -> Judged | None:
    if row is None or row.verdict_by is None or row.verdict_at is None or row.verdict is None:
        return None
    return Judged(
        by=mention(ctx, row.verdict_by),
        at=row.verdict_at,
        verdict=Verdict(row.verdict),
        why=row.verdict_why,
    )


def _pinged(person: Mention, actor: Mention) -> Mention:
    """Pinged, unless it is their own act."""
    return replace(person, ping=person.email != actor.email)


def _was_posted(ctx: Context, kind: CardKind, subject: str, lead_id: int) -> bool:
    question = select(CopyRow.id).where(
        CopyRow.lead_id == lead_id,
        CopyRow.kind == kind.value,
        CopyRow.subject == subject,
        col(CopyRow.message).is_not(None),
    )
    return ctx.session.exec(question.limit(1)).first() is not None

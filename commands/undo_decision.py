"""Takes a decision back within ten minutes, as long as the world hasn't moved on."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select

from cards import notices
from commands import clocks, counting, outgoing, timing
from commands.claims import claim_handoff
from commands.context import Context
from commands.deciding import UNDO_WITHIN, Case, case_of, move_stage, owner_before, read
from commands.recording import keep_feedback, record
from commands.rejections import taking_back
from commands.reply import Nothing, Reply, Tell
from commands.running_clock import STOPPED, resumed
from commands.working import colleague
from leads.lifecycle import HandoffState, Stage, move_handoff
from storage.tables import FeedbackRow, HandoffRow, HistoryRow

_UNDOABLE = frozenset({HandoffState.ACCEPTED, HandoffState.REJECTED, HandoffState.PASSED})


def may_undo(
    state: HandoffState,
    stage: Stage,
    decided_at: datetime | None,
    touches: int,
    mql_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether a decision may still be taken back, as far as its own rows tell. `mql_at` is when the
    lead became an MQL last: a decision of an earlier time stands."""
    if state not in _UNDOABLE or decided_at is None or now >= decided_at + UNDO_WITHIN:
        return False
    if mql_at is not None and mql_at > decided_at:
        return False
    return state is not HandoffState.ACCEPTED or (touches == 0 and stage is Stage.SAL)


def undo(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Put the handoff with this id back to where its decision found it."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if refusal := _refusal(ctx, case):
        return refusal
    match case.state:
        case HandoffState.ACCEPTED:
            done = _take_back_accept(ctx, case)
        case HandoffState.REJECTED:
            done = _take_back_reject(ctx, case)
        case _:
            done = _take_back_pass(ctx, case)
    if done is not None:
        return done
    keep_feedback(ctx, case.id, "undone")
    record(ctx, "undone", lead_id=case.lead_id, handoff_id=case.id, why=case.state.value)
    outgoing.refresh(ctx, case.lead_id)
    return Nothing()


def _refusal(ctx: Context, case: Case) -> Reply | None:
    if case.state is HandoffState.OFFERED or case.decided_at is None:
        return Nothing()  # pressed twice: it is undone already
    if ctx.actor and case.decided_by != ctx.actor.email:
        by = colleague(ctx, case.decided_by or "")
        return Tell(card=notices.undo_not_yours(case.name, by))
    if ctx.now >= case.decided_at + UNDO_WITHIN:
        return Tell(card=notices.undo_late(case.name))
    if case.mql_at is not None and case.mql_at > case.decided_at:
        return Tell(card=notices.undo_began_anew(case.name))
    if not may_undo(case.state, case.stage, case.decided_at, case.touches, case.mql_at, ctx.now):
        return Tell(card=notices.undo_worked(case.name))
    return taking_back.taken_up(ctx, case) if case.state is HandoffState.REJECTED else None


def _take_back_accept(ctx: Context, case: Case) -> Reply | None:
    if not _reopen(ctx, case):
        return Tell(card=notices.undo_worked(case.name))
    move_stage(ctx, case, Stage.MQL, owner=owner_before(ctx, case), sal_at=None)
    counting.count_taken(ctx, case, case, timing.kept(case), -1)
    return None


def _take_back_reject(ctx: Context, case: Case) -> Reply | None:
    if refusal := _withdraw_next(ctx, case):
        return refusal
    taking_back.drop(ctx, case)
    if accepted := taking_back.acceptance_before(ctx, case):
        taking_back.accept_again(ctx, case, accepted, _reason(ctx, case))
        return None
    if not _reopen(ctx, case):
        return Nothing()
    if case.stage is not Stage.MQL:
        move_stage(ctx, case, Stage.MQL, recycle_at=None, duplicate_of=None)
    counting.count_rejected(ctx, case, case, _reason(ctx, case), timing.kept(case), -1)
    return None


def _take_back_pass(ctx: Context, case: Case) -> Reply | None:
    if refusal := _withdraw_next(ctx, case):
        return refusal
    if not _reopen(ctx, case):
        return Nothing()
    counting.count_offered(ctx, case, case)
    return None


def _withdraw_next(ctx: Context, case: Case) -> Reply | None:
    """Withdraw the offer that followed, while nobody has decided it. None when nothing is in the
    way any more; else who moved on with the lead."""
    later = ctx.session.exec(
        select(HandoffRow.id)
        .where(
            HandoffRow.lead_id == case.lead_id,
            col(HandoffRow.id) > case.id,
            HandoffRow.state != HandoffState.WITHDRAWN.value,
        )
        .order_by(col(HandoffRow.id))
        .limit(1)
    ).first()
    following = read(ctx, later) if later is not None else None
    if following is None:
        return None
    withdrawn = claim_handoff(
        ctx,
        following.id,
        {"state": HandoffState.OFFERED.value},
        state=move_handoff(HandoffState.OFFERED, HandoffState.WITHDRAWN).value,
        decided_at=ctx.now,
        decided_by=ctx.actor_email,
        snoozed_until=None,
        **STOPPED,
    )
    if not withdrawn:
        by = colleague(ctx, following.decided_by or following.rep)
        return Tell(card=notices.undo_moved_on(case.name, by, following.state))
    counting.count_offered(ctx, following, following, -1)
    record(ctx, "withdrawn", lead_id=case.lead_id, handoff_id=following.id)
    return None


def _reopen(ctx: Context, case: Case) -> bool:
    """Offer the handoff anew, exactly once, and not when a touch came in between. Its clock to the
    decision runs on as it was."""
    rep = clocks.rep_of(ctx, case.rep)
    was_accepted = case.contact_by is not None
    from_ = (case.clock_before if was_accepted else case.clock_from) or case.offered_at
    step = (case.step_before or 0) if was_accepted else case.step
    return claim_handoff(
        ctx,
        case.id,
        {"state": case.state.value, "touches": case.touches},
        state=move_handoff(case.state, HandoffState.OFFERED).value,
        decided_at=None,
        decided_by=None,
        contact_by=None,
        decided_after=None,
        decided_late=None,
        extended_by=_extended_by(ctx, case),
        **resumed(ctx, rep, from_, step),
    )


def _extended_by(ctx: Context, case: Case) -> str | None:
    """Who had given the rep more time to decide, if anybody."""
    return ctx.session.exec(
        select(HistoryRow.by)
        .where(
            HistoryRow.lead_id == case.lead_id,
            HistoryRow.handoff_id == case.id,
            HistoryRow.act == "extended",
            col(HistoryRow.by).not_in((case.rep, "baton")),
            col(HistoryRow.at) <= case.decided_at,
        )
        .order_by(col(HistoryRow.id).desc())
        .limit(1)
    ).first()


def _reason(ctx: Context, case: Case) -> str:
    """The code of the reason that is taken back."""
    reason = ctx.session.exec(
        select(FeedbackRow.reason)
        .where(FeedbackRow.handoff_id == case.id, FeedbackRow.decision == "rejected")
        .order_by(col(FeedbackRow.id).desc())
        .limit(1)
    ).first()
    return reason or ""

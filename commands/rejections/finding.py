"""Finds the rejection that a button is about, and who may do what with it."""

from dataclasses import dataclass

from sqlmodel import col, select

from cards import rejection_notices as notices
from cards.actions import Action
from commands import deciding
from commands.context import Context
from commands.deciding import Case
from commands.happenings import named
from commands.recording import record
from commands.reply import Tell
from commands.working import number
from leads.lifecycle import HandoffState, Stage
from leads.person import Person, Role
from storage.tables import FeedbackRow, HandoffRow, RejectionRow

_LEFT_BY_REJECTION = frozenset({Stage.RECYCLED, Stage.DISQUALIFIED})


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A rejection with its feedback, and its handoff as it is now."""

    id: int
    row: RejectionRow
    feedback: FeedbackRow
    case: Case

    @property
    def by(self) -> str:
        """E-mail of who rejected."""
        return self.feedback.decided_by

    @property
    def reason(self) -> str:
        """What the reason is called."""
        return self.feedback.reason_label or self.feedback.reason or ""


def rejection_of(ctx: Context, subject: str) -> Rejection | Tell:
    """The rejection with the feedback id `subject`; else what to tell. Its handoff is locked where
    the database needs that, so that an answer, a dispute, a verdict and an undo of one rejection
    come one after the other."""
    feedback_id = number(subject)
    feedback = ctx.session.get(FeedbackRow, feedback_id) if feedback_id is not None else None
    if feedback is None or feedback_id is None:
        return Tell(card=notices.gone(was_undone=False))
    case = deciding.read(ctx, feedback.handoff_id)
    row = ctx.session.get(RejectionRow, feedback_id, populate_existing=True)
    if row is None or case is None:
        return Tell(card=notices.gone(was_undone=feedback.decision == HandoffState.REJECTED))
    return Rejection(id=feedback_id, row=row, feedback=feedback, case=case)


def may_answer(ctx: Context, row: RejectionRow) -> bool:
    """Whether the actor may answer and contest: marketers, admins, and who is asked to answer."""
    actor = ctx.actor
    return actor is None or actor.has(Role.MARKETER) or actor.email == row.owner


def judges(ctx: Context, *involved: str) -> tuple[Person, ...]:
    """Who may decide a dispute: managers, and admins, but for those who are `involved`."""
    able = ctx.setup.team.with_role(Role.MANAGER, Role.ADMIN)
    return tuple(person for person in able if person.email not in involved)


def may_press(ctx: Context, action: Action, feedback_id: int) -> bool:
    """Whether a button about the rejection with this feedback id is for the actor."""
    row = ctx.session.get(RejectionRow, feedback_id)
    feedback = ctx.session.get(FeedbackRow, feedback_id)
    if row is None or feedback is None:
        return False
    if action is Action.JUDGE_REJECTION:
        able = judges(ctx, feedback.decided_by, row.disputed_by or "")
        return ctx.actor is None or ctx.actor in able
    is_own = action is Action.CONTEST_REJECTION and feedback.decided_by == ctx.actor_email
    return may_answer(ctx, row) and not is_own


def refuse_answer(ctx: Context, found: Rejection) -> Tell | None:
    """None when the actor may answer and contest; else who is asked to, and the try is recorded."""
    if may_answer(ctx, found.row):
        return None
    record(ctx, "refused", lead_id=found.case.lead_id, handoff_id=found.case.id)
    owner = named(ctx, found.row.owner)
    return Tell(card=notices.not_yours_to_answer(found.case.name, owner))


def refuse_verdict(ctx: Context, found: Rejection) -> Tell | None:
    """None when the actor may decide the dispute; else who may, and the try is recorded."""
    actor = ctx.actor
    sides = (found.by, found.row.disputed_by or "")
    able = judges(ctx, *sides)
    if actor is None or actor in able:
        return None
    record(ctx, "refused", lead_id=found.case.lead_id, handoff_id=found.case.id)
    names = tuple(person.name for person in able)
    if actor.email in sides and actor.has(Role.MANAGER):
        rejected = actor.email == found.by
        return Tell(card=notices.judge_of_own(found.case.name, names, rejected=rejected))
    return Tell(card=notices.not_yours_to_judge(found.case.name, names))


def where_it_was_left(ctx: Context, case: Case) -> bool:
    """Whether the lead still stands where the rejection left it, out of sales' hands."""
    if case.state is not HandoffState.REJECTED or case.stage not in _LEFT_BY_REJECTION:
        return False
    return later(ctx, case) is None


def later(ctx: Context, case: Case) -> HandoffRow | None:
    """The newest handoff of the lead that followed and wasn't withdrawn."""
    return ctx.session.exec(
        select(HandoffRow)
        .where(
            HandoffRow.lead_id == case.lead_id,
            col(HandoffRow.id) > case.id,
            HandoffRow.state != HandoffState.WITHDRAWN.value,
        )
        .order_by(col(HandoffRow.id).desc())
        .limit(1)
    ).first()


def moved_on(ctx: Context, case: Case, *, judging: bool) -> Tell:
    """Tells what happened to the lead since it was rejected."""
    following = later(ctx, case)
    return Tell(
        card=notices.moved_on(
            case.name,
            to=named(ctx, following.rep) if following else None,
            at=following.offered_at if following else None,
            lead_id=case.lead_id,
            judging=judging,
        )
    )

"""What every step after the accept checks first, and how it moves the lead on."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from cards import work_notices
from commands import counting, outgoing, permission, touching
from commands.context import Context
from commands.recording import record
from commands.reply import Nothing, Reply, Tell
from commands.running_clock import STOPPED
from leads.lifecycle import HandoffState, Stage, move_handoff, move_lead, next_stages
from storage import handoffs
from storage.leads import lead_value
from storage.tables import HandoffRow, HistoryRow, LeadRow

_LARGEST_ID = 2**63 - 1
_DOUBLE_CLICK = timedelta(seconds=10)

ACTS = {
    Stage.SAL: "accepted",
    Stage.SQL: "qualified",
    Stage.OPPORTUNITY: "opened_opportunity",
    Stage.WON: "won",
    Stage.LOST: "lost",
}
"""The name in the history of the act that takes a lead to a stage."""

_ORDER = (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.WON)
_CLOSED = frozenset({Stage.WON, Stage.LOST})


class HandoffMoved(Exception):
    """The handoff changed under a lead that was being closed; nothing of the step is kept."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """A lead that somebody has accepted and works."""

    handoff: HandoffRow
    handoff_id: int
    lead: LeadRow
    lead_id: int
    name: str
    """What people call the lead."""


def work_on(ctx: Context, subject: str) -> Work | Tell:
    """The accepted handoff with the id `subject`, if the actor may work it; else what to tell
    them, with a refusal recorded."""
    handoff_id = number(subject)
    handoff = ctx.session.get(HandoffRow, handoff_id) if handoff_id else None
    if handoff is None or handoff_id is None:
        return Tell(card=work_notices.gone())
    if not permission.may_work(ctx, handoff):
        return permission.refuse(ctx, handoff)
    lead = ctx.session.get_one(LeadRow, handoff.lead_id)
    work = Work(
        handoff=handoff,
        handoff_id=handoff_id,
        lead=lead,
        lead_id=handoff.lead_id,
        name=lead_value(lead).name,
    )
    state = HandoffState(handoff.state)
    if state is HandoffState.ACCEPTED:
        return work
    if state is HandoffState.OFFERED:
        return Tell(card=work_notices.accept_first(handoff_id, work.name))
    if state is HandoffState.COMPLETED:
        return already(ctx, work)
    by = colleague(ctx, handoff.decided_by) if handoff.decided_by else None
    return Tell(card=work_notices.handoff_over(work.name, state, by=by, at=handoff.decided_at))


def may_step(ctx: Context, work: Work, to: Stage) -> Tell | None:
    """None when the lead may go to `to` from where it stands; else why not, kindly."""
    stage = Stage(work.lead.stage)
    if to in next_stages(stage):
        return None
    if stage in _CLOSED or (stage in _ORDER and to in _ORDER[: _ORDER.index(stage) + 1]):
        return already(ctx, work)
    if stage is Stage.SAL:
        return Tell(card=work_notices.qualify_first(work.handoff_id, work.name))
    return Tell(card=work_notices.too_late(work.name, stage, work.lead_id))


def step(ctx: Context, work: Work, to: Stage, *, why: str = "", **changes: object) -> Reply | None:
    """Move the lead to `to`, once: recorded, counted, every copy drawn again. A won or lost lead
    ends its handoff. None when it is done; else what to say, and nothing was changed."""
    if refusal := may_step(ctx, work, to):
        return Nothing() if _is_double_click(ctx, work, to) else refusal
    before, was = Stage(work.lead.stage), work.lead.amount
    if not _claim_stage(ctx, work, before, move_lead(before, to), changes):
        return already(ctx, work)
    if to in _CLOSED:
        _complete(ctx, work)
    record(ctx, ACTS[to], lead_id=work.lead_id, handoff_id=work.handoff_id, why=why)
    counting.count_step(ctx, work.lead, before, to, work.handoff, was)
    if to is Stage.LOST and not touching.is_kept(ctx, work.handoff_id, work.handoff.touches):
        counting.count_short(ctx, work.handoff)
    outgoing.refresh(ctx, work.lead_id)
    return None


def already(ctx: Context, work: Work) -> Tell:
    """Tells where the lead stands already, since when and by whom."""
    stage = Stage(work.lead.stage)
    last = _last(ctx, work, stage)
    day = counting.local_day
    return Tell(
        card=work_notices.already(
            work.name,
            stage,
            by=colleague(ctx, last.by) if last else None,
            at=last.at if last else None,
            today=last is not None and day(ctx, last.at) == day(ctx, ctx.now),
            lead_id=work.lead_id,
        )
    )


def colleague(ctx: Context, email: str) -> str:
    """What to call the person with this e-mail: the name, or "you" for the one who asks."""
    if ctx.actor and ctx.actor.email == email:
        return "you"
    person = ctx.setup.team.find(email)
    return person.name if person else email


def number(subject: str) -> int | None:
    """The id in the subject of a button, or None when it can't be one."""
    if subject.isascii() and subject.isdigit() and len(subject) <= len(str(_LARGEST_ID)):
        return int(subject) if int(subject) <= _LARGEST_ID else None
    return None


def _last(ctx: Context, work: Work, stage: Stage) -> HistoryRow | None:
    """The newest act that took the lead to this stage."""
    return ctx.session.exec(
        select(HistoryRow)
        .where(HistoryRow.lead_id == work.lead_id, HistoryRow.act == ACTS.get(stage, ""))
        .order_by(col(HistoryRow.id).desc())
        .limit(1)
    ).first()


def _is_double_click(ctx: Context, work: Work, to: Stage) -> bool:
    """Whether the actor did just this a moment ago: then there is nothing to be told."""
    if work.lead.stage != to:
        return False
    last = _last(ctx, work, to)
    return last is not None and last.by == ctx.actor_email and ctx.now - last.at < _DOUBLE_CLICK


def _claim_stage(
    ctx: Context, work: Work, before: Stage, after: Stage, changes: dict[str, object]
) -> bool:
    """Compare-and-set, so that of two clicks at once one moves the lead."""
    ctx.session.flush()
    moved = ctx.session.execute(
        update(LeadRow)
        .where(col(LeadRow.id) == work.lead_id, col(LeadRow.stage) == before.value)
        .values(
            {
                "stage": after.value,
                f"{after.value}_at": ctx.now,
                **changes,
            }
        )
        .returning(col(LeadRow.id))
        .execution_options(synchronize_session=False)
    ).first()
    ctx.session.refresh(work.lead)
    return moved is not None


def _complete(ctx: Context, work: Work) -> None:
    after = move_handoff(HandoffState(work.handoff.state), HandoffState.COMPLETED)
    if not handoffs.claim_state(
        ctx.session, work.handoff_id, {HandoffState.ACCEPTED}, state=after.value, **STOPPED
    ):
        raise HandoffMoved(f"handoff {work.handoff_id} was decided anew in the meantime")

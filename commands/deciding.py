"""What every decision on a handoff shares: finding it, finding its one winner, and telling the
others who that was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table, bindparam, select

from cards import notices
from commands import outgoing, permission
from commands.claims import claim_handoff, claim_lead
from commands.context import Context
from commands.reply import Nothing, Reply, Tell
from commands.running_clock import STOPPED
from commands.working import colleague, number
from leads.lead import Lead
from leads.lifecycle import HandoffState, Stage, move_handoff, move_lead
from storage.statistics import IS_OPEN
from storage.tables import HandoffRow, LeadRow

UNDO_WITHIN = timedelta(minutes=10)


class LeadMoved(Exception):
    """A lead wasn't in the stage that its handoff says; nothing of the decision is kept."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A handoff and as much of its lead as a decision needs, as they were when it was read."""

    id: int
    lead_id: int
    rep: str
    state: HandoffState
    offered_at: datetime
    accept_by: datetime
    decided_at: datetime | None
    decided_by: str | None
    decided_after: int | None
    decided_late: int | None
    contact_by: datetime | None
    first_touch_at: datetime | None
    touches: int
    snoozed_until: datetime | None
    snoozes: int
    clock_from: datetime | None
    step: int
    step_at: datetime | None
    clock_before: datetime | None
    step_before: int | None
    retry_at: datetime | None
    explored: bool
    stage: Stage
    campaign: str | None
    first_campaign: str | None
    source: str | None
    mql_at: datetime | None
    name: str
    """What people call the lead."""


_HANDOFF: Table = HandoffRow.__table__  # type: ignore[attr-defined]
_LEAD: Table = LeadRow.__table__  # type: ignore[attr-defined]
_OF_HANDOFF = (
    "id",
    "lead_id",
    "rep",
    "state",
    "offered_at",
    "accept_by",
    "decided_at",
    "decided_by",
    "decided_after",
    "decided_late",
    "contact_by",
    "first_touch_at",
    "touches",
    "snoozed_until",
    "snoozes",
    "clock_from",
    "step",
    "step_at",
    "clock_before",
    "step_before",
    "retry_at",
    "explored",
)
_OF_LEAD = ("stage", "campaign", "first_campaign", "source", "mql_at")
_NAMES = ("first_name", "last_name", "email", "external_id")
# Columns, not rows: a decision is the hot path, and needs neither the snapshot nor the rest.
_CASE = (
    select(
        *(_HANDOFF.c[name] for name in _OF_HANDOFF),
        *(_LEAD.c[name] for name in _OF_LEAD + _NAMES),
    )
    .join(_LEAD, _LEAD.c.id == _HANDOFF.c.lead_id)
    .where(_HANDOFF.c.id == bindparam("handoff"))
)
_CASE_LOCKED = _CASE.with_for_update(of=_HANDOFF)


def case_of(ctx: Context, subject: str) -> Case | Tell:
    """The handoff with the id `subject`, if the actor may decide it; else what to tell them, with
    a refusal recorded."""
    handoff_id = number(subject)
    case = read(ctx, handoff_id) if handoff_id is not None else None
    if case is None:
        return Tell(card=notices.gone())
    if not permission.may_work(ctx, case):
        return permission.refuse(ctx, case)
    return case


def read(ctx: Context, handoff_id: int) -> Case | None:
    """The handoff as it is now, locked until the transaction ends where the database needs that;
    None when there is none."""
    connection = ctx.session.connection()
    query = _CASE if ctx.reads_only or connection.dialect.name == "sqlite" else _CASE_LOCKED
    row = connection.execute(query, {"handoff": handoff_id}).first()
    if row is None:
        return None
    known = dict(row._mapping)
    lead = Lead(
        id=row.lead_id,
        created_at=row.offered_at,
        **{name: known.pop(name) for name in _NAMES},
    )
    known["state"] = HandoffState(row.state)
    known["stage"] = Stage(row.stage)
    return Case(name=lead.name, **known)


def claim(ctx: Context, case: Case, after: HandoffState, **changes: object) -> bool:
    """Decide an open offer, which stops its clock: True for exactly one of any number of people
    at once."""
    return claim_handoff(
        ctx,
        case.id,
        {"state": HandoffState.OFFERED.value},
        state=move_handoff(HandoffState.OFFERED, after).value,
        decided_at=ctx.now,
        decided_by=ctx.actor_email,
        snoozed_until=None,
        **{**STOPPED, **changes},
    )


def move_stage(ctx: Context, case: Case, to: Stage, **changes: object) -> None:
    """Move the lead of a case on to another stage. Raises ForbiddenMove or LeadMoved."""
    after = move_lead(case.stage, to).value
    if not claim_lead(ctx, case.lead_id, {"stage": case.stage.value}, stage=after, **changes):
        raise LeadMoved(f"lead {case.lead_id} isn't {case.stage} any more")


def owner_before(ctx: Context, case: Case) -> str | None:
    """Who had accepted the lead the time before, if anybody."""
    kept = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)
    found: str | None = ctx.session.connection().scalar(
        select(_HANDOFF.c.rep)
        .where(
            _HANDOFF.c.lead_id == case.lead_id,
            _HANDOFF.c.id != case.id,
            _HANDOFF.c.state.in_(kept),
        )
        .order_by(_HANDOFF.c.id.desc())
        .limit(1)
    )
    return found


def show_everywhere(ctx: Context, case: Case) -> None:
    """Every copy shows the decision at once; the card that was decided on loses its Undo when the
    time for that is over."""
    outgoing.refresh_decided(ctx, case.lead_id, case.id, ctx.now + UNDO_WITHIN)


def _next_holder(ctx: Context, case: Case) -> str | None:
    """Who has the lead by a later handoff now, if anybody."""
    found: str | None = ctx.session.connection().scalar(
        select(_HANDOFF.c.rep).where(
            _HANDOFF.c.lead_id == case.lead_id, _HANDOFF.c.id > case.id, IS_OPEN
        )
    )
    return found


def already(ctx: Context, case: Case, wanted: HandoffState | None = None) -> Reply:
    """Tells who decided and when; says nothing to the one who did just what they `wanted`."""
    now = read(ctx, case.id) or case
    if now.state is HandoffState.WITHDRAWN and (to := _next_holder(ctx, case)):
        return Tell(card=notices.went_on(now.name, colleague(ctx, to)))
    if now.state is wanted and ctx.actor and now.decided_by == ctx.actor.email:
        return Nothing()
    by = colleague(ctx, now.decided_by) if now.decided_by else None
    return Tell(card=notices.already(now.name, now.state, by=by, at=now.decided_at))

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
from commands.working import colleague, number
from leads.lead import Lead
from leads.lifecycle import HandoffState, Stage, move_handoff, move_lead
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
    touches: int
    snoozed_until: datetime | None
    snoozes: int
    stage: Stage
    campaign: str | None
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
    "touches",
    "snoozed_until",
    "snoozes",
)
_OF_LEAD = ("stage", "campaign", "source", "mql_at")
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
    """Decide an open offer: True for exactly one of any number of people at once."""
    return claim_handoff(
        ctx,
        case.id,
        {"state": HandoffState.OFFERED.value},
        state=move_handoff(HandoffState.OFFERED, after).value,
        decided_at=ctx.now,
        decided_by=ctx.actor_email,
        snoozed_until=None,
        **changes,
    )


def move_stage(ctx: Context, case: Case, to: Stage, **changes: object) -> None:
    """Move the lead of a case on to another stage. Raises ForbiddenMove or LeadMoved."""
    after = move_lead(case.stage, to).value
    if not claim_lead(ctx, case.lead_id, {"stage": case.stage.value}, stage=after, **changes):
        raise LeadMoved(f"lead {case.lead_id} isn't {case.stage} any more")


def show_everywhere(ctx: Context, case: Case) -> None:
    """Every copy shows the decision at once; the card that was decided on loses its Undo when the
    time for that is over."""
    outgoing.refresh_decided(ctx, case.lead_id, case.id, ctx.now + UNDO_WITHIN)


def already(ctx: Context, case: Case, wanted: HandoffState | None = None) -> Reply:
    """Tells who decided and when; says nothing to the one who did just what they `wanted`."""
    now = read(ctx, case.id) or case
    if now.state is wanted and ctx.actor and now.decided_by == ctx.actor.email:
        return Nothing()
    by = colleague(ctx, now.decided_by) if now.decided_by else None
    return Tell(card=notices.already(now.name, now.state, by=by, at=now.decided_at))

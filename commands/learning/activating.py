"""The decision on proposed criteria: a yes of both sides puts them in force, in one transaction.

Every act reads the proposal locked until the transaction ends (SQLite has one writer anyway), so
that of any number of people at once each sees what those before did.
"""

from dataclasses import dataclass

from sqlmodel import col

from commands.context import Context
from commands.criteria_in_force import newest_in_force, retire_proposals
from commands.learning import announcing, asking
from commands.learning.outcomes import (
    Activated,
    AlreadyApproved,
    AlreadyDecided,
    Approved,
    Declined,
    Gone,
    InForceAlready,
    NotAllowed,
    NotYet,
    Refused,
    Restoring,
    Stale,
    WhyStale,
)
from commands.learning.staleness import why_stale
from leads.person import Person
from leads.proposals import (
    IN_WORK,
    TO_DECIDE,
    ProposalState,
    Side,
    move_proposal,
    side_for,
    sides_of,
)
from storage import proposals
from storage.tables import ApprovalRow, CriteriaRow, ProposalRow
from storage.upsert import dialect_of, insert_into


def approve(
    ctx: Context, proposal_id: int
) -> Approved | AlreadyApproved | Activated | Stale | Refused:
    """The actor's yes, for the side they speak for. The second side's puts the criteria in force
    and has the open leads rescored. What isn't true any more is refused, and worked out anew."""
    found = to_decide(ctx, proposal_id)
    if not isinstance(found, Case):
        return found
    row = found.row
    if (why := why_stale(ctx, row)) is not None:
        return retire(ctx, row, why)
    given = proposals.approvals(ctx.session, proposal_id)
    side = side_for(found.actor, {one.side: one.by for one in given})
    if side is None:
        mine = next((one for one in given if one.by == found.actor.email), given[0])
        waits_for = next(other for other in Side if other is not mine.side)
        return AlreadyApproved(by=mine.by, at=mine.at, waits_for=waits_for)
    ctx.session.add(
        ApprovalRow(proposal_id=proposal_id, side=side.value, by=found.actor.email, at=ctx.now)
    )
    ctx.session.flush()
    if not given:
        announcing.refresh(ctx, row)
        return Approved(side=side, waits_for=next(other for other in Side if other is not side))
    return _activate(ctx, row)


def decline(ctx: Context, proposal_id: int, why: str) -> Declined | Refused:
    """The actor's no, for the reason they give: one side is enough."""
    found = to_decide(ctx, proposal_id)
    if not isinstance(found, Case):
        return found
    close(ctx, found.row, ProposalState.DECLINED, why=why)
    return Declined()


def roll_back(ctx: Context, version: int) -> Restoring | InForceAlready | NotAllowed | Gone:
    """Propose the rules of an earlier version again. It needs both sides like any other, and gets
    a number of its own: history is only ever added to."""
    if ctx.actor is None or not sides_of(ctx.actor):
        return NotAllowed()
    ctx.check_may_write()
    base = newest_in_force(ctx.session).criteria
    earlier = ctx.session.get(CriteriaRow, version)
    if earlier is None:
        return Gone()
    if earlier.body == proposals.body_of(base):
        return InForceAlready(version=base.version)
    restored = proposals.criteria_of(ctx.session, version)
    row = ProposalRow(
        state=ProposalState.OPEN.value,
        asked_at=ctx.now,
        asked_by=ctx.actor_email,
        made_at=ctx.now,
        base_version=base.version,
        decisions=proposals.newest_decision(ctx.session),
        body=dict(earlier.body),
        evidence={"restores": version, **proposals.changes_between(base, restored)},
    )
    ctx.session.add(row)
    ctx.session.flush()
    assert row.id is not None
    announcing.post(ctx, row)
    return Restoring(proposal=row.id)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A proposal that the actor may decide on now."""

    row: ProposalRow
    actor: Person

    @property
    def state(self) -> ProposalState:
        """Open or running."""
        return ProposalState(self.row.state)


def to_decide(ctx: Context, proposal_id: int) -> Case | Refused:
    """The proposal, locked, if it waits for a decision and the actor may take part in it."""
    ctx.check_may_write()
    row = ctx.session.get(ProposalRow, proposal_id, with_for_update=True, populate_existing=True)
    if row is None:
        return Gone()
    if ctx.actor is None or not sides_of(ctx.actor):
        return NotAllowed()
    state = ProposalState(row.state)
    if state in IN_WORK:
        return NotYet()
    if state not in TO_DECIDE:
        return AlreadyDecided(
            state=state, by=row.decided_by, at=row.decided_at, version=row.version
        )
    return Case(row=row, actor=ctx.actor)


def close(ctx: Context, row: ProposalRow, after: ProposalState, **changes: object) -> None:
    """Decide a proposal, and show that on its cards."""
    row.decided_by, row.decided_at = ctx.actor_email, ctx.now
    for name, value in changes.items():
        setattr(row, name, value)
    advance(ctx, row, after)


def advance(ctx: Context, row: ProposalRow, after: ProposalState) -> None:
    """Move a proposal on, and show that on its cards."""
    row.state = move_proposal(ProposalState(row.state), after).value
    ctx.session.flush()
    announcing.refresh(ctx, row)


def retire(ctx: Context, row: ProposalRow, why: WhyStale) -> Stale:
    """Mark a proposal as stale, and have a new one made in its place. The rules of an earlier
    version aren't looked for again: whoever wants them asks again."""
    restores = "restores" in row.evidence
    close(ctx, row, ProposalState.STALE, why=why.value)
    if restores:
        return Stale(why=why, again=None)
    under_way = proposals.in_work(ctx.session)
    return Stale(why=why, again=asking.enqueue(ctx) if under_way is None else under_way)


_ADD = {
    dialect: insert_into(dialect, CriteriaRow)
    .on_conflict_do_nothing()
    .returning(col(CriteriaRow.version))
    for dialect in ("sqlite", "postgresql")
}


def _activate(ctx: Context, row: ProposalRow) -> Activated | Stale:
    """Both sides said yes. Somebody who took the same number at this moment was first."""
    assert row.id is not None
    version = row.version or proposals.next_version(ctx.session)
    given = proposals.approvals(ctx.session, row.id)
    added = ctx.session.connection().execute(
        _ADD[dialect_of(ctx.session)],
        {
            "version": version,
            "body": row.body,
            "activated_at": ctx.now,
            "by": ctx.actor_email,
            "why": announcing.why_of(ctx, row, {one.side: one.by for one in given}),
        },
    )
    if added.first() is None:
        return retire(ctx, row, WhyStale.NEWER_CRITERIA)
    retire_proposals(ctx, why=WhyStale.NEWER_CRITERIA.value, but=row.id)
    close(ctx, row, ProposalState.ACTIVATED, version=version)
    announcing.activated(ctx, row)
    return Activated(version=version)

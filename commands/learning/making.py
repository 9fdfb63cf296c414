"""A proposal that was asked for is taken up by one process, worked out in another, and kept.

`made` runs aside: it gets the database's address and plain values, reads one consistent state of
the database, and returns plain values again. What needs numpy is imported in it alone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session, and_, col, or_, select

from commands.claims import claim_proposal
from commands.context import Context
from commands.criteria_in_force import newest_in_force
from commands.learning import announcing
from commands.learning.outcomes import WhyStale
from commands.rescore_leads import scores_under
from leads.criteria import Criteria
from leads.proposals import ProposalState, move_proposal
from storage import proposals
from storage.criteria_body import criteria_from
from storage.database import Database
from storage.tables import ProposalRow

if TYPE_CHECKING:
    from leads.retuning.proposing import Proposal
    from storage.decisions import Learnable

LEASE = timedelta(minutes=15)
"""After this long another process takes a proposal over that isn't made."""
_MOST_IDS = 200
"""So many handoffs of each kind are kept as examples."""
_MOST_MOVERS = 20


@dataclass(frozen=True, kw_only=True)
class Job:
    """A proposal that this process is to make."""

    proposal: int
    lease_until: datetime
    edited: Mapping[str, object] | None
    """The criteria that a person made of it, whose effect is to be worked out."""
    zone: str
    weekly_volume: int | None
    """As marketing promises."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What came of it: `body` and `evidence` of a proposal, or why there is none."""

    base_version: int
    decisions: int
    body: dict[str, object] | None
    evidence: dict[str, object]
    why: str | None


# In the words of the partial index: with bound values the planners can't use it.
_UNDER_WAY = text("proposal.state IN ('asked', 'working', 'running')")


def is_due(ctx: Context) -> bool:
    """Whether a proposal waits to be made; only looks."""
    return _next(ctx) is not None


def take(ctx: Context) -> Job | None:
    """Take up the oldest proposal that waits to be made, or that whoever took it up has left
    unfinished; None when there is none, or another process was faster."""
    row = _next(ctx)
    if row is None or row.id is None:
        return None
    until = ctx.now + LEASE
    was = {"state": row.state, "lease_until": row.lease_until}
    if row.state == ProposalState.ASKED:
        was = {"state": row.state}
    if not claim_proposal(ctx, row.id, was, state=ProposalState.WORKING.value, lease_until=until):
        return None
    agreement = ctx.setup.agreement
    return Job(
        proposal=row.id,
        lease_until=until,
        edited=dict(row.body) if row.edited_by else None,
        zone=agreement.timezone,
        weekly_volume=agreement.marketing.leads_per_week,
    )


def keep(ctx: Context, job: Job, made: Made) -> ProposalState | None:
    """Write down what was made, and have it posted: everything in one transaction. What it became;
    None where another process has taken it over."""
    row = ctx.session.get(ProposalRow, job.proposal, with_for_update=True, populate_existing=True)
    if row is None or row.state != ProposalState.WORKING or row.lease_until != job.lease_until:
        return None
    row.lease_until = None
    if made.base_version != newest_in_force(ctx.session).criteria.version and not row.edited_by:
        # New criteria came into force meanwhile: all over again.
        row.state = move_proposal(ProposalState.WORKING, ProposalState.ASKED).value
        return ProposalState.ASKED
    row.made_at, row.decisions = ctx.now, made.decisions
    if row.edited_by and made.base_version != row.base_version:
        made = Made(
            base_version=row.base_version,
            decisions=made.decisions,
            body=None,
            evidence={},
            why=WhyStale.NEWER_CRITERIA.value,
        )
    row.base_version = made.base_version
    kept = {key: row.evidence[key] for key in _KEPT if key in row.evidence}
    if made.body is None:
        after = ProposalState.NOTHING
        row.why = made.why
    else:
        after = ProposalState.OPEN
        row.body = made.body
    row.evidence = {**kept, **made.evidence}
    row.state = move_proposal(ProposalState.WORKING, after).value
    ctx.session.flush()
    if "copies" in kept:
        announcing.refresh(ctx, row)
    else:
        announcing.post(ctx, row)
    return after


_KEPT = ("copies", "changes")
"""What of the evidence stays when a person has edited a proposal, unless it is made anew."""


def _next(ctx: Context) -> ProposalRow | None:
    left = (
        col(ProposalRow.state) == ProposalState.WORKING.value,
        col(ProposalRow.lease_until) < ctx.now,
    )
    return ctx.session.exec(
        select(ProposalRow)
        .where(_UNDER_WAY, or_(col(ProposalRow.state) == ProposalState.ASKED.value, and_(*left)))
        .order_by(col(ProposalRow.id))
        .limit(1)
    ).first()


def made(url: str, job: Job, now: datetime) -> Made:
    """As `work_out`, in whatever process this is called."""
    database = Database.open(url)
    try:
        return database.read_now(lambda session: work_out(session, job, now))
    finally:
        database.close_now()


def work_out(session: Session, job: Job, now: datetime) -> Made:
    """Learn from all decisions, and propose what is proven better than the criteria in force; of
    criteria that a person edited, work out their effect."""
    from leads.retuning.proposing import Nothing, Options, judge, propose
    from storage import decisions

    base = newest_in_force(session).criteria
    zone = ZoneInfo(job.zone)
    learnable = decisions.read(session, zone)
    options = Options(
        weekly_volume=_volume(learnable, job.weekly_volume),
        learned_until=decisions.learned_until(session, base.version, zone),
    )
    edited = None if job.edited is None else criteria_from(job.edited, base.version + 1)
    if edited is None:
        found = propose(learnable.history, base, options)
    else:
        found = judge(learnable.history, base, edited, options)
    if isinstance(found, Nothing):
        evidence: dict[str, object] = {"learned_from": len(learnable.history)}
        if found.backtest is not None:
            evidence["backtest"] = _figures(asdict(found.backtest))
        if edited is not None:  # it stays what a person made it, without figures
            return Made(
                base_version=base.version,
                decisions=learnable.newest,
                body=proposals.body_of(edited),
                evidence={**evidence, **_preview(session, edited, now)},
                why=None,
            )
        return Made(
            base_version=base.version,
            decisions=learnable.newest,
            body=None,
            evidence=evidence,
            why=found.why.value,
        )
    return Made(
        base_version=base.version,
        decisions=learnable.newest,
        body=proposals.body_of(found.criteria),
        evidence={**_evidence(learnable, found), **_preview(session, found.criteria, now)},
        why=None,
    )


def _volume(learnable: "Learnable", promised: int | None) -> float | None:
    """The weekly volume to hold: the promised one, where it is known how leads below the present
    threshold do or there is more than that now; else what it is now."""
    history = learnable.history
    if promised is None or not len(history):
        return None
    weekly = len(history) / len(set(history.weeks.tolist()))
    return float(promised) if bool(history.explored.any()) or promised < weekly else None


def _evidence(learnable: "Learnable", found: "Proposal") -> dict[str, object]:
    return {
        "learned_from": len(learnable.history),
        "changes": [
            {
                "rule": change.rule.id,
                "before": change.before,
                "after": change.after,
                "reasons": dict(change.reasons),
                "moved_by": _newest(learnable, change.moved_by)[:_MOST_MOVERS],
                "told_by": _told_by(learnable, change.moved_by),
            }
            for change in found.changes
        ],
        "backtest": _figures(asdict(found.backtest)),
        "moves_in": _newest(learnable, found.moves_in)[:_MOST_IDS],
        "moves_out": _newest(learnable, found.moves_out)[:_MOST_IDS],
        "all_in": len(found.moves_in),
        "all_out": len(found.moves_out),
    }


def _figures(told: dict[str, Any]) -> dict[str, Any]:
    """A backtest with few enough ids to keep, the newest, and how many there were."""
    avoided, lost = told["rejected_avoided"], told["accepted_lost"]
    return {
        **told,
        "rejected_avoided": sorted(avoided, reverse=True)[:_MOST_IDS],
        "accepted_lost": sorted(lost, reverse=True)[:_MOST_IDS],
        "all_avoided": len(avoided),
        "all_lost": len(lost),
    }


def _newest(learnable: "Learnable", handoffs: tuple[int, ...]) -> list[int]:
    return sorted(handoffs, key=lambda one: (learnable.decisions[one].at, one), reverse=True)


def _told_by(learnable: "Learnable", handoffs: tuple[int, ...]) -> list[dict[str, object]]:
    told = [learnable.decisions[handoff] for handoff in handoffs]
    counts = Counter((one.by, one.reason or "") for one in told)
    return [{"by": by, "reason": reason, "n": n} for (by, reason), n in sorted(counts.items())]


def _preview(session: Session, criteria: Criteria, now: datetime) -> dict[str, object]:
    found = scores_under(session, criteria, now)
    return {
        "preview": {
            name: {str(points): n for points, n in counts.items()}
            for name, counts in (("now", found.now), ("then", found.then))
        }
    }

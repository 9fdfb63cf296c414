"""A proposal as challenger: for some weeks it scores a share of the leads, then the verdict is
asked for.

A lead is in the share or not by a hash of its id, so it stays where it is. Nothing is rescored when
a trial begins; leads are scored by their side's criteria as there is news of them. Handoffs tell
which by their `criteria_version`. When a trial ends without a new version, the open leads that the
challenger scored are scored again by the criteria in force (`commands.rescore_leads`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from sqlmodel import col, delete, func, select

from commands.context import Context
from commands.criteria_in_force import challenger
from commands.learning import announcing
from commands.learning.activating import Case, advance, close, retire, to_decide
from commands.learning.outcomes import (
    OtherTrial,
    Refused,
    Stale,
    TrialBegun,
    TrialEnded,
    WhyStale,
    WrongTrial,
)
from commands.learning.staleness import why_stale
from leads.lifecycle import HandoffState
from leads.proposals import ProposalState, Trial
from leads.rates import Rate
from storage import job_runs, proposals
from storage.tables import ApprovalRow, HandoffRow, ProposalRow

MOST_SHARE = 0.5
MOST_WEEKS = 12
WAITS_FOR_VERDICT = timedelta(weeks=2)
"""After this long without a verdict a trial ends by itself."""

_ACCEPTED = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)
_DECIDED = (*_ACCEPTED, HandoffState.REJECTED.value)


def challenge(
    ctx: Context, proposal_id: int, share: float, weeks: int
) -> TrialBegun | WrongTrial | OtherTrial | Stale | Refused:
    """Have a proposal score this share of the leads for so many weeks. Either side may begin that
    and end it at any time, for nothing is in force by it; approvals before are void, as the
    verdict is to follow from the result."""
    found = to_decide(ctx, proposal_id)
    if not isinstance(found, Case):
        return found
    row = found.row
    version = proposals.next_version(ctx.session)
    # Only after the version: a trial that was committed until then is seen here, and a later one
    # claims the same version.
    running = challenger(ctx.session)
    if running is not None:
        return OtherTrial(proposal=running.proposal)
    if not 0 < share <= MOST_SHARE or not 1 <= weeks <= MOST_WEEKS:
        return WrongTrial(most_share=MOST_SHARE, most_weeks=MOST_WEEKS)
    if (why := why_stale(ctx, row)) is not None:
        return retire(ctx, row, why)
    if not job_runs.claim(ctx.session, "trial", str(version), ctx.now):
        return OtherTrial(proposal=proposal_id)  # somebody began another at this moment
    ctx.session.exec(delete(ApprovalRow).where(ApprovalRow.proposal_id == proposal_id))  # type: ignore[arg-type]
    until = ctx.now + timedelta(weeks=weeks)
    row.evidence = {
        **row.evidence,
        "trial": {"since": ctx.now.isoformat(), "by": found.actor.email},
    }
    row.share, row.until, row.version = share, until, version
    advance(ctx, row, ProposalState.RUNNING)
    return TrialBegun(version=version, until=until)


def end_trial(ctx: Context, proposal_id: int, why: str) -> TrialEnded | Refused:
    """End a trial without a new version: the criteria in force score all leads again."""
    found = to_decide(ctx, proposal_id)
    if not isinstance(found, Case):
        return found
    close(ctx, found.row, ProposalState.DECLINED, why=why)
    return TrialEnded()


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """How both criteria did with the leads that were handed over since the trial began, explored
    ones left out; accepted of decided. The difference is None before each has any decision."""

    in_force: Rate
    challenger: Rate
    offered_in_force: int
    offered_challenger: int
    delta: float | None
    low: float
    high: float


def result(ctx: Context, proposal_id: int) -> TrialResult | None:
    """The result so far; None for a proposal that was never on trial. After its end no further
    handoffs count."""
    row = ctx.session.get(ProposalRow, proposal_id)
    trial = proposals.read(ctx.session, row).trial if row else None
    if row is None or trial is None or row.version is None:
        return None
    until = row.decided_at or ctx.now
    old, offered_old = _arm(ctx, row.base_version, trial, until)
    new, offered_new = _arm(ctx, row.version, trial, until)
    delta, low, high = difference(old, new)
    return TrialResult(
        in_force=old,
        challenger=new,
        offered_in_force=offered_old,
        offered_challenger=offered_new,
        delta=delta,
        low=low,
        high=high,
    )


def _arm(ctx: Context, version: int, trial: Trial, until: datetime) -> tuple[Rate, int]:
    rows = ctx.session.exec(
        select(HandoffRow.state, func.count())
        .where(
            HandoffRow.criteria_version == version,
            HandoffRow.offered_at >= trial.since,
            HandoffRow.offered_at <= until,
            col(HandoffRow.explored).is_(False),
            col(HandoffRow.state).not_in([HandoffState.PASSED.value, HandoffState.WITHDRAWN.value]),
        )
        .group_by(col(HandoffRow.state))
    )
    counts: dict[str, int] = dict(rows.all())
    decided = sum(counts.get(state, 0) for state in _DECIDED)
    accepted = sum(counts.get(state, 0) for state in _ACCEPTED)
    return Rate(successes=accepted, n=decided), sum(counts.values())


def difference(old: Rate, new: Rate) -> tuple[float | None, float, float]:
    """`new` less `old` with its 95 % interval by Newcombe (1998, Statistics in Medicine 17:873-890,
    method 10), made of the two score intervals."""
    if old.value is None or new.value is None:
        return None, -1.0, 1.0
    delta = new.value - old.value
    (low_old, high_old), (low_new, high_new) = old.interval, new.interval
    down = sqrt((new.value - low_new) ** 2 + (high_old - old.value) ** 2)
    up = sqrt((high_new - new.value) ** 2 + (old.value - low_old) ** 2)
    return delta, delta - down, delta + up


def is_due(ctx: Context) -> bool:
    """Whether a trial is over that wasn't reported, or waits too long for its verdict; only
    looks."""
    row = _over(ctx)
    if row is None or row.until is None:
        return False
    return ctx.now >= row.until + WAITS_FOR_VERDICT or not job_runs.has_run(
        ctx.session, "trial_over", str(row.id)
    )


def look_after(ctx: Context) -> bool:
    """Post the card of a trial that is over once more, with the result, and ask for the verdict;
    end one that never got any."""
    row = _over(ctx)
    if row is None or row.id is None or row.until is None:
        return False
    if ctx.now >= row.until + WAITS_FOR_VERDICT:
        close(ctx, row, ProposalState.STALE, why=WhyStale.NO_VERDICT.value)
    elif job_runs.claim(ctx.session, "trial_over", str(row.id), ctx.now):
        announcing.refresh(ctx, row)
        announcing.post(ctx, row)
    return False


def _over(ctx: Context) -> ProposalRow | None:
    running = challenger(ctx.session)
    row = ctx.session.get(ProposalRow, running.proposal) if running else None
    return row if row is not None and row.until is not None and row.until <= ctx.now else None

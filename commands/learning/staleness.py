"""When what a proposal says isn't to be trusted any more."""

from datetime import timedelta

from commands.context import Context
from commands.criteria_in_force import newest_in_force
from commands.learning.outcomes import WhyStale
from leads.proposals import ProposalState
from storage import proposals
from storage.tables import ProposalRow

OLDEST = timedelta(days=14)
MOST_NEW_DECISIONS = 0.2
"""As a share of those it learned from..."""
FEW_NEW_DECISIONS = 20
"""...but so many never matter."""


def why_stale(ctx: Context, row: ProposalRow) -> WhyStale | None:
    """Why this proposal can't be decided on any more; None when it can. On trial only newer
    criteria make it stale, for the trial itself is its proof; the same goes for the rules of an
    earlier version, which were learned from nothing."""
    if row.base_version != newest_in_force(ctx.session).criteria.version:
        return WhyStale.NEWER_CRITERIA
    if row.state == ProposalState.RUNNING or "restores" in row.evidence:
        return None
    if row.made_at is None or ctx.now - row.made_at > OLDEST:
        return WhyStale.TOO_OLD
    learned_from = row.evidence.get("learned_from", 0)
    assert isinstance(learned_from, int)
    most = max(FEW_NEW_DECISIONS, MOST_NEW_DECISIONS * learned_from)
    if proposals.decisions_since(ctx.session, row.decisions) > most:
        return WhyStale.NEWER_DECISIONS
    return None

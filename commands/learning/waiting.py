"""The proposal that waits for somebody's yes, for the pages that remind of it."""

from commands.context import Context
from leads.person import Person
from leads.proposals import ProposalState, Side, side_for
from storage import proposals
from storage.proposals import Proposed


def to_decide(ctx: Context) -> Proposed | None:
    """The proposal that a decision is asked for now: an open one, or one whose trial is over. One
    on trial can be decided on, too, but asks for nothing yet."""
    found = proposals.open_proposal(ctx.session)
    if found is None or found.state is ProposalState.OPEN:
        return found
    is_over = found.trial is not None and ctx.now >= found.trial.until
    return found if is_over else None


def side_to_speak(person: Person, proposed: Proposed) -> Side | None:
    """For which side this person's yes is missing; None when they may not give it, or have."""
    return side_for(person, {one.side: one.by for one in proposed.approvals})

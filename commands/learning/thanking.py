"""What a rep is thanked for: whose reasons became which rule."""

from dataclasses import dataclass

from commands.context import Context
from commands.working import number
from leads.proposals import Change, ProposalState
from storage import proposals


@dataclass(frozen=True, kw_only=True)
class Thanks:
    """Of one rep, `n` rejections for one reason moved the rule of this change."""

    n: int
    reason: str
    """Its label."""
    change: Change


@dataclass(frozen=True, kw_only=True)
class Thanked:
    """A rep, the version that came into force, and what their answers did to it, most first."""

    email: str
    version: int
    thanks: tuple[Thanks, ...]


def thanked(ctx: Context, subject: str) -> Thanked | None:
    """What the card of "<proposal id> <e-mail>" says; None when there is nothing to thank for."""
    proposal_id, _, email = subject.partition(" ")
    found = proposals.proposal(ctx.session, number(proposal_id) or 0)
    if found is None or found.state is not ProposalState.ACTIVATED or found.criteria is None:
        return None
    thanks = [
        Thanks(n=told.n, reason=_label(ctx, told.reason), change=change)
        for change in found.changes
        for told in change.told_by
        if told.by == email
    ]
    if not thanks:
        return None
    thanks.sort(key=lambda one: -one.n)
    return Thanked(email=email, version=found.criteria.version, thanks=tuple(thanks))


def _label(ctx: Context, code: str) -> str:
    reason = ctx.setup.agreement.reason(code)
    return reason.label if reason else code

"""`/leads retune [status]`: has better criteria looked for, or shows what came of it."""

from cards import proposal_notices as notices
from cards.asking import Asking
from cards.model import Card
from commands.context import Context
from commands.learning import asking as requests
from commands.learning import presenting
from commands.learning.outcomes import AlreadyAsked, Asked, NotAllowed
from leads.proposals import IN_WORK
from storage import proposals


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """Ask for it, one at a time; with "status", only look. What waits for a decision is shown as
    it would be on its card."""
    if words.casefold() == "status":
        return _status(ctx)
    came = requests.ask(ctx)
    match came:
        case Asked():
            return notices.asked(ctx.setup.team.channels.digest)
        case AlreadyAsked(state=state) if state in IN_WORK:
            return notices.asked_already()
        case AlreadyAsked(proposal=proposal_id):
            return _waiting(ctx, proposal_id) or notices.asked_already()
        case NotAllowed():
            return notices.not_allowed()


def _status(ctx: Context) -> Card:
    if proposals.in_work(ctx.session) is not None:
        return notices.asked_already()
    newest = proposals.newest(ctx.session)
    waiting = proposals.open_proposal(ctx.session) or newest
    return presenting.card_of(ctx, waiting) if waiting else notices.nothing_waits()


def _waiting(ctx: Context, proposal_id: int) -> Card | None:
    found = proposals.proposal(ctx.session, proposal_id)
    if found is None or found.criteria is None:
        return None
    return notices.waits(found.criteria.version, presenting.card_of(ctx, found))

"""`/leads preview`: the open leads under the proposal that waits for a decision."""

from cards import proposal_notices as notices
from cards.asking import Asking
from cards.model import Card
from cards.proposal_preview_card import PreviewView, no_preview, preview_card
from commands.context import Context
from storage import proposals


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """How many leads had which score when the proposal was made, and would have had: counted then,
    so it is told at once; `words` change nothing."""
    found = proposals.open_proposal(ctx.session)
    if found is None or found.criteria is None:
        return notices.nothing_waits()
    if found.preview is None or found.made_at is None:
        return no_preview(asking, found.criteria.version, found.base.version)
    return preview_card(
        PreviewView(
            asking=asking,
            base=found.base.version,
            version=found.criteria.version,
            threshold_before=found.base.threshold,
            threshold=found.criteria.threshold,
            preview=found.preview,
            at=found.made_at,
        )
    )

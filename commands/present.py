"""Draws any card from the rows as they are now, at the moment it is sent or refreshed."""

from collections.abc import Callable, Mapping

from cards.model import Card
from commands import (
    answer,
    begin_leave,
    greet_stranger,
    post_digest,
    post_personal,
    post_reviews,
    present_handoffs,
    present_ladder,
    present_notices,
    show_leave,
    win_lead,
)
from commands.card_kind import CardKind
from commands.context import Context
from commands.learning import presenting as present_criteria
from commands.rejections import presenting

__all__ = ["CardKind", "Presenter", "present"]

Presenter = Callable[[Context, str], Card | None]
"""Subject to card; None when it is no longer to be said."""

_PRESENTERS: Mapping[CardKind, Presenter] = {
    CardKind.BATTLE_CARD: present_handoffs.present_battle_card,
    CardKind.HANDOFF_LINE: present_handoffs.present_line,
    CardKind.REJECTION: presenting.present_rejection,
    CardKind.REJECTION_ANSWER: presenting.present_answer,
    CardKind.REJECTION_WAITS: presenting.present_waiting,
    CardKind.DISPUTE: presenting.present_dispute,
    CardKind.OPEN_DISPUTE: presenting.present_open_dispute,
    CardKind.VERDICT: presenting.present_verdict,
    CardKind.HAND_OVER: present_notices.present_hand_over,
    CardKind.SNOOZE_WOKE: present_notices.present_snooze_woke,
    CardKind.REMINDER: present_ladder.present_reminder,
    CardKind.ESCALATION: present_ladder.present_escalation,
    CardKind.NOBODY_COULD: present_notices.present_nobody_could,
    CardKind.CHANNEL_MISSING: present_notices.present_channel_missing,
    CardKind.PARKED_DELIVERY: present_notices.present_parked_delivery,
    CardKind.STRANGER: greet_stranger.present_stranger,
    CardKind.LEAVE_TOLD: show_leave.present_told,
    CardKind.LEAVE_BEGUN: begin_leave.present_begun,
    CardKind.DIGEST: post_digest.present_digest,
    CardKind.DIGEST_DETAILS: post_digest.present_details,
    CardKind.PERSONAL_DIGEST: post_personal.present_personal,
    CardKind.REVIEW: post_reviews.present_review,
    CardKind.REVIEW_POINT: post_reviews.present_point,
    CardKind.ANSWER: answer.present_answer,
    CardKind.PROPOSAL: present_criteria.present_proposal,
    CardKind.CRITERIA_THANKS: present_criteria.present_thanks,
    CardKind.DRIFT: present_criteria.present_drift,
    CardKind.WIN: win_lead.present_win,
}


class UnknownKind(Exception):
    """A copy names a kind of card that nothing draws."""


def present(ctx: Context, kind: str, subject: str) -> Card | None:
    """The card of this kind about `subject` in its current state; None when it is no longer to
    be said. Reads only. Raises UnknownKind."""
    presenter = _PRESENTERS.get(CardKind(kind))
    if presenter is None:
        raise UnknownKind(kind)
    return presenter(ctx, subject)

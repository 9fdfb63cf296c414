"""Draws any card from the rows as they are now, at the moment it is sent or refreshed."""

from collections.abc import Callable, Mapping

from cards.model import Card
from commands import (
    answer,
    greet_stranger,
    post_digest,
    present_handoffs,
    present_notices,
    win_lead,
)
from commands.card_kind import CardKind
from commands.context import Context

__all__ = ["CardKind", "Presenter", "present"]

Presenter = Callable[[Context, str], Card | None]
"""Subject to card; None when it is no longer to be said."""

_PRESENTERS: Mapping[CardKind, Presenter] = {
    CardKind.BATTLE_CARD: present_handoffs.present_battle_card,
    CardKind.HANDOFF_LINE: present_handoffs.present_line,
    CardKind.REJECTION: present_notices.present_rejection,
    CardKind.HAND_OVER: present_notices.present_hand_over,
    CardKind.SNOOZE_WOKE: present_notices.present_snooze_woke,
    CardKind.NOBODY_COULD: present_notices.present_nobody_could,
    CardKind.CHANNEL_MISSING: present_notices.present_channel_missing,
    CardKind.PARKED_DELIVERY: present_notices.present_parked_delivery,
    CardKind.STRANGER: greet_stranger.present_stranger,
    CardKind.DIGEST: post_digest.present_digest,
    CardKind.ANSWER: answer.present_answer,
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

"""What kinds of cards Baton posts, and what the subject of each is."""

from enum import StrEnum


class CardKind(StrEnum):
    """`storage.tables.CopyRow.kind`; the comment names the subject. Each has one line in
    `commands.present`."""

    BATTLE_CARD = "battle_card"  # handoff id; to the rep
    HANDOFF_LINE = "handoff_line"  # lead id; in the handoffs channel, the root of its thread
    REJECTION = "rejection"  # feedback id; in the thread of the line
    HAND_OVER = "hand_over"  # feedback id of a pass; in the thread of the line
    SNOOZE_WOKE = "snooze_woke"  # handoff id; in the thread of the rep's card
    NOBODY_COULD = "nobody_could"  # handoff id; to admins
    CHANNEL_MISSING = "channel_missing"  # which of leads.person.Channels; to admins
    PARKED_DELIVERY = "parked_delivery"  # outbox id; to admins
    STRANGER = "stranger"  # "<platform>/<workspace>/<user id>"; to admins
    DIGEST = "digest"  # ISO date
    ANSWER = "answer"  # "<e-mail of who shared it> <question>"
    WIN = "win"  # lead id; in the wins channel

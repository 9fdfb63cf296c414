"""What kinds of cards Baton posts, and what the subject of each is."""

from enum import StrEnum


class CardKind(StrEnum):
    """`storage.tables.CopyRow.kind`; the comment names the subject. Each has one line in
    `commands.present`."""

    BATTLE_CARD = "battle_card"  # handoff id; to the rep
    HANDOFF_LINE = "handoff_line"  # lead id; in the handoffs channel, the root of its thread
    REJECTION = "rejection"  # feedback id; in the thread of the line
    REJECTION_ANSWER = "rejection_answer"  # feedback id; in the thread of the line
    REJECTION_WAITS = "rejection_waits"  # feedback id; to who is to answer it
    DISPUTE = "dispute"  # feedback id; in the thread of the line
    OPEN_DISPUTE = "open_dispute"  # "<feedback id> <e-mail>"; to each who may decide it
    VERDICT = "verdict"  # feedback id; in the thread of the line
    HAND_OVER = "hand_over"  # feedback id of a pass; in the thread of the line
    SNOOZE_WOKE = "snooze_woke"  # handoff id; in the thread of the rep's card
    REMINDER = "reminder"  # a commands.climbed.Climbed; in the thread of the rep's card
    ESCALATION = "escalation"  # the same; to the rep's manager
    NOBODY_COULD = "nobody_could"  # handoff id; to admins
    CHANNEL_MISSING = "channel_missing"  # which of leads.person.Channels; to admins
    PARKED_DELIVERY = "parked_delivery"  # outbox id; to admins
    STRANGER = "stranger"  # "<platform>/<workspace>/<user id>"; to admins
    LEAVE_TOLD = "leave_told"  # e-mail; to that person
    LEAVE_BEGUN = "leave_begun"  # "<leave id> <e-mail of the reader>"; to the person, the manager
    DIGEST = "digest"  # ISO date
    DIGEST_DETAILS = "digest_details"  # ISO date; in the thread of the digest
    PERSONAL_DIGEST = "personal_digest"  # "<e-mail> <ISO date>"; to that person alone
    REVIEW = "review"  # "<week, month or quarter> <first day> <last day>"
    REVIEW_POINT = "review_point"  # the subject of a review and " <point>"; in its thread
    ANSWER = "answer"  # "<e-mail of who shared it> <question>"
    PROPOSAL = "proposal"  # proposal id; in the digest channel, or to those who may decide on it
    CRITERIA_THANKS = "criteria_thanks"  # "<proposal id> <e-mail>"; to that rep
    DRIFT = "drift"  # a commands.learning.drift finding's id; in the digest channel
    WIN = "win"  # lead id; in the wins channel

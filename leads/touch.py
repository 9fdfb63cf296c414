"""Touches: how a rep tried to reach a lead, and what came of it."""

from collections.abc import Mapping
from enum import StrEnum


class TouchKind(StrEnum):
    """How the rep tried."""

    CALLED = "called"
    MAILED = "mailed"
    MET = "met"


class TouchOutcome(StrEnum):
    """What came of it."""

    REACHED = "reached"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    SENT = "sent"
    REPLIED = "replied"
    BOUNCED = "bounced"
    HELD = "held"
    NO_SHOW = "no_show"


OUTCOMES: Mapping[TouchKind, tuple[TouchOutcome, ...]] = {
    TouchKind.CALLED: (
        TouchOutcome.REACHED,
        TouchOutcome.VOICEMAIL,
        TouchOutcome.NO_ANSWER,
        TouchOutcome.WRONG_NUMBER,
    ),
    TouchKind.MAILED: (TouchOutcome.SENT, TouchOutcome.REPLIED, TouchOutcome.BOUNCED),
    TouchKind.MET: (TouchOutcome.HELD, TouchOutcome.NO_SHOW),
}
"""What may come of each kind, in the order a form shows it."""

_CONTACT = frozenset({TouchOutcome.REACHED, TouchOutcome.REPLIED, TouchOutcome.HELD})


def is_contact(outcome: TouchOutcome) -> bool:
    """Whether the rep got through to the lead."""
    return outcome in _CONTACT

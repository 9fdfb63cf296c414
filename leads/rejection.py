"""What may be answered to a rejection, and how one that is contested may end."""

from enum import StrEnum


class RejectionAnswer(StrEnum):
    """Marketing's answer to a rejection."""

    FIXED = "fixed"
    AGREED = "agreed"
    DISAGREE = "disagree"


class Verdict(StrEnum):
    """What a manager decides about a rejection that marketing contests; also the decision of the
    feedback that is kept of it."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"

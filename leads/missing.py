"""What a lead may wait for, on either side."""

from enum import StrEnum


class Missing(StrEnum):
    """What somebody owes a lead."""

    DECISION = "decision"
    TOUCH = "touch"
    REP = "rep"  # nobody could take it, so the fallback holds it
    ANSWER = "answer"  # of marketing, to its rejection

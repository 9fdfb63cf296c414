"""What leads are told apart by."""

from enum import StrEnum


class Breakdown(StrEnum):
    """A way to tell the leads of a period apart; also the name of its dimension in the tallies."""

    CAMPAIGN = "campaign"
    SOURCE = "source"
    REP = "rep"

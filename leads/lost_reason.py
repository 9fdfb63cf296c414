"""Why an accepted lead is lost: the one list that the form shows and the history keeps."""

from collections.abc import Mapping
from enum import StrEnum


class LostReason(StrEnum):
    """Why it didn't become a customer. Rejections have their own reasons, in the agreement."""

    PRICE = "price"
    COMPETITOR = "competitor"
    NO_DECISION = "no_decision"
    NO_NEED = "no_need"
    TIMING = "timing"
    SILENT = "silent"
    OTHER = "other"


LABELS: Mapping[LostReason, str] = {
    LostReason.PRICE: "Price",
    LostReason.COMPETITOR: "Chose a competitor",
    LostReason.NO_DECISION: "Decided to do nothing",
    LostReason.NO_NEED: "No real need",
    LostReason.TIMING: "Bad timing",
    LostReason.SILENT: "Went silent",
    LostReason.OTHER: "Something else",
}

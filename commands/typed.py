"""What people typed into forms and threads, cleaned before it is kept."""

import math
import re


class NotAnAmount(ValueError):
    """The text isn't a number of at least zero."""


_LARGEST_AMOUNT = 1e12
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(given: str) -> str:
    """The text with U+FFFD for NUL and halves of surrogate pairs, which no database stores."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", given)


def text(typed: str | None, longest: int) -> str:
    """The text without outer blanks, at most `longest` characters; "" for nothing."""
    kept = (typed or "").strip()
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def line(typed: str | None, longest: int) -> str:
    """As `text`, on one line."""
    return text(" ".join((typed or "").split()), longest)


def amount(typed: str | None) -> float | None:
    """The number, None for nothing. Raises NotAnAmount."""
    if not typed or not typed.strip():
        return None
    try:
        value = float(typed.strip())
    except ValueError as error:
        raise NotAnAmount(typed) from error
    if not math.isfinite(value) or not 0 <= value <= _LARGEST_AMOUNT:
        raise NotAnAmount(typed)
    return value

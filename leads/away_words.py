"""Words and signs by which people say in a status or a calendar that they are away."""

import re

SIGNS = frozenset(
    {
        *("palm_tree", "face_with_thermometer", "desert_island", "beach_with_umbrella"),
        *("island", "airplane_departure", "mask"),
    }
)
"""Names of emoji that mean days away by themselves: Slack's own "Vacationing" and "Out sick", and
what its pickers offer beside them."""

_ANYWHERE = re.compile(
    r"\b(?:out of (?:the )?office|ooo|out sick|off sick|sick (?:day|leave)|annual leave|"
    r"(?:maternity|paternity|parental) leave|on (?:leave|vacation|holidays?|pto)|abwesend|krank)\b"
)
# "Holiday campaign" and "leave the house" are work.
_ALONE = re.compile(
    r"(?:[\w. ]{1,40}[-–:] ?)?"
    r"(?:vacation(?:ing)?|holidays?|leave|pto|sick|urlaub|vacaciones|congés)"
    r"(?:$| ?[-–:,.!(/]| (?:until|till|til|to|from|in|for|through|bis|hasta)\b)"
)
_BACK = re.compile(r"\b(?:back from|no|not|before|after|planning)\b")


def mean_away(text: str, sign: str = "") -> bool:
    """Whether a status or title with this text, and an emoji named without its colons, says that
    somebody is away for days."""
    words = " ".join(text.casefold().split())
    if _BACK.search(words):
        return False
    if _ANYWHERE.search(words) or _ALONE.match(words):
        return True
    return sign.partition("::")[0] in SIGNS

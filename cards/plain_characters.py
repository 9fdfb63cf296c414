"""Text from strangers, made fit to be shown anywhere: one line, nothing invisible, nothing that
turns the direction of reading."""

import re

# Longer than any honest name, title or sentence of a playbook; a name of 10 kB ends here.
LONGEST_VALUE = 400
LONGEST_PASSAGE = 2000
MOST_LINES = 30

# Controls (but not white space), soft hyphens, fillers, direction marks, overrides and isolates,
# joiners that only hide (ZWJ and ZWNJ stay: emoji and Persian need them), interlinear marks, tags.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_BROKEN = re.compile("[\ud800-\udfff]")
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f"
    "\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
_ORDINARY = re.compile(r"[A-Za-z0-9,.'%+/-]+(?: [A-Za-z0-9,.'%+/-]+)*")
# What belongs to the character before it: a cut must not come between.
_CLINGING = re.compile("[\u0300-\u036f\u20d0-\u20ff\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]")


def is_ordinary(text: str) -> bool:
    """Whether `text` is short and of letters, digits and signs that mean nothing anywhere, as
    most are: nothing needs to be done to it."""
    return len(text) <= LONGEST_VALUE and _ORDINARY.fullmatch(text) is not None


def one_line(text: str, longest: int = LONGEST_VALUE) -> str:
    """`text` in one line of at most `longest` characters, ended by an ellipsis where it was cut."""
    # A stranger's text may be megabytes; no more is looked at than could be shown.
    shown = " ".join(_visible(text[: 4 * longest + 64]).split())
    return cut(shown, longest)


def several_lines(text: str, longest: int = LONGEST_PASSAGE) -> str:
    """`text` with its line breaks, but with no empty lines and at most `MOST_LINES`."""
    lines = [" ".join(line.split()) for line in _visible(text[: 4 * longest]).splitlines()]
    kept = [line for line in lines if line]
    if len(kept) > MOST_LINES:
        kept = [*kept[: MOST_LINES - 1], "…"]
    return cut("\n".join(kept), longest)


def editable(text: str, longest: int) -> str:
    """`text` as somebody may go on typing it: whole, but for what can't be seen."""
    return cut("\n".join(_visible(text).splitlines()), longest)


def cut(text: str, longest: int) -> str:
    """`text`, or its beginning and an ellipsis, in at most `longest` characters; never between a
    character and what clings to it."""
    if len(text) <= longest:
        return text
    end = max(longest - 1, 0)
    while end > 0 and (_CLINGING.match(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return (text[: end or max(longest - 1, 0)].rstrip() + "…")[:longest]


def _visible(text: str) -> str:
    return _STACKED.sub(r"\1", _BROKEN.sub("\ufffd", _UNSEEN.sub("", text)))

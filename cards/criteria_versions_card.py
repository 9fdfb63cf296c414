"""Every version of the criteria there was, and what differs between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards.actions import Action
from cards.asking import Asking, answer, ask_button
from cards.model import Block, Button, Card, Heading, Note, Paragraph, Words
from cards.proposal_card import change_lines
from cards.proposal_view import ChangeLine

_WORDS = "criteria_versions"


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """One version. `by` is a name, None for the agreement file; `before` the version before it,
    None for the first."""

    version: int
    since: datetime
    by: str | None
    why: str
    before: int | None
    is_in_force: bool = False


@dataclass(frozen=True, kw_only=True)
class DifferenceView:
    """What differs from version `before` to version `after`. `proposed` is one of them that isn't
    in force yet; `rolls_back` when it was asked for in order to go back to `after`, `may_decide`
    when the asker may propose that."""

    asking: Asking
    before: int
    after: int
    threshold_before: int
    threshold: int
    changes: tuple[ChangeLine, ...]
    proposed: int | None = None
    rolls_back: bool = False
    may_decide: bool = True


def history_card(asking: Asking, lines: tuple[VersionLine, ...], more: int = 0) -> Card:
    """The newest first, each with a button that says what it changed; `more` are left out."""
    told: list[Block] = []
    for line in lines:
        compare = None
        if line.before is not None:
            question = f"criteria diff {line.before} {line.version}"
            compare = ask_button(Words(_WORDS, "compare"), question)
        told.append(Paragraph(text=Words(_WORDS, "version", line=line), button=compare))
    if more:
        told.append(Note(text=Words(_WORDS, "more", n=more)))
    return answer(
        asking,
        summary=Words(_WORDS, "history_summary", n=len(lines) + more),
        blocks=(Heading(text=Words(_WORDS, "history_heading")), *told),
        further=(ask_button(Words("criteria", "ask"), "criteria"),),
    )


def difference_card(view: DifferenceView) -> Card:
    """Rule by rule; where it is a way back, with the button that proposes it."""
    pair = {"before": view.before, "after": view.after}
    n = len(view.changes) + (view.threshold != view.threshold_before)
    blocks: list[Block] = [Heading(text=Words(_WORDS, "diff_heading", **pair))]
    if view.rolls_back and n:
        blocks.append(Paragraph(text=Words(_WORDS, "roll_back", version=view.after)))
    if n:
        blocks += change_lines(view.changes, view.threshold_before, view.threshold)
    else:
        blocks.append(Paragraph(text=Words(_WORDS, "same", **pair)))
    if view.proposed is not None:
        blocks.append(Note(text=Words(_WORDS, "proposed", version=view.proposed)))
    buttons = [ask_button(Words(_WORDS, "ask"), "criteria history")]
    if view.rolls_back and n and view.may_decide:
        label = Words(_WORDS, "propose", version=view.after)
        propose = Button(label=label, action=Action.ROLL_BACK, subject=str(view.after))
        buttons.insert(0, propose)
    return answer(
        view.asking,
        summary=Words(_WORDS, "diff_summary", **pair, n=n),
        blocks=tuple(blocks),
        further=tuple(buttons),
    )


def no_such_version(asking: Asking, said: str, newest: int) -> Card:
    """There never was a version of this number."""
    return _told(asking, Words(_WORDS, "unknown", text=said, newest=newest))


def which_version(asking: Asking) -> Card:
    """A number is missing."""
    return _told(asking, Words(_WORDS, "which"))


def _told(asking: Asking, said: Words) -> Card:
    history = ask_button(Words(_WORDS, "ask"), "criteria history")
    # Nobody wants to share a slip.
    private = replace(asking, may_share=False)
    return answer(private, summary=said, blocks=(Paragraph(text=said),), further=(history,))


_AT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
_NASTY = "<!channel> *x* {{ 7*7 }} [a](https://b.example) \u202e"
_ASKING = Asking(question="criteria history", may_share=True)
_LINES = (
    VersionLine(
        version=8,
        since=_AT,
        by="Mia Keller",
        why="rules: 1 new, 2 changed, approved by Noah Lind and Mia Keller",
        before=7,
        is_in_force=True,
    ),
    VersionLine(version=7, since=_AT.replace(day=1), by="Mia Keller", why="", before=1),
    VersionLine(version=1, since=_AT.replace(month=1), by=None, why="", before=None),
)
_DIFFERENCE = DifferenceView(
    asking=replace(_ASKING, question="criteria diff 7 8"),
    before=7,
    after=8,
    threshold_before=60,
    threshold=58,
    changes=(
        ChangeLine(label="Company size: 20 or less", before=None, after=-10, reasons={}),
        ChangeLine(label="Downloaded the Pricing Guide", before=25, after=30, reasons={}),
        ChangeLine(label="Job title on the target list", before=20, after=20, reasons={}),
        ChangeLine(label="Attended a webinar", before=5, after=None, reasons={}),
    ),
)
_BACK = replace(_DIFFERENCE, rolls_back=True, before=8, after=7)

EXAMPLES: Mapping[str, Card] = {
    "history": history_card(_ASKING, _LINES),
    "history_long": history_card(_ASKING, _LINES[:2] * 10, 14),
    "diff": difference_card(_DIFFERENCE),
    "diff_proposed": difference_card(replace(_DIFFERENCE, proposed=8)),
    "diff_same": difference_card(replace(_DIFFERENCE, threshold=60, changes=())),
    "roll_back": difference_card(_BACK),
    "roll_back_for_reader": difference_card(replace(_BACK, may_decide=False)),
    "unknown": no_such_version(_ASKING, "99", 8),
    "which": which_version(_ASKING),
    "hostile": history_card(
        _ASKING, (replace(_LINES[0], why=_NASTY, by=_NASTY), replace(_LINES[1], by=_NASTY))
    ),
}

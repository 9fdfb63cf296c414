"""What every answer has in common: the question it answers, buttons to ask further, sharing."""

from dataclasses import dataclass

from cards.actions import Action
from cards.model import Actions, Block, Button, Card, Mention, Note, Words

LONGEST_QUESTION = 300
"""Characters of a question that are kept; a button must carry it."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The question that a card answers, as it would be typed after `/leads`. `may_share` is true
    where others could read a shared answer; `shared_by` is set on the shared copy."""

    question: str
    may_share: bool = False
    shared_by: Mention | None = None


def ask_button(label: Words, question: str) -> Button:
    """A button that asks `question`."""
    return Button(label=label, action=Action.ASK, subject=question[:LONGEST_QUESTION])


def answer(
    asking: Asking,
    *,
    summary: Words,
    blocks: tuple[Block, ...],
    further: tuple[Button, ...] = (),
    explained: str | None = None,
) -> Card:
    """The card of an answer: `blocks`, then up to four buttons that ask further and the one that
    shares, then who shared it. The last of the four says what counts in the figure `explained`,
    where one is given."""
    buttons = further[: 3 if explained else 4]
    if explained:
        what_counts = Words("what_counts", "ask")
        buttons = (*buttons, ask_button(what_counts, f"definitions {explained}"))
    if asking.may_share and asking.shared_by is None:
        share = Button(
            label=Words("asking", "share"),
            action=Action.SHARE,
            subject=asking.question[:LONGEST_QUESTION],
        )
        buttons = (*buttons, share)
    end: tuple[Block, ...] = (Actions(buttons=buttons),) if buttons else ()
    if asking.shared_by is not None:
        shared = Words("asking", "shared_by", who=asking.shared_by, question=asking.question)
        end = (*end, Note(text=shared))
    return Card(summary=summary, blocks=(*blocks, *end))

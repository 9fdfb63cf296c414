"""One line for one rejection that waits: for marketing's answer, or for a manager's verdict."""

from dataclasses import dataclass
from datetime import datetime

from cards.actions import Action
from cards.model import Block, Button, Mention, Paragraph, Words

_WORDS = "rejection_lines"


@dataclass(frozen=True, kw_only=True)
class ToAnswerLine:
    """A rejection that is to be answered by `answer_by`. `said` is what the form asked beside the
    reason."""

    feedback_id: int
    name: str
    company: str | None
    reason: str
    said: str | None
    by: Mention
    answer_by: datetime
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class ToDecideLine:
    """A rejection `by` a rep that `against` contests since `at`."""

    feedback_id: int
    name: str
    company: str | None
    reason: str
    by: Mention
    against: Mention
    at: datetime


def to_answer(line: ToAnswerLine) -> Block:
    """Who was rejected and why, until when that waits, and a button that asks the answer."""
    button = _button(Action.ANSWER_REJECTION, line.feedback_id)
    return Paragraph(text=Words(_WORDS, "to_answer", line=line), button=button)


def to_decide(line: ToDecideLine) -> Block:
    """Who contests what, and a button that asks the verdict."""
    button = _button(Action.JUDGE_REJECTION, line.feedback_id)
    return Paragraph(text=Words(_WORDS, "to_decide", line=line), button=button)


def _button(action: Action, feedback_id: int) -> Button:
    label = Words("rejection_cards", "button", action=action.name.lower())
    return Button(label=label, action=action, subject=str(feedback_id))

"""One line for one lead, wherever leads are listed: in answers and on the home page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.actions import Action
from cards.model import Block, Button, Mention, Paragraph, Words
from leads.lifecycle import Stage

_WORDS = "lead_lines"


class Next(StrEnum):
    """What the rep owes the lead next."""

    DECIDE = "decide"
    TOUCH = "touch"
    WORK = "work"
    """Nothing that a clock runs for."""


@dataclass(frozen=True, kw_only=True)
class OpenLeadLine:
    """A lead that a rep holds. `due` is when `next` must be done; `is_late` says that it is past;
    `snoozed_until` is set while it sleeps."""

    lead_id: int
    name: str
    title: str | None
    company: str | None
    stage: Stage
    score: int
    next: Next
    due: datetime | None
    is_late: bool = False
    snoozed_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FoundLine:
    """A lead that was searched for, with only what everybody may see."""

    lead_id: int
    name: str
    title: str | None
    company: str | None
    stage: Stage
    holder: Mention | None
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class RejectedLine:
    """A lead that was rejected, by whom and why. `answer` is what the form asked beside."""

    lead_id: int
    name: str
    company: str | None
    reason: str
    answer: str | None
    by: Mention
    at: datetime


def open_lead(line: OpenLeadLine) -> Block:
    """Who, what is due by when, and a button that opens the lead."""
    return Paragraph(text=Words(_WORDS, "open_lead", line=line), button=_open(line.lead_id))


def found(line: FoundLine) -> Block:
    """Who, where the lead stands and with whom."""
    return Paragraph(text=Words(_WORDS, "found", line=line), button=_open(line.lead_id))


def rejected(line: RejectedLine) -> Block:
    """Who was rejected, by whom, why."""
    return Paragraph(text=Words(_WORDS, "rejected", line=line), button=_open(line.lead_id))


def _open(lead_id: int) -> Button:
    return Button(label=Words(_WORDS, "open"), action=Action.MORE, subject=str(lead_id))

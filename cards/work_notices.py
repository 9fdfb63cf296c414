"""What a person is told privately when a click after the accept can't do what it says."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cards.actions import Action
from cards.model import Actions, Block, Button, Card, Form, Paragraph, Style, Words
from leads.lifecycle import HandoffState, Stage

_TEMPLATE = "work_notices"


def gone() -> Card:
    """The lead or handoff of a button isn't there (any more)."""
    return _notice(_words("gone"))


def accept_first(handoff_id: int, lead: str) -> Card:
    """Nothing can be worked before the accept."""
    button = Button(
        label=_words("accept"),
        action=Action.ACCEPT,
        subject=str(handoff_id),
        style=Style.PRIMARY,
    )
    return _notice(_words("accept_first", lead=lead), button)


def handoff_over(lead: str, state: HandoffState, *, by: str | None, at: datetime | None) -> Card:
    """The handoff was rejected, passed on or withdrawn meanwhile."""
    return _notice(_words("handoff_over", lead=lead, state=state.value, by=by, at=at))


def already(
    lead: str, stage: Stage, *, by: str | None, at: datetime | None, today: bool, lead_id: int
) -> Card:
    """The lead is there already, or further; `by` is None when nobody is known."""
    return _notice(
        _words("already", lead=lead, stage=stage.value, by=by, at=at, today=today), _more(lead_id)
    )


def qualify_first(handoff_id: int, lead: str) -> Card:
    """An opportunity or a win needs a qualified lead."""
    button = Button(
        label=_words("qualify"),
        action=Action.QUALIFY,
        subject=str(handoff_id),
        style=Style.PRIMARY,
    )
    return _notice(_words("qualify_first", lead=lead), button)


def too_late(lead: str, stage: Stage, lead_id: int) -> Card:
    """The lead has moved where the wanted step no longer fits."""
    return _notice(_words("too_late", lead=lead, stage=stage.value), _more(lead_id))


def noted(lead: str, lead_id: int) -> Card:
    """The note was kept."""
    return _notice(_words("noted", lead=lead), _more(lead_id))


def kept_as_note() -> Card:
    """In the thread where a note was written, for whoever wrote it."""
    return _notice(_words("kept_as_note"))


def form_stale() -> Card:
    """A form came back with a choice that Baton doesn't offer."""
    return _notice(_words("form_stale"))


def not_for_you(whom: str) -> Card:
    """The lead's page isn't for this person."""
    return _notice(_words("not_for_you", whom=whom))


def amount_wrong() -> Words:
    """Beside an amount that isn't one."""
    return _words("amount_wrong")


def choice_missing() -> Words:
    """Beside a choice that was left empty."""
    return _words("choice_missing")


def objection_missing() -> Words:
    """Beside the words of an objection that is "something else"."""
    return _words("objection_missing")


def objection_twice() -> Words:
    """Beside words that come with an objection of the playbook."""
    return _words("objection_twice")


def text_missing() -> Words:
    """Beside a text that was left empty."""
    return _words("text_missing")


def _more(lead_id: int) -> Button:
    return Button(label=_words("more"), action=Action.MORE, subject=str(lead_id))


def _notice(text: Words, button: Button | None = None) -> Card:
    blocks: tuple[Block, ...] = (Paragraph(text=text),)
    if button:
        blocks = (*blocks, Actions(buttons=(button,)))
    return Card(summary=text, blocks=blocks)


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)


_AT = datetime(2026, 11, 20, 13, 2, tzinfo=UTC)
_HOSTILE = "<!channel> *Ada* <https://evil.example|click> \u202e\x00"

EXAMPLES: Mapping[str, Card | Form] = {
    "already_qualified": already(
        "Ada Byron", Stage.SQL, by="Ana Ortiz", at=_AT, today=True, lead_id=7
    ),
    "accept_first": accept_first(17, "Ada Byron"),
    "qualify_first": qualify_first(17, "Ada Byron"),
    "passed_on": handoff_over("Ada Byron", HandoffState.PASSED, by="Ana Ortiz", at=_AT),
    "gone": gone(),
    "hostile": already(_HOSTILE * 30, Stage.LOST, by=_HOSTILE, at=_AT, today=False, lead_id=7),
}

"""The forms of the work after the accept: touch, opportunity, won, lost, note."""

from collections.abc import Mapping

from cards.actions import Action
from cards.model import Card, Choice, Form, Note, NumberInput, Option, TextInput, Words
from leads.lost_reason import LABELS
from leads.touch import OUTCOMES, TouchKind

_TEMPLATE = "work_forms"
LONGEST_NOTE = 2000


def touch_form(handoff_id: int, lead: str, *, kind: str = "", note: str | None = None) -> Form:
    """Asks how `lead` was touched and what came of it; `kind` is what was chosen so far."""
    chosen = kind if kind in set(TouchKind) else TouchKind.CALLED.value
    return Form(
        title=_words("touch_title"),
        submit=_words("touch_submit"),
        action=Action.TOUCH,
        subject=str(handoff_id),
        blocks=(
            _about(lead),
            Choice(
                id="kind",
                label=_words("touch_kind_label"),
                options=tuple(
                    Option(value=kind.value, label=_words("touch_kind", kind=kind.value))
                    for kind in TouchKind
                ),
                initial=chosen,
                expanded=True,
                then={kind.value: (_outcome(kind),) for kind in TouchKind},
            ),
            _note_input(initial=note),
        ),
    )


def _outcome(kind: TouchKind) -> Choice:
    return Choice(
        id=outcome_id(kind),
        label=_words("touch_outcome_label"),
        options=tuple(
            Option(value=outcome.value, label=_words("touch_outcome", outcome=outcome.value))
            for outcome in OUTCOMES[kind]
        ),
    )


def outcome_id(kind: TouchKind) -> str:
    """Id of the input that asks what came of this kind; one each, so that no answer to one kind
    is taken for an answer to another."""
    return f"outcome_{kind.value}"


def opportunity_form(handoff_id: int, lead: str, *, amount: float | None = None) -> Form:
    """Asks what the opportunity is worth."""
    return Form(
        title=_words("opportunity_title"),
        submit=_words("opportunity_submit"),
        action=Action.OPPORTUNITY,
        subject=str(handoff_id),
        blocks=(
            _about(lead),
            NumberInput(
                id="amount",
                label=_words("amount_label"),
                optional=True,
                initial=amount,
                hint=_words("amount_hint"),
            ),
        ),
    )


def won_form(handoff_id: int, lead: str, *, amount: float | None = None) -> Form:
    """Asks the amount, prefilled with what was expected, and what convinced them."""
    return Form(
        title=_words("won_title"),
        submit=_words("won_submit"),
        action=Action.WIN,
        subject=str(handoff_id),
        blocks=(
            _about(lead),
            NumberInput(
                id="amount", label=_words("won_amount_label"), optional=True, initial=amount
            ),
            TextInput(
                id="convinced",
                label=_words("convinced_label"),
                multiline=True,
                optional=True,
                hint=_words("convinced_hint"),
                max_length=500,
            ),
        ),
    )


def lost_form(handoff_id: int, lead: str) -> Form:
    """Asks why the lead is lost."""
    return Form(
        title=_words("lost_title"),
        submit=_words("lost_submit"),
        action=Action.LOSE,
        subject=str(handoff_id),
        blocks=(
            _about(lead),
            Choice(
                id="reason",
                label=_words("lost_reason_label"),
                options=tuple(
                    Option(value=reason.value, label=_words("lost_reason", label=label))
                    for reason, label in LABELS.items()
                ),
            ),
            _note_input(),
        ),
    )


def note_form(lead_id: int, lead: str) -> Form:
    """Asks for a note on a lead."""
    return Form(
        title=_words("note_title"),
        submit=_words("note_submit"),
        action=Action.NOTE,
        subject=str(lead_id),
        blocks=(
            _about(lead),
            TextInput(
                id="text",
                label=_words("note_text_label"),
                multiline=True,
                hint=_words("note_text_hint"),
                max_length=LONGEST_NOTE,
            ),
        ),
    )


def _note_input(initial: str | None = None) -> TextInput:
    return TextInput(
        id="note",
        label=_words("note_label"),
        multiline=True,
        optional=True,
        initial=initial,
        max_length=LONGEST_NOTE,
    )


def _about(lead: str) -> Note:
    return Note(text=_words("about", lead=lead))


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)


_HOSTILE = "<!channel> *Ada* <https://evil.example|click> \u202e\x00"

EXAMPLES: Mapping[str, Card | Form] = {
    "touch": touch_form(17, "Ada Byron, Initech"),
    "touch_mailed": touch_form(17, "Ada Byron, Initech", kind="mailed", note="Sent the ROI sheet"),
    "opportunity": opportunity_form(17, "Ada Byron, Initech"),
    "won": won_form(17, "Ada Byron, Initech", amount=18000),
    "lost": lost_form(17, "Ada Byron, Initech"),
    "note": note_form(7, "Ada Byron, Initech"),
    "hostile": touch_form(17, _HOSTILE * 40, kind="<!here>", note=_HOSTILE),
}

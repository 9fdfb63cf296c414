"""The forms of the work after the accept: touch, opportunity, won, lost, note."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from cards.actions import Action
from cards.model import Card, Choice, Form, Note, NumberInput, Option, TextInput, Words
from leads.lost_reason import LABELS
from leads.touch import OUTCOMES, TouchKind

_TEMPLATE = "work_forms"
LONGEST_NOTE = 2000
LONGEST_OBJECTION = 300
SOMETHING_ELSE = "other"
_MOST_CHOICES = 99


@dataclass(frozen=True, kw_only=True)
class TouchFormView:
    """`kind`, `note` and `objection` are what was filled in so far; `objections` and `content` are
    what the campaign's playbook has. `is_stale` when it changed while the form was open."""

    handoff_id: int
    lead: str
    kind: str = ""
    note: str | None = None
    objections: tuple[str, ...] = ()
    objection: str = ""
    content: tuple[str, ...] = ()
    is_stale: bool = False


def touch_form(view: TouchFormView) -> Form:
    """Asks how a lead was touched and what came of it; and, if they like, what it objected and
    which content was used."""
    chosen = view.kind if view.kind in set(TouchKind) else TouchKind.CALLED.value
    blocks: list[Note | Choice | TextInput] = [
        _about(view.lead),
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
        _objection(view),
    ]
    if view.content:
        blocks.append(
            Choice(
                id="content",
                label=_words("content_label"),
                options=_choices(view.content[:_MOST_CHOICES]),
                optional=True,
            )
        )
    if view.is_stale:
        blocks.insert(0, Note(text=_words("playbook_changed")))
    return Form(
        title=_words("touch_title"),
        submit=_words("touch_submit"),
        action=Action.TOUCH,
        subject=str(view.handoff_id),
        blocks=(*blocks, _note_input(initial=view.note)),
    )


def key_of(text: str) -> str:
    """The value of an option that stands for this text of the playbook: the same in every form, so
    that a form which was open while the playbook changed names no other text."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _objection(view: TouchFormView) -> Choice | TextInput:
    """The playbook's objections and one's own words; only these where it has none."""
    if not view.objections:
        return _own_words("objection_label")
    options = _choices(view.objections[:_MOST_CHOICES])
    other = Option(value=SOMETHING_ELSE, label=_words("something_else"))
    known = {option.value for option in (*options, other)}
    return Choice(
        id="objection",
        label=_words("objection_label"),
        options=(*options, other),
        optional=True,
        initial=view.objection if view.objection in known else None,
        then={SOMETHING_ELSE: (_own_words("own_objection_label"),)},
    )


def _own_words(label: str) -> TextInput:
    return TextInput(
        id="objection_text",
        label=_words(label),
        optional=True,
        hint=_words("objection_hint"),
        max_length=LONGEST_OBJECTION,
    )


def _choices(texts: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(value=key_of(text), label=_words("plain", text=text)) for text in texts)


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


_TOUCH = TouchFormView(handoff_id=17, lead="Ada Byron, Initech")
_WITH_PLAYBOOK = replace(
    _TOUCH,
    objections=("Too expensive", "We have a tool for that"),
    content=("https://acme.example/roi",),
)
_HOSTILE = "<!channel> *Ada* <https://evil.example|click> \u202e\x00"

EXAMPLES: Mapping[str, Card | Form] = {
    "touch": touch_form(_TOUCH),
    "touch_mailed": touch_form(replace(_TOUCH, kind="mailed", note="Sent the ROI sheet")),
    "touch_with_playbook": touch_form(_WITH_PLAYBOOK),
    "touch_something_else": touch_form(replace(_WITH_PLAYBOOK, objection=SOMETHING_ELSE)),
    "touch_stale": touch_form(replace(_WITH_PLAYBOOK, is_stale=True)),
    "opportunity": opportunity_form(17, "Ada Byron, Initech"),
    "won": won_form(17, "Ada Byron, Initech", amount=18000),
    "lost": lost_form(17, "Ada Byron, Initech"),
    "note": note_form(7, "Ada Byron, Initech"),
    "hostile": touch_form(
        TouchFormView(
            handoff_id=17,
            lead=_HOSTILE * 40,
            kind="<!here>",
            note=_HOSTILE,
            objections=(_HOSTILE * 20,),
            content=("javascript:alert(1)", _HOSTILE * 20),
        )
    ),
}

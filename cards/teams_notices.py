"""What Baton says only in Teams, where an answer can't always stand beside its question."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import assert_never

from cards.actions import Action
from cards.model import (
    Block,
    Bullets,
    Card,
    Choice,
    DateInput,
    Form,
    Input,
    NumberInput,
    Paragraph,
    TextInput,
    Words,
)

TOLD_IN_CHAT = Words("teams", "told_in_chat")
"""To a click in a channel that was answered elsewhere."""
_INPUTS = (TextInput, NumberInput, DateInput, Choice)


def done() -> Card:
    """In the place of a form that was sent, where there is nothing else to show."""
    return _card(Words("teams", "done"))


def add_me() -> Card:
    """In a channel, when the asker's own chat can't be reached."""
    return _card(Words("teams", "add_me"))


def corrected(form: Form, values: Mapping[str, str], errors: Mapping[str, Words]) -> Form:
    """The form as it was filled in, with what to mend said at its top."""
    said = (Paragraph(text=Words("teams", "mend")), Bullets(lines=tuple(errors.values())))
    return replace(form, blocks=(*said, *_filled(form.blocks, values)))


def _filled(
    blocks: tuple[Block | Input, ...], values: Mapping[str, str]
) -> Iterator[Block | Input]:
    for block in blocks:
        yield _with(block, values) if isinstance(block, _INPUTS) else block


def _with(asked: Input, values: Mapping[str, str]) -> Input:
    given = values.get(asked.id)
    match asked:
        case Choice():
            following = {
                option: tuple(_with(inner, values) for inner in inputs)
                for option, inputs in asked.then.items()
            }
            return replace(asked, initial=given or asked.initial, then=following)
        case TextInput():
            return replace(asked, initial=given) if given else asked
        case NumberInput():
            return replace(asked, initial=_number(given) or asked.initial)
        case DateInput():
            return replace(asked, initial=_day(given) or asked.initial)
        case _:
            assert_never(asked)


def _number(given: str | None) -> float | None:
    try:
        return float(given) if given else None
    except ValueError:
        return None


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _card(text: Words) -> Card:
    return Card(summary=text, blocks=(Paragraph(text=text),))


_NOTE = Form(
    title=Words("parts", "said", text="Add a note"),
    submit=Words("parts", "said", text="Keep"),
    action=Action.NOTE,
    subject="17",
    blocks=(TextInput(id="text", label=Words("parts", "said", text="Note"), multiline=True),),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "done": done(),
    "add_me": add_me(),
    "corrected": corrected(_NOTE, {"text": "<at>all</at> *x*"}, {"text": Words("parts", "needed")}),
}

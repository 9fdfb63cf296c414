"""The inputs of a form as Slack's input blocks, and the values that come back from them."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from cards import limits
from cards.ids import strings
from cards.model import Choice, DateInput, Input, NumberInput, Option, TextInput, Words
from cards.plain_characters import editable
from cards.slack_blocks import BlockWriter, Json

_PICK = Words("parts", "pick")


def input_blocks(asked: Input, writer: BlockWriter) -> Iterator[Json]:
    """The block of an input, and of those that its chosen option asks for. The block id is the
    input's id; the kind in the action id keeps what was typed from an input of another kind."""
    block: Json = {
        "type": "input",
        "block_id": limits.fitting_id(asked.id, limits.SLACK_ID),
        "label": writer.plain_text(asked.label, limits.SLACK_LABEL),
        "element": _element(asked, writer),
        "optional": asked.optional,
    }
    if not isinstance(asked, Choice):
        if asked.hint:
            block["hint"] = writer.plain_text(asked.hint, limits.SLACK_HINT)
        yield block
        return
    if asked.then:
        block["dispatch_action"] = True
    yield block
    for following in asked.then.get(asked.initial or "", ()):
        yield from input_blocks(following, writer)


def values_of(state: object) -> Mapping[str, str]:
    """The `state` of a view as values by input id; what was left empty is not there."""
    found: dict[str, str] = {}
    for block_id, elements in strings(strings(state).get("values")).items():
        for element in strings(elements).values():
            value = _value(strings(element))
            if value:
                found[block_id] = value
    return found


def _value(element: Mapping[str, object]) -> str:
    value = (
        element.get("value")
        or element.get("selected_date")
        or strings(element.get("selected_option")).get("value")
    )
    return value.strip() if isinstance(value, str) else ""


def _element(asked: Input, writer: BlockWriter) -> Json:
    match asked:
        case TextInput():
            return _text(asked)
        case NumberInput():
            return _number(asked)
        case DateInput():
            return _date(asked)
        case Choice():
            return _choice(asked, writer)
        case _:
            assert_never(asked)


def _text(asked: TextInput) -> Json:
    longest = min(asked.max_length, limits.SLACK_INITIAL)
    element: Json = {
        "type": "plain_text_input",
        "action_id": f"text:{asked.id}",
        "multiline": asked.multiline,
        "max_length": longest,
    }
    # Not escaped: a field holds the person's own text, and Slack parses nothing in it.
    initial = editable(asked.initial or "", longest)
    if initial:
        element["initial_value"] = initial if asked.multiline else " ".join(initial.split())
    return element


def _number(asked: NumberInput) -> Json:
    element: Json = {
        "type": "number_input",
        "action_id": f"number:{asked.id}",
        "is_decimal_allowed": True,
        "min_value": "0",
    }
    if asked.initial is not None:
        element["initial_value"] = f"{asked.initial:.2f}".rstrip("0").rstrip(".")
    return element


def _date(asked: DateInput) -> Json:
    element: Json = {"type": "datepicker", "action_id": f"date:{asked.id}"}
    if asked.initial:
        element["initial_date"] = asked.initial.isoformat()
    return element


def _choice(asked: Choice, writer: BlockWriter) -> Json:
    options = [_option(option, writer) for option in asked.options[: limits.SLACK_OPTIONS]]
    all_at_once = asked.expanded and len(options) <= limits.SLACK_RADIO_OPTIONS
    element: Json = {
        "type": "radio_buttons" if all_at_once else "static_select",
        "action_id": f"choice:{asked.id}",
        "options": options,
    }
    if not all_at_once:
        element["placeholder"] = writer.plain_text(_PICK, limits.SLACK_PLACEHOLDER)
    chosen = [option for option in options if option["value"] == asked.initial]
    if chosen:
        element["initial_option"] = chosen[0]
    return element


def _option(option: Option, writer: BlockWriter) -> Json:
    return {
        "text": writer.plain_text(option.label, limits.SLACK_OPTION),
        "value": limits.fitting_id(option.value, limits.SLACK_OPTION_VALUE),
    }

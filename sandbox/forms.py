"""What a person enters into a view: found by name, checked as Slack's client does."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.reading import elements_of
from sandbox.records import Json, View

Entered = Mapping[str, Mapping[str, object]]  # block_id -> action_id -> what was entered

# The key of the state in which Slack tells the choice, and the key of the element that presets it.
_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def state_of(element: Mapping[str, Any], entered: object) -> Json:
    """One element's state after `entered`: a string, a list of strings, or nothing."""
    key, _ = _KEYS[element["type"]]
    if key == "selected_option":
        chosen: object = option_of(element, entered) if entered not in (None, "") else None
    elif key == "selected_options":
        chosen = [option_of(element, one) for one in _listed(entered)]
    elif key.endswith("s") and key.startswith("selected_"):
        chosen = _listed(entered)
    else:
        chosen = entered if entered == "" or entered is None else _plain(entered, key)
    return {"type": element["type"], key: chosen or None if key == "value" else chosen}


def state_values(blocks: tuple[Json, ...], entered: Entered) -> Json:
    """`view.state.values`: every input as it stands, whether entered or preset."""
    values: Json = {}
    for block, element in elements_of(blocks):
        if element["type"] in _KEYS and element["type"] != "overflow":
            mine = entered.get(block["block_id"], {})
            action = element["action_id"]
            state = state_of(element, mine[action]) if action in mine else _preset(element)
            values.setdefault(block["block_id"], {})[action] = state
    return values


def refusals(blocks: tuple[Json, ...], values: Json) -> dict[str, str]:
    """What Slack's client refuses before it asks the app, by block_id."""
    found = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            state = values[block["block_id"]][element["action_id"]]
            problem = _refusal(
                element, state[_KEYS[element["type"]][0]], bool(block.get("optional"))
            )
            if problem:
                found[block["block_id"]] = problem
    return found


def by_name(view: View, fields: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Values given by block_id, action_id or label, as values by block_id and action_id."""
    named: dict[str, dict[str, object]] = {}
    for name, value in fields.items():
        block, element = find_input(view, name)
        named.setdefault(block["block_id"], {})[element["action_id"]] = value
    return named


def find_input(view: View, name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    inputs = list(elements_of(view.blocks))
    for block, element in inputs:
        if name in (block["block_id"], element["action_id"], block.get("label", {}).get("text")):
            return block, element
    known = [block.get("label", {}).get("text") or block["block_id"] for block, _ in inputs]
    raise LookupError(f"no input {name!r} on {view.title!r}; there is {known}")


def option_of(element: Mapping[str, Any], wanted: object) -> Json:
    """An offered option by its value or its label."""
    for option in _options(element):
        if wanted in (option.get("value"), option["text"]["text"]):
            return option
    offered = [option["text"]["text"] for option in _options(element)]
    raise LookupError(f"no option {wanted!r}; there is {offered}")


def _options(element: Mapping[str, Any]) -> Iterator[Json]:
    yield from element.get("options", ())
    for group in element.get("option_groups", ()):
        yield from group["options"]


def _listed(entered: object) -> list[Any]:
    return (
        list(entered) if isinstance(entered, list | tuple | set) else [entered] if entered else []
    )


def _plain(entered: object, key: str) -> object:
    return int(str(entered)) if key == "selected_date_time" else str(entered)


def _preset(element: Mapping[str, Any]) -> Json:
    key, preset = _KEYS[element["type"]]
    default: object = (
        [] if key in ("selected_options", "selected_users", "selected_channels") else None
    )
    return {"type": element["type"], key: element.get(preset, default)}


def _refusal(element: Mapping[str, Any], chosen: Any, optional: bool) -> str:
    if chosen in (None, "", []):
        return "" if optional else "Please complete this required field."
    match element["type"]:
        case "plain_text_input":
            return _length_refusal(element, chosen)
        case "number_input":
            return _number_refusal(element, chosen)
        case "email_text_input" if not _EMAIL.fullmatch(chosen):
            return "Please enter a valid email address."
        case "url_text_input" if not _URL.fullmatch(chosen):
            return "Please enter a valid URL."
    return ""


def _length_refusal(element: Mapping[str, Any], chosen: str) -> str:
    if len(chosen) > element.get("max_length", 3000):
        return f"Please use no more than {element.get('max_length', 3000)} characters."
    if len(chosen) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']} characters."
    return ""


def _number_refusal(element: Mapping[str, Any], chosen: str) -> str:
    whole = not element["is_decimal_allowed"]
    if not re.fullmatch(r"-?\d+" if whole else r"-?\d+(\.\d+)?", chosen):
        return "Please enter a whole number." if whole else "Please enter a number."
    if float(chosen) < float(element.get("min_value", "-inf")):
        return f"Please enter a number of at least {element['min_value']}."
    if float(chosen) > float(element.get("max_value", "inf")):
        return f"Please enter a number of at most {element['max_value']}."
    return ""

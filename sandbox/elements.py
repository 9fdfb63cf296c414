"""The shapes of Block Kit's composition objects and elements, with Slack's documented limits."""

import re
from typing import Any

from sandbox.schema import (
    Checker,
    Place,
    array,
    boolean,
    both,
    by_type,
    clock_time,
    date,
    exactly_one,
    integer,
    matching,
    one_of,
    shape,
    string,
    unique,
    url,
)

identifier = string(255)
kind: dict[str, Checker] = {"type": lambda value, place: None}


def plain_text(limit: int) -> Checker:
    return by_type({"plain_text": _text(limit, "emoji")})


def mrkdwn_text(limit: int) -> Checker:
    return by_type({"mrkdwn": _text(limit, "verbatim")})


def any_text(limit: int) -> Checker:
    return by_type({"plain_text": _text(limit, "emoji"), "mrkdwn": _text(limit, "verbatim")})


def _text(limit: int, flag: str) -> Checker:
    return shape(kind | {"text": string(limit)}, {flag: boolean})


_style = one_of("primary", "danger")
_confirm = shape(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": _style},
)
_option = shape({"text": plain_text(75), "value": string(150)}, {"description": plain_text(75)})
_rich_option = shape({"text": any_text(75), "value": string(150)}, {"description": any_text(75)})
_overflow_option = shape(
    {"text": plain_text(75), "value": string(150)},
    {"description": plain_text(75), "url": url},
)
_group = shape({"label": plain_text(75), "options": array(_option, at_most=100)})
_dispatch = shape(
    {},
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), at_most=2)},
)

_acts = {"action_id": identifier}
_asks = _acts | {"focus_on_load": boolean, "placeholder": plain_text(150)}
_typed = _asks | {"dispatch_action_config": _dispatch}
_confirmed = {"confirm": _confirm}


def _initial_is_offered(value: Any, place: Place) -> None:
    offered = [*value.get("options", ())]
    offered += [
        option for group in value.get("option_groups", ()) for option in group.get("options", ())
    ]
    chosen = [*value.get("initial_options", ())]
    chosen += [value["initial_option"]] if "initial_option" in value else []
    if any(option not in offered for option in chosen):
        place.refuse("initial option must exactly match one of the provided options")
    unique(
        [one["value"] for one in offered if isinstance(one, dict) and "value" in one],
        place,
        "option value",
    )


def _menu(extra: dict[str, Checker]) -> Checker:
    offers = {"options": array(_option, at_most=100), "option_groups": array(_group, at_most=100)}
    return both(
        shape(kind, _asks | _confirmed | offers | extra),
        exactly_one("options", "option_groups"),
        _initial_is_offered,
    )


def _picker(extra: dict[str, Checker]) -> Checker:
    return shape(kind, _asks | _confirmed | extra)


def _boxes(extra: dict[str, Checker]) -> Checker:
    options = {"options": array(_rich_option, at_most=10)}
    return both(
        shape(kind | options, _acts | _confirmed | {"focus_on_load": boolean} | extra),
        _initial_is_offered,
    )


_many = {"max_selected_items": integer(1, 100)}
_conversation_options: dict[str, Checker] = {
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": shape(
        {},
        {
            "include": array(one_of("im", "mpim", "private", "public"), at_most=4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
}
_lengths = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}

image_element = both(
    shape(
        kind | {"alt_text": string(2000)},
        {"image_url": url, "slack_file": shape({}, {"id": identifier, "url": url})},
    ),
    exactly_one("image_url", "slack_file"),
)

_button = shape(
    kind | {"text": plain_text(75)},
    _acts
    | _confirmed
    | {"url": url, "value": string(2000), "style": _style, "accessibility_label": string(75)},
)

_static = _menu({"initial_option": _option})
_multi_static = _menu(_many | {"initial_options": array(_option, at_most=100)})

_choosers: dict[str, Checker] = {
    "static_select": _static,
    "multi_static_select": _multi_static,
    "users_select": _picker({"initial_user": identifier}),
    "multi_users_select": _picker(_many | {"initial_users": array(identifier, at_most=100)}),
    "conversations_select": _picker({"initial_conversation": identifier} | _conversation_options),
    "multi_conversations_select": _picker(
        _many | {"initial_conversations": array(identifier, at_most=100)} | _conversation_options
    ),
    "channels_select": _picker({"initial_channel": identifier, "response_url_enabled": boolean}),
    "multi_channels_select": _picker(_many | {"initial_channels": array(identifier, at_most=100)}),
    "datepicker": _picker({"initial_date": date}),
    "timepicker": _picker({"initial_time": clock_time, "timezone": string(100)}),
    "datetimepicker": shape(
        kind,
        _acts
        | _confirmed
        | {"focus_on_load": boolean, "initial_date_time": integer(0, 9_999_999_999)},
    ),
    "checkboxes": _boxes({"initial_options": array(_rich_option, at_most=10)}),
    "radio_buttons": _boxes({"initial_option": _rich_option}),
}
_pressed: dict[str, Checker] = {
    "button": _button,
    "overflow": shape(
        kind | {"options": array(_overflow_option, at_least=2, at_most=5)},
        _acts | _confirmed,
    ),
}
_number = matching(re.compile(r"-?\d+(\.\d+)?"), "a number")
_typing: dict[str, Checker] = {
    "plain_text_input": shape(
        kind, _typed | _lengths | {"initial_value": string(3000), "multiline": boolean}
    ),
    "number_input": shape(
        kind | {"is_decimal_allowed": boolean},
        _typed | {"initial_value": _number, "min_value": _number, "max_value": _number},
    ),
    "email_text_input": shape(kind, _typed | {"initial_value": string(3000)}),
    "url_text_input": shape(kind, _typed | {"initial_value": string(3000)}),
}

action_element = by_type(_choosers | _pressed)
accessory = by_type(_choosers | _pressed | {"image": image_element})
input_element = by_type(_choosers | _typing)

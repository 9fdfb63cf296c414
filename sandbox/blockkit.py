"""Block Kit as strictly as Slack documents it: https://docs.slack.dev/reference/block-kit"""

import json
from enum import StrEnum
from typing import Any

from sandbox.elements import (
    accessory,
    action_element,
    any_text,
    identifier,
    image_element,
    input_element,
    kind,
    mrkdwn_text,
    plain_text,
)
from sandbox.records import Json
from sandbox.schema import (
    Checker,
    Place,
    array,
    at_least_one,
    boolean,
    both,
    by_type,
    exactly_one,
    integer,
    one_of,
    shape,
    string,
    unique,
    url,
)


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_BLOCKS_ON = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
_MARKDOWN_TOTAL = 12_000

_styles = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_inline = by_type(
    {
        "text": shape(kind | {"text": string(3000)}, {"style": _styles}),
        "link": shape(
            kind | {"url": url}, {"text": string(3000), "unsafe": boolean, "style": _styles}
        ),
        "user": shape(kind | {"user_id": identifier}, {"style": _styles}),
        "channel": shape(kind | {"channel_id": identifier}, {"style": _styles}),
        "emoji": shape(kind | {"name": identifier}, {"unicode": identifier, "style": _styles}),
        "broadcast": shape(kind | {"range": one_of("here", "channel", "everyone")}),
        "date": shape(
            kind | {"timestamp": integer(0, 9_999_999_999), "format": string(255)},
            {"url": url, "fallback": string(255)},
        ),
        "color": shape(kind | {"value": string(20)}),
    }
)
_line = {"elements": array(_inline, at_least=0, at_most=500)}
_rich_section = shape(kind | _line)
_rich_parts = by_type(
    {
        "rich_text_section": _rich_section,
        "rich_text_preformatted": shape(
            kind | _line, {"border": integer(0, 1), "language": string(50)}
        ),
        "rich_text_quote": shape(kind | _line, {"border": integer(0, 1)}),
        "rich_text_list": shape(
            kind
            | {
                "style": one_of("bullet", "ordered"),
                "elements": array(by_type({"rich_text_section": _rich_section}), at_most=500),
            },
            {"indent": integer(0, 8), "offset": integer(0, 1000), "border": integer(0, 1)},
        ),
    }
)
_rich_text = shape(kind | {"elements": array(_rich_parts, at_most=500)}, {"block_id": identifier})
_cell = by_type({"raw_text": shape(kind | {"text": string(3000)}), "rich_text": _rich_text})
_column = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_named = {"block_id": identifier}

_everywhere: dict[str, Checker] = {
    "header": shape(kind | {"text": plain_text(150)}, _named),
    "section": both(
        shape(
            kind,
            _named
            | {
                "text": any_text(3000),
                "fields": array(any_text(2000), at_most=10),
                "accessory": accessory,
                "expand": boolean,
            },
        ),
        at_least_one("text", "fields"),
    ),
    "context": shape(
        kind
        | {
            "elements": array(
                by_type(
                    {
                        "mrkdwn": mrkdwn_text(3000),
                        "plain_text": plain_text(3000),
                        "image": image_element,
                    }
                ),
                at_most=10,
            )
        },
        _named,
    ),
    "divider": shape(kind, _named),
    "actions": shape(kind | {"elements": array(action_element, at_most=25)}, _named),
    "image": both(
        shape(
            kind | {"alt_text": string(2000)},
            _named
            | {
                "image_url": url,
                "title": plain_text(2000),
                "slack_file": shape({}, {"id": identifier, "url": url}),
            },
        ),
        exactly_one("image_url", "slack_file"),
    ),
    "input": shape(
        kind | {"label": plain_text(2000), "element": input_element},
        _named | {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _rich_text,
}
_only_in_messages: dict[str, Checker] = {
    "table": shape(
        kind | {"rows": array(array(_cell, at_most=20), at_most=100)},
        _named | {"column_settings": array(_column, at_most=20)},
    ),
    "markdown": shape(kind | {"text": string(_MARKDOWN_TOTAL)}, _named),
}
_block = {
    Surface.MESSAGE: by_type(_everywhere | _only_in_messages),
    Surface.MODAL: by_type(_everywhere),
    Surface.HOME: by_type(_everywhere),
}
_view_common: dict[str, Checker] = {
    "private_metadata": string(3000, at_least=0),
    "callback_id": identifier,
    "external_id": identifier,
}
_view_shapes = {
    Surface.MODAL: shape(
        kind | {"title": plain_text(24), "blocks": lambda value, place: None},
        _view_common
        | {
            "submit": plain_text(24),
            "close": plain_text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    Surface.HOME: shape(kind | {"blocks": lambda value, place: None}, _view_common),
}


def problems_of_blocks(
    blocks: Any, surface: Surface = Surface.MESSAGE, pointer: str = "/blocks"
) -> list[str]:
    """What Slack would refuse, in its words; empty when all is well."""
    place = Place(pointer=pointer)
    array(_block[surface], at_least=0, at_most=_BLOCKS_ON[surface])(blocks, place)
    if not place.problems:
        _check_together(blocks, place)
    return place.problems


def problems_of_view(view: Any, surface: Surface) -> list[str]:
    place = Place(pointer="/view")
    by_type({surface.value: _view_shapes[surface]})(view, place)
    if place.problems:
        return place.problems
    place.problems.extend(problems_of_blocks(view["blocks"], surface, "/view/blocks"))
    asks = any(
        isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"] or ()
    )
    if surface is Surface.MODAL and asks and "submit" not in view:
        place.refuse("missing required field: submit")
    return place.problems


def _check_together(blocks: list[Json], place: Place) -> None:
    unique([block.get("block_id") for block in blocks], place, "block_id")
    focused = 0
    for index, block in enumerate(blocks):
        held = [*block.get("elements", ())] if block["type"] in ("actions", "context") else []
        held += [block[key] for key in ("accessory", "element") if key in block]
        unique([element.get("action_id") for element in held], place / index, "action_id")
        focused += sum(element.get("focus_on_load") is True for element in held)
    if focused > 1:
        place.refuse("only one element may set focus_on_load")
    if sum(block["type"] == "table" for block in blocks) > 1:
        place.refuse("only_one_table_allowed")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > _MARKDOWN_TOTAL:
        place.refuse(f"markdown blocks must be less than {_MARKDOWN_TOTAL + 1} characters together")


def with_ids(blocks: list[Json], new_id: Any) -> tuple[Json, ...]:
    """A copy in which every block and interactive element has an id, as Slack makes them up."""
    copied: list[Json] = json.loads(json.dumps(blocks))
    for block in copied:
        block.setdefault("block_id", new_id("b"))
        held = block.get("elements", []) if block["type"] == "actions" else []
        for element in [*held, *(block[key] for key in ("accessory", "element") if key in block)]:
            if element["type"] != "image":
                element.setdefault("action_id", new_id("a"))
    return tuple(copied)

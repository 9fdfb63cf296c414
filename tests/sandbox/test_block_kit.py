# ruff: noqa: E501  (a table reads best with one case a line)
"""What Slack refuses of Block Kit is refused here, and nothing else."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.blockkit import Surface, problems_of_blocks, problems_of_view

Json = dict[str, Any]


def plain(text: str = "Text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Text") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", label: str = "Label") -> Json:
    return {"text": plain(label), "value": value}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "go", **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": options(2), **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asks(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def table(rows: int = 2, cells: int = 2) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


def typed(kind: str = "plain_text_input", **more: Any) -> Json:
    return {"type": kind, "action_id": "say", **more}


def buttons(count: int) -> list[Json]:
    return [button(action_id=str(number)) for number in range(count)]


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "Hi", "style": {"bold": True}}],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}
            ],
        },
    ],
}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}

FINE: list[list[Json]] = [
    [{"type": "header", "text": plain("x" * 150)}],
    [section(text=mrkdwn("x" * 3000), accessory=button(style="danger", confirm=CONFIRM))],
    [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    [section(accessory={"type": "overflow", "action_id": "more", "options": options(5)})],
    [section(accessory={"type": "image", "image_url": "https://a.example/i.png", "alt_text": "i"})],
    [{"type": "context", "elements": [mrkdwn()] * 10}],
    [actions(*buttons(25))],
    [
        actions(
            button(url="https://acme.example", value="x" * 2000), select(initial_option=option("0"))
        )
    ],
    [asks(typed(multiline=True, max_length=3000), hint=plain(), optional=True)],
    [asks(typed("number_input", is_decimal_allowed=False, min_value="0"))],
    [asks({"type": "radio_buttons", "action_id": "r", "options": options(10)})],
    [asks({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-20"})],
    [{"type": "image", "image_url": "https://a.example/i.png", "alt_text": "i", "title": plain()}],
    [table(100, 20)],
    [RICH],
    [{"type": "divider"}] * 50,
]
REFUSED: list[tuple[list[Json], str, str]] = [
    ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters", "/blocks/0/text/text"),
    ([{"type": "header", "text": mrkdwn()}], "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ([section(text=mrkdwn("x" * 3001))], "must be less than 3001 characters", "/blocks/0/text/text"),
    ([section(text=mrkdwn(""))], "must be more than 0 characters", "/blocks/0/text/text"),
    ([section(fields=[mrkdwn()] * 11)], "no more than 10 items allowed", "/blocks/0/fields"),
    ([section(fields=[mrkdwn("x" * 2001)])], "must be less than 2001 characters", "/blocks/0/fields/0/text"),
    ([{"type": "section"}], "must define either `text` or `fields`", "/blocks/0"),
    ([section(colour="red")], "invalid additional property: colour", "/blocks/0"),
    ([section(accessory=typed())], "unsupported type: plain_text_input", "/blocks/0/accessory/type"),
    ([{"text": plain()}], "missing required field: type", "/blocks/0"),
    ([{"type": "marquee"}], "unsupported type: marquee", "/blocks/0/type"),
    ([{"type": "context", "elements": [mrkdwn()] * 11}], "no more than 10 items allowed", "/blocks/0/elements"),
    ([actions()], "no fewer than 1 items allowed", "/blocks/0/elements"),
    ([actions(*buttons(26))], "no more than 25 items allowed", "/blocks/0/elements"),
    ([actions(button(), button())], "action_id already exists: go", "/blocks/0"),
    ([section(block_id="b"), section(block_id="b")], "block_id already exists: b", "/blocks"),
    ([section(block_id="x" * 256)], "must be less than 256 characters", "/blocks/0/block_id"),
    ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    ([actions(button(text=mrkdwn()))], "unsupported type: mrkdwn", "/blocks/0/elements/0/text/type"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters", "/blocks/0/elements/0/value"),
    ([actions(button(style="loud"))], "must be one of: primary, danger", "/blocks/0/elements/0/style"),
    ([actions(button(url="javascript:alert(1)"))], "must be a valid URL", "/blocks/0/elements/0/url"),
    ([actions(select(options=options(101)))], "no more than 100 items allowed", "/blocks/0/elements/0/options"),
    ([actions(select(options=[option("v" * 151)]))], "must be less than 151 characters", "/blocks/0/elements/0/options/0/value"),
    ([actions(select(options=[option("v", "x" * 76)]))], "must be less than 76 characters", "/blocks/0/elements/0/options/0/text/text"),
    ([actions(select(options=[option(), option()]))], "option value already exists: v", "/blocks/0/elements/0"),
    ([actions(select(initial_option=option("9")))], "initial option must exactly match one of the provided options", "/blocks/0/elements/0"),
    ([actions({"type": "overflow", "options": options(1)})], "no fewer than 2 items allowed", "/blocks/0/elements/0/options"),
    ([actions({"type": "overflow", "options": options(6)})], "no more than 5 items allowed", "/blocks/0/elements/0/options"),
    ([actions(button(confirm={"title": plain()}))], "missing required field: deny", "/blocks/0/elements/0/confirm"),
    ([asks(button())], "unsupported type: button", "/blocks/0/element/type"),
    ([asks(typed(max_length=3001))], "must be between 1 and 3000", "/blocks/0/element/max_length"),
    ([asks(typed("number_input"))], "missing required field: is_decimal_allowed", "/blocks/0/element"),
    ([asks({"type": "datepicker", "initial_date": "soon"})], "must be a date as YYYY-MM-DD", "/blocks/0/element/initial_date"),
    ([table(101)], "no more than 100 items allowed", "/blocks/0/rows"),
    ([table(1, 21)], "no more than 20 items allowed", "/blocks/0/rows/0"),
    ([{"type": "table", "rows": [[mrkdwn()]]}], "unsupported type: mrkdwn", "/blocks/0/rows/0/0/type"),
    ([table(), table()], "only_one_table_allowed", "/blocks"),
]  # fmt: skip


@pytest.mark.parametrize("blocks", FINE)
def test_what_slack_documents_is_taken(blocks: list[Json]) -> None:
    assert problems_of_blocks(blocks) == []


@pytest.mark.parametrize(("blocks", "why", "pointer"), REFUSED)
def test_what_slack_refuses_is_refused_with_the_place(
    blocks: list[Json], why: str, pointer: str
) -> None:
    assert f"[ERROR] {why} [json-pointer:{pointer}]" in problems_of_blocks(blocks)


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks), **more}


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(asks(typed())), "missing required field: submit [json-pointer:/view]"),
        (modal(table()), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
        (modal(asks(typed(focus_on_load=True)), asks(typed(focus_on_load=True)), submit=plain()), "only one element may set focus_on_load [json-pointer:/view/blocks]"),
    ],
)  # fmt: skip
def test_a_modal_is_held_to_its_own_limits(view: Json, problem: str) -> None:
    assert f"[ERROR] {problem}" in problems_of_view(view, Surface.MODAL)


def test_a_home_tab_has_no_title() -> None:
    assert problems_of_view({"type": "home", "blocks": [section()]}, Surface.HOME) == []
    titled = problems_of_view({"type": "home", "title": plain(), "blocks": []}, Surface.HOME)
    assert titled == ["[ERROR] invalid additional property: title [json-pointer:/view]"]


@pytest.mark.parametrize(
    "blocks", [None, 7, "x", {}, [None], [[]], [{"type": []}], [{"type": "section", "text": 7}]]
)
def test_what_is_not_even_blocks_is_refused_too(blocks: Any) -> None:
    assert problems_of_blocks(blocks)


async def test_the_answer_names_the_problem_as_slack_does(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(
            channel="gtm", text="x", blocks=[{"type": "header", "text": plain("x" * 151)}]
        )
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    message = "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert answer["response_metadata"]["messages"] == [message]

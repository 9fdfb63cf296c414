from dataclasses import replace

import pytest

from cards import slack
from cards.actions import Action
from cards.gallery import examples
from cards.ids import BadPayload
from cards.model import (
    Actions,
    Bullets,
    Button,
    Card,
    Choice,
    Fact,
    Facts,
    Form,
    Heading,
    Menu,
    Note,
    Option,
    Paragraph,
    Table,
    TextInput,
    Words,
)
from cards.slack_blocks import Json
from sandbox.blockkit import Surface, problems_of_blocks, problems_of_view
from tests.cards.examples import ACCOUNTS, every_question, everything, said
from tests.cards.oracles import objects

EXAMPLES = examples()
REJECT = Button(label=said("Reject"), action=Action.REJECT, subject="7")
TABLE = Table(
    head=(said("Rep"), said("Leads")),
    rows=((said("Ana"), said(7)), (said("Łukasz 漢字"), said(12))),
    numeric=frozenset({1}),
)


def card(*blocks: object) -> Card:
    return Card(summary=said("New lead"), blocks=blocks)  # type: ignore[arg-type]  # any of them


def test_a_message_is_what_slack_takes() -> None:
    message = slack.message(everything(), ACCOUNTS)
    assert message.text == "Ada Byron"
    assert problems_of_blocks(message.blocks) == []


def test_buttons_carry_an_action_and_a_subject_and_nothing_else() -> None:
    (row,) = slack.message(card(Actions(buttons=(REJECT,))), {}).blocks
    (button,) = objects_of_type(row, "button")
    assert button["value"] == '{"v":1,"a":"lead.reject","h":"7"}'
    assert button["action_id"] == "lead.reject:0"
    assert slack.decode_button(str(button["value"])) == (Action.REJECT, "7")


def test_action_ids_are_unique_in_a_message() -> None:
    shown = slack.message(card(*everything().blocks, *everything().blocks), ACCOUNTS).blocks
    used = [part["action_id"] for part in objects(shown) if "action_id" in part]
    assert len(used) == len(set(used))


def test_a_pressed_link_is_known_by_its_id() -> None:
    (row,) = [one for one in slack.message(everything(), {}).blocks if one["type"] == "actions"]
    links = [str(one["action_id"]) for one in objects_of_type(row, "button") if "url" in one]
    assert [slack.is_link(one) for one in links] == [True]
    assert not slack.is_link("lead.accept:0")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"v":2,"a":"lead.reject","h":"7"}',
        '{"v":1,"a":"lead.steal","h":"7"}',
        '{"v":1,"a":"lead.reject","h":7}',
        "[" * 100_000,
    ],
)
def test_other_values_are_refused(value: str) -> None:
    with pytest.raises(BadPayload):
        slack.decode_button(value)


def test_a_menu_of_one_is_a_button() -> None:
    (row,) = slack.message(card(Actions(buttons=(Menu(buttons=(REJECT,)),))), {}).blocks
    assert [one["type"] for one in objects(row) if "action_id" in one] == ["button"]


def test_a_question_too_long_for_a_menu_becomes_a_button_and_one_too_long_for_that_goes() -> None:
    long, longer = (
        Button(label=said("Ask"), action=Action.ASK, subject="x" * size) for size in (1000, 3000)
    )
    menu = Menu(buttons=(REJECT, REJECT, long, longer))
    (row,) = slack.message(card(Actions(buttons=(menu,))), {}).blocks
    assert [one["type"] for one in objects(row) if "action_id" in one] == ["button", "overflow"]


def test_what_says_nothing_is_left_out() -> None:
    nothing = said(None)
    empty = card(
        Heading(text=nothing),
        Paragraph(text=nothing),
        Facts(facts=(Fact(label=said("Phone"), value=nothing),)),
        Bullets(lines=(nothing,)),
        Note(text=nothing),
        Table(head=(said("Rep"),), rows=()),
        Actions(buttons=()),
    )
    assert slack.message(empty, {}).blocks == []


def test_a_table_is_a_block_in_a_message_and_lines_elsewhere() -> None:
    (block,) = slack.message(card(TABLE), {}).blocks
    assert block["type"] == "table"
    view = slack.home(card(TABLE), {})
    assert problems_of_view(view, Surface.HOME) == []
    (text,) = [part["text"] for part in objects(view) if part.get("type") == "mrkdwn"]
    assert text == "```\nRep          Leads\nAna              7\nŁukasz 漢字     12\n```"


def test_a_second_table_of_a_message_is_lines() -> None:
    shown = slack.message(card(TABLE, TABLE), {}).blocks
    assert [block["type"] for block in shown] == ["table", "section"]


def test_rows_that_do_not_fit_are_counted() -> None:
    long = Table(head=(said("Rep"),), rows=((said("Ana"),),) * 150)
    shown = slack.message(card(long), {}).blocks
    assert [block["type"] for block in shown] == ["table", "context"]
    assert "… and 51 more rows." in str(shown[1])


def test_too_many_blocks_keep_the_buttons_and_say_that_there_is_more() -> None:
    lines = (Paragraph(text=said("line")),) * 80
    shown = slack.message(card(*lines, Actions(buttons=(REJECT,)), Note(text=said("end"))), {})
    assert problems_of_blocks(shown.blocks) == []
    assert [block["type"] for block in shown.blocks[-2:]] == ["context", "actions"]


def test_a_page_is_titled_by_its_heading() -> None:
    page = slack.modal(card(Heading(text=said("Ada Byron")), Paragraph(text=said("x"))), {})
    assert page["title"] == {"type": "plain_text", "text": "Ada Byron", "emoji": True}
    assert "submit" not in page
    assert [block["type"] for block in objects_in(page)] == ["section"]


@pytest.mark.parametrize(
    ("short", "title"), [("Ada Byron", "Ada Byron"), (None, "Baton"), ("Ada " * 9, "Baton")]
)
def test_a_heading_too_long_for_a_title_stays_on_the_page(short: str | None, title: str) -> None:
    heading = Heading(
        text=said("Ada Byron, VP Engineering at Initech"), short=said(short) if short else None
    )
    page = slack.modal(card(heading), {})
    assert title_of(page) == title
    assert [block["type"] for block in objects_in(page)] == ["header"]


@pytest.mark.parametrize("locale", ["en", "de", "pt-BR"])
def test_no_title_of_a_window_is_cut(locale: str) -> None:
    titles = {
        name: title_of(slack.modal(replace(example, locale=locale), ACCOUNTS))
        for name, example in EXAMPLES.items()
    }
    assert len(titles) > 100
    assert {name: title for name, title in titles.items() if title.endswith("…")} == {}


@pytest.mark.parametrize(
    "name", [name for name in EXAMPLES if name.startswith(("proposal_examples__", "lead_page__a"))]
)
def test_what_opens_in_a_window_has_a_title_of_its_own(name: str) -> None:
    assert title_of(slack.modal(EXAMPLES[name], ACCOUNTS)) != "Baton"


def test_a_form_keeps_its_action_and_asks_on_only_what_the_choice_needs() -> None:
    first, second = (
        slack.modal(every_question(), {}),
        slack.modal(every_question(chosen="later"), {}),
    )
    assert problems_of_view(first, Surface.MODAL) == []
    assert problems_of_view(second, Surface.MODAL) == []
    assert first["private_metadata"] == '{"v":1,"a":"lead.reject","h":"7"}'
    ids_of_first = [block.get("block_id") for block in objects_in(first)]
    ids_of_second = [block.get("block_id") for block in objects_in(second)]
    assert ids_of_first == [None, "reason", "to", "amount", "day", "note"]
    assert ids_of_second == [None, "reason", "until", "to", "amount", "day", "note"]
    assert [block.get("dispatch_action") for block in objects_in(first)].count(True) == 1


def test_few_options_are_shown_at_once_and_many_in_a_list() -> None:
    def kind(options: int) -> str:
        choice = Choice(
            id="to",
            label=said("To"),
            expanded=True,
            options=tuple(Option(value=f"o{index}", label=said("x")) for index in range(options)),
        )
        form = Form(
            title=said("t"), submit=said("s"), action=Action.PASS, subject="7", blocks=(choice,)
        )
        return next(
            str(part["type"]) for part in objects(slack.modal(form, {})) if "options" in part
        )

    assert kind(10) == "radio_buttons"
    assert kind(11) == "static_select"


def test_values_come_back_by_the_ids_of_inputs() -> None:
    metadata = slack.encode_button(Action.REJECT, "7")
    state = {
        "reason": {"choice:reason": {"selected_option": {"value": "later"}}},
        "until": {"date:until": {"selected_date": "2026-12-01"}},
        "amount": {"number:amount": {"value": "1200.5"}},
        "note": {"text:note": {"type": "plain_text_input", "value": "  call back \n"}},
        "empty": {"text:empty": {"type": "plain_text_input", "value": None}},
        "unchosen": {"choice:unchosen": {"selected_option": None}},
        "blank": {"text:blank": {"value": "  "}},
    }
    view = slack.decode_view({"private_metadata": metadata, "state": {"values": state}})
    assert (view.action, view.subject) == (Action.REJECT, "7")
    assert view.values == {
        "reason": "later",
        "until": "2026-12-01",
        "amount": "1200.5",
        "note": "call back",
    }


@pytest.mark.parametrize(
    "view", [None, [], {}, {"private_metadata": ""}, {"private_metadata": 7, "state": {}}]
)
def test_views_of_others_are_refused(view: object) -> None:
    with pytest.raises(BadPayload):
        slack.decode_view(view)


def test_a_view_without_values_has_none() -> None:
    metadata = slack.encode_button(Action.REJECT, "7")
    for state in (None, {}, {"values": None}, {"values": {"a": 1, "b": {"c": None}}}):
        view = slack.decode_view({"private_metadata": metadata, "state": state})
        assert view.values == {}


def test_errors_are_named_by_block() -> None:
    assert slack.errors({"until": Words("parts", "needed")}) == {"until": "Please fill this in."}


def test_a_text_being_edited_is_not_escaped() -> None:
    asked = TextInput(
        id="opener", label=said("Opener"), initial="R&D <3 *you*\n\0ok", multiline=True
    )
    form = Form(title=said("t"), submit=said("s"), action=Action.NOTE, subject="7", blocks=(asked,))
    (element,) = objects_of_type(slack.modal(form, {}), "plain_text_input")
    assert element["initial_value"] == "R&D <3 *you*\nok"


def objects_of_type(shown: object, kind: str) -> list[Json]:
    return [dict(part) for part in objects(shown) if part.get("type") == kind]


def title_of(view: Json) -> str:
    title = view["title"]
    assert isinstance(title, dict)
    return str(title["text"])


def objects_in(view: Json) -> list[Json]:
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return blocks

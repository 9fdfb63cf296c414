import json

import pytest

from cards import limits, teams
from cards.actions import Action
from cards.ids import BadPayload
from cards.model import (
    Actions,
    Button,
    Card,
    Form,
    Mention,
    Menu,
    NumberInput,
    Paragraph,
    Style,
    Table,
    TextInput,
)
from tests.cards.examples import ACCOUNTS, every_question, everything, said
from tests.cards.oracles import objects, problems_of_adaptive_card

REJECT = Button(label=said("Reject"), action=Action.REJECT, subject="7", style=Style.DANGER)


def test_cards_and_forms_follow_the_schema() -> None:
    for example in (everything(), every_question(), every_question(chosen="later")):
        card = teams.adaptive_card(example, ACCOUNTS)
        assert card["version"] == "1.5"
        assert problems_of_adaptive_card(card) == []


def test_parts_that_the_schema_does_not_look_into_follow_it_too() -> None:
    card = teams.adaptive_card(everything(), ACCOUNTS)
    form = teams.adaptive_card(every_question(), ACCOUNTS)
    inner = [part["fallback"] for part in objects(card) if "fallback" in part]
    inner += [part for part in objects(form) if part.get("type") in ("TextBlock", "ActionSet")]
    inner += [part for part in objects(form) if str(part.get("type")).startswith("Input.")]
    assert len(inner) > 8
    assert (
        problems_of_adaptive_card({"type": "AdaptiveCard", "version": "1.5", "body": inner}) == []
    )


def test_the_judge_refuses_what_is_wrong() -> None:
    wrong = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "txt": "x"}]}
    assert problems_of_adaptive_card(wrong)


def test_a_press_comes_back_as_it_was_sent() -> None:
    card = Card(summary=said("x"), blocks=(Actions(buttons=(REJECT,)),))
    (action,) = actions_of(teams.adaptive_card(card, {}), "Action.Execute")
    assert action["style"] == "destructive"
    assert action["associatedInputs"] == "none"
    pushed = teams.decode(str(action["verb"]), action["data"])
    assert pushed == teams.Pushed(action=Action.REJECT, subject="7", values={})


def test_a_form_comes_back_with_its_values() -> None:
    form = Form(
        title=said("t"),
        submit=said("Send"),
        action=Action.NOTE,
        subject="7",
        blocks=(TextInput(id="v", label=said("V")), NumberInput(id="h", label=said("H"))),
    )
    (action,) = actions_of(teams.adaptive_card(form, {}), "Action.Execute")
    assert "associatedInputs" not in action
    data = action["data"]
    assert isinstance(data, dict)
    sent = {**data, "in_v": " text ", "in_h": 12.5, "in_empty": "", "in_none": None}
    pushed = teams.decode("lead.note", sent)
    assert (pushed.action, pushed.subject, pushed.sent) == (Action.NOTE, "7", True)
    assert pushed.values == {"v": "text", "h": "12.5"}


def test_a_choice_that_asks_on_is_a_row_of_actions() -> None:
    card = teams.adaptive_card(every_question(), {})
    shown = actions_of(card, "Action.ShowCard")
    assert len(shown) == 2  # until when, and why
    for index, code, asked in ((0, "later", "in_until"), (1, "other", "in_why")):
        (send,) = actions_of(shown[index], "Action.Execute")
        assert teams.decode(str(send["verb"]), send["data"]).values == {"reason": code}
        assert [part["id"] for part in objects(shown[index]) if "id" in part] == [asked]
    direct = [one for one in actions_of(card, "Action.Execute") if "small" in str(one["data"])]
    assert len(direct) == 1  # one press is enough where nothing more is asked


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("lead.steal", {"v": 1, "h": "7"}),
        ("lead.reject", {"v": 2, "h": "7"}),
        ("lead.reject", {"v": 1, "h": 7}),
        ("lead.reject", None),
        ("lead.reject", "x"),
    ],
)
def test_other_payloads_are_refused(verb: str, data: object) -> None:
    with pytest.raises(BadPayload):
        teams.decode(verb, data)


def test_a_mention_is_listed_with_its_account() -> None:
    mia = Mention(name='Mia "M" <Berg>', email="mia@acme.example", ping=True)
    card = teams.adaptive_card(
        Card(summary=said("x"), blocks=(Paragraph(text=said(mia)),)), {"mia@acme.example": "29:1"}
    )
    assert card["msteams"] == {
        "width": "Full",
        "entities": [
            {
                "type": "mention",
                "text": '<at>Mia "M" ‹Berg›</at>',
                "mentioned": {"id": "29:1", "name": 'Mia "M" ‹Berg›'},
            }
        ],
    }


def test_actions_beyond_six_stand_behind_the_dots() -> None:
    buttons = (REJECT,) * 5 + (Menu(buttons=(REJECT,) * 3),)
    card = teams.adaptive_card(Card(summary=said("x"), blocks=(Actions(buttons=buttons),)), {})
    modes = [action.get("mode") for action in actions_of(card, "Action.Execute")]
    assert modes == [None] * 5 + ["secondary"] * 3


def test_a_large_table_is_shortened_and_says_so() -> None:
    table = Table(
        head=tuple(said(f"Column {index}") for index in range(8)),
        rows=((said("a rather long cell"),) * 8,) * 99,
    )
    card = teams.adaptive_card(Card(summary=said("x"), blocks=(table,)), {})
    assert len(json.dumps(card, ensure_ascii=False).encode()) <= limits.TEAMS_CARD * 1.1
    assert "more rows" in json.dumps(card, ensure_ascii=False)


def actions_of(card: object, kind: str) -> list[dict[str, object]]:
    return [dict(part) for part in objects(card) if part.get("type") == kind]


def test_the_clients_of_viewers_ask_for_the_card_again() -> None:
    many = tuple(f"29:{number}" for number in range(80))
    card = teams.adaptive_card(everything(), {}, teams.Frame(viewers=many))
    assert problems_of_adaptive_card(card) == []
    refresh = card["refresh"]
    assert isinstance(refresh, dict)
    assert refresh["userIds"] == list(many[:60])  # Teams allows no more
    again = teams.decode(refresh["action"]["verb"], refresh["action"]["data"])
    assert again == teams.Pushed(action=None, subject="", values={})
    assert "refresh" not in teams.adaptive_card(everything(), {})


def test_a_card_in_the_place_of_another_leads_back_to_it() -> None:
    form = teams.adaptive_card(every_question(), {}, teams.Frame(back=True))
    assert problems_of_adaptive_card(form) == []
    back = actions_of(form, "Action.Execute")[-1]
    assert (back["title"], back["verb"]) == ("Back", teams.REDRAW)
    assert back["associatedInputs"] == "none"


def test_every_button_of_an_answer_says_what_was_asked_and_where() -> None:
    frame = teams.Frame(asked="quality <at>all</at>", asked_in="19:gtm@thread.tacv2", back=True)
    for content in (everything(), every_question()):
        card = teams.adaptive_card(content, {}, frame)
        assert problems_of_adaptive_card(card) == []
        for action in actions_of(card, "Action.Execute"):
            pushed = teams.decode(str(action["verb"]), action["data"])
            assert (pushed.asked, pushed.asked_in) == (frame.asked, frame.asked_in)


def test_a_card_that_is_too_large_keeps_its_buttons_and_the_way_back() -> None:
    blocks = (*(Paragraph(text=said("x" * 390)),) * 99, Actions(buttons=(REJECT,)))
    frame = teams.Frame(back=True, asked="q" * 300, asked_in="19:" + "c" * 90)
    card = teams.adaptive_card(Card(summary=said("x"), blocks=blocks), {}, frame)
    assert len(json.dumps(card, ensure_ascii=False).encode()) <= limits.TEAMS_CARD * 1.1
    assert [one["title"] for one in actions_of(card, "Action.Execute")] == ["Reject", "Back"]

"""A proposal with everything on it is read whole on both platforms."""

import json

from cards import limits, slack, teams, terminal
from cards.model import Card, Words
from cards.proposal_examples import EXAMPLES
from tests.cards.examples import ACCOUNTS
from tests.cards.oracles import leaves

_LEFT_OUT = ("There is more than fits here.", "more row")


def _texts(shown: object) -> str:
    return "\n".join(text for _, text in leaves(shown))


def _is_whole(card: Card, said: str) -> None:
    assert not any(words in said for words in _LEFT_OUT)
    for number in range(1, 21):
        assert f"Rule {number} with a label as long as those found in the data are at times" in said
    assert "Ada Byron-Lovelace 2 of Ockham" in said
    assert "Still needed for" in said
    for label in ("Approve for sales", "Decline", "Edit points", "Try on a share", "See backtest"):
        assert label in said


def test_twenty_changes_and_all_examples_fit_into_a_message_of_slack() -> None:
    card = EXAMPLES["full"]
    blocks = slack.message(card, ACCOUNTS).blocks
    assert len(blocks) <= limits.SLACK_MESSAGE_BLOCKS
    _is_whole(card, _texts(blocks))


def test_twenty_changes_and_all_examples_fit_into_a_card_of_teams() -> None:
    card = EXAMPLES["full"]
    shown = teams.adaptive_card(card, ACCOUNTS)
    assert len(json.dumps(shown, ensure_ascii=False).encode()) <= limits.TEAMS_CARD
    _is_whole(card, _texts(shown))


def test_a_full_backtest_names_its_examples_on_both() -> None:
    page = EXAMPLES["backtest_full"]
    for shown in (slack.modal(page, ACCOUNTS), teams.adaptive_card(page, ACCOUNTS)):
        said = _texts(shown)
        assert not any(words in said for words in _LEFT_OUT)
        for name in ("Ada Byron-Lovelace", "Charles Babbage", "Alonzo Church"):
            assert f"{name} 7 of" in said


def test_small_effects_are_not_rounded_to_nothing() -> None:
    for delta, said in (
        (0.041, "4 more"),
        (0.012, "1.2 more"),
        (-0.005, "0.5 fewer"),
        (0, "as many"),
    ):
        text = Words("proposal", "change", delta=delta)
        assert terminal.text(Card(summary=text, blocks=())) == said


def test_an_interval_around_nothing_is_told_as_no_proof() -> None:
    for low, high, said in (
        (0.012, 0.068, "between 1 and 7 more is likely"),
        (-0.04, -0.002, "between 0.2 and 4 fewer is likely"),
        (-0.02, 0.05, "anything from 2 fewer to 5 more is likely, so it isn't proven"),
    ):
        text = Words("proposal", "likely", low=low, high=high)
        assert terminal.text(Card(summary=text, blocks=())) == said

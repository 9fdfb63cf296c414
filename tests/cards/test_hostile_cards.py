"""Every card and form with a stranger's text in every place: nothing of it becomes markup, and
everything stays within what the platforms take."""

import json
from itertools import cycle, repeat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import limits, slack, teams, terminal
from cards.model import Card, Form
from sandbox.blockkit import Surface, problems_of_blocks, problems_of_view
from tests.cards.examples import ACCOUNTS, all_examples, every_question, everything
from tests.cards.hostile import VALUES, texts, twin
from tests.cards.oracles import (
    UNSEEN,
    leaves,
    objects,
    problems_of_adaptive_card,
    problems_of_mrkdwn,
    problems_of_slack_plain,
    problems_of_teams,
)

EXAMPLES = all_examples()
# Read by programs or typed on by a person, never parsed for markup.
_NOT_SHOWN = ("value", "url", "private_metadata", "initial_value", "initial_date", "$schema")
_PLAIN_IN_TEAMS = ("title", "label", "placeholder", "errorMessage", "fallbackText")


def check_slack(example: Card | Form) -> None:
    if isinstance(example, Card):
        message = slack.message(example, ACCOUNTS)
        assert problems_of_blocks(message.blocks) == []
        assert 0 < limits.length(message.text) <= limits.SLACK_TEXT
        assert problems_of_mrkdwn(message.text) == []
        home = slack.home(example, ACCOUNTS)
        assert problems_of_view(home, Surface.HOME) == []
        check_slack_texts([message.blocks, home])
    modal = slack.modal(example, ACCOUNTS)
    assert problems_of_view(modal, Surface.MODAL) == []
    check_slack_texts(modal)


def check_slack_texts(shown: object) -> None:
    for part in objects(shown):
        match part:
            case {"type": "mrkdwn", "text": str(text), "verbatim": True}:
                assert problems_of_mrkdwn(text) == [], text
            case {"type": "plain_text" | "raw_text", "text": str(text)}:
                assert problems_of_slack_plain(text) == [], text
            case {"type": "mrkdwn"}:
                pytest.fail(f"a mrkdwn text that isn't verbatim: {part}")
            case _:
                pass
    json.dumps(shown, ensure_ascii=False).encode()  # no half of a surrogate pair


def check_teams(example: Card | Form) -> None:
    card = teams.adaptive_card(example, ACCOUNTS)
    sent = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    assert len(sent.encode()) <= limits.TEAMS_CARD
    for part in objects(card):
        for name in _PLAIN_IN_TEAMS:
            text = part.get(name)
            if isinstance(text, str) and part.get("type") != "mention":
                assert problems_of_teams(text.lstrip("-+=#0123456789. ")) == [], text
        text = part.get("text") or (part.get("value") if "title" in part else None)
        if part.get("type") != "mention" and isinstance(text, str) and "type" in part:
            assert problems_of_teams(text, mentioned=mentioned_in(card)) == [], text


def mentioned_in(card: object) -> frozenset[str]:
    """Names that Teams turns into mentions; each must be of somebody with an account."""
    found = [part["mentioned"] for part in objects(card) if part.get("type") == "mention"]
    assert all(one["id"] in ACCOUNTS.values() for one in objects(found))
    return frozenset(str(one["name"]) for one in objects(found))


def check_terminal(example: Card | Form) -> None:
    if isinstance(example, Card):
        assert not UNSEEN.search(terminal.text(example))


def check(example: Card | Form) -> None:
    check_slack(example)
    check_teams(example)
    check_terminal(example)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_card_stands_hostile_values_in_all_places(name: str) -> None:
    for first in range(0, len(VALUES), 12):
        check(twin(EXAMPLES[name], cycle([*VALUES[first:], *VALUES[:first]])))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_card_follows_the_schema_whatever_it_is_given(name: str) -> None:
    for example in (EXAMPLES[name], twin(EXAMPLES[name], cycle(VALUES))):
        assert problems_of_adaptive_card(teams.adaptive_card(example, ACCOUNTS)) == []


@pytest.mark.parametrize("value", range(len(VALUES)))
def test_every_place_stands_every_hostile_value(value: int) -> None:
    for example in (everything(VALUES[value]), every_question(VALUES[value], chosen="other")):
        check(example)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(EXAMPLES)), texts)
def test_every_card_stands_any_text(name: str, text: str) -> None:
    check(twin(EXAMPLES[name], repeat(text)))


@pytest.mark.parametrize("value", [VALUES[0], "x" * 10_000, "&<>" * 4000, "漢" * 4000, ""])
def test_a_card_with_too_much_of_everything_is_within_all_limits(value: str) -> None:
    card = everything(value, many=120)
    for example in (
        card,
        Card(summary=card.summary, blocks=card.blocks * 6),
        every_question(value, chosen="other"),
    ):
        check(example)


def test_only_known_addresses_become_links() -> None:
    shown = json.dumps(
        [slack.message(everything(), {}).blocks, teams.adaptive_card(everything(), {})]
    )
    assert "https://crm.acme.example/?q=a&b=c%7Cd" in shown
    assert "javascript:" not in shown


def test_nobody_is_mentioned_unasked() -> None:
    message = slack.message(everything("<@U0ANA>"), ACCOUNTS)
    texts_of_blocks = [text for path, text in leaves(message.blocks) if path.endswith("/text")]
    assert sum(text.count("<@U0MIA>") for text in texts_of_blocks) == 1
    assert not any("<@U0ANA>" in text for text in texts_of_blocks)

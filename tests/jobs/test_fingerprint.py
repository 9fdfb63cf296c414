"""When two cards count as the same."""

from datetime import UTC, datetime

from cards.actions import Action
from cards.model import Actions, Button, Card, Heading, Table, Words
from jobs.fingerprint import fingerprint


def card(subject: str = "7", **values: object) -> Card:
    text = Words("t", "m", **values)
    button = Button(label=text, action=Action.ACCEPT, subject=subject)
    table = Table(head=(text, text), rows=(), numeric=frozenset({1, 0}))
    return Card(summary=text, blocks=(Heading(text=text), table, Actions(buttons=(button,))))


def test_equal_cards_have_one_fingerprint_whatever_the_order_of_their_values() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert fingerprint(card(a=1, at=at)) == fingerprint(card(at=at, a=1))


def test_any_difference_that_shows_makes_another_fingerprint() -> None:
    cards = [card(), card(a=1), card(a="1"), card(a=(1,)), card(a=None), card("8")]
    assert len({fingerprint(one) for one in cards}) == len(cards)

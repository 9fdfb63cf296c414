"""What Baton sends to Teams: messages with a card, and answers to clicks.

Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/work-with-universal-actions-for-adaptive-cards
"""

from collections.abc import Mapping

from cards import teams, words
from cards.dialects import TEAMS_PLAIN
from cards.model import Card, Form, Words
from cards.teams import BARE, Frame

Json = dict[str, object]

_CARD = "application/vnd.microsoft.card.adaptive"
_SAID = "application/vnd.microsoft.activity.message"


def message(content: Card | Form, accounts: Mapping[str, str], frame: Frame = BARE) -> Json:
    """A message that shows the card or form; `accounts` are Teams user ids by e-mail."""
    summary = content.summary if isinstance(content, Card) else content.title
    return {
        "type": "message",
        "summary": words.render(summary, TEAMS_PLAIN),
        "attachments": [
            {"contentType": _CARD, "content": teams.adaptive_card(content, accounts, frame)}
        ],
    }


def in_place(content: Card | Form, accounts: Mapping[str, str], frame: Frame = BARE) -> Json:
    """The answer to a click that shows a card in the place of the one clicked, to that person."""
    card = teams.adaptive_card(content, accounts, frame)
    return {"statusCode": 200, "type": _CARD, "value": card}


def said(text: Words) -> Json:
    """The answer to a click that leaves the card as it is and says a line, to that person."""
    return {"statusCode": 200, "type": _SAID, "value": words.render(text, TEAMS_PLAIN)}

"""What Baton sends to Teams: messages with a card, and answers to clicks.

Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/work-with-universal-actions-for-adaptive-cards
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping

from cards import teams, words
from cards.dialects import TEAMS_PLAIN
from cards.model import Card, Form, Picture, Words
from cards.teams import BARE, Frame
from commands.delivery import NO_PICTURES, Pictures

Json = dict[str, object]

_CARD = "application/vnd.microsoft.card.adaptive"
_SAID = "application/vnd.microsoft.activity.message"


def message(
    content: Card | Form,
    accounts: Mapping[str, str],
    frame: Frame = BARE,
    pictures: Pictures = NO_PICTURES,
) -> Json:
    """A message that shows the card or form, and its pictures below it; `accounts` are Teams user
    ids by e-mail."""
    summary = content.summary if isinstance(content, Card) else content.title
    return {
        "type": "message",
        "summary": words.render(summary, TEAMS_PLAIN),
        "attachments": [
            {"contentType": _CARD, "content": teams.adaptive_card(content, accounts, frame)},
            *_images(content, pictures),
        ],
    }


def _images(content: Card | Form, pictures: Pictures) -> Iterator[Json]:
    """Inline images beside the card, whose 28 KB have no room for them. The card says the same in
    words. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/agents-inline-images"""
    for block in content.blocks:
        if isinstance(block, Picture) and block.chart in pictures:
            encoded = b64encode(pictures[block.chart]).decode()
            yield {
                "contentType": "image/png",
                "contentUrl": f"data:image/png;base64,{encoded}",
                "name": words.render(block.alt, TEAMS_PLAIN),
            }


def in_place(content: Card | Form, accounts: Mapping[str, str], frame: Frame = BARE) -> Json:
    """The answer to a click that shows a card in the place of the one clicked, to that person."""
    card = teams.adaptive_card(content, accounts, frame)
    return {"statusCode": 200, "type": _CARD, "value": card}


def said(text: Words) -> Json:
    """The answer to a click that leaves the card as it is and says a line, to that person."""
    return {"statusCode": 200, "type": _SAID, "value": words.render(text, TEAMS_PLAIN)}

"""What Baton says when it can't do what was asked, whatever that was: nothing was changed."""

from collections.abc import Mapping

from cards.actions import Action
from cards.model import Actions, Button, Card, Form, Paragraph, Style, Words

_WORDS = "misunderstandings"


def old_button() -> Card:
    """A button or form that this version doesn't know, or whose subject makes no sense."""
    return _card(Words(_WORDS, "old_button"))


def who_are_you() -> Card:
    """The platform can't say at the moment who the asker is."""
    return _card(Words(_WORDS, "who_are_you"))


def click_for_form(question: str) -> Card:
    """A form can be opened only after a click, so here is something to click."""
    text = Words(_WORDS, "click_for_form")
    button = Button(
        label=Words(_WORDS, "open_form"), action=Action.ASK, subject=question, style=Style.PRIMARY
    )
    return Card(summary=text, blocks=(Paragraph(text=text), Actions(buttons=(button,))))


def _card(text: Words) -> Card:
    return Card(summary=text, blocks=(Paragraph(text=text),))


EXAMPLES: Mapping[str, Card | Form] = {
    "old_button": old_button(),
    "who_are_you": who_are_you(),
    "click_for_form": click_for_form("campaign spring-pricing"),
}

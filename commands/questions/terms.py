"""`/leads definitions`: the terms both sides work under, and what each figure counts."""

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.model import Card
from cards.terms_card import definitions_card
from cards.what_counts_card import Figure, what_counts_card
from commands.context import Context
from commands.questions.subcommand import near

_FIGURES = {figure.value: figure for figure in Figure}


def definitions(ctx: Context, asking: Asking, words: str) -> Card:
    """What both sides signed; or what counts in the figure that `words` name."""
    name = words.strip().casefold()
    if not name:
        return definitions_card(asking, ctx.setup.agreement)
    if name in _FIGURES:
        return what_counts_card(asking, _FIGURES[name])
    close = tuple(f"definitions {figure}" for figure in near(name, list(Figure)))
    return not_understood(words.strip(), Expected.FIGURE, close)

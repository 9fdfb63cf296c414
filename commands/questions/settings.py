"""`/leads settings`: how Baton talks to the asker, to be changed by a form."""

from cards.asking import Asking
from cards.model import Card
from cards.settings_card import not_yours
from commands import keep_settings
from commands.context import Context


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The asker's choices; `words` change nothing."""
    return keep_settings.show(ctx, ctx.actor) if ctx.actor else not_yours()

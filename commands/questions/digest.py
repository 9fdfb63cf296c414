"""`/leads digest`: today's digest on demand, for the asker alone."""

from cards.asking import Asking
from cards.digest_card import digest_card
from cards.help_card import nothing_to_tell
from cards.model import Card
from commands.context import Context
from commands.counting import local_day
from commands.post_digest import compose


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """What the channel is told today, with what waits as of now; `words` change nothing."""
    view = compose(ctx, local_day(ctx, ctx.now))
    return digest_card(view) if view else nothing_to_tell()

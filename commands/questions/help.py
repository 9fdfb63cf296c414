"""`/leads help`: what the asker may ask, and what a slip may have meant."""

from collections.abc import Sequence

from cards.help_card import Expected, HelpLine, help_card, not_understood
from cards.model import Card
from commands.context import Context
from commands.questions.subcommand import Subcommand, near

_SHORTEST_NAME = 3


def may_ask(ctx: Context, subcommand: Subcommand) -> bool:
    """Whether the asker's roles may ask this; the clock may ask anything."""
    return ctx.actor is None or ctx.actor.has(*subcommand.roles)


def help_for(ctx: Context, subcommands: Sequence[Subcommand]) -> Card:
    """What the asker's roles may do, with an example each."""
    return help_card(
        tuple(
            HelpLine(usage=one.usage, summary=one.summary, example=one.example, runs=one.runs)
            for one in subcommands
            if may_ask(ctx, one)
        )
    )


def unknown(ctx: Context, subcommands: Sequence[Subcommand], first: str, rest: str) -> Card:
    """No subcommand is called `first`: offer those it may be a slip of, with the words that
    followed it; else to look for a lead of that name."""
    allowed = [one for one in subcommands if may_ask(ctx, one)]
    named = {name: one.name for one in allowed for name in (one.name, *one.aliases)}
    close = dict.fromkeys(named[name] for name in near(first, list(named)))
    if close:
        return not_understood(
            first, Expected.SUBCOMMAND, tuple(f"{name} {rest}".strip() for name in close)
        )
    text = f"{first} {rest}".strip()
    search = (f"find {text}",) if len(text) >= _SHORTEST_NAME else ()
    return not_understood(text, Expected.SUBCOMMAND, search)

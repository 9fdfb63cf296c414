"""Cards as their readers want them: numbers and dates in their locale, and in a channel with the
name of the one whom a card is for."""

from dataclasses import replace
from typing import TypeVar

from cards.model import Card, Form, Paragraph, Words
from commands.card_kind import CardKind
from commands.context import Context
from commands.present_handoffs import mention
from commands.reply import Ask, Home, Page, Reply, Tell
from commands.working import number
from leads.lifecycle import HandoffState
from storage.preferences import preferences_of
from storage.tables import HandoffRow

Content = TypeVar("Content", Card, Form)

_PERSON, _CHANNEL = "person:", "channel:"


def for_asker(ctx: Context, reply: Reply) -> Reply:
    """The reply in the actor's locale."""
    match reply:
        case Tell(card=card):
            return replace(reply, card=_written(card, _locale_of(ctx, _asker(ctx))))
        case Page(card=card):
            return Page(card=_written(card, _locale_of(ctx, _asker(ctx))))
        case Home(card=card):
            return Home(card=_written(card, _locale_of(ctx, _asker(ctx))))
        case Ask(form=form):
            return Ask(form=_written(form, _locale_of(ctx, _asker(ctx))))
        case _:
            return reply


def for_destination(ctx: Context, card: Card, *, kind: str, subject: str, destination: str) -> Card:
    """A card of this kind as it is posted to `person:<e-mail>`, in that person's locale, or to
    `channel:<name>`, in the agreement's; there a battle card calls its rep."""
    if destination.startswith(_PERSON):
        return _written(card, _locale_of(ctx, destination.removeprefix(_PERSON)))
    if kind == CardKind.BATTLE_CARD and destination.startswith(_CHANNEL):
        card = _calling(ctx, card, subject)
    return _written(card, ctx.setup.agreement.locale)


def _calling(ctx: Context, card: Card, subject: str) -> Card:
    handoff = ctx.session.get(HandoffRow, number(subject) or 0)
    if handoff is None:
        return card
    rep = mention(ctx, handoff.rep, ping=handoff.state == HandoffState.OFFERED.value)
    return replace(
        card, blocks=(Paragraph(text=Words("settings", "for_rep", rep=rep)), *card.blocks)
    )


def _asker(ctx: Context) -> str | None:
    return ctx.actor.email if ctx.actor else None


def _locale_of(ctx: Context, email: str | None) -> str:
    chosen = preferences_of(ctx.session, email).locale if email else None
    return chosen or ctx.setup.agreement.locale


def _written(content: Content, locale: str) -> Content:
    return content if content.locale == locale else replace(content, locale=locale)

"""A card as one person may use it: without the buttons that would be refused to them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from cards.actions import Action
from cards.model import Actions, Block, Button, Card, LinkButton, Menu, Paragraph
from commands import permission, show_lead
from commands.context import Context
from commands.learning import presenting
from commands.rejections import finding
from commands.working import number
from storage.tables import HandoffRow

_ABOUT_A_LEAD = frozenset({Action.MORE, Action.NOTE})
_ABOUT_NO_LEAD = frozenset(
    {
        *(Action.ASK, Action.SHARE, Action.CAMPAIGN_EDIT),
        *(Action.AWAY, Action.LEAVE_END, Action.SETTINGS),
    }
)


def for_viewer(ctx: Context, card: Card) -> Card:
    """The card with the buttons that the actor may press; all of them where there is no actor.
    It only saves a wasted click: every click is judged again."""
    return replace(card, blocks=tuple(_blocks(ctx, card))) if ctx.actor else card


def _blocks(ctx: Context, card: Card) -> Iterator[Block]:
    for block in card.blocks:
        match block:
            case Paragraph(button=Button() as button) if not _may_press(ctx, button):
                yield replace(block, button=None)
            case Actions():
                buttons = tuple(_buttons(ctx, block))
                if buttons:
                    yield replace(block, buttons=buttons)
            case _:
                yield block


def _buttons(ctx: Context, row: Actions) -> Iterator[Button | LinkButton | Menu]:
    for one in row.buttons:
        match one:
            case Button():
                if _may_press(ctx, one):
                    yield one
            case LinkButton():
                yield one
            case Menu():
                entries = tuple(entry for entry in one.buttons if _may_press(ctx, entry))
                if len(entries) > 1:
                    yield replace(one, buttons=entries)
                else:
                    yield from entries
            case _:
                assert_never(one)


def _may_press(ctx: Context, button: Button) -> bool:
    if button.action in _ABOUT_NO_LEAD:
        return True
    about = number(button.subject)
    if about is None:
        return False
    if button.action in _ABOUT_A_LEAD:
        return show_lead.may_read(ctx, about)
    if button.action is Action.BACKTEST:
        return True
    if button.action.startswith(("proposal.", "criteria.")):
        return presenting.may_decide(ctx)
    if button.action.startswith("rejection."):
        return finding.may_press(ctx, button.action, about)
    handoff = ctx.session.get(HandoffRow, about)
    if handoff is None:
        return False
    match button.action:
        case Action.EXTEND:
            return permission.may_extend(ctx, handoff)
        case Action.REASSIGN:
            return permission.may_oversee(ctx)
        case _:
            return permission.may_work(ctx, handoff)

from cards.actions import Action
from cards.model import Actions, Button, Card, Menu, Paragraph
from commands.card_kind import CardKind
from commands.viewing import for_viewer
from leads.person import Person
from storage.tables import HistoryRow
from tests.commands.story import ANA, BEN, MAX, MIA, Offered, Story


async def seen(story: Story, kind: CardKind, subject: object, by: Person | None) -> list[Action]:
    """What this person may press on the card."""
    card = await story.card(kind, subject)
    assert card
    return actions(await story.do(lambda ctx: for_viewer(ctx, card), by))


def actions(card: Card) -> list[Action]:
    """Every action on a card, in its order."""
    found: list[Action] = []
    for block in card.blocks:
        match block:
            case Paragraph(button=Button(action=action)):
                found.append(action)
            case Actions(buttons=buttons):
                for one in buttons:
                    entries = one.buttons if isinstance(one, Menu) else (one,)
                    found += [entry.action for entry in entries if isinstance(entry, Button)]
            case _:
                pass
    return found


async def offered(story: Story) -> Offered:
    """A lead of Ana's."""
    return await story.offer(ANA)


async def test_the_rep_and_their_manager_see_every_button(story: Story) -> None:
    lead = await offered(story)
    everything = await seen(story, CardKind.BATTLE_CARD, lead.handoff, None)
    assert {Action.ACCEPT, Action.REJECT, Action.MORE} <= set(everything)
    for person in (ANA, MIA):
        assert await seen(story, CardKind.BATTLE_CARD, lead.handoff, person) == everything


async def test_a_colleague_does_not_see_what_would_be_refused(story: Story) -> None:
    lead = await offered(story)
    assert await seen(story, CardKind.BATTLE_CARD, lead.handoff, BEN) == []
    assert await seen(story, CardKind.HANDOFF_LINE, lead.lead, BEN) == []


async def test_a_marketer_may_read_and_not_decide(story: Story) -> None:
    lead = await offered(story)
    assert await seen(story, CardKind.BATTLE_CARD, lead.handoff, MAX) == [Action.MORE]
    assert await seen(story, CardKind.HANDOFF_LINE, lead.lead, MAX) == [Action.MORE]


async def test_looking_is_no_refused_click(story: Story) -> None:
    lead = await offered(story)
    await seen(story, CardKind.BATTLE_CARD, lead.handoff, BEN)
    assert await story.all(HistoryRow, HistoryRow.act == "refused") == []

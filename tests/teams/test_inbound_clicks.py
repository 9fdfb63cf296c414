"""What people press and send in Teams, and what then stands there for them."""

from typing import Any

import pytest

from cards import misunderstandings, teams
from cards.actions import Action
from cards.model import Actions, Button, Card, Words
from commands.card_kind import CardKind
from commands.reply import Ask, Correct, Nothing, Page, Tell
from tests.bot.conftest import CARD, SAMPLE, battle_card, form
from tests.teams.activities import describe, pressed
from tests.teams.inbound import ANA, MIA, Inside
from tests.teams.personas import Pressing
from tests.teams.reading import button_labels, readable
from tests.teams.records import Json, Message

STRANGER = CardKind.STRANGER
"""A kind of card that needs no lead: it is drawn from its subject alone."""
_BUTTON = misunderstandings.click_for_form("help")


async def own_card(inside: Inside) -> Message:
    """A card of the outbox's in Ana's own chat."""
    await inside.teams.persona(ANA).install()
    inside.office.deeds.clear()
    return await inside.post(f"person:{ANA}", CardKind.ANSWER, f"{ANA} definitions")


async def shared_card(inside: Inside) -> Message:
    """A card of the outbox's in a channel."""
    await inside.teams.install_in_team()
    return await inside.post("channel:gtm", CardKind.ANSWER, f"{MIA} definitions")


async def act(
    inside: Inside, message: Message, action: Action, subject: str = "17", **sent: object
) -> Pressing:
    """Ana presses a button with this action; with `f=1` it is a form's."""
    ana = inside.teams.persona(ANA)
    data = {"v": 1, "h": subject, **sent}
    button = {"title": "x", "verb": action.value, "data": data, "associatedInputs": "none"}
    return await ana.act(message, message.card, button, {})


def is_definitions(came: Pressing) -> bool:
    """Whether the message's own card stands there."""
    return came.card is not None and "Sales promises" in readable(came.card)


async def test_a_click_is_carried_out_and_the_card_stands_as_it_is_now(inside: Inside) -> None:
    card = await own_card(inside)
    came = await act(inside, card, Action.ACCEPT)
    (deed,) = inside.office.deeds
    assert (deed.name, deed.subject, deed.actor) == ("pressed lead.accept", "17", ANA)
    assert is_definitions(came)


async def test_a_form_stands_in_place_with_a_way_back(inside: Inside) -> None:
    inside.office.answers["pressed lead.reject"] = Ask(form=form(asks_more=True))
    card = await own_card(inside)
    came = await act(inside, card, Action.REJECT)
    assert came.card
    assert "Back" in button_labels(came.card)
    assert not is_definitions(came)
    assert is_definitions(await inside.teams.persona(ANA).press(card, "Back"))
    assert inside.office.done == ["pressed lead.reject"]  # going back asks no command


async def test_a_page_stands_in_place_with_a_way_back(inside: Inside) -> None:
    inside.office.answers["pressed lead.more"] = Page(card=battle_card())
    card = await shared_card(inside)
    came = await act(inside, card, Action.MORE)
    assert came.card
    assert "Back" in button_labels(came.card)
    assert card.seen_by("29:mia") == card.card  # others see what they saw


async def test_a_form_that_was_sent_gives_way_to_the_card(inside: Inside) -> None:
    card = await own_card(inside)
    came = await act(inside, card, Action.REJECT, f=1, in_reason="other", in_text=" late ")
    (deed,) = inside.office.deeds
    assert deed.name == "sent lead.reject"
    assert deed.values == {"reason": "other", "text": "late"}
    assert is_definitions(came)


async def test_a_form_with_nothing_filled_in_is_a_form_all_the_same(inside: Inside) -> None:
    card = await own_card(inside)
    await act(inside, card, Action.WIN, f=1)
    assert inside.office.done == ["sent lead.win"]


async def test_what_is_to_mend_is_said_on_the_form_as_it_was_filled_in(inside: Inside) -> None:
    needed = Words("parts", "needed")
    inside.office.answers["sent lead.reject"] = Correct(errors={"text": needed})
    card = await own_card(inside)
    came = await act(inside, card, Action.REJECT, f=1, in_reason="other", in_text="x*y")
    assert came.card
    assert "Please mend this" in readable(came.card)
    assert "Please fill this in." in readable(came.card)
    assert '"x*y"' in str(came.card).replace("'", '"')
    assert inside.office.done == ["sent lead.reject", "changed lead.reject"]
    again = inside.office.deeds[-1]
    assert again.values == {"reason": "other", "text": "x*y"}


async def test_a_private_word_comes_to_the_own_chat_and_the_card_stays(inside: Inside) -> None:
    inside.office.answers["pressed lead.accept"] = Tell(card=CARD)
    card = await own_card(inside)
    came = await act(inside, card, Action.ACCEPT)
    assert is_definitions(came)
    assert "There is a form for that" in inside.told(ANA)[-1].plain()


async def test_in_a_channel_a_private_word_is_announced_to_the_one_who_clicked(
    inside: Inside,
) -> None:
    inside.office.answers["pressed lead.accept"] = Tell(card=CARD)
    card = await shared_card(inside)
    came = await act(inside, card, Action.ACCEPT)
    assert came.said == "I answered you in our own chat."
    assert "There is a form for that" in inside.told(ANA)[-1].plain()
    assert [one.id for one in inside.teams.messages("gtm")] == [card.id]


async def test_a_private_word_that_can_not_be_sent_stands_in_place(inside: Inside) -> None:
    from tests.teams.trouble import Mischief, Trouble

    inside.office.answers["pressed lead.accept"] = Tell(card=CARD)
    card = await shared_card(inside)
    inside.teams.misbehave(Mischief(trouble=Trouble.REFUSED, where="POST", code="BotDisabled"))
    came = await act(inside, card, Action.ACCEPT)
    assert came.card
    assert "There is a form for that" in readable(came.card)
    assert "Back" in button_labels(came.card)


async def test_a_form_in_a_message_of_its_own_gives_way_to_what_came_of_it(inside: Inside) -> None:
    inside.office.answers["asked"] = Ask(form=form())
    ana = inside.teams.persona(ANA)
    await ana.say("campaign spring")
    (message,) = inside.told(ANA)
    done = await act(inside, message, Action.CAMPAIGN_EDIT, "spring", f=1)
    assert done.card
    assert readable(done.card) == "Done."
    inside.office.answers["sent campaign.edit"] = Tell(card=CARD)
    told = await act(inside, message, Action.CAMPAIGN_EDIT, "spring", f=1)
    assert told.card
    assert "There is a form for that" in readable(told.card)
    assert len(inside.told(ANA)) == 1


async def test_an_answer_can_be_come_back_to(inside: Inside) -> None:
    ana = inside.teams.persona(ANA)
    inside.office.answers["asked"] = Tell(card=battle_card())
    inside.office.answers["pressed lead.more"] = Page(card=_BUTTON)
    await ana.say("mine")
    (answer,) = inside.told(ANA)
    more = next(one for one in find_all(answer.card) if one.get("verb") == "lead.more")
    page = await ana.act(answer, answer.card, more, {})
    assert page.card
    assert "There is a form for that" in readable(page.card)
    back = await ana.press(answer, "Back")
    assert back.card
    assert [*button_labels(back.card)] == answer.buttons()
    assert inside.office.deeds[-1].subject == "mine"


def find_all(card: Json) -> list[Any]:
    """Every action of a card, by whatever label."""
    from tests.teams.reading import actions_of

    return [*actions_of(card)]


async def test_an_answer_from_a_channel_is_shared_in_that_channel(inside: Inside) -> None:
    share = Button(label=Words("parts", "more"), action=Action.SHARE, subject="quality")
    shareable = Card(summary=SAMPLE, blocks=(Actions(buttons=(share,)),))
    inside.office.answers["asked"] = Tell(card=shareable)
    await inside.teams.install_in_team()
    ana = inside.teams.persona(ANA)
    await ana.say("@Baton quality", channel="gtm")
    (answer,) = inside.told(ANA)
    await ana.press(answer, "More")
    deed = inside.office.deeds[1]
    assert (deed.name, deed.subject) == ("pressed ask.share", "quality")
    assert deed.conversation == "19:gtm@thread.tacv2"


@pytest.mark.parametrize("where", ["19:board@thread.tacv2", "a:mia", "19:gtm@thread.tacv2"])
async def test_nobody_shares_where_they_are_not(inside: Inside, where: str) -> None:
    """The button says where; who presses it could say anything."""
    await inside.teams.persona(MIA).install()
    await inside.teams.install_in_team()
    await inside.teams.persona(MIA).say("@Baton help", channel="gtm")
    inside.teams.tenant.channel("gtm").members = ["29:mia"]
    inside.office.deeds.clear()
    card = await own_card(inside)
    await act(inside, card, Action.SHARE, "quality", c=where)
    (deed,) = inside.office.deeds
    assert deed.conversation == "a:ana"


async def test_what_is_not_one_of_our_buttons_changes_nothing(inside: Inside) -> None:
    ana = inside.teams.persona(ANA)
    card = await own_card(inside)
    for verb, data in (
        ("lead.steal", {"v": 1, "h": "17"}),
        ("lead.accept", {"v": 9, "h": "17"}),
        ("lead.accept", {"v": 1}),
        ("lead.accept", "x"),
        ("", None),
    ):
        told = pressed({"verb": verb}, {}) | {"replyToId": card.id}
        told["value"]["action"]["data"] = data
        delivery = await inside.teams.deliver(describe(inside.teams, ana.user, ana.chat, told))
        assert delivery.status == 200
        assert delivery.body["type"] == "application/vnd.microsoft.card.adaptive"
    assert inside.office.done == []
    assert "out of date" in inside.told(ANA)[-1].plain()


async def test_a_message_that_is_gone_from_our_books_leaves_the_card_as_it_is(
    inside: Inside,
) -> None:
    ana = inside.teams.persona(ANA)
    await ana.install()
    sent = inside.told(ANA)[0]
    accepted = await act(inside, sent, Action.ACCEPT)
    assert accepted.said == "Done."
    back = await ana.act(sent, sent.card, {"verb": teams.REDRAW, "data": {"v": 1, "h": ""}}, {})
    assert "out of date" in back.said


async def test_a_client_that_shows_the_card_gets_it_as_it_is_now(inside: Inside) -> None:
    card = await own_card(inside)
    assert card.card["refresh"]["userIds"] == ["29:ana"]
    came = await inside.teams.persona(ANA).refresh(card)
    assert came
    assert is_definitions(came)
    assert inside.office.done == []


@pytest.mark.parametrize("name", ["task/fetch", "composeExtension/query", "signin/verifyState", ""])
async def test_other_invokes_are_not_ours(inside: Inside, name: str) -> None:
    ana = inside.teams.persona(ANA)
    told = {"type": "invoke", "name": name, "value": {}}
    delivery = await inside.teams.deliver(describe(inside.teams, ana.user, ana.chat, told))
    assert delivery.status == 501


@pytest.mark.parametrize("value", [None, 5, {}, {"action": 7}, {"action": []}])
async def test_an_action_that_makes_no_sense_is_unreadable(inside: Inside, value: object) -> None:
    ana = inside.teams.persona(ANA)
    told = {"type": "invoke", "name": "adaptiveCard/action", "value": value}
    delivery = await inside.teams.deliver(describe(inside.teams, ana.user, ana.chat, told))
    assert delivery.status == 400


async def test_a_stranger_who_clicks_is_greeted_as_one(inside: Inside) -> None:
    card = await shared_card(inside)
    guest = inside.teams.persona("guest@elsewhere.example")
    button = {"verb": "lead.accept", "data": {"v": 1, "h": "17"}, "associatedInputs": "none"}
    await guest.act(card, card.card, button, {})
    assert inside.office.done == ["stranger"]


async def test_the_same_click_delivered_twice_is_done_once(inside: Inside) -> None:
    card = await own_card(inside)
    await act(inside, card, Action.ACCEPT)
    first = inside.teams.deliveries[-1]
    again = await inside.teams.deliver(first.activity)
    assert inside.office.done == ["pressed lead.accept"]
    assert again.body == first.body


async def test_nothing_is_said_for_a_form_that_changes_nothing(inside: Inside) -> None:
    inside.office.answers["sent lead.note"] = Nothing()
    card = await own_card(inside)
    assert is_definitions(await act(inside, card, Action.NOTE, f=1, in_text="x"))

"""What people do in Slack, through the whole Bolt app, and what they get to see."""

import asyncio

import pytest

from bot.router import Router
from bot.slack.app import SlackApp
from bot.slack.outbound import SlackChat
from bot.slack.web import SlackWeb
from cards import misunderstandings
from cards.model import Words
from commands.delivery import MessageRef
from commands.reply import Ask, Correct, Nothing, Page, Tell
from sandbox import Message, Mischief, Persona, Sandbox, Trouble
from tests.bot.conftest import ANA, GUEST, MIA, Office, battle_card, form
from tests.conftest import Clock

OLD = "This button is out of date"
FORM_TITLE = "Open the form"


@pytest.fixture
def ana(sandbox: Sandbox, baton: SlackApp) -> Persona:
    """The rep."""
    return sandbox.persona(ANA)


@pytest.fixture
async def card(ana: Persona, chat: SlackChat) -> Message:
    """A battle card in the rep's messages."""
    await chat.post(f"person:{ANA}", battle_card(), thread=None, outbox_id=1)
    return ana.messages()[-1]


def buttons(card: Message) -> list[str]:
    """The ids of the buttons: accept, reject, more, and the menu."""
    return [element["action_id"] for element in card.blocks[-1]["elements"]]


def said_to(persona: Persona, channel: str | None = None) -> str:
    """The newest message that a person sees."""
    messages = persona.sees(channel) if channel else persona.messages()
    return messages[-1].plain()


async def test_a_click_reaches_its_command_with_who_and_where(
    ana: Persona, card: Message, office: Office
) -> None:
    click = await ana.click(card, buttons(card)[0])
    assert (click.status, click.body) == (200, "")
    (deed,) = office.deeds
    assert (deed.name, deed.subject, deed.actor) == ("pressed lead.accept", "17", ANA)
    assert deed.conversation == card.channel


async def test_the_same_delivery_twice_does_nothing_twice(
    ana: Persona, card: Message, office: Office
) -> None:
    office.answers["pressed lead.accept"] = Tell(card=misunderstandings.who_are_you())
    await ana.click(card, buttons(card)[0], duplicate=2)
    assert office.done == ["pressed lead.accept"]
    assert len(ana.messages()) == 2
    await ana.click(card, buttons(card)[0])
    assert office.done == ["pressed lead.accept"] * 2


async def test_an_answer_to_a_click_is_for_the_clicker_only_and_leaves_the_card(
    sandbox: Sandbox, ana: Persona, chat: SlackChat, office: Office
) -> None:
    await chat.post("channel:#gtm", battle_card(), thread=None, outbox_id=1)
    (card,) = ana.sees("gtm")
    office.answers["pressed lead.accept"] = Tell(card=misunderstandings.old_button())
    await ana.click(card, buttons(card)[0])
    assert OLD in said_to(ana, "gtm")
    assert ana.sees("gtm")[0] == card
    assert sandbox.persona(MIA).sees("gtm") == [card]


async def test_an_entry_of_the_menu_is_a_press(ana: Persona, card: Message, office: Office) -> None:
    office.answers["pressed lead.snooze"] = Nothing()
    entry = card.blocks[-1]["elements"][-1]
    await ana.choose(card, entry["action_id"], entry["options"][0]["value"])
    assert office.done == ["pressed lead.snooze"]


async def test_a_form_is_asked_redrawn_corrected_and_sent(
    ana: Persona, card: Message, office: Office
) -> None:
    office.answers["pressed lead.reject"] = Ask(form=form())
    view = (await ana.click(card, buttons(card)[1])).view
    assert view is not None
    assert view.title == FORM_TITLE

    await ana.change(view, "reason", "other")
    redrawn = ana.modal
    assert redrawn is not None
    assert (redrawn.id, len(redrawn.blocks)) == (view.id, 2)
    assert office.deeds[-1].name == "changed lead.reject"
    assert office.deeds[-1].values == {"reason": "other"}

    mend = Words("misunderstandings", "open_form")
    office.answers["sent lead.reject"] = Correct(errors={"text": mend})
    assert (await ana.submit(redrawn, {"text": "x"})).errors == {"text": FORM_TITLE}

    office.answers["sent lead.reject"] = Nothing()
    sent = await ana.submit(redrawn, {"text": "too far away"})
    assert (sent.errors, sent.error, ana.modal) == ({}, "", None)
    assert office.deeds[-1].values == {"reason": "other", "text": "too far away"}
    assert office.deeds[-1].subject == "17"


async def test_a_form_sent_twice_by_slack_counts_once(
    ana: Persona, card: Message, office: Office
) -> None:
    office.answers["pressed lead.reject"] = Ask(form=form())
    view = (await ana.click(card, buttons(card)[1])).view
    assert view is not None
    await ana.submit(view, {"reason": "too_small"}, duplicate=3)
    assert office.done.count("sent lead.reject") == 1


async def test_what_a_form_is_answered_with_takes_its_place(
    ana: Persona, card: Message, office: Office
) -> None:
    office.answers["pressed lead.reject"] = Ask(form=form())
    office.answers["sent lead.reject"] = Tell(card=misunderstandings.old_button())
    view = (await ana.click(card, buttons(card)[1])).view
    assert view is not None
    answered = (await ana.submit(view, {"reason": "too_small"})).view
    assert answered is not None
    assert OLD in answered.plain()


async def test_more_opens_a_page_whose_buttons_work(
    ana: Persona, card: Message, office: Office
) -> None:
    office.answers["pressed lead.more"] = Page(card=battle_card())
    office.answers["pressed lead.reject"] = Ask(form=form())
    page = (await ana.click(card, buttons(card)[2])).view
    assert page is not None
    await ana.click(page, page.blocks[-1]["elements"][1]["action_id"])
    assert ana.modal is not None
    assert (ana.modal.id, ana.modal.title) == (page.id, FORM_TITLE)
    assert "submit" in ana.modal.content


async def test_a_command_is_answered_in_its_own_answer(
    sandbox: Sandbox, ana: Persona, office: Office
) -> None:
    answer = await ana.command("/leads quality  last week & <more>", channel="gtm")
    assert "There is a form for that" in answer.plain()
    assert office.deeds[-1].subject == "quality  last week & <more>"
    assert sandbox.persona(MIA).sees("gtm") == []
    methods = {call.method for call in sandbox.calls}
    assert methods <= {"users.info", "auth.test"}


async def test_a_command_may_open_a_form(ana: Persona, office: Office) -> None:
    office.answers["asked"] = Ask(form=form())
    answer = await ana.command("/leads campaign spring")
    assert answer.view is not None
    assert answer.view.title == FORM_TITLE


async def test_a_message_to_the_bot_is_a_question_answered_there(
    ana: Persona, office: Office
) -> None:
    await ana.say("quality R&D <b>")
    assert office.done == ["asked"]
    assert office.deeds[0].subject == "quality R&D <b>"
    assert "There is a form for that" in said_to(ana)


async def test_a_question_that_needs_a_form_gets_a_button_for_it(
    ana: Persona, office: Office
) -> None:
    office.answers["asked"] = Ask(form=form())
    await ana.say("campaign spring")
    button = ana.messages()[-1]
    assert button.buttons() == [FORM_TITLE]
    office.answers["pressed ask.run"] = Ask(form=form())
    opened = await ana.click(button, FORM_TITLE)
    assert opened.view is not None
    assert office.deeds[-1].subject == "campaign spring"


async def test_a_mention_in_a_channel_is_answered_to_the_asker_alone(
    sandbox: Sandbox, ana: Persona, office: Office
) -> None:
    await ana.say("@Baton quality last week", channel="gtm")
    assert office.done == ["asked"]
    assert office.deeds[0].subject == "quality last week"
    assert len(ana.sees("gtm")) == 2
    assert len(sandbox.persona(MIA).sees("gtm")) == 1


async def test_other_talk_in_a_channel_is_none_of_our_business(
    ana: Persona, sandbox: Sandbox, office: Office
) -> None:
    root = await ana.say("Lunch?", channel="gtm")
    await sandbox.persona(MIA).say("Yes", thread=root)
    assert office.done == []
    assert len(ana.sees("gtm")) == 2


async def test_words_in_the_thread_of_a_card_are_said_once_with_or_without_a_mention(
    ana: Persona, card: Message, office: Office, our_card: MessageRef
) -> None:
    (root,) = [one for one in ana.sees("gtm") if one.ts == our_card.message]
    said = await ana.say("Call her <after> lunch", thread=root)
    assert office.done == ["said"]
    deed = office.deeds[0]
    assert (deed.subject, deed.conversation) == (our_card.message, our_card.conversation)
    assert deed.values == {"text": "Call her <after> lunch", "message": said.ts}
    await ana.say("@Baton she called back", thread=root)
    assert office.done == ["said", "said"]
    assert office.deeds[1].values["text"] == "she called back"


async def test_a_mention_in_a_strange_thread_is_a_question(ana: Persona, office: Office) -> None:
    root = await ana.say("Look", channel="gtm")
    await ana.say("@Baton funnel", thread=root)
    assert office.done == ["asked"]
    assert office.deeds[0].subject == "funnel"
    assert ana.sees("gtm")[-1].thread_ts == root.ts


async def test_the_home_page_is_published_and_refreshed_after_a_press(
    ana: Persona, office: Office
) -> None:
    home = await ana.open_home()
    assert home is not None
    assert "There is a form for that" in home.plain()
    office.answers["pressed ask.run"] = Nothing()
    before = home.hash
    await ana.click(home, FORM_TITLE)
    assert office.done == ["home", "pressed ask.run", "home"]
    assert ana.home is not None
    assert ana.home.hash != before


@pytest.mark.parametrize(
    "value",
    [
        "17",
        "{}",
        '{"v":2,"a":"lead.accept","h":"17"}',
        '{"v":1,"a":"lead.sell","h":"17"}',
        '{"v":1,"a":"lead.accept","h":"17; drop table lead"}',
        '{"v":1,"a":"lead.accept","h":"0"}',
        '{"v":1,"a":"lead.accept","h":17}',
        '{"v":1,"a":"lead.accept","h":"99999999999999999999999"}',
        '{"v":1,"a":"lead.accept"}',
        "[" * 1500,
    ],
)
async def test_a_button_that_makes_no_sense_is_answered_kindly(
    value: str, ana: Persona, office: Office, web_api: SlackWeb
) -> None:
    button = {
        "type": "button",
        "action_id": "lead.accept",
        "text": {"type": "plain_text", "text": "Accept"},
        "value": value,
    }
    blocks = [{"type": "actions", "elements": [button]}]
    await web_api.send("chat.postMessage", {"channel": ana.id, "text": "x", "blocks": blocks})
    click = await ana.click(ana.messages()[-1], "Accept")
    assert click.status == 200
    assert OLD in said_to(ana)
    assert office.done == []


async def test_a_stranger_is_greeted_and_nothing_else_happens(
    sandbox: Sandbox, baton: SlackApp, chat: SlackChat, office: Office
) -> None:
    await chat.post("channel:gtm", battle_card(), thread=None, outbox_id=1)
    guest = sandbox.persona(GUEST)
    (card,) = guest.sees("gtm")
    await guest.click(card, buttons(card)[0])
    await guest.command("/leads")
    await guest.open_home()
    assert office.done == ["stranger"] * 3
    assert office.deeds[0].subject == GUEST
    assert office.deeds[0].values == {"name": "Guest", "user_id": guest.id}
    assert guest.home is not None


async def test_a_stranger_who_talks_in_a_thread_is_left_alone(
    sandbox: Sandbox, baton: SlackApp, office: Office, our_card: MessageRef
) -> None:
    guest = sandbox.persona(GUEST)
    (root,) = [one for one in guest.sees("gtm") if one.ts == our_card.message]
    await guest.say("Nice one", thread=root)
    assert office.done == []


async def test_who_someone_is_is_asked_once(
    sandbox: Sandbox, ana: Persona, card: Message, office: Office
) -> None:
    for _ in range(3):
        await ana.click(card, buttons(card)[0])
    await asyncio.gather(*(ana.command("/leads") for _ in range(3)))
    assert len(office.done) == 6
    asked = [call for call in sandbox.calls if call.method == "users.info"]
    assert len(asked) <= 1


async def test_without_slack_a_known_person_still_decides_and_an_unknown_one_is_asked_to_wait(
    sandbox: Sandbox, ana: Persona, card: Message, office: Office, router: Router, clock: Clock
) -> None:
    await ana.click(card, buttons(card)[0])
    clock.advance(days=3)
    sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE))
    assert (await ana.click(card, buttons(card)[0])).status == 200
    assert office.done == ["pressed lead.accept"] * 2
    answer = await sandbox.persona(MIA).command("/leads")
    assert "I can't check who you are" in answer.plain()
    assert len(office.done) == 2


async def test_what_an_unknown_person_did_without_slack_is_not_taken_and_comes_again(
    sandbox: Sandbox, card: Message, office: Office, our_card: MessageRef
) -> None:
    mia = sandbox.persona(MIA)
    trouble = Mischief(trouble=Trouble.SERVER_ERROR, method="users.info", calls=1)
    sandbox.misbehave(trouble)
    click = await mia.click(card, buttons(card)[0])
    assert (click.status, office.done) == (503, [])
    sandbox.misbehave(trouble)
    (root,) = [one for one in mia.sees("gtm") if one.ts == our_card.message]
    await mia.say("Please keep this", thread=root)
    assert [one.status for one in sandbox.deliveries if one.kind == "event_callback"] == [503, 200]
    assert office.done == ["said"]


async def test_an_answer_that_slack_does_not_take_does_not_undo_the_deed(
    sandbox: Sandbox, ana: Persona, card: Message, office: Office
) -> None:
    office.answers["pressed lead.accept"] = Tell(card=misunderstandings.old_button())
    for trouble in (Trouble.OUTAGE, Trouble.SERVER_ERROR, Trouble.RATE_LIMITED):
        sandbox.misbehave(Mischief(trouble=trouble, method="response_url"))
        assert (await ana.click(card, buttons(card)[0])).status == 200
        sandbox.behave()
    assert office.done == ["pressed lead.accept"] * 3


async def test_what_fails_is_delivered_again_and_then_done_once(
    sandbox: Sandbox, ana: Persona, office: Office, our_card: MessageRef
) -> None:
    office.breaks = {"said"}
    (root,) = [one for one in ana.sees("gtm") if one.ts == our_card.message]
    await ana.say("Please keep this", thread=root)
    assert [one.status for one in sandbox.deliveries if one.kind == "event_callback"] == [500, 200]
    assert office.done == ["said"]


async def test_a_question_that_fails_is_answered_on_the_next_delivery(
    ana: Persona, office: Office
) -> None:
    office.breaks = {"asked"}
    await ana.say("funnel")
    assert office.done == ["asked"]


async def test_events_delivered_twice_are_answered_once(
    sandbox: Sandbox, ana: Persona, office: Office
) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.DUPLICATE_EVENTS))
    await ana.say("funnel")
    await ana.open_home()
    assert office.done == ["asked", "home"]

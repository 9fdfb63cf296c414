"""What people write to Baton in Teams, and where they are answered."""

import pytest

from bot.intent import Asked, OpenedHome, Said
from bot.teams.inbound import of_message, words_of
from commands.card_kind import CardKind
from commands.reply import Ask, Nothing, Page
from tests.bot.conftest import CARD, form
from tests.teams.activities import describe
from tests.teams.inbound import ANA, GUEST, MIA, Inside
from tests.teams.records import Json
from tests.teams.trouble import Mischief, Trouble


async def test_a_question_in_the_own_chat_is_answered_there(inside: Inside) -> None:
    ana = inside.teams.persona(ANA)
    await ana.say("quality last week")
    (deed,) = inside.office.deeds
    assert (deed.name, deed.subject, deed.actor) == ("asked", "quality last week", ANA)
    (answer,) = inside.told(ANA)
    assert "There is a form for that" in answer.plain()


async def test_a_mention_in_a_channel_is_answered_in_the_own_chat(inside: Inside) -> None:
    await inside.teams.persona(ANA).say("@Baton quality", channel="gtm")
    (deed,) = inside.office.deeds
    assert (deed.subject, deed.conversation) == ("quality", "19:gtm@thread.tacv2")
    (answer,) = inside.told(ANA)
    assert "There is a form for that" in answer.plain()
    assert [one for one in inside.teams.messages("gtm") if one.by_bot] == []


async def test_whoever_can_not_be_written_to_is_told_how_in_the_channel(inside: Inside) -> None:
    trouble = Trouble.REFUSED
    code = "ForbiddenOperationException"
    inside.teams.misbehave(Mischief(trouble=trouble, where="POST conv", code=code, calls=1))
    asked = await inside.teams.persona(ANA).say("@Baton quality", channel="gtm")
    assert inside.told(ANA) == []
    (line,) = [one for one in inside.teams.messages("gtm") if one.by_bot]
    assert line.root == asked.id
    assert "can't write to you yet" in line.plain()


async def test_the_word_home_opens_the_home_page(inside: Inside) -> None:
    await inside.teams.persona(ANA).say("Home")
    await inside.teams.persona(MIA).say("@Baton home", channel="gtm")
    assert inside.office.done == ["home", "home"]
    assert len(inside.told(ANA)) == len(inside.told(MIA)) == 1


async def test_installing_for_oneself_is_greeted_once_a_day(inside: Inside) -> None:
    for _ in range(3):
        await inside.teams.persona(ANA).install()
    assert inside.office.done == ["home"]
    assert len(inside.told(ANA)) == 1


async def test_words_in_the_thread_of_a_card_are_said_about_it(inside: Inside) -> None:
    await inside.teams.install_in_team()
    line = await inside.post("channel:gtm", CardKind.HANDOFF_LINE, "17")
    await inside.teams.persona(MIA).say("@Baton call her on Monday", thread=line)
    (deed,) = inside.office.deeds
    assert (deed.name, deed.subject, deed.thread) == ("said", line.id, line.id)
    assert deed.values["text"] == "call her on Monday"


async def test_a_quoted_card_in_the_own_chat_is_its_thread(inside: Inside) -> None:
    ana = inside.teams.persona(ANA)
    await ana.install()
    card = await inside.post(f"person:{ANA}", CardKind.BATTLE_CARD, "3")
    await ana.say("she is < 30 & keen", thread=card)
    deed = inside.office.deeds[-1]
    assert (deed.name, deed.subject) == ("said", card.id)
    assert deed.values["text"] == "she is < 30 & keen"


async def test_words_in_any_other_thread_are_a_question(inside: Inside) -> None:
    ana = inside.teams.persona(ANA)
    root = await ana.say("Who had lunch?", channel="gtm")
    await ana.say("@Baton quality", thread=root)
    assert [(deed.name, deed.subject) for deed in inside.office.deeds] == [("asked", "quality")]


async def test_a_form_can_be_asked_for_by_words(inside: Inside) -> None:
    inside.office.answers["asked"] = Ask(form=form())
    await inside.teams.persona(ANA).say("campaign spring")
    (answer,) = inside.told(ANA)
    assert answer.buttons()


async def test_a_page_comes_as_a_message(inside: Inside) -> None:
    inside.office.answers["asked"] = Page(card=CARD)
    await inside.teams.persona(ANA).say("lead 17")
    assert len(inside.told(ANA)) == 1


async def test_nothing_to_say_says_nothing(inside: Inside) -> None:
    inside.office.answers["asked"] = Nothing()
    await inside.teams.persona(ANA).say("quality")
    assert inside.told(ANA) == []


async def test_guests_are_strangers_whatever_their_e_mail(inside: Inside) -> None:
    await inside.teams.persona(GUEST).say("@Baton quality", channel="gtm")
    (deed,) = inside.office.deeds
    assert (deed.name, deed.subject, deed.actor) == ("stranger", "29:guest", "baton")


async def test_when_teams_can_not_say_who_it_is_nothing_is_done(inside: Inside) -> None:
    inside.teams.misbehave(Mischief(trouble=Trouble.BAD_GATEWAY, where="members"))
    await inside.teams.persona(ANA).say("quality")
    inside.teams.behave()
    assert inside.office.done == []
    (answer,) = inside.told(ANA)
    assert "who you are" in answer.plain()


async def test_an_answer_that_teams_does_not_take_costs_only_the_answer(inside: Inside) -> None:
    await inside.teams.persona(ANA).install()
    inside.teams.misbehave(Mischief(trouble=Trouble.THROTTLED, where="activities"))
    await inside.teams.persona(ANA).say("quality")
    assert inside.teams.deliveries[-1].status == 200
    assert inside.office.done == ["home", "asked"]


async def test_a_command_that_breaks_is_a_500_and_may_come_again(inside: Inside) -> None:
    inside.office.breaks.add("asked")
    ana = inside.teams.persona(ANA)
    await ana.say("quality")
    broken = inside.teams.deliveries[-1]
    assert broken.status == 500
    again = await inside.teams.deliver(broken.activity)
    assert again.status == 200
    assert inside.office.done == ["asked"]


def activity(inside: Inside, **told: object) -> Json:
    """A message of Ana's."""
    ana = inside.teams.persona(ANA)
    message = {"type": "message", "id": "1", "text": "quality", **told}
    return describe(inside.teams, ana.user, ana.chat, message)


@pytest.mark.parametrize(
    "told",
    [
        {"type": "messageUpdate"},
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "typing"},
        {"type": "endOfConversation"},
        {"type": "somethingNew"},
        {"type": None},
        {"type": 7},
        {"from": {"id": "28:another-bot"}},
        {"from": {"id": "29:x", "role": "bot"}},
    ],
)
async def test_what_is_not_said_by_people_is_left_alone(
    inside: Inside, told: dict[str, object]
) -> None:
    delivery = await inside.teams.deliver(activity(inside, **told))
    assert delivery.status == 200
    assert inside.office.done == []
    assert inside.teams.calls == []


@pytest.mark.parametrize(
    "told",
    [
        {"from": None},
        {"from": []},
        {"from": {"id": 7}},
        {"conversation": {"tenantId": "x"}},
        {"conversation": "a:ana"},
        {"recipient": "28:bot"},
        {"id": None},
    ],
)
async def test_a_message_that_makes_no_sense_is_unreadable(
    inside: Inside, told: dict[str, object]
) -> None:
    delivery = await inside.teams.deliver(activity(inside, **told))
    assert delivery.status == 400
    assert inside.office.done == []


@pytest.mark.parametrize(
    "told",
    [
        {"text": None},
        {"text": 7},
        {"text": ""},
        {"entities": 5},
        {"entities": [5, None, {"type": "mention"}]},
        {"attachments": {"a": 1}},
        {"attachments": [None, {"contentType": "text/html", "content": 7}]},
        {"timestamp": "yesterday"},
        {"timestamp": 7},
        {"channelData": {"tenant": {"id": "11111111-2222-4333-8444-555555555555"}, "team": 5}},
        {"replyToId": {}},
    ],
)
async def test_odd_parts_do_no_harm(inside: Inside, told: dict[str, object]) -> None:
    delivery = await inside.teams.deliver(activity(inside, **told))
    assert delivery.status == 200
    assert inside.office.done == ["asked"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<at>Baton</at> quality", "quality"),
        ("<at>Baton</at>&nbsp;find R&amp;D &lt;x&gt;", "find R&D <x>"),
        ("find <at>Mia Roth</at>", "find Mia Roth"),
        ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
        ("  /leads mine ", "/leads mine"),
    ],
)
def test_words_are_read_without_markup(text: str, words: str) -> None:
    mention = {"type": "mention", "mentioned": {"id": "28:b"}, "text": "<at>Baton</at>"}
    said = {"text": text, "recipient": {"id": "28:b"}, "entities": [mention]}
    assert words_of(said) == (words, None)


async def test_talk_that_is_not_addressed_to_baton_is_none_of_its_business(
    inside: Inside,
) -> None:
    """With the permission to read a team's messages, Teams sends them all."""
    ana = inside.teams.persona(ANA)
    told = {"type": "message", "id": "5", "text": "lunch?"}
    channel = inside.teams.tenant.channel("gtm")
    for root in ("5", "4"):
        delivery = await inside.teams.deliver(describe(inside.teams, ana.user, channel, told, root))
        assert delivery.status == 200
    assert inside.office.done == []


def test_deeds_of_messages(inside: Inside) -> None:
    """A thread's first message is a question, a later one is said."""
    ana = inside.teams.persona(ANA)
    channel = inside.teams.tenant.channel("gtm")
    told = {"type": "message", "id": "5", "text": "home"}
    first = of_message(describe(inside.teams, ana.user, channel, told, "5"))
    later = of_message(describe(inside.teams, ana.user, channel, told, "4"))
    own = of_message(describe(inside.teams, ana.user, ana.chat, told | {"text": "why"}))
    assert first
    assert later
    assert own
    assert first.intent.deed == OpenedHome()
    assert later.intent.deed == Said(text="home", thread="4", message="5")
    assert own.intent.deed == Asked(text="why")
    assert first.intent.key == later.intent.key == "teams:19:gtm@thread.tacv2:5"
    assert own.intent.place.is_private


async def test_of_several_quoted_messages_the_first_is_the_one_replied_to() -> None:
    quote = (
        '<blockquote itemtype="http://schema.skype.com/Reply" itemid="{}"><p>{}</p></blockquote>'
    )
    content = f"{quote.format(7, 'old')}<p>call</p>{quote.format(8, 'older')}<p>her</p>"
    assert _words_of_html(content) == ("call\nher", "7")


async def test_a_blockquote_of_ones_own_is_no_reply() -> None:
    content = '<blockquote itemid="7">her words</blockquote><p>quality</p>'
    assert _words_of_html(content) == ("as plain text", None)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "content",
    [
        "<blockquote " + 'schema.skype.com/Reply itemid="1" ' * 25_000,
        '<blockquote schema.skype.com/Reply itemid="1">' * 25_000,
        "<blockquote>" * 50_000 + "</blockquote>" * 50_000,
        '<blockquote schema.skype.com/Reply itemid="' + "1" * 500_000 + ">",
        "<" * 500_000,
    ],
    ids=["one head without end", "never closed", "nested", "endless id", "signs"],
)
async def test_nothing_that_somebody_may_write_holds_up_everybody(content: str) -> None:
    assert _words_of_html(content) == ("as plain text", None)


def _words_of_html(content: str) -> tuple[str, str | None]:
    attachment = {"contentType": "text/html", "content": content}
    told = {"recipient": {"id": "28:b"}, "text": "as plain text", "attachments": [attachment]}
    return words_of(told)

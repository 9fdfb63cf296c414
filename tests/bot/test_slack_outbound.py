"""Cards sent to Slack, and what each way of failing is called."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.directory import Directory
from bot.slack.outbound import SlackChat
from bot.slack.web import SlackWeb, open_session
from cards import misunderstandings
from cards.charts import Bar, Chart, FunnelChart
from cards.model import Card, Mention, Paragraph, Picture, Words
from commands.context import Platform
from commands.delivery import Chat, MessageRef, Throttled, Undeliverable, Unreachable
from sandbox import Mischief, Sandbox, Trouble
from tests.bot.conftest import ANA, CARD, MIA, battle_card

OTHER = misunderstandings.old_button()
ALT = "There is a form for that. I may open it once you press the button."
FUNNEL: Chart = FunnelChart(title="October", steps=(Bar(label="MQL", n=3),))
REVIEW = Card(
    summary=Words("misunderstandings", "click_for_form"),
    blocks=(Picture(chart=FUNNEL, alt=Words("misunderstandings", "click_for_form")),),
)


def test_it_is_a_chat(chat: SlackChat) -> None:
    as_promised: Chat = chat
    assert as_promised.platform is Platform.SLACK


async def test_a_card_for_a_person_arrives_in_their_own_messages(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    ref = await chat.post(f"person:{ANA}", battle_card(), thread=None, outbox_id=12)
    (message,) = sandbox.persona(ANA).messages()
    assert ref == MessageRef(
        platform=Platform.SLACK,
        workspace="T0001",
        conversation=message.channel,
        message=message.ts,
    )
    assert message.metadata == {
        "event_type": "baton_outbox",
        "event_payload": {"outbox_id": 12},
    }
    (call,) = [call for call in sandbox.calls if call.method == "chat.postMessage"]
    assert call.arguments["unfurl_links"] is False
    assert call.arguments["unfurl_media"] is False
    assert call.arguments["text"]


async def test_a_chart_is_uploaded_and_shown_once_slack_has_taken_it_in(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    pictures = {FUNNEL: b"png of October"}
    ref = await chat.post("channel:gtm", REVIEW, thread=None, outbox_id=1, pictures=pictures)
    (message,) = sandbox.messages("gtm")
    (image,) = [block for block in message.blocks if block["type"] == "image"]
    assert image["alt_text"] == ALT
    async with aiohttp.ClientSession() as http:
        answer = await http.get(f"{sandbox.url}/files/{image['slack_file']['id']}")
        assert await answer.read() == b"png of October"
    looks = [call.method for call in sandbox.calls].count("files.info")
    assert looks == 2
    await chat.update(ref, REVIEW, pictures)
    (message,) = sandbox.messages("gtm")
    assert [block["type"] for block in message.blocks].count("image") == 1


async def test_where_slack_takes_no_picture_the_words_stand_for_it(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    pictures = {FUNNEL: b""}  # an empty file is refused
    await chat.post("channel:gtm", REVIEW, thread=None, outbox_id=1, pictures=pictures)
    (message,) = sandbox.messages("gtm")
    assert message.plain() == ALT


async def test_an_upload_that_fails_is_tried_again_with_its_message(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    sandbox.misbehave(Mischief(trouble=Trouble.OUTAGE, method="files.completeUploadExternal"))
    with pytest.raises(Unreachable):
        await chat.post("channel:gtm", REVIEW, thread=None, outbox_id=1, pictures={FUNNEL: b"png"})
    assert sandbox.messages("gtm") == []


@pytest.mark.parametrize("name", ["#gtm", "gtm", "C0002"])
async def test_a_channel_is_found_by_name_or_id_without_listing_channels(
    name: str, sandbox: Sandbox, chat: SlackChat
) -> None:
    ref = await chat.post(f"channel:{name}", CARD, thread=None, outbox_id=1)
    assert ref.conversation == "C0002"
    assert "conversations.list" not in {call.method for call in sandbox.calls}


async def test_a_card_in_a_thread_is_updated_and_gets_a_sign_once(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    root = await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)
    ref = await chat.post("channel:gtm", CARD, thread=root, outbox_id=2)
    assert (ref.conversation, ref.thread) == (root.conversation, root.message)
    deeper = await chat.post("channel:gtm", CARD, thread=ref, outbox_id=3)
    assert deeper.thread == root.message

    await chat.update(ref, OTHER)
    await chat.react(ref, "white_check_mark")
    await chat.react(ref, "white_check_mark")
    message = sandbox.messages("gtm")[1]
    assert "out of date" in message.plain()
    assert message.metadata is not None
    assert [(one.name, len(one.users)) for one in message.reactions] == [("white_check_mark", 1)]


async def test_only_a_mention_that_should_ping_makes_slack_look_for_the_account(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    def mentioning(*, ping: bool) -> Card:
        who = Mention(name="Mia Roth", email=MIA, ping=ping)
        words = Words("asking", "shared_by", who=(who,), question="help")
        return Card(summary=words, blocks=(Paragraph(text=words),))

    await chat.post("channel:gtm", mentioning(ping=False), thread=None, outbox_id=1)
    assert "users.lookupByEmail" not in {call.method for call in sandbox.calls}
    await chat.post("channel:gtm", mentioning(ping=True), thread=None, outbox_id=2)
    assert "users.lookupByEmail" in {call.method for call in sandbox.calls}


@pytest.mark.parametrize("in_thread", [False, True])
@pytest.mark.parametrize("destination", ["channel:#gtm", "channel:C0002", f"person:{ANA}"])
async def test_a_message_whose_answer_was_lost_is_found_again(
    destination: str, in_thread: bool, sandbox: Sandbox, chat: SlackChat
) -> None:
    root = None
    if in_thread:
        root = await chat.post(destination, CARD, thread=None, outbox_id=1)
    sandbox.misbehave(Mischief(trouble=Trouble.LOST_ANSWER, method="chat.postMessage"))
    with pytest.raises(Unreachable) as lost:
        await chat.post(destination, CARD, thread=root, outbox_id=2)
    assert lost.value.uncertain
    sandbox.behave()
    found = await chat.find_posted(destination, root, 2)
    assert found is not None
    await chat.update(found, OTHER)
    where = sandbox.messages("gtm") if "channel" in destination else sandbox.persona(ANA).messages()
    assert "out of date" in where[-1].plain()
    assert found.thread == (root.message if root else None)
    assert await chat.find_posted(destination, root, 99) is None


async def test_a_limit_says_how_long_to_wait(sandbox: Sandbox, chat: SlackChat) -> None:
    sandbox.misbehave(
        Mischief(trouble=Trouble.RATE_LIMITED, method="chat.postMessage", retry_after=17)
    )
    with pytest.raises(Throttled) as limit:
        await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)
    assert limit.value.retry_after == 17


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.OUTAGE])
async def test_trouble_on_the_way_is_worth_another_try(
    trouble: Trouble, sandbox: Sandbox, chat: SlackChat
) -> None:
    sandbox.misbehave(Mischief(trouble=trouble, method="chat.postMessage"))
    with pytest.raises(Unreachable):
        await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)
    assert sandbox.messages("gtm") == []


async def test_what_was_never_sent_is_not_uncertain(directory: Directory) -> None:
    async with open_session() as session:
        chat = SlackChat(SlackWeb("xoxb-x", "http://127.0.0.1:9/api/", session), directory)
        with pytest.raises(Unreachable) as unreachable:
            await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)
    assert not unreachable.value.uncertain


@pytest.mark.parametrize(
    ("destination", "advice"),
    [
        ("channel:#nowhere", "[channels]"),
        ("channel:#board", "/invite @Baton"),
        ("person:nobody@acme.example", "team.toml"),
        ("channel:", "report"),
        ("somewhere", "report"),
    ],
)
async def test_what_can_never_arrive_says_what_to_do(
    destination: str, advice: str, chat: SlackChat
) -> None:
    with pytest.raises(Undeliverable) as refused:
        await chat.post(destination, CARD, thread=None, outbox_id=1)
    assert advice in refused.value.advice


async def test_an_archived_channel_and_a_deleted_message_say_what_to_do(
    sandbox: Sandbox, chat: SlackChat
) -> None:
    ref = await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)
    sandbox.workspace.delete(ref.conversation, ref.message)
    with pytest.raises(Undeliverable, match="isn't there any more"):
        await chat.update(ref, CARD)
    sandbox.archive("gtm")
    with pytest.raises(Undeliverable) as refused:
        await chat.post("channel:gtm", CARD, thread=None, outbox_id=2)
    assert "Unarchive" in refused.value.advice


async def test_a_wrong_token_is_named_without_being_shown(
    sandbox: Sandbox, directory: Directory
) -> None:
    async with open_session() as session:
        chat = SlackChat(SlackWeb("xoxb-wrong", sandbox.api_url, session), directory)
        with pytest.raises(Undeliverable) as refused:
            await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)
    assert "SLACK_BOT_TOKEN" in refused.value.advice
    assert "xoxb" not in str(refused.value) + refused.value.advice


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<html>Please log in</html>"),
        (200, "text/plain", "hello"),
        (200, "application/json", "[1]"),
        (200, "application/json", "{"),
        (502, "text/html", "<html>Bad gateway</html>"),
        (503, "text/plain", "down"),
        (503, "application/json", "{"),
    ],
)
async def test_what_is_no_answer_of_slacks_is_unreachable(
    status: int, kind: str, body: str, directory: Directory
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, content_type=kind, text=body)

    application = web.Application()
    application.router.add_post("/api/{method}", answer)
    async with TestServer(application) as server, aiohttp.ClientSession() as session:
        chat = SlackChat(SlackWeb("xoxb-x", str(server.make_url("/api/")), session), directory)
        with pytest.raises(Unreachable):
            await chat.post("channel:gtm", CARD, thread=None, outbox_id=1)

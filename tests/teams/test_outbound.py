"""Teams when Baton speaks first: where messages go, and what can be known after trouble."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.teams.refusals import TeamsRefused
from cards.charts import Bar, Chart, FunnelChart
from cards.model import Card, Heading, Mention, Paragraph, Picture, Words
from commands.delivery import MessageRef, Throttled, Undeliverable, Unreachable
from storage.conversations import ConversationKind
from storage.database import Database
from tests.teams.records import Message
from tests.teams.side import ANA, BEN, GUEST, MIA, Side, card, outbound_side
from tests.teams.trouble import Mischief, Trouble

HOUSE = Path(__file__).parents[2]


@pytest.fixture
async def side(database: Database) -> AsyncIterator[Side]:
    async with outbound_side(database) as opened:
        await opened.join_team()
        yield opened


async def post(
    side: Side, destination: str, text: str = "Hello", thread: MessageRef | None = None
) -> MessageRef:
    return await side.chat.post(destination, card(text), thread=thread, outbox_id=1)


def private(side: Side, email: str) -> list[Message]:
    return side.teams.persona(email).messages()


async def test_a_person_who_never_wrote_is_reached_through_the_team(side: Side) -> None:
    ref = await post(side, f"person:{BEN}")
    (message,) = private(side, BEN)
    assert (ref.conversation, ref.message, ref.thread) == (message.conversation, message.id, None)
    assert ref.workspace == side.teams.tenant.id
    assert message.plain() == "Hello"
    assert message.alerts
    assert message.activity["summary"] == "Hello"
    assert "text" not in message.activity
    asked = len(side.teams.calls)
    await post(side, f"person:{BEN}", "Again")
    assert len(side.teams.calls) == asked + 1


async def test_a_chart_is_an_inline_image_below_the_card_that_says_the_same(side: Side) -> None:
    alt = Words("misunderstandings", "click_for_form")
    funnel: Chart = FunnelChart(title="October", steps=(Bar(label="MQL", n=3),))
    review = Card(summary=alt, blocks=(Picture(chart=funnel, alt=alt),))
    await side.chat.post(
        f"person:{BEN}", review, thread=None, outbox_id=1, pictures={funnel: b"png of October"}
    )
    (message,) = private(side, BEN)
    said = "There is a form for that. I may open it once you press the button."
    assert message.plain() == said
    assert message.activity["attachments"][1:] == [
        {
            "contentType": "image/png",
            "contentUrl": "data:image/png;base64,cG5nIG9mIE9jdG9iZXI=",
            "name": said,
        }
    ]


async def test_a_person_who_has_a_chat_is_written_to_there(side: Side) -> None:
    known = side.ref("a:ana", ConversationKind.PERSONAL, user_id="29:ana", aad_object_id="aad-ana")
    await side.conversations.learn(known)
    side.teams.persona(ANA)
    await side.directory.user_of(ANA)
    _ = side.teams.persona(ANA).chat
    before = len(side.teams.calls)
    ref = await post(side, f"person:{ANA}")
    assert ref.conversation == "a:ana"
    assert [call.path for call in side.teams.calls[before:]] == ["conversations/a:ana/activities"]


async def test_whom_nobody_met_cannot_be_reached_and_an_admin_learns_what_to_do(
    side: Side,
) -> None:
    for email in (MIA, GUEST, "typo@acme.example"):
        with pytest.raises(Undeliverable, match="nobody whom Baton has met") as lost:
            await post(side, f"person:{email}")
        assert "open the Baton app" in lost.value.advice


async def test_before_the_first_conversation_nobody_can_be_reached(database: Database) -> None:
    async with outbound_side(database) as side:
        for destination in (f"person:{ANA}", "channel:#wins"):
            with pytest.raises(Undeliverable) as lost:
                await post(side, destination)
            assert "Baton app" in lost.value.advice


async def test_once_the_app_is_added_to_a_team_its_people_are_reached_at_once(
    database: Database,
) -> None:
    async with outbound_side(database) as side:
        with pytest.raises(Undeliverable):
            await post(side, f"person:{BEN}")
        await side.join_team()
        await post(side, f"person:{BEN}")
        assert len(private(side, BEN)) == 1


@pytest.mark.parametrize("name", ["#lead-handoffs", "lead-handoffs", "Lead-Handoffs"])
async def test_a_channel_is_found_by_its_name(side: Side, name: str) -> None:
    ref = await post(side, f"channel:{name}")
    (message,) = side.teams.messages("lead-handoffs")
    assert (ref.conversation, ref.message) == ("19:lead-handoffs@thread.tacv2", message.id)


async def test_the_general_channel_and_ids_are_names_too(side: Side) -> None:
    await post(side, "channel:General")
    await post(side, "channel:19:wins@thread.tacv2")
    assert len(side.teams.messages("General")) == len(side.teams.messages("wins")) == 1


async def test_a_channel_of_another_name_is_told_to_an_admin(side: Side) -> None:
    with pytest.raises(Undeliverable, match="#typo") as lost:
        await post(side, "channel:#typo")
    assert "team.toml" in lost.value.advice


@pytest.mark.parametrize("destination", ["channel:", "channel:#", "email:x", "nowhere", ""])
async def test_a_destination_that_is_none_is_a_defect_of_ours(side: Side, destination: str) -> None:
    with pytest.raises(Undeliverable, match="nowhere to go"):
        await post(side, destination)


async def test_replies_go_to_the_thread_of_their_post(side: Side) -> None:
    root = await post(side, "channel:lead-handoffs", "Root")
    first = await post(side, "channel:lead-handoffs", "One", root)
    second = await post(side, "channel:lead-handoffs", "Two", first)
    messages = side.teams.messages("lead-handoffs")
    assert [one.root for one in messages] == [None, root.message, root.message]
    assert (first.thread, second.thread) == (root.message, root.message)


async def test_in_a_chat_a_reply_is_a_message_that_names_its_root(side: Side) -> None:
    root = await post(side, f"person:{BEN}", "Root")
    reply = await post(side, f"person:{BEN}", "Reply", root)
    messages = private(side, BEN)
    assert [one.root for one in messages] == [None, root.message]
    assert reply.thread == root.message


async def test_a_card_is_changed_where_it_is_and_does_not_ring_again(side: Side) -> None:
    root = await post(side, "channel:lead-handoffs")
    reply = await post(side, "channel:lead-handoffs", "Reply", root)
    personal = await post(side, f"person:{BEN}")
    for ref in (root, reply, personal):
        await side.chat.update(ref, card("Changed"))
    shown = [*side.teams.messages("lead-handoffs"), *private(side, BEN)]
    assert [(one.plain(), one.revision, one.alerts) for one in shown] == [("Changed", 1, False)] * 3


async def test_a_card_that_somebody_deleted_is_not_tried_for_ever(side: Side) -> None:
    ref = await post(side, "channel:lead-handoffs")
    side.teams.tenant.messages.clear()
    with pytest.raises(TeamsRefused) as lost:
        await side.chat.update(ref, card("Changed"))
    assert lost.value.code == "ActivityNotFoundInConversation"


async def test_where_baton_was_taken_out_nothing_is_sent(side: Side) -> None:
    ref = await post(side, "channel:lead-handoffs")
    await side.conversations.forget(side.teams.tenant.id, side.teams.tenant.team_id)
    with pytest.raises(Undeliverable, match="any more"):
        await side.chat.update(ref, card("Changed"))


async def test_people_are_mentioned_by_their_account(side: Side) -> None:
    text = Words("parts", "said", text=Mention(email=BEN, name="Ben Fischer", ping=True))
    summary = Words("parts", "said", text="Ben")
    called = Card(summary=summary, blocks=(Heading(text=summary), Paragraph(text=text)))
    await side.chat.post("channel:wins", called, thread=None, outbox_id=1)
    (message,) = side.teams.messages("wins")
    (entity,) = message.card["msteams"]["entities"]
    assert entity["mentioned"] == {"id": "29:ben", "name": "Ben Fischer"}


async def test_what_was_noted_gets_a_sign_once(side: Side) -> None:
    root = await post(side, "channel:lead-handoffs")
    said = side.teams.tenant.say(
        side.teams.tenant.user(ANA), root.conversation, root.message, {"text": "Met her"}
    )
    written = MessageRef(
        platform=root.platform,
        workspace=root.workspace,
        conversation=root.conversation,
        message=said.id,
        thread=root.message,
    )
    for _ in range(2):
        await side.chat.react(written, "memo")
    assert said.reactions == ["1f4dd_memo"]


async def test_where_bots_may_not_react_a_line_says_it(side: Side) -> None:
    root = await post(side, "channel:lead-handoffs")
    side.teams.misbehave(
        Mischief(trouble=Trouble.REFUSED, where="reactions", status=405, code="MethodNotAllowed")
    )
    await side.chat.react(root, "memo")
    line = side.teams.messages("lead-handoffs")[-1]
    assert (line.root, line.plain()) == (root.message, "📝 Kept as a note.")


@pytest.mark.parametrize(
    ("status", "code", "says_it"),
    [
        (404, "NotFound", True),
        (404, "ActivityNotFoundInConversation", False),
        (403, "Forbidden", True),
        (403, "BotNotRegistered", False),
        (401, "Unauthorized", False),
        (400, "BadArgument", False),
    ],
)
async def test_a_line_is_only_for_where_bots_cannot_react(
    side: Side, status: int, code: str, says_it: bool
) -> None:
    root = await post(side, "channel:lead-handoffs")
    side.teams.misbehave(
        Mischief(trouble=Trouble.REFUSED, where="reactions", status=status, code=code)
    )
    if says_it:
        await side.chat.react(root, "memo")
    else:
        with pytest.raises(TeamsRefused):
            await side.chat.react(root, "memo")
    assert len(side.teams.messages("lead-handoffs")) == (2 if says_it else 1)


async def test_a_slow_answer_is_not_lost_and_the_card_not_posted_twice(database: Database) -> None:
    async with outbound_side(database, patience=0.05) as side:
        await side.join_team()
        slow = side.teams.misbehave(Mischief(trouble=Trouble.SLOW, where="POST"))
        with pytest.raises(Unreachable) as late:
            await post(side, "channel:lead-handoffs")
        assert late.value.uncertain
        with pytest.raises(Unreachable):
            await side.chat.find_posted("channel:lead-handoffs", None, 1)
        slow.gate.set()
        found = await _eventually(side)
        (message,) = side.teams.messages("lead-handoffs")
        assert found.message == message.id
        assert await side.chat.find_posted("channel:lead-handoffs", None, 1) == found
        assert await side.chat.find_posted("channel:lead-handoffs", None, 2) is None


async def _eventually(side: Side) -> MessageRef:
    async with asyncio.timeout(5):
        while True:
            try:
                found = await side.chat.find_posted("channel:lead-handoffs", None, 1)
            except Unreachable:
                await asyncio.sleep(0.01)
                continue
            assert found
            return found


async def test_a_send_that_nobody_waits_for_any_more_is_found_afterwards(side: Side) -> None:
    slow = side.teams.misbehave(Mischief(trouble=Trouble.SLOW, where="POST"))
    sending = asyncio.create_task(post(side, "channel:lead-handoffs"))
    await side.teams.until(lambda: side.teams.messages("lead-handoffs"))
    sending.cancel()
    await asyncio.wait([sending])
    slow.gate.set()
    found = await _eventually(side)
    assert found.message == side.teams.messages("lead-handoffs")[0].id


@pytest.mark.parametrize("trouble", [Trouble.LOST_ANSWER, Trouble.OUTAGE, Trouble.BAD_GATEWAY])
async def test_after_a_cut_line_nothing_is_known_and_teams_cannot_be_asked(
    side: Side, trouble: Trouble
) -> None:
    side.teams.misbehave(Mischief(trouble=trouble, where="POST", calls=1))
    with pytest.raises(Unreachable):
        await post(side, "channel:lead-handoffs")
    assert await side.chat.find_posted("channel:lead-handoffs", None, 1) is None


async def test_too_many_messages_are_reported_as_such(side: Side) -> None:
    side.teams.misbehave(Mischief(trouble=Trouble.THROTTLED, where="activities", retry_after="3"))
    with pytest.raises(Throttled) as throttled:
        await post(side, f"person:{BEN}")
    assert throttled.value.retry_after == 3


def test_what_is_sent_needs_no_sdk() -> None:
    program = (
        "import sys, bot.teams.outbound, bot.teams.tokens, bot.teams.probe; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'botbuilder', 'botframework', 'msal', 'requests'}))"
    )
    told = [sys.executable, "-c", program]
    run = subprocess.run(told, cwd=HOUSE, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

"""Every call of the connector, and what becomes of each thing that can go wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.teams.connector import TeamChannel
from bot.teams.refusals import TeamsRefused, refusal
from commands.delivery import Throttled, Undeliverable, Unreachable
from storage.database import Database
from tests.teams.side import ANA, BEN, GUEST, MIA, Side, outbound_side
from tests.teams.trouble import Mischief, Trouble

HELLO = {"type": "message", "text": "Hello"}


@pytest.fixture
async def side(database: Database) -> AsyncIterator[Side]:
    async with outbound_side(database) as opened:
        yield opened


def chat_of(side: Side, email: str) -> str:
    return side.teams.tenant.personal(side.teams.tenant.user(email)).id


async def test_messages_are_sent_and_changed(side: Side) -> None:
    where = chat_of(side, ANA)
    sent = await side.connector.send(side.teams.service_url, where, HELLO)
    await side.connector.update(
        side.teams.service_url, where, sent, {"type": "message", "text": "Bye"}
    )
    (message,) = side.teams.tenant.inside(where)
    assert (message.id, message.activity["text"], message.revision) == (sent, "Bye", 1)


async def test_ids_with_every_sign_arrive_whole(side: Side) -> None:
    channel = side.teams.tenant.channel("lead-handoffs").id
    tenant = side.teams.tenant
    made = await side.connector.create_post(
        side.teams.service_url, channel, HELLO, bot_id=tenant.bot_id, tenant_id=tenant.id
    )
    assert made.conversation == f"{channel};messageid={made.message}"
    reply = await side.connector.send(side.teams.service_url, made.conversation, HELLO)
    root, answer = side.teams.messages("lead-handoffs")
    assert (root.id, root.root) == (made.message, None)
    assert (answer.id, answer.root) == (reply, made.message)
    assert "%3Bmessageid%3D" not in side.teams.calls[-1].path


async def test_a_chat_is_begun_with_whoever_has_the_app_or_is_in_its_team(side: Side) -> None:
    tenant = side.teams.tenant
    for user in ("29:ana", "29:ben", "aad-ben"):
        begun = await side.connector.create_personal(
            side.teams.service_url, bot_id=tenant.bot_id, tenant_id=tenant.id, user_id=user
        )
        assert begun in {chat_of(side, ANA), chat_of(side, BEN)}
    with pytest.raises(TeamsRefused, match="isn't installed") as refused:
        await side.connector.create_personal(
            side.teams.service_url, bot_id=tenant.bot_id, tenant_id=tenant.id, user_id="29:mia"
        )
    assert "Setup policies" in refused.value.advice


async def test_a_roster_is_read_page_by_page_and_guests_have_no_address(side: Side) -> None:
    side.teams.page_size = 2
    team = side.teams.tenant.team_id
    members = [one async for one in side.connector.members(side.teams.service_url, team)]
    emails = {one.name: one.email for one in members}
    assert emails == {"Ana Ortiz": ANA, "Ben Fischer": BEN, "Gus Guest": None}
    assert [one.is_guest for one in members] == [False, False, True]
    assert members[0].aad_object_id == "aad-ana"
    assert members[0].tenant_id == side.teams.tenant.id
    pages = [call for call in side.teams.calls if "pagedmembers" in call.path]
    assert len(pages) == 2


async def test_somebody_is_found_in_a_conversation_or_not(side: Side) -> None:
    team, service = side.teams.tenant.team_id, side.teams.service_url
    found = await side.connector.member(service, team, "29:ben")
    assert found
    assert (found.email, found.name) == (BEN, "Ben Fischer")
    assert await side.connector.member(service, team, "29:mia") is None
    assert await side.connector.member(service, "19:gone@thread.tacv2", "29:mia") is None
    assert (await side.connector.member(service, team, "29:guest")) is not None
    assert GUEST not in str(await side.connector.member(service, team, "29:guest"))


async def test_the_channels_of_a_team_are_listed(side: Side) -> None:
    team = side.teams.tenant.team_id
    general, handoffs, _ = await side.connector.channels(side.teams.service_url, team)
    assert general == TeamChannel(id=team, name=None)
    assert handoffs.name == "lead-handoffs"


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("0.5", 0.5), (None, 10.0), ("soon", 10.0), ("-3", 0.0)]
)
async def test_too_many_is_for_as_long_as_teams_says(
    side: Side, header: str | None, seconds: float
) -> None:
    side.teams.misbehave(Mischief(trouble=Trouble.THROTTLED, retry_after=header))
    with pytest.raises(Throttled) as throttled:
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
    assert throttled.value.retry_after == seconds


async def test_a_clash_in_a_conversation_is_waited_out(side: Side) -> None:
    side.teams.misbehave(Mischief(trouble=Trouble.CLASH, retry_after=None))
    with pytest.raises(Throttled) as throttled:
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
    assert throttled.value.retry_after == 1.0


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.BAD_GATEWAY,
        Trouble.GATEWAY_TIMEOUT,
        Trouble.SERVER_ERROR,
        Trouble.NOT_TEAMS,
        Trouble.LOST_ANSWER,
        Trouble.OUTAGE,
    ],
)
async def test_what_may_have_arrived_is_uncertain(side: Side, trouble: Trouble) -> None:
    side.teams.misbehave(Mischief(trouble=trouble))
    with pytest.raises(Unreachable) as failed:
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
    assert failed.value.uncertain


async def test_what_was_never_sent_is_certain(side: Side) -> None:
    with pytest.raises(Unreachable) as failed:
        await side.connector.send("http://127.0.0.1:9", "a:ana", HELLO)
    assert not failed.value.uncertain


async def test_an_address_that_is_not_teams_own_gets_nothing(side: Side) -> None:
    with pytest.raises(Undeliverable, match="isn't trusted"):
        await side.connector.send("https://evil.example/", "a:ana", HELLO)
    assert side.teams.calls == []


@pytest.mark.parametrize(
    ("status", "code", "message", "reason", "advice"),
    [
        (403, "BotNotInConversationRoster", "", "isn't installed", "add the app"),
        (403, "ForbiddenOperationException", "", "isn't installed", "Setup policies"),
        (403, "ConversationBlockedByUser", "", "blocked", "unblock"),
        (403, "Forbidden", '{"subCode":"MessageWritesBlocked"}', "blocked", "unblock"),
        (403, "BotDisabledByAdmin", "", "admin has blocked", "Manage apps"),
        (403, "InvalidBotApiHost", "", "another cloud", "write to Baton"),
        (403, "NotEnoughPermissions", "", "may not do that", "permissions"),
        (403, "SomethingNew", "", "may not do that", "permissions"),
        (404, "ConversationNotFound", "", "no such conversation", "deleted"),
        (404, "ActivityNotFoundInConversation", "", "isn't there any more", "deleted"),
        (401, "BotNotRegistered", "", "credentials", "TEAMS_APP_ID"),
        (400, "Bad Argument", "", "layout", "defect"),
        (413, "MessageSizeTooBig", "", "layout", "defect"),
        (418, "Teapot", "", "status 418", "doctor"),
    ],
)
async def test_a_refusal_says_why_and_what_to_do(
    side: Side, status: int, code: str, message: str, reason: str, advice: str
) -> None:
    side.teams.misbehave(
        Mischief(trouble=Trouble.REFUSED, status=status, code=code, message=message)
    )
    with pytest.raises(TeamsRefused) as refused:
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
    assert reason in refused.value.reason
    assert advice in refused.value.advice
    assert refused.value.status == status


@pytest.mark.parametrize("text", ["", "<html>", "[]", '"x"', '{"error": 7}', "{" * 5000])
def test_a_refusal_in_no_known_words_is_understood_by_its_status(text: str) -> None:
    assert "may not do that" in refusal(403, text).reason


async def test_a_message_that_teams_splits_is_not_sent_for_ever(side: Side) -> None:
    split = {"type": "message", "text": "Hi", "attachments": [{"contentType": "x"}]}
    with pytest.raises(Undeliverable):
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), split)


@dataclass
class Changing:
    """Tokens, the first of which was withdrawn."""

    refused: list[str | None] = field(default_factory=list)
    others: bool = True

    async def get(self, refused: str | None = None) -> str | None:
        self.refused.append(refused)
        return "new" if refused and self.others else "old"


async def test_a_withdrawn_token_is_replaced_once(database: Database) -> None:
    tokens = Changing()
    async with outbound_side(database, tokens=tokens, token="new") as side:
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
        sent = [call.authorization for call in side.teams.calls]
    assert sent == ["Bearer old", "Bearer new"]
    assert tokens.refused == [None, "old"]


async def test_credentials_that_are_wrong_are_not_tried_twice(database: Database) -> None:
    tokens = Changing(others=False)
    async with outbound_side(database, tokens=tokens, token="new") as side:
        with pytest.raises(TeamsRefused, match="credentials"):
            await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
        assert len(side.teams.calls) == 1


async def test_many_calls_at_once_do_not_hold_each_other_up(side: Side) -> None:
    slow = side.teams.misbehave(Mischief(trouble=Trouble.SLOW, where=chat_of(side, MIA)))
    waiting = asyncio.create_task(
        side.connector.send(side.teams.service_url, chat_of(side, MIA), HELLO)
    )
    for _ in range(20):
        await side.connector.send(side.teams.service_url, chat_of(side, ANA), HELLO)
    assert not waiting.done()
    slow.gate.set()
    assert await waiting

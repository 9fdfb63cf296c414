"""What Baton learns of the conversations it is in, and how it finds people and channels there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.teams.conversations import Conversations
from bot.teams.directory import Member, TeamsAccounts
from commands.delivery import Undeliverable
from storage.conversations import ConversationKind, ConversationRef
from storage.database import Database
from tests.conftest import Clock
from tests.teams.activities import describe
from tests.teams.inbound import ANA, GUEST, MIA, Inside
from tests.teams.side import outbound_side
from tests.teams.trouble import Mischief, Trouble

CHAT = ConversationRef(
    tenant_id="t",
    conversation="a:ana",
    kind=ConversationKind.PERSONAL,
    service_url="https://smba.trafficmanager.net/emea",
    bot_id="28:b",
    user_id="29:ana",
    aad_object_id="aad-ana",
)


class NoTeams:
    """Baton is in no team."""

    async def channels(self, service_url: str, team: str) -> tuple[()]:
        return ()


@pytest.fixture
def conversations(database: Database, clock: Clock) -> Conversations:
    """Conversations without a Teams to ask."""
    return Conversations(database, clock, NoTeams())


async def test_a_conversation_is_learned_once_and_kept(
    conversations: Conversations, database: Database, clock: Clock
) -> None:
    await conversations.learn(CHAT)
    assert await conversations.at("a:ana") == CHAT
    assert await conversations.person("29:ana") == CHAT
    assert await conversations.person("aad-ana") == CHAT
    later = Conversations(database, clock, NoTeams())
    assert await later.anchors() == [CHAT]


async def test_what_an_activity_does_not_say_stays_known(
    conversations: Conversations, clock: Clock
) -> None:
    await conversations.learn(CHAT)
    clock.advance(hours=1)
    moved = replace(CHAT, service_url="https://smba.trafficmanager.net/uk", aad_object_id=None)
    await conversations.learn(moved)
    assert await conversations.at("a:ana") == replace(CHAT, service_url=moved.service_url)


async def test_older_news_changes_nothing(conversations: Conversations, clock: Clock) -> None:
    await conversations.learn(CHAT)
    old = replace(CHAT, service_url="https://smba.trafficmanager.net/old")
    await conversations.learn(old, clock() - timedelta(hours=1))
    assert await conversations.at("a:ana") == CHAT


async def test_the_own_chat_is_found_by_e_mail_once_the_account_is_known(inside: Inside) -> None:
    assert await inside.conversations.personal(ANA) is None
    await inside.teams.persona(ANA).say("quality")
    found = await inside.conversations.personal(ANA.upper())
    assert found
    assert (found.conversation, found.user_id) == ("a:ana", "29:ana")


async def test_channels_are_found_by_name_as_soon_as_the_team_is_known(inside: Inside) -> None:
    assert await inside.conversations.channel("#gtm") is None
    await inside.teams.install_in_team()
    inside.clock.advance(minutes=2)
    for name in ("gtm", "#gtm", "GTM", "Acme/gtm", "19:gtm@thread.tacv2"):
        found = await inside.conversations.channel(name)
        assert found, name
        assert found.conversation == "19:gtm@thread.tacv2"
    general = await inside.conversations.channel("general")
    assert general
    assert general.conversation == inside.teams.tenant.team_id
    assert await inside.conversations.channel("#board") is None
    assert await inside.conversations.channel("") is None


async def test_a_team_is_not_asked_again_and_again(inside: Inside) -> None:
    await inside.teams.install_in_team()
    for _ in range(5):
        assert await inside.conversations.channel("#nowhere") is None
    asked = [call for call in inside.teams.calls if call.path.startswith("teams/")]
    assert len(asked) == 1


async def test_channels_that_come_change_names_and_go_are_followed(inside: Inside) -> None:
    await inside.teams.install_in_team()
    ana = inside.teams.persona(ANA).user
    general = inside.teams.tenant.channel("General")

    async def tell(event: str, name: str | None) -> None:
        channel = {"id": "19:new@thread.tacv2", **({"name": name} if name else {})}
        told = describe(inside.teams, ana, general, {"type": "conversationUpdate"})
        told["channelData"] |= {"eventType": event, "channel": channel}
        await inside.teams.deliver(told)

    await tell("channelCreated", "pilots")
    assert await inside.conversations.channel("#pilots")
    await tell("channelRenamed", "astronauts")
    found = await inside.conversations.channel("#astronauts")
    assert found
    assert found.conversation == "19:new@thread.tacv2"
    await tell("channelDeleted", None)
    assert await inside.conversations.at("19:new@thread.tacv2") is None
    assert await inside.conversations.at(inside.teams.tenant.team_id)


async def test_out_of_a_team_is_out_of_all_of_its_channels(inside: Inside) -> None:
    await inside.teams.install_in_team()
    await inside.teams.persona(ANA).install()
    assert await inside.conversations.channel("gtm")
    ana = inside.teams.persona(ANA).user
    gone = {"type": "conversationUpdate", "membersRemoved": [{"id": inside.teams.tenant.bot_id}]}
    general = inside.teams.tenant.channel("General")
    inside.clock.advance(minutes=1)
    told = describe(inside.teams, ana, general, gone)
    told["timestamp"] = inside.clock().isoformat()
    await inside.teams.deliver(told)
    assert [ref.conversation for ref in await inside.conversations.anchors()] == ["a:ana"]


async def test_people_are_found_in_the_rosters(database: Database) -> None:
    async with outbound_side(database) as side:
        await side.join_team()
        assert await side.directory.user_of(ANA) == "29:ana"
        assert await side.directory.user_of("nobody@acme.example") is None
        assert await side.directory.user_of(MIA) is None  # she isn't in the team
        rosters = [call for call in side.teams.calls if "pagedmembers" in call.path]
        assert len(rosters) == 1


async def test_guests_have_no_e_mail(database: Database) -> None:
    async with outbound_side(database) as side:
        await side.join_team()
        assert await side.directory.user_of(GUEST) is None
        account = await side.directory.account_of(side.teams.tenant.id, "29:guest")
        assert (account.email, account.name) == (None, "Gus Guest")


async def test_a_roster_that_is_closed_to_us_is_passed_over(database: Database) -> None:
    async with outbound_side(database) as side:
        await side.join_team()
        trouble = Trouble.REFUSED
        side.teams.misbehave(Mischief(trouble=trouble, where="pagedmembers", status=403))
        assert await side.directory.user_of(ANA) is None


async def test_a_name_that_several_have_is_never_a_guess(conversations: Conversations) -> None:
    await conversations.learn(_channel("19:sales", "T1", name="gtm", team_name="Sales"))
    group = ConversationKind.GROUP
    await conversations.learn(
        replace(CHAT, conversation="19:chat", kind=group, user_id=None, name="gtm")
    )
    with pytest.raises(Undeliverable) as refused:
        await conversations.channel("#gtm")
    assert "several" in refused.value.reason
    assert "Sales/gtm" in refused.value.advice
    for name in ("Sales/gtm", "19:sales"):
        found = await conversations.channel(name)
        assert found
        assert found.conversation == "19:sales"


async def test_a_team_with_many_channels_hides_no_other_team(
    conversations: Conversations, clock: Clock
) -> None:
    await conversations.learn(_channel("19:second", "T2"))
    await conversations.learn(_channel("T1", "T1"))
    for number in range(30):
        clock.advance(seconds=1)
        await conversations.learn(_channel(f"19:{number}", "T1", name=f"c{number}"))
    asked = Asked()
    accounts = TeamsAccounts(asked, conversations, clock)
    assert await accounts.by_email("nobody@acme.example") is None
    assert await accounts.by_id("29:nobody") is None
    assert asked.rosters == ["T1", "19:second"]
    assert asked.members_of == ["T1", "19:second"]


class Asked:
    """Rosters without anybody in them, that note which were asked for."""

    def __init__(self) -> None:
        self.rosters: list[str] = []
        self.members_of: list[str] = []

    async def member(self, service_url: str, conversation: str, user: str) -> None:
        self.members_of.append(conversation)

    async def members(self, service_url: str, conversation: str) -> AsyncIterator[Member]:
        self.rosters.append(conversation)
        nobody: tuple[Member, ...] = ()
        for member in nobody:
            yield member


def _channel(
    conversation: str, team: str, *, name: str | None = None, team_name: str | None = None
) -> ConversationRef:
    return ConversationRef(
        tenant_id=CHAT.tenant_id,
        conversation=conversation,
        kind=ConversationKind.CHANNEL,
        service_url=CHAT.service_url,
        bot_id=CHAT.bot_id,
        name=name,
        team_id=team,
        team_name=team_name,
    )

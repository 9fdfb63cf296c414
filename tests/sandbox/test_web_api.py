"""The Web API, asked by Slack's own client."""

import time
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.conftest import Clock

SECTION: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Hello* <https://acme.example|there>"}}
]


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_bot_learns_who_and_where_it_is(client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["bot_id"], me["team"]) == ("U0000", "B0001", "Acme")
    assert "chat:write" in me.headers["x-oauth-scopes"].split(",")
    assert (await client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == me["user_id"]
    assert (await client.team_info())["team"]["id"] == me["team_id"]


async def test_a_wrong_or_missing_token_is_refused(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    stranger = AsyncWebClient(token="xoxb-other", base_url=sandbox.api_url, session=client.session)
    assert await refusal(stranger.auth_test()) == "invalid_auth"
    nobody = AsyncWebClient(base_url=sandbox.api_url, session=client.session)
    assert await refusal(nobody.auth_test()) == "not_authed"
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"


async def test_people_are_found_by_id_and_address(client: AsyncWebClient) -> None:
    found = (await client.users_lookupByEmail(email="ANA@acme.example"))["user"]
    assert (found["id"], found["tz"], found["profile"]["title"]) == (
        "U0001",
        "Europe/Madrid",
        "Sales rep",
    )
    assert (await client.users_info(user="U0002"))["user"]["real_name"] == "Ben Ito"
    assert await refusal(client.users_lookupByEmail(email="x@y.example")) == "users_not_found"
    assert await refusal(client.users_info(user="U9")) == "user_not_found"


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    names: list[str] = []
    async for page in await client.users_list(limit=3):
        names += [one["name"] for one in page["members"]]
    assert names == ["baton", "ana", "ben", "mia"]


async def test_private_channels_without_the_bot_are_hidden(client: AsyncWebClient) -> None:
    both = await client.conversations_list(types="public_channel,private_channel")
    assert [(one["name"], one["is_member"]) for one in both["channels"]] == [
        ("gtm", True),
        ("deals", True),
        ("random", False),
    ]
    assert await refusal(client.conversations_info(channel="C0003")) == "channel_not_found"
    assert (await client.conversations_members(channel="C0002"))["members"] == ["U0000", "U0001"]


async def test_a_message_reaches_a_channel_by_name_or_id_and_a_person_by_id(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    for channel in ("#gtm", "gtm", "C0001"):
        posted = await client.chat_postMessage(channel=channel, text="Hi")
        assert posted["channel"] == "C0001"
    assert (await client.chat_postMessage(channel="U0001", text="Hi"))["channel"] == "D0001"
    assert len(sandbox.messages("gtm")) == 3
    stamps = [one.ts for one in sandbox.messages("gtm")]
    assert stamps == sorted(set(stamps))
    opened = await client.conversations_open(users="U0001")
    assert opened["channel"]["id"] == "D0001"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "nowhere", "text": "Hi"}, "channel_not_found"),
        ({"channel": "board", "text": "Hi"}, "not_in_channel"),
        ({"channel": "random", "text": "Hi"}, "not_in_channel"),
        ({"channel": "gtm", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "gtm", "text": "Hi", "thread_ts": "1.000001"}, "thread_not_found"),
        (
            {"channel": "gtm", "text": "Hi", "metadata": {"event_type": "x"}},
            "invalid_metadata_format",
        ),
        ({"channel": "gtm", "text": "Hi", "blocks": "[{"}, "invalid_blocks_format"),
    ],
)
async def test_what_cannot_be_posted_is_refused_in_the_words_of_slack(
    client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    assert await refusal(client.chat_postMessage(**arguments)) == error


async def test_a_message_of_nothing_is_refused(client: AsyncWebClient) -> None:
    nothing = client.api_call("chat.postMessage", json={"channel": "gtm"})
    assert await refusal(nothing) == "no_text"


async def test_an_archived_channel_takes_no_messages(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.archive("gtm")
    assert await refusal(client.chat_postMessage(channel="gtm", text="Hi")) == "is_archived"


async def test_the_bot_joins_a_public_channel(client: AsyncWebClient) -> None:
    await client.conversations_join(channel="C0004")
    await client.chat_postMessage(channel="random", text="Hi")


async def test_an_update_without_blocks_drops_them(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="gtm", text="Hi", blocks=SECTION)
    ts = posted["ts"]
    assert sandbox.messages("gtm")[0].plain() == "Hello there"
    await client.chat_update(channel="C0001", ts=ts, text="Bye")
    assert (sandbox.messages("gtm")[0].blocks, sandbox.messages("gtm")[0].text) == ((), "Bye")
    gone = client.chat_update(channel="C0001", ts="1.000001", text="Bye")
    assert await refusal(gone) == "message_not_found"
    said = await sandbox.persona("ana@acme.example").say("Mine", channel="gtm")
    other = client.chat_update(channel="C0001", ts=said.ts, text="Ours")
    assert await refusal(other) == "cant_update_message"
    await client.chat_delete(channel="C0001", ts=ts)
    assert [one.text for one in sandbox.messages("gtm")] == ["Mine"]


async def test_history_is_newest_first_and_keeps_metadata_for_who_asks(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "outbox", "event_payload": {"id": 7}}
    first = await client.chat_postMessage(channel="gtm", text="One", metadata=metadata)
    await client.chat_postMessage(channel="gtm", text="Reply", thread_ts=first["ts"])
    await client.chat_postMessage(channel="gtm", text="Two")
    await client.chat_postEphemeral(channel="C0001", user="U0001", text="Psst")
    history = await client.conversations_history(channel="C0001", include_all_metadata=True)
    assert [one["text"] for one in history["messages"]] == ["Two", "One"]
    assert history["messages"][1]["metadata"] == metadata
    assert history["messages"][1]["reply_count"] == 1
    without = await client.conversations_history(channel="C0001", oldest=first["ts"], limit=1)
    assert [one["text"] for one in without["messages"]] == ["Two"]
    replies = await client.conversations_replies(channel="C0001", ts=first["ts"])
    assert [one["text"] for one in replies["messages"]] == ["One", "Reply"]
    assert "metadata" not in replies["messages"][0]


async def test_an_ephemeral_is_seen_by_one_person(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel="C0001", user="U0001", text="Psst")
    assert [one.text for one in sandbox.persona("ana@acme.example").sees("gtm")] == ["Psst"]
    assert sandbox.persona("ben@acme.example").sees("gtm") == []
    outsider = client.chat_postEphemeral(channel="C0002", user="U0002", text="Psst")
    assert await refusal(outsider) == "user_not_in_channel"


async def test_a_reaction_is_given_once(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="gtm", text="Hi"))["ts"]
    await client.reactions_add(channel="C0001", timestamp=ts, name="eyes")
    again = client.reactions_add(channel="C0001", timestamp=ts, name="eyes")
    assert await refusal(again) == "already_reacted"
    assert sandbox.messages("gtm")[0].reactions[0].users == ("U0000",)
    link = await client.chat_getPermalink(channel="C0001", message_ts=ts)
    assert link["permalink"].startswith(sandbox.url)


async def test_an_image_is_uploaded_and_shown(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.files_upload_v2(
        channel="C0001",
        content=b"\x89PNG",
        filename="chart.png",
        title="Chart",
        initial_comment="See",
    )
    (message,) = sandbox.messages("gtm")
    assert (message.text, len(message.files)) == ("See", 1)


async def test_a_trigger_works_once_and_for_three_seconds(
    sandbox: Sandbox, client: AsyncWebClient, clock: Clock
) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Hi"}, "blocks": SECTION}
    ana = sandbox.persona("ana@acme.example")
    await ana.command("/leads")  # nobody answers, but the trigger was handed out
    trigger = sandbox.deliveries[-1].payload["trigger_id"]
    await client.views_open(trigger_id=trigger, view=view)
    assert ana.modal is not None
    again = client.views_open(trigger_id=trigger, view=view)
    assert await refusal(again) == "exchanged_trigger_id"
    await ana.command("/leads")
    clock.ahead += 3.1
    late = client.views_open(trigger_id=sandbox.deliveries[-1].payload["trigger_id"], view=view)
    assert await refusal(late) == "expired_trigger_id"
    assert await refusal(client.views_open(trigger_id="1.2.x", view=view)) == "invalid_trigger_id"


async def test_a_view_is_updated_only_at_the_hash_it_was_read_at(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    home = {"type": "home", "blocks": SECTION}
    first = (await client.views_publish(user_id="U0001", view=home))["view"]
    await client.views_publish(user_id="U0001", view=home, hash=first["hash"])
    late = client.views_publish(user_id="U0001", view=home, hash=first["hash"])
    assert await refusal(late) == "hash_conflict"
    assert await refusal(client.views_update(view_id="V9", view=home)) == "not_found"


async def test_a_response_address_serves_five_times_within_half_an_hour(
    sandbox: Sandbox, client: AsyncWebClient, clock: Clock
) -> None:
    ana = sandbox.persona("ana@acme.example")
    await ana.command("/leads")
    address = sandbox.deliveries[-1].payload["response_url"]
    assert client.session is not None
    answers = []
    for number in range(6):
        async with client.session.post(address, json={"text": str(number)}) as answer:
            answers.append(answer.status)
    assert answers == [200] * 5 + [404]
    assert [one.ephemeral_to for one in ana.messages()] == [ana.id] * 5
    assert sandbox.calls[-1].error == "used_url"
    await ana.command("/leads")
    clock.ahead += 1801
    address = sandbox.deliveries[-1].payload["response_url"]
    async with client.session.post(address, json={"text": "late"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (404, "expired_url")


async def test_every_call_is_on_record_without_the_token(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="gtm", text="Hi", blocks=SECTION)
    call = sandbox.calls[-1]
    assert (call.method, call.status, call.error) == ("chat.postMessage", 200, "")
    assert (call.arguments["channel"], call.arguments["blocks"]) == ("gtm", SECTION)
    assert "token" not in call.arguments
    assert float(sandbox.messages("gtm")[0].ts) == pytest.approx(time.time(), abs=60)

"""A small Bolt app and the people it serves."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox

CARD: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Ada Byron, Initech"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Score 72* for R&amp;D"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "accept",
                "text": {"type": "plain_text", "text": "Accept"},
                "value": "H1",
            },
            {
                "type": "button",
                "action_id": "reject",
                "text": {"type": "plain_text", "text": "Reject"},
                "value": "H1",
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [
                    {"text": {"type": "plain_text", "text": "Snooze"}, "value": "snooze"},
                    {"text": {"type": "plain_text", "text": "Pass on"}, "value": "pass"},
                ],
            },
        ],
    },
]
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "reject",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Reject"},
    "notify_on_close": True,
    "private_metadata": "H1",
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "dispatch_action": True,
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {
                "type": "static_select",
                "action_id": "reason",
                "options": [
                    {"text": {"type": "plain_text", "text": "Too small"}, "value": "too_small"},
                    {"text": {"type": "plain_text", "text": "Not now"}, "value": "not_now"},
                ],
            },
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": {"type": "plain_text", "text": "A note"},
            "element": {"type": "plain_text_input", "action_id": "note", "max_length": 20},
        },
    ],
}


async def _offer(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="U0001", text="Ada Byron", blocks=CARD)


async def test_a_click_replaces_the_card(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    @app.action("accept")
    async def accept(ack: Any, body: Any, respond: Any) -> None:
        assert body["message"]["ts"] == body["container"]["message_ts"]
        assert body["actions"][0]["value"] == "H1"
        await respond(replace_original=True, text="Accepted")
        await ack()

    await _offer(client)
    ana = sandbox.persona("ana@acme.example")
    (card,) = ana.messages()
    assert card.buttons() == ["Accept", "Reject"]
    assert card.plain() == "Ada Byron, Initech\nScore 72 for R&D\nAccept\nReject\nSnooze\nPass on"

    click = await ana.click(card, "Accept")

    assert (click.status, click.error) == (200, "")
    (card,) = ana.messages()
    assert (card.plain(), card.blocks) == ("Accepted", ())


async def test_two_people_click_at_the_same_instant(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    who = []

    @app.action("accept")
    async def accept(ack: Any, body: Any) -> None:
        who.append(body["user"]["id"])
        await ack()

    await client.chat_postMessage(channel="#gtm", text="Ada Byron", blocks=CARD)
    (card,) = sandbox.messages("gtm")
    ana, ben = sandbox.persona("ana@acme.example"), sandbox.persona("ben@acme.example")
    await asyncio.gather(ana.click(card, "Accept"), ben.click(card, "Accept", duplicate=1))
    assert sorted(who) == [ana.id, ben.id, ben.id]


async def test_a_form_is_opened_filled_in_and_sent(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    told = []

    @app.action("reject")
    async def reject(ack: Any, body: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.action("reason")
    async def changed(ack: Any, body: Any) -> None:
        title = {"type": "plain_text", "text": "Reject: it is small"}
        view = body["view"]
        await client.views_update(
            view_id=view["id"], hash=view["hash"], view={**FORM, "title": title}
        )
        await ack()

    @app.view("reject")
    async def submitted(ack: Any, view: Any) -> None:
        values = view["state"]["values"]
        told.append(values["reason"]["reason"]["selected_option"]["value"])
        if values["note"]["note"]["value"] is None:
            await ack(response_action="errors", errors={"note": "Say a word more"})
        else:
            told.append(values["note"]["note"]["value"])
            await ack()

    await _offer(client)
    ana = sandbox.persona("ana@acme.example")
    view = (await ana.click(ana.messages()[0], "reject")).view
    assert view is not None
    assert view.plain().startswith("Reject\nWhy?")

    empty = await ana.submit(view)
    assert empty.errors == {"reason": "Please complete this required field."}
    assert empty.status == 0

    await ana.change(view, "Why?", "Too small")
    assert ana.modal is not None
    assert ana.modal.title == "Reject: it is small"

    short = await ana.submit(view)
    assert short.errors == ana.modal.errors == {"note": "Say a word more"}
    long = await ana.submit(view, {"A note": "x" * 21})
    assert long.errors == {"note": "Please use no more than 20 characters."}

    done = await ana.submit(view, {"note": "tiny"})
    assert (done.status, done.errors, done.view) == (200, {}, None)
    assert told == ["too_small", "too_small", "tiny"]


async def test_views_can_be_pushed_updated_cleared_and_closed(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "push", "view": FORM},
        {"response_action": "update", "view": {**FORM, "blocks": [{"type": "divider"}]}},
        {"response_action": "clear"},
        {"response_action": "update", "view": {**FORM, "colour": "red"}},
    ]
    closed = []

    @app.command("/leads")
    async def command(ack: Any, body: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.view("reject")
    async def submitted(ack: Any) -> None:
        await ack(**answers.pop(0))

    @app.view_closed("reject")
    async def dismissed(ack: Any, view: Any) -> None:
        closed.append(view["id"])
        await ack()

    ana = sandbox.persona("ana@acme.example")
    first = (await ana.command("/leads")).view
    assert first is not None
    second = (await ana.submit(first, {"reason": "not_now"})).view
    assert second is not None
    assert second.id != first.id
    third = (await ana.submit(second, {"reason": "not_now"})).view
    assert third is not None
    assert (third.id, third.blocks[0]["type"]) == (second.id, "divider")
    assert (await ana.submit(third)).view is None

    again = (await ana.command("/leads")).view
    assert again is not None
    broken = await ana.submit(again, {"reason": "not_now"})
    assert broken.error == "[ERROR] invalid additional property: colour [json-pointer:/view]"
    assert ana.modal is not None
    assert ana.modal.trouble == "We had some trouble connecting. Try again?"
    closing = await ana.close(again)
    assert closing.view is None
    assert closed == [again.id]


async def test_an_overflow_menu_is_chosen_from_by_label(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    chosen = []

    @app.action("more")
    async def more(ack: Any, action: Any) -> None:
        chosen.append(action["selected_option"]["value"])
        await ack()

    await _offer(client)
    ana = sandbox.persona("ana@acme.example")
    await ana.choose(ana.messages()[0], "Snooze", "Snooze")
    await ana.choose(ana.messages()[0], "more", "pass")
    assert chosen == ["snooze", "pass"]


async def test_a_command_is_answered_privately_or_in_the_channel(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    @app.command("/leads")
    async def command(ack: Any, body: Any, respond: Any) -> None:
        match body["text"]:
            case "share":
                await ack(text="For all", response_type="in_channel")
            case "later":
                await respond("By the address")
                await ack()
            case _:
                await ack(text=f"You said {body['text']}", blocks=CARD)

    ana, ben = sandbox.persona("ana@acme.example"), sandbox.persona("ben@acme.example")
    answer = await ana.command("/leads quality  this week", channel="gtm")
    assert answer.text == "You said quality  this week"
    assert answer.buttons() == ["Accept", "Reject"]
    assert (len(ana.sees("gtm")), len(ben.sees("gtm"))) == (1, 0)
    await ana.command("/leads share", channel="gtm")
    assert [one.text for one in ben.sees("gtm")] == ["For all"]
    assert (await ana.command("/leads later")).text == "By the address"
    assert ana.messages()[0].ephemeral_to == ana.id


async def test_messages_mentions_and_the_home_tab_are_events(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient
) -> None:
    heard = []

    @app.event("message")
    async def message(event: Any) -> None:
        heard.append((event["channel_type"], event["text"], event.get("thread_ts")))

    @app.event("app_mention")
    async def mention(event: Any) -> None:
        heard.append(("mention", event["text"], event.get("thread_ts")))

    @app.event("app_home_opened")
    async def home(event: Any) -> None:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Your leads"}}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    ana = sandbox.persona("ana@acme.example")
    said = await ana.say("leads <b> & co")
    await ana.say("more", thread=said)
    await ana.say("@Baton quality", channel="gtm")
    await ana.say("nobody listens", channel="random")
    assert heard == [
        ("im", "leads &lt;b&gt; &amp; co", None),
        ("im", "more", said.ts),
        ("channel", "<@U0000> quality", None),
        ("mention", "<@U0000> quality", None),
    ]
    view = await ana.open_home()
    assert view is not None
    assert view.plain() == "Your leads"
    assert ana.home == view
    assert await sandbox.verify_url()


async def test_waiting_ends_with_the_change_waited_for(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    ana = sandbox.persona("ana@acme.example")
    waiting = asyncio.create_task(sandbox.until(ana.messages))
    await client.chat_postMessage(channel=ana.id, text="Hello")
    await waiting

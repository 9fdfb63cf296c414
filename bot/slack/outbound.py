"""Slack when Baton speaks first: cards posted, kept up to date, found again after a lost answer."""

import re
from collections.abc import Mapping
from typing import Any

from bot.directory import Directory
from bot.mentions import pinged
from bot.slack.refusals import SlackRefused
from bot.slack.replies import MESSAGE_OPTIONS
from bot.slack.uploads import Uploads
from bot.slack.web import SlackWeb
from cards import slack
from cards.model import Card
from commands.context import Platform
from commands.delivery import (
    NO_PICTURES,
    MessageRef,
    Pictures,
    Throttled,
    Undeliverable,
    Unreachable,
)

EVENT_TYPE = "baton_outbox"
_ID = re.compile(r"[CDGU][A-Z0-9]{2,}")
_LOOKED_BACK = 200
"""Messages searched for one whose answer was lost: more than a conversation gets in the minute that
a lease lasts."""


class UnknownDestination(Undeliverable):
    """A destination that is neither `person:…` nor `channel:…`: a mistake of ours."""

    def __init__(self, destination: str) -> None:
        super().__init__(f"nowhere to go: {destination!r}", "Please report this defect.")


class SlackChat:
    """`commands.delivery.Chat` for Slack."""

    platform = Platform.SLACK

    def __init__(self, web_api: SlackWeb, directory: Directory) -> None:
        self._web = web_api
        self._directory = directory
        self._uploads = Uploads(web_api)
        self._conversations: dict[str, str] = {}

    async def post(
        self,
        destination: str,
        card: Card,
        *,
        thread: MessageRef | None,
        outbox_id: int,
        pictures: Pictures = NO_PICTURES,
    ) -> MessageRef:
        """See `commands.delivery.Chat`. A channel may be named or an id; Slack finds it itself."""
        channel = thread.conversation if thread else await self._channel(destination)
        body: dict[str, object] = {
            "channel": channel,
            **await self._content(card, pictures),
            **MESSAGE_OPTIONS,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"outbox_id": outbox_id}},
        }
        if thread:
            body["thread_ts"] = thread.thread or thread.message
        answer = await self._web.send("chat.postMessage", body)
        if not thread:
            self._conversations[destination] = str(answer["channel"])
        return await self._ref(answer["channel"], answer, thread)

    async def update(self, ref: MessageRef, card: Card, pictures: Pictures = NO_PICTURES) -> None:
        """See `commands.delivery.Chat`."""
        place = {"channel": ref.conversation, "ts": ref.message}
        options = {"parse": "none", "link_names": False}
        content = await self._content(card, pictures)
        await self._web.send("chat.update", {**place, **content, **options})

    async def react(self, ref: MessageRef, sign: str) -> None:
        """See `commands.delivery.Chat`. `sign` is an emoji's name without colons."""
        place = {"channel": ref.conversation, "timestamp": ref.message}
        try:
            await self._web.send("reactions.add", {**place, "name": sign})
        except SlackRefused as error:
            if error.code != "already_reacted":
                raise

    async def find_posted(
        self, destination: str, ref_hint: MessageRef | None, outbox_id: int
    ) -> MessageRef | None:
        """See `commands.delivery.Chat`. Looks at the newest messages only."""
        if ref_hint:
            root = ref_hint.thread or ref_hint.message
            found = await self._web.ask(
                "conversations.replies",
                channel=ref_hint.conversation,
                ts=root,
                limit=1000,
                include_all_metadata="true",
            )
            return await self._carrying(outbox_id, found, ref_hint.conversation, ref_hint)
        conversation = await self._conversation(destination)
        if conversation is None:
            return None
        found = await self._web.ask(
            "conversations.history",
            channel=conversation,
            limit=_LOOKED_BACK,
            include_all_metadata="true",
        )
        return await self._carrying(outbox_id, found, conversation, None)

    async def _carrying(
        self,
        outbox_id: int,
        found: Mapping[str, Any],
        conversation: str,
        thread: MessageRef | None,
    ) -> MessageRef | None:
        for message in found.get("messages", ()):
            match message:
                case {
                    "ts": str(),
                    "metadata": {
                        "event_type": "baton_outbox",
                        "event_payload": {"outbox_id": carried},
                    },
                } if carried == outbox_id:
                    return await self._ref(conversation, message, thread)
        return None

    async def _ref(
        self, conversation: object, posted: Mapping[str, Any], thread: MessageRef | None
    ) -> MessageRef:
        try:
            workspace = (await self._web.identity()).workspace
        except (Throttled, Unreachable, Undeliverable):
            # What is posted is posted, whether Slack says who we are or not.
            workspace = str(posted.get("message", posted).get("team") or "")
        return MessageRef(
            platform=Platform.SLACK,
            workspace=workspace,
            conversation=str(conversation),
            message=str(posted["ts"]),
            thread=(thread.thread or thread.message) if thread else None,
        )

    async def _content(self, card: Card, pictures: Pictures) -> dict[str, object]:
        for email in pinged(card):
            if email not in self._directory.users:
                await self._directory.user_of(email)
        files = await self._uploads.ids(pictures)
        message = slack.message(card, self._directory.users, files)
        return {"text": message.text, "blocks": message.blocks}

    async def _channel(self, destination: str) -> str:
        kind, _, name = destination.partition(":")
        if kind == "person":
            user = await self._directory.user_of(name)
            if user is None:
                raise Undeliverable(
                    f"no Slack account has the e-mail {name}",
                    "Correct the e-mail in team.toml, or invite the person to the workspace.",
                )
            return user
        if kind != "channel" or not name.strip("#"):
            raise UnknownDestination(destination)
        return name if _ID.fullmatch(name) else "#" + name.removeprefix("#")

    async def _conversation(self, destination: str) -> str | None:
        """The id of a conversation, which history wants. Needed only after a lost answer."""
        known = self._conversations.get(destination)
        if known:
            return known
        channel = await self._channel(destination)
        if channel.startswith("#"):
            found = await self._listed(channel.removeprefix("#"))
        elif channel.startswith("U"):
            opened = await self._web.ask("conversations.open", users=channel)
            found = str(opened["channel"]["id"])
        else:
            found = channel
        if found:
            self._conversations[destination] = found
        return found

    async def _listed(self, name: str) -> str | None:
        cursor = ""
        while True:
            page = await self._web.ask(
                "conversations.list",
                types="public_channel,private_channel",
                exclude_archived="true",
                limit=1000,
                cursor=cursor,
            )
            for channel in page.get("channels", ()):
                if channel.get("name") == name:
                    return str(channel["id"])
            cursor = str(page.get("response_metadata", {}).get("next_cursor") or "")
            if not cursor:
                return None

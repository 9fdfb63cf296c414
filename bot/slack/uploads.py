"""Pictures for Slack: uploaded first, then shown in a message by their id.

Source: https://docs.slack.dev/messaging/working-with-files and, for the id in an image block,
https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.slack.web import SlackWeb
from cards.charts import Chart
from commands.delivery import Pictures, Undeliverable, Unreachable

logger = logging.getLogger("baton.slack")

_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between looks at whether Slack has taken the picture in; a block with an id that it
hasn't makes it refuse the whole message."""


class Uploads:
    """Uploads pictures that are to be shown in one message. One that was uploaded for a message
    which then wasn't posted stays unseen."""

    def __init__(
        self, web_api: SlackWeb, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._web = web_api
        self._sleep = sleep

    async def ids(self, pictures: Pictures) -> Mapping[Chart, str]:
        """The file ids of the pictures; without those that Slack doesn't take. Raises Throttled and
        Unreachable."""
        found: dict[Chart, str] = {}
        for chart, image in pictures.items():
            try:
                found[chart] = await self._uploaded(chart.title, image)
            except Undeliverable as error:
                # The card says the same in words, and is worth more than nothing.
                logger.warning("slack.picture_refused reason=%s", error.reason)
        return found

    async def _uploaded(self, title: str, image: bytes) -> str:
        place = await self._web.ask(
            "files.getUploadURLExternal", filename="chart.png", length=len(image)
        )
        file_id = str(place["file_id"])
        await self._web.upload(str(place["upload_url"]), image)
        files = [{"id": file_id, "title": title}]
        await self._web.send("files.completeUploadExternal", {"files": files})
        for pause in _PAUSES:
            known = (await self._web.ask("files.info", file=file_id)).get("file")
            if isinstance(known, dict) and known.get("mimetype"):
                return file_id
            await self._sleep(pause)
        raise Unreachable("Slack hasn't taken the picture in yet", uncertain=False)

"""Socket Mode: Slack without a public address, over a connection that we open."""

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from bot.slack.app import SlackApp


class SocketMode:
    """The connection, in the event loop that everything else runs in. Reconnects by itself; a
    request whose work failed isn't acknowledged, so Slack delivers it again."""

    def __init__(self, app: SlackApp, app_token: str) -> None:
        self._app = app
        self._app_token = app_token
        self._handler: AsyncSocketModeHandler | None = None

    async def connect(self) -> None:
        """Opens the connection; raises slack_sdk.errors.SlackApiError when Slack refuses the
        app-level token."""
        self._handler = AsyncSocketModeHandler(self._app.bolt, self._app_token)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Closes it; without a connection nothing happens."""
        if self._handler:
            await self._handler.close_async()  # type: ignore[no-untyped-call]
            self._handler = None

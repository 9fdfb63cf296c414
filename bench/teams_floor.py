"""The least that a Teams bot in Python can do with a click: the Bot Framework's adapter on aiohttp,
and a handler that does nothing but answer. `python -m bench.teams_floor` serves it.

Without an app id, so that it needn't even look at a token."""

import asyncio
import logging

from aiohttp import web
from botbuilder.core import ActivityHandler, CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity
from botframework.connector.auth import BotFrameworkAuthenticationFactory

_ANSWER = {
    "statusCode": 200,
    "type": "application/vnd.microsoft.activity.message",
    "value": "Done.",
}


class _Answers(ActivityHandler):  # type: ignore[misc]
    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        return InvokeResponse(status=200, body=_ANSWER)


async def main() -> None:
    """Listens on a free port until it is ended."""
    logging.basicConfig(level=logging.WARNING)
    adapter = CloudAdapterBase(BotFrameworkAuthenticationFactory.create())
    bot = _Answers()

    async def receive(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        authorization = request.headers.get("Authorization", "")
        answer = await adapter.process_activity(authorization, activity, bot.on_turn)
        return web.json_response(answer.body, status=answer.status)

    application = web.Application()
    application.router.add_post("/api/messages", receive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

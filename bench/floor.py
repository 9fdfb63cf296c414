"""The least that a Slack app in Python can do with a click: Bolt on aiohttp, and a listener that
does nothing but ack. `python -m bench.floor` serves it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bench.names import SECRET


async def main() -> None:
    """Listens on a free port until it is ended."""
    logging.basicConfig(level=logging.WARNING)
    us = AuthorizeResult(enterprise_id=None, team_id=None, bot_token="xoxb-bench")

    async def authorize() -> AuthorizeResult:
        return us

    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)

    @bolt.action("lead.accept:0")
    async def accept(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post("/slack/events", receive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

"""Baton for Teams as it is, but for the token, which nobody here could sign:
`python -m bench.teams_baton DATABASE` serves it for the company in this folder."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from bench.company import settings
from composition import company, running


async def main(database: Path) -> None:
    """Listens on a free port until it is ended."""
    ours = settings(Path.cwd(), database).model_copy(update={"port": 0, "slack_bot_token": None})
    with company(ours, anonymous_teams=True) as opened:
        async with running(opened) as address:
            print(address, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(Path(sys.argv[1])))

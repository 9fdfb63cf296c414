"""Whether Teams' activities would reach Baton at its public address: `doctor --url` sends one."""

import aiohttp

from bot.finding import Finding, failure, ok
from bot.teams.app import PATH

_NOBODYS = {"type": "message", "channelId": "msteams", "serviceUrl": "https://doctor.invalid/"}


async def reachable(session: aiohttp.ClientSession, url: str) -> Finding:
    """Posts an activity without a token to Baton at `url`: only Teams can make one that is taken,
    so that a refusal is the right answer."""
    address = url.rstrip("/") + PATH
    try:
        async with session.post(address, json=_NOBODYS) as answer:
            status, text = answer.status, await answer.text(errors="replace")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return failure(
            f"nothing answers at {address} ({type(error).__name__})",
            "Start Baton (`make run`) and check the address, the DNS name and the reverse proxy.",
        )
    if status == 401 and "invalid request" in text:
        return ok(f"Teams' activities arrive at {address}, and forged ones are refused")
    if status == 200:
        return failure(
            f"{address} takes activities from anybody",
            "What runs there isn't a Baton with TEAMS_APP_ID; nothing but Baton may answer there.",
        )
    return failure(
        f"{address} answers {status}, but not as Baton does",
        f"Point the address at Baton; the reverse proxy must pass {PATH} on unchanged.",
    )

"""Whether Slack's requests would reach Baton at its public address: `doctor --url` sends one."""

import json
from datetime import datetime

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.finding import Finding, failure, ok
from bot.slack.app import PATH

_CHALLENGE = "baton-doctor"


async def reachable(
    session: aiohttp.ClientSession, url: str, signing_secret: str, now: datetime
) -> Finding:
    """Posts Slack's own `url_verification` to Baton at `url`, signed, as Slack does when the
    address is entered (api.slack.com/events/url_verification), and looks at the answer."""
    address = url.rstrip("/") + PATH
    body = json.dumps({"type": "url_verification", "challenge": _CHALLENGE})
    timestamp = str(int(now.timestamp()))
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=timestamp, body=body)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
    }
    try:
        async with session.post(address, data=body, headers=headers) as answer:
            status, text = answer.status, await answer.text()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return failure(
            f"nothing answers at {address} ({type(error).__name__})",
            "Start Baton (`make run`) and check the address, the DNS name and the reverse proxy.",
        )
    if status == 401:
        return failure(
            f"{address} refuses our signature",
            "The Baton that runs there has another SLACK_SIGNING_SECRET; give both the same.",
        )
    if status != 200 or _CHALLENGE not in text:
        return failure(
            f"{address} answers {status}, but not as Baton does",
            f"Point the address at Baton; the reverse proxy must pass {PATH} on unchanged.",
        )
    return ok(f"Slack's requests arrive at {address}")

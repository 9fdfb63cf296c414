"""Signed requests to the app as Slack makes them: 3 s to answer, retries for events only."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlencode

import aiohttp

from sandbox.mischief import Moods
from sandbox.records import Json
from sandbox.workspace import Workspace

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Tampering(TypedDict, total=False):
    """How a delivery is spoilt: a wrong signature, another timestamp (signed), extra copies."""

    forge: bool
    timestamp: float | str
    duplicate: int


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One request to the app and its answer; status 0 when none came, `error` then says why."""

    kind: str
    payload: Json
    status: int
    body: str = ""
    error: str = ""
    retry: int = 0
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.status == 200


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is sent: its kind for the record, its payload, and how that is written on the wire."""

    kind: str
    payload: Json
    content_type: str

    @property
    def body(self) -> bytes:
        if self.content_type == JSON:
            return json.dumps(self.payload).encode()
        if self.kind == "slash_command":
            return urlencode(self.payload).encode()
        return urlencode({"payload": json.dumps(self.payload)}).encode()


def sign(secret: str, timestamp: float | str, body: bytes) -> str:
    """Slack's v0 signature: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    basis = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()


class Courier:
    """Carries parcels to `app_url` and keeps what became of them in `deliveries`."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        moods: Moods,
        signing_secret: str,
        answer_within: float,
        retry_delays: Sequence[float],
    ) -> None:
        self.app_url = ""
        self.deliveries: list[Delivery] = []
        self.path = "/slack/events"
        self._workspace = workspace
        self._moods = moods
        self._secret = signing_secret
        self._timeout = aiohttp.ClientTimeout(total=answer_within)
        self._retry_delays = retry_delays
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def deliver(self, parcel: Parcel, tampering: Tampering | None = None) -> Delivery:
        """The first copy's answer; events are tried again up to three times."""
        tampering = tampering or {}
        extra = tampering.get("duplicate", 0)
        extra += self._moods.extra_copies() if parcel.kind == "event_callback" else 0
        if extra:
            copies = (self._deliver_one(parcel, tampering) for _ in range(1 + extra))
            return (await asyncio.gather(*copies))[0]
        return await self._deliver_one(parcel, tampering)

    async def _deliver_one(self, parcel: Parcel, tampering: Tampering) -> Delivery:
        answer = await self._send(parcel, tampering, {})
        if parcel.kind != "event_callback":
            return answer
        for number, delay in enumerate(self._retry_delays, 1):
            if answer.ok or answer.no_retry:
                break
            await asyncio.sleep(delay)
            reason = answer.error or "http_error"
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            answer = await self._send(parcel, tampering, headers)
        return answer

    async def _send(
        self, parcel: Parcel, tampering: Tampering, headers: Mapping[str, str]
    ) -> Delivery:
        answer = await self._post(parcel, {**self._headers(parcel, tampering), **headers})
        status, body, error, no_retry = answer
        delivery = Delivery(
            kind=parcel.kind,
            payload=parcel.payload,
            status=status,
            body=body,
            error=error,
            retry=int(headers.get("X-Slack-Retry-Num", 0)),
            no_retry=no_retry,
        )
        self.deliveries.append(delivery)
        self._workspace.touch()
        return delivery

    async def _post(self, parcel: Parcel, headers: Mapping[str, str]) -> tuple[int, str, str, bool]:
        if self._session is None or not self.app_url:
            return 0, "", "connection_failed", False
        url = self.app_url.rstrip("/") + self.path
        try:
            async with self._session.post(
                url, data=parcel.body, headers=headers, timeout=self._timeout
            ) as answer:
                stop = answer.headers.get("X-Slack-No-Retry") == "1"
                return answer.status, await answer.text(), "", stop
        except TimeoutError:
            return 0, "", "http_timeout", False
        except aiohttp.ClientError:
            return 0, "", "connection_failed", False

    def _headers(self, parcel: Parcel, tampering: Tampering) -> dict[str, str]:
        timestamp = tampering.get("timestamp", int(self._workspace.clock()))
        secret = "not " + self._secret if tampering.get("forge") else self._secret
        return {
            "Content-Type": parcel.content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(secret, timestamp, parcel.body),
        }

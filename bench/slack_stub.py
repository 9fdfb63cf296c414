"""A Slack that answers as fast as Python can, for measuring: `python -m bench.slack_stub`.

It looks at nothing but the method, the text "Bench<number>" of a posted card (whose time it
keeps, for GET /seen), and the account asked for."""

import asyncio
import json
import re
import time

from bench.names import WORKSPACE

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_LEAD = re.compile(rb"Bench(\d+)")
_TO_PERSON = re.compile(rb'"channel": *"U')
_ACCOUNT = re.compile(rb"user=U(\d+)")
_EMAIL = re.compile(rb"email=rep(\d+)")

Seen = dict[int, float]


class Slack(asyncio.Protocol):
    """One connection."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers every request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._answer(head.split(b" ", 2)[1].rpartition(b"/")[2], body)

    def _answer(self, method: bytes, body: bytes) -> None:
        said = json.dumps(_said(method, body, self._seen)).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        assert self._transport is not None
        self._transport.write(head % len(said) + said)


def _said(method: bytes, body: bytes, seen: Seen) -> object:
    match method:
        case b"chat.postMessage":
            now = time.monotonic()
            lead = _LEAD.search(body)
            if lead and _TO_PERSON.search(body):
                seen.setdefault(int(lead[1]), now)
            return {"ok": True, "channel": "D0BENCH", "ts": f"{time.time():.6f}"}
        case b"auth.test":
            us = {"team_id": WORKSPACE, "team": "Bench", "user_id": "U0BATON", "bot_id": "B0BATON"}
            return {"ok": True, **us}
        case b"users.info" | b"users.lookupByEmail":
            return _user(body)
        case b"seen":
            return seen
        case _:
            return {"ok": True}


def _user(body: bytes) -> object:
    asked = _ACCOUNT.search(body) or _EMAIL.search(body)
    if asked is None:
        return {"ok": False, "error": "users_not_found"}
    number = int(asked[1])
    profile = {"email": f"rep{number}@acme.example", "real_name": f"Rep {number}"}
    return {"ok": True, "user": {"id": f"U{number:05}", "team_id": WORKSPACE, "profile": profile}}


async def main() -> None:
    """Listens on a free port until it is ended."""
    seen: Seen = {}
    listening = await asyncio.get_running_loop().create_server(lambda: Slack(seen), "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    print(f"http://{host}:{port}", flush=True)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

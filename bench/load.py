"""Sends prepared HTTP requests over many connections, and times the answers."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)

Address = tuple[str, int]


class WrongAnswer(Exception):
    """A server under load answered something else than a success."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """How it went; seconds. A latency counts from when the request was due, so that waiting for
    a slow server isn't left out."""

    seconds: float
    latencies: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Throughput."""
        return len(self.latencies) / self.seconds


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A whole request."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def as_fast(address: Address, requests: Sequence[bytes], clients: int) -> Run:
    """All requests, by so many clients that each wait for the answer before the next."""
    waiting = iter(requests)
    connections = [await _connected(address) for _ in range(clients)]
    began = time.monotonic()
    took = await asyncio.gather(*(_one_by_one(each, waiting) for each in connections))
    seconds = time.monotonic() - began
    for connection in connections:
        connection.close()
    return Run(seconds=seconds, latencies=tuple(one for some in took for one in some))


async def at_rate(address: Address, requests: Sequence[bytes], per_second: float) -> Run:
    """Each request at its own moment, whatever became of those before."""
    spare: list[Connection] = [await _connected(address) for _ in range(8)]
    made = list(spare)
    began = time.monotonic()

    async def send(request: bytes, due: float) -> float:
        if not spare:
            made.append(await _connected(address))
            spare.append(made[-1])
        connection = spare.pop()
        await connection.ask(request)
        spare.append(connection)
        return time.monotonic() - due

    tasks = []
    for number, request in enumerate(requests):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(send(request, due)))
    latencies = await asyncio.gather(*tasks)
    seconds = time.monotonic() - began
    for connection in made:
        connection.close()
    return Run(seconds=seconds, latencies=tuple(latencies))


class Connection(asyncio.Protocol):
    """One request at a time over one connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises WrongAnswer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """End."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends, perhaps while somebody waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(WrongAnswer("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        """Collects an answer."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < whole or self._answer is None:
            return
        answer, self._buffer = self._buffer[:whole], self._buffer[whole:]
        if answer[9:10] == b"2":
            self._answer.set_result(answer[end + 4 :])
        else:
            self._answer.set_exception(WrongAnswer(answer[:200].decode(errors="replace")))


async def _connected(address: Address) -> Connection:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(Connection, *address))[1]


async def _one_by_one(connection: Connection, requests: Iterator[bytes]) -> list[float]:
    took = []
    for request in requests:
        began = time.monotonic()
        await connection.ask(request)
        took.append(time.monotonic() - began)
    return took


async def get(address: Address, path: str) -> bytes:
    """The body that this path answers."""
    connection = await _connected(address)
    try:
        return await connection.ask(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    finally:
        connection.close()

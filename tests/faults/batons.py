"""Batons that a test may start and kill, as processes of their own."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
_PATIENCE = 30.0
"""Seconds for a start on a machine that has much else to do."""


@dataclass(frozen=True)
class Baton:
    """One process."""

    pid: int


class NeverReady(Exception):
    """A process didn't come up; `str()` is the end of its log."""


class Nursery:
    """Where they are started. Only one start or kill is under way at a time."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log
        self._addresses: dict[int, str] = {}

    async def start(self, settings: dict[str, str], clock: Path | None = None) -> Baton:
        """A new process, which isn't ready yet; see `tests.faults.nursery` about its clock."""
        self._ask(start=settings, log=str(self._log), clock=str(clock or ""))
        return Baton(int((await self._answer("pid"))["pid"]))

    async def address(self, baton: Baton) -> str:
        """Where it listens, once it does."""
        while baton.pid not in self._addresses:
            await self._read()
        return self._addresses[baton.pid]

    async def kill(self, baton: Baton) -> None:
        """SIGKILL; returns once the process is no more."""
        self._ask(kill=baton.pid)
        await self._answer("dead")

    def _ask(self, **request: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request).encode() + b"\n")

    async def _answer(self, key: str) -> dict[str, str]:
        while key not in (answer := await self._read()):
            pass
        return answer

    async def _read(self) -> dict[str, str]:
        assert self._process.stdout
        try:
            async with asyncio.timeout(_PATIENCE):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise NeverReady(self.log_end()) from None
        if not line:
            raise NeverReady(self.log_end())
        told: dict[str, str] = json.loads(line)
        if "ready" in told:
            self._addresses[int(told["ready"])] = told["address"]
        return told

    def log_end(self) -> str:
        """The last that any of them had to say."""
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""


@asynccontextmanager
async def nursery(folder: Path) -> AsyncIterator[Nursery]:
    """A nursery whose processes log to a file in `folder`, all ended with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.nursery",
        cwd=HOUSE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Nursery(process, folder / "baton.log")
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()

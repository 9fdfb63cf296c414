"""Long computations in a process of their own, so that nobody in chat waits for them.

Not by `concurrent.futures`: its processes import the whole command line again first, which takes
seconds and as much memory as the bot.
"""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar

from jobs.aside_process import LENGTH

T = TypeVar("T")

_PROGRAM = Path(__file__).with_name("aside_process.py")
_IDLE = 20.0
_NICENESS = 10
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class AsideEnded(Exception):
    """The process ended before it answered: it was killed, perhaps for want of memory."""


class Aside:
    """`await aside(function, *args)` runs a function in another process, one at a time, and
    returns or raises what the function does. Function, arguments and result must be picklable. The
    process is started when there is something to do and ends when there was nothing for `idle`
    seconds; when the caller is cancelled, it is killed."""

    def __init__(self, idle: float = _IDLE) -> None:
        self._idle = idle
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._ending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    async def __call__(self, function: Callable[..., T], *args: object) -> T:
        """Run `function(*args)`. Raises AsideEnded."""
        async with self._turn:
            self._stay()
            process = await self._started()
            try:
                await _send(process, (function, args))
                returned, result = await _answer(process)
            except BaseException:
                await self._kill()
                raise
            finally:
                self._ending = asyncio.create_task(self._end_when_idle())
        if not returned:
            raise result  # type: ignore[misc]
        return result  # type: ignore[return-value]

    async def close(self) -> None:
        """End the process, and what it does."""
        async with self._turn:
            self._stay()
            await self._kill()

    def _stay(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    async def _started(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        # Some of the machine's cores stay free for the bot.
        threads = str(max(1, (os.cpu_count() or 1) - 1))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # no module of this folder is to stand for one of the library
            str(_PROGRAM),
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, **dict.fromkeys(_THREADS, threads)},
        )
        self._process = process
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        await _send(process, sys.path)
        return process

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle)
        async with self._turn:
            await self._kill()

    async def _kill(self) -> None:
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        try:
            await process.wait()
        finally:
            self._process = None


async def _send(process: Process, message: object) -> None:
    assert process.stdin is not None
    pickled = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    try:
        process.stdin.write(len(pickled).to_bytes(LENGTH, "big"))
        process.stdin.write(pickled)
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise AsideEnded from error


async def _answer(process: Process) -> tuple[bool, object]:
    assert process.stdout is not None
    try:
        head = await process.stdout.readexactly(LENGTH)
        pickled = await process.stdout.readexactly(int.from_bytes(head, "big"))
    except (asyncio.IncompleteReadError, ConnectionResetError) as error:
        raise AsideEnded(f"after exit code {process.returncode}") from error
    returned, result = pickle.loads(pickled)  # noqa: S301 - from our own process
    return returned, result

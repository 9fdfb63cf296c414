"""Brings up Baton as a process of its own, again and again, without waiting for its imports.

Run as `python -m tests.faults.nursery`. It has everything imported, and forks for each line that
asks for it: `{"start": {settings}, "log": FILE, "clock": FILE or ""}` is answered by `{"pid": …}`
and, by the new process once it listens, `{"ready": pid, "address": …}`; `{"kill": pid}` by
`{"dead": pid}` once it is gone. A clock file holds by how many seconds the process's clock is
ahead of the real one, and may be written at any time.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from composition import CHORES as ALL_CHORES
from composition import Settings, clock, company, running
from jobs.outbox_worker import Pace

LADDER_CHORES = [one for one in ALL_CHORES if one.name in {"climb_ladders", "offer_waiting"}]
PACE = Pace(
    interval=0.02,
    burst=5,
    claims_at_once=32,
    lease=3.0,
    time_limit=1.0,
    grace=1.0,
    poll=0.2,
    retry_after=(0.1, 0.2, 0.4, *(0.5,) * 200),
)
"""As in production but quicker, or a test of fifty deaths would take hours. A row that was on its
way when the process died is tried again after `lease` seconds."""


def tell(**fact: object) -> None:
    """One line to whoever started us, whole even when several processes write."""
    os.write(1, json.dumps(fact).encode() + b"\n")


HURRIED = replace(PACE, claims_at_once=16, lease=1.5, time_limit=1.0, grace=0.5)
CHORES = tuple(replace(one, every=min(one.every, timedelta(seconds=0.3))) for one in LADDER_CHORES)
"""What is done while the clock jumps: the ladder and nothing else, and more often."""


def shifted(file: Path) -> Callable[[], datetime]:
    """A clock that is ahead by what `file` says."""
    return lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text() or 0))


async def _serve(settings: Settings, clock_file: str) -> None:
    time = shifted(Path(clock_file)) if clock_file else clock
    with company(settings, time) as opened:
        pace, chores = (HURRIED, CHORES) if clock_file else (PACE, None)
        async with running(opened, pace, chores) as address:
            tell(ready=os.getpid(), address=address)
            await asyncio.Event().wait()


def _live(wanted: dict[str, Any], log: str, clock_file: str) -> NoReturn:
    """The life of a forked process: it never returns."""
    try:
        with open(os.devnull) as nothing, open(log, "ab") as told:
            os.dup2(nothing.fileno(), 0)
            os.dup2(told.fileno(), 2)
        asyncio.run(_serve(Settings(_env_file=None, **wanted), clock_file))
    except BaseException:  # noqa: BLE001 - said in the log; nothing above may run twice
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def main() -> None:
    """Serve requests until the end of the input, then end every process that is left."""
    children: set[int] = set()
    assert threading.active_count() == 1, "only a process without threads may fork"
    for line in sys.stdin:
        request = json.loads(line)
        if "kill" in request:
            _end(request["kill"])
            children.discard(request["kill"])
            tell(dead=request["kill"])
            continue
        pid = os.fork()
        if pid == 0:
            _live(request["start"], request["log"], request["clock"])
        children.add(pid)
        tell(pid=pid)
    for pid in children:
        _end(pid)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()

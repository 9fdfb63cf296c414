"""What is measured, as processes of their own: Baton as it is really started, and its company."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.names import HOUSE, SECRET, TOKEN
from composition import Settings

_ADDRESS = re.compile(r"http://([\d.]+):(\d+)")
_NOT_INHERITED = frozenset(name.upper() for name in Settings.model_fields)


class DidNotStart(Exception):
    """A process that was to be measured ended before it listened."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process that listens."""

    pid: int
    address: tuple[str, int]


@contextmanager
def baton(folder: Path, database: Path, slack: Process) -> Iterator[Process]:
    """`python app.py serve` for the company, with `slack` as its Slack."""
    host, port = slack.address
    told = {
        "DATABASE_URL": f"sqlite:///{database}",
        "PORT": "0",
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://{host}:{port}/api/",
        "INGEST_TOKEN": TOKEN,
    }
    with _running("baton", [str(HOUSE / "app.py"), "serve"], folder, told) as process:
        yield process


@contextmanager
def program(name: str, folder: Path, *arguments: str) -> Iterator[Process]:
    """One of the programs of this package, by the name of its module."""
    command, told = ["-m", f"bench.{name}", *arguments], {"PYTHONPATH": str(HOUSE)}
    with _running(name, command, folder, told) as process:
        yield process


@contextmanager
def _running(
    name: str, arguments: list[str], folder: Path, told: Mapping[str, str]
) -> Iterator[Process]:
    inherited = {key: text for key, text in os.environ.items() if key not in _NOT_INHERITED}
    log = folder / f"{name}.log"
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**inherited, **told},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as running,
    ):
        try:
            assert running.stdout is not None
            first = running.stdout.readline()
            listening = _ADDRESS.search(first)
            if listening is None:
                raise DidNotStart(f"{name}: {first}{log.read_text('utf-8')}")
            yield Process(pid=running.pid, address=(listening[1], int(listening[2])))
        finally:
            running.terminate()
            running.wait(timeout=30)

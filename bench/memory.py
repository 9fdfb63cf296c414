"""How much memory the idle bot takes."""

import subprocess
import time
from statistics import median

from bench.company import found
from bench.processes import baton, program
from bench.report import Line, reached
from bench.scale import Scale

_MOST = 150
_KB_IN_A_MB = 1024


def measure(scale: Scale) -> list[Line]:
    """The resident memory of `app.py serve`, some seconds after its start."""
    found(scale.folder, scale.reps)
    sizes = []
    with program("slack_stub", scale.folder) as stub:
        for number in range(scale.rounds):
            file = scale.folder / f"idle-{number}.db"
            with baton(scale.folder, file, stub) as ours:
                time.sleep(scale.settle)
                sizes.append(_resident(ours.pid))
    size = median(sizes)
    return [
        Line(
            what="memory of the idle bot",
            ours=f"{size:.0f} MB",
            goal=f"under {_MOST} MB",
            reached=reached(size < _MOST),
        )
    ]


def _resident(pid: int) -> float:
    """MB; `ps` tells kilobytes on every system."""
    told = ["ps", "-o", "rss=", "-p", str(pid)]
    return int(subprocess.run(told, check=True, capture_output=True).stdout) / _KB_IN_A_MB

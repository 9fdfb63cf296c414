"""`python -m bench [NAME…] [--quick] [--json FILE]`: measures, and says which goals are reached.

`learning` runs on real leads, in the folder that `--data DIR` names."""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from bench import (
    clicks,
    clocks,
    commits,
    importing,
    incoming,
    learning,
    memory,
    questions,
    rescoring,
    retuning,
    teams_clicks,
    undisturbed,
)
from bench.report import Line, show
from bench.scale import Scale, quick

BENCHMARKS: Mapping[str, Callable[[Scale], list[Line]]] = {
    "clicks": clicks.measure,
    "teams": teams_clicks.measure,
    "leads": incoming.measure,
    "statistics": questions.measure,
    "clocks": clocks.measure,
    "memory": memory.measure,
    "import": importing.measure,
    "commits": commits.measure,
    "learning": learning.measure,
    "retuning": retuning.measure,
    "rescoring": rescoring.measure,
    "undisturbed": undisturbed.measure,
}


def main() -> None:
    """Runs the benchmarks that were named, or all, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="try it out; the numbers mean nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--data", type=Path, metavar="DIR", help="real leads, for learning")
    asked = parser.parse_args()
    for name in asked.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark is called {name}: there are {', '.join(BENCHMARKS)}")
    progress = Console(stderr=True)
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        scale = quick(Path(folder)) if asked.quick else Scale(folder=Path(folder))
        scale = replace(scale, data=asked.data)
        for name in asked.names or BENCHMARKS:
            progress.print(f"Measuring {name}…", style="dim")
            lines += BENCHMARKS[name](scale)
    show(lines, Console(width=None if Console().is_terminal else 140))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(line) for line in lines], indent=2), "utf-8")


if __name__ == "__main__":
    main()

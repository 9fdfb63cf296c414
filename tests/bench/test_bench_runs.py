"""The benchmarks run from end to end; how fast is asked of `make bench`, not of a test."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import BENCHMARKS
from bench.questions import STATISTICS
from bench.report import Reached, percentile

HOUSE = Path(__file__).resolve().parents[2]
MEASURED = (
    "clicks, 16 clients at once",
    "clicks, 32 clients at once",
    "clicks, 40/s",
    "Teams clicks, 16 clients at once",
    "Teams clicks, 16 clients at once, p99",
    "Teams clicks, 32 clients at once",
    "Teams clicks, 32 clients at once, p99",
    "Teams clicks, 40/s",
    "lead to card posted, 20/s, 8 reps",
    "lead to card posted, 20/s, 8 reps",
    "lead to answer",
    *(f"/leads {question}, 600 leads" for question in STATISTICS),
    "/leads find lindqvist 17, 600 leads",
    "/leads find nobody-at-all, 600 leads",
    "/leads mine, 600 leads",
    "App Home of a rep, 600 leads",
    "App Home of a manager, 600 leads",
    "digest daily, 600 leads",
    "tick, 600 open clocks, none due",
    "climb, 600 open clocks, none due",
    "memory of the idle bot",
    "import of a CSV",
    "scoring, in memory",
    "decisions in the database, 32 at once",
    "learning",
    "retuning on 600 decisions, 40 columns",
    "retuning on 600 decisions, 40 columns (fastest solver)",
    "rescoring of open leads, 38 rules",
    "clicks, 40/s, nothing beside them",
    "clicks, 40/s, while 600 leads are rescored",
    "clicks, 40/s, while criteria learn",
)


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m bench` with these."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=HOUSE,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=390,
    )


@pytest.mark.timeout(400)  # many benchmarks, and none is hurried
def test_a_quick_run_measures_everything_once(tmp_path: Path) -> None:
    told = tmp_path / "bench.json"
    run = bench("--quick", "--json", str(told))
    assert run.returncode == 0, run.stderr
    lines = json.loads(told.read_text("utf-8"))
    assert [line["what"] for line in lines] == list(MEASURED)
    assert all(line["ours"] for line in lines)
    assert {line["reached"] for line in lines} <= set(Reached)
    assert "Baton's benchmarks" in run.stdout


def test_an_unknown_benchmark_is_answered_with_the_known_ones() -> None:
    run = bench("clikcs")
    assert run.returncode == 2
    assert all(name in run.stderr for name in BENCHMARKS)


@pytest.mark.parametrize(("share", "value"), [(0.5, 3), (0.99, 5), (0.0, 1)])
def test_a_percentile_is_the_nearest_rank(share: float, value: float) -> None:
    assert percentile([5, 1, 4, 2, 3], share) == value

"""How much each benchmark does: enough to judge by, or just enough to see that it runs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Sizes of one run. Times are in seconds; `folder` is temporary and shared by the benchmarks
    of a run."""

    folder: Path
    data: Path | None = None
    """Where real leads are, to learn from."""
    rounds: int = 3
    clicks: int = 1500
    """Clicks of one round against one server."""
    clicks_per_second: int = 100
    leads_per_second: int = 50
    steady: float = 20.0
    """How long a steady rate is kept up."""
    reps: int = 40
    few_leads: int = 10_000
    many_leads: int = 1_000_000
    questions: int = 15
    """How often each question is asked."""
    imported: int = 5_000
    scored: int = 20_000
    decisions: int = 600
    settle: float = 3.0
    """How long after its start a process counts as idle."""


def quick(folder: Path) -> Scale:
    """So small that its numbers mean nothing."""
    return Scale(
        folder=folder,
        rounds=1,
        clicks=40,
        clicks_per_second=40,
        leads_per_second=20,
        steady=0.5,
        reps=8,
        few_leads=200,
        many_leads=600,
        questions=2,
        imported=50,
        scored=100,
        decisions=20,
        settle=0.1,
    )

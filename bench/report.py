"""What a benchmark found, as a line of the table that `python -m bench` prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from rich.console import Console
from rich.table import Table


class Reached(StrEnum):
    """Whether a goal was reached."""

    YES = "yes"
    NO = "no"
    NO_GOAL = "no goal"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that was measured. `floor` is what it is held against in the same run, `ratio` is
    ours in floors; texts carry their unit."""

    what: str
    ours: str
    floor: str = ""
    ratio: float | None = None
    goal: str = ""
    reached: Reached = Reached.NO_GOAL


def reached(is_reached: bool) -> Reached:
    """Yes or no."""
    return Reached.YES if is_reached else Reached.NO


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values don't exceed (nearest rank). Raises ValueError for
    nothing."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def ms(seconds: float) -> str:
    """Milliseconds."""
    return f"{seconds * 1000:.1f} ms"


def show(lines: Sequence[Line], console: Console) -> None:
    """Print the table."""
    table = Table(title="Baton's benchmarks", title_justify="left")
    for heading in ("what", "floor", "ours", "ratio", "goal", "reached"):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        table.add_row(line.what, line.floor, line.ours, ratio, line.goal, line.reached.value)
    console.print(table)

"""Red, yellow, green: how a figure stands against what was agreed."""

from enum import StrEnum

from leads.rates import Rate

_NEARLY = 0.8
_FEW_OVERDUE = 0.1


class Standing(StrEnum):
    """How a figure stands; NONE where there is no goal or too little to judge."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"


def light_for(rate: Rate, goal: float | None) -> Standing:
    """How a rate stands against a goal from 0 to 1: green when it is reached, red when even the
    upper end of the 95 % interval falls short, yellow between (short, but it may be chance)."""
    if goal is None or rate.value is None or not rate.judgeable:
        return Standing.NONE
    if rate.value >= goal:
        return Standing.GREEN
    return Standing.YELLOW if rate.interval[1] >= goal else Standing.RED


def light_for_count(found: float, goal: float | None) -> Standing:
    """How a volume stands: green when the goal is reached, yellow from 80 % of it, else red.
    The caller scales `goal` to the days that have passed."""
    if goal is None or goal <= 0:
        return Standing.NONE
    if found >= goal:
        return Standing.GREEN
    return Standing.YELLOW if found >= _NEARLY * goal else Standing.RED


def light_for_overdue(overdue: int, of: int) -> Standing:
    """How a promise of time stands: green when nothing is overdue, yellow up to one in ten
    (but one alone is yellow), else red. `of` is how many clocks run, the overdue ones included."""
    if of <= 0:
        return Standing.NONE
    if overdue == 0:
        return Standing.GREEN
    return Standing.YELLOW if overdue == 1 or overdue <= _FEW_OVERDUE * of else Standing.RED


def worst(*standings: Standing) -> Standing:
    """The one that needs attention first; NONE only when there is nothing else."""
    order = (Standing.RED, Standing.YELLOW, Standing.GREEN)
    return next((standing for standing in order if standing in standings), Standing.NONE)

"""Whether what sales takes, or why it refuses, has moved beyond noise."""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from leads.rates import Rate
from leads.retuning.arrays import Counts, Flags

_CHANCE = 0.01
"""How often an alarm may be a false one, over all that is looked at."""
_FEWEST = 30
"""Decisions in either period below which nothing is judged."""
_MOST_EXAMPLES = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Decisions:
    """Decisions of every kind as they were made, also those from which criteria don't learn."""

    ids: Counts
    weeks: Counts
    accepted: Flags
    reasons: tuple[str | None, ...]
    """Code of a rejection's reason."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A share of all decisions that isn't what it was: the accepted ones, or with `reason` those
    refused for it. `examples` are ids of the newest that show it."""

    reason: str | None
    before: Rate
    now: Rate
    p: float
    examples: tuple[int, ...]

    @property
    def is_up(self) -> bool:
        """Whether it has risen."""
        return (self.now.value or 0) > (self.before.value or 0)


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What has moved in the weeks from `since` on, most surprising first."""

    since: int
    moved: tuple[Moved, ...]


def drift(decisions: Decisions, *, newest: int = 2, reference: int = 8) -> Drift | None:
    """What the newest weeks with decisions do differently from the weeks before them, or None.

    Each share is tested as two proportions (Newcombe 1998, Stat. Med. 17:873-890, calls it the
    chi-squared test with continuity correction); among several reasons a small p comes by chance,
    so each has to be below the alarm's chance divided by their number (Bonferroni)."""
    weeks = np.unique(decisions.weeks)
    if len(weeks) <= newest:
        return None
    since = int(weeks[-newest])
    now = decisions.weeks >= since
    before = ~now & (decisions.weeks >= weeks[max(len(weeks) - newest - reference, 0)])
    if min(int(now.sum()), int(before.sum())) < _FEWEST:
        return None
    reasons = sorted({reason for reason in decisions.reasons if reason is not None})
    found = [_moved(None, decisions.accepted, decisions, before, now)]
    for reason in reasons:
        has = np.array([each == reason for each in decisions.reasons])
        found.append(_moved(reason, has, decisions, before, now))
    beyond = [one for one in found if one.p < _CHANCE / len(found)]
    if not beyond:
        return None
    ranked = sorted(beyond, key=lambda one: (one.p, one.reason or ""))
    return Drift(since=since, moved=tuple(ranked))


def _moved(
    reason: str | None, has: Flags, decisions: Decisions, before: Flags, now: Flags
) -> Moved:
    old = Rate(successes=int(has[before].sum()), n=int(before.sum()))
    new = Rate(successes=int(has[now].sum()), n=int(now.sum()))
    is_up = new.successes * old.n > old.successes * new.n
    # Fewer accepted is shown by refused leads, fewer refusals for a reason by accepted ones.
    shown = has if is_up else ~has if reason is None else decisions.accepted
    examples = decisions.ids[now & shown]
    order = np.lexsort((-examples, -decisions.weeks[now & shown]))
    return Moved(
        reason=reason,
        before=old,
        now=new,
        p=_two_proportions(old, new),
        examples=tuple(examples[order][:_MOST_EXAMPLES].tolist()),
    )


def _two_proportions(one: Rate, other: Rate) -> float:
    """Two-sided p of equal shares, with Yates's continuity correction."""
    together = (one.successes + other.successes) / (one.n + other.n)
    spread = sqrt(together * (1 - together) * (1 / one.n + 1 / other.n))
    if not spread:
        return 1.0
    apart = abs(one.successes / one.n - other.successes / other.n)
    z = max(apart - (1 / one.n + 1 / other.n) / 2, 0.0) / spread
    return erfc(z / sqrt(2))

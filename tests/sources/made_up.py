"""Made-up leads whose outcome is known, with whatever relation a test wants."""

from collections.abc import Callable
from random import Random

import numpy as np

from leads.agreement import Teaches
from leads.retuning.lead_table import LeadTable
from sources.outcome_csv import DecidedLeads

SOURCES = ("Web", "Fair", "Partner", "Mail")


def decided(
    n: int, chance: Callable[[int, str, int], float], *, seed: int = 1, rings: float = 0.0
) -> DecidedLeads:
    """Leads with a source, a number of visits, and an outcome by `chance(row, source, visits)`;
    of the rejections the share `rings` teaches reach."""
    random = Random(seed)
    sources = [random.choice(SOURCES) for _ in range(n)]
    visits = [random.randrange(12) for _ in range(n)]
    accepted = [random.random() < chance(row, sources[row], visits[row]) for row in range(n)]
    reasons = [
        None if good else "Ringing" if random.random() < rings else "Too small" for good in accepted
    ]
    teaches = {None: None, "Ringing": Teaches.REACH, "Too small": Teaches.FIT}
    return DecidedLeads(
        leads=LeadTable.from_columns(
            n, {"source": sources, "extra.visits": visits}, np.zeros(n, np.float64)
        ),
        names=tuple(f"Lead {row}" for row in range(n)),
        at=np.arange(n, dtype=np.float64),
        dated=False,
        accepted=np.array(accepted),
        reasons=tuple(reasons),
        teaches=tuple(teaches[reason] for reason in reasons),
    )


def steady(row: int, source: str, visits: int) -> float:
    """What reps accept doesn't change: partners, and who came often."""
    return 0.1 + 0.45 * (source == "Partner") + 0.3 * (visits >= 8)


def drifting(row: int, source: str, visits: int) -> float:
    """At first sales wants leads of partners; after the 600th, those from the web."""
    wanted = "Partner" if row < 600 else "Web"
    return 0.1 + 0.6 * (source == wanted) + 0.1 * (visits >= 8)

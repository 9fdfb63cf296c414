"""The decided leads that criteria learn from, as columns in the order of time."""

from dataclasses import dataclass

import numpy as np

from leads.retuning.arrays import Counts, Flags, Numbers
from leads.retuning.lead_table import LeadTable


@dataclass(frozen=True, kw_only=True)
class History:
    """Decided leads; every column has one entry per lead, and rows may come in any order."""

    leads: LeadTable
    """As they were known when they were offered."""
    ids: Counts
    """What a proposal names leads by: a handoff's id, or a row number. Unique."""
    names: tuple[str, ...]
    """How people call each lead."""
    at: Numbers
    """Seconds since 1970 UTC, or any other number that grows with time."""
    accepted: Flags
    """The label that `labels.labelled` gave."""
    weight: Numbers
    """How far the label is believed: 1 is plain, 0 counts for nothing."""
    propensity: Numbers
    """The chance, above 0 and at most 1, that this lead was handed over as things were then."""
    explored: Flags
    """Handed over by chance, below the threshold."""
    weeks: Counts
    """Number of the week (or batch) of the decision, growing with time."""
    reasons: tuple[str | None, ...]
    """Code of the rejection's reason, if there was one."""

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Counts | Flags) -> "History":
        """The rows at these indexes, in their order, or those that a mask marks."""
        chosen = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return History(
            leads=self.leads.take(chosen),
            ids=self.ids[chosen],
            names=tuple(map(self.names.__getitem__, chosen.tolist())),
            at=self.at[chosen],
            accepted=self.accepted[chosen],
            weight=self.weight[chosen],
            propensity=self.propensity[chosen],
            explored=self.explored[chosen],
            weeks=self.weeks[chosen],
            reasons=tuple(map(self.reasons.__getitem__, chosen.tolist())),
        )

    def in_order(self) -> "History":
        """The same leads oldest first, those of one moment by id: nothing that is learned may
        depend on the order in which rows were read."""
        order = np.lexsort((self.ids, self.at))
        return self if np.array_equal(order, np.arange(len(order))) else self.take(order)

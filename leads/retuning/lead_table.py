"""Many leads as columns, on which criteria are worked out at once and exactly as one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leads.conditions import CLOCK_SKEW, Found
from leads.criteria import Condition, Criteria, Group, Rule
from leads.lead import COMPANY_FIELDS, LEAD_FIELDS, EngagementEvent, Lead, Scalar
from leads.retuning import worth
from leads.retuning.event_columns import (
    EventColumns,
    Kind,
    Moments,
    micros,
    moments_from_seconds,
    moments_of,
)
from leads.retuning.field_column import UNKNOWN, Codes, FieldColumn, Flags, Numbers, Rows

__all__ = ["EventColumns", "FieldColumn", "LeadTable", "place_of"]

Points = NDArray[np.int64]

_EXTRA = "extra."
_COMPANY = "company."
_OWN = {
    **{name: attrgetter(name) for name in sorted(LEAD_FIELDS)},
    **{_COMPANY + name: attrgetter(_COMPANY + name) for name in sorted(COMPANY_FIELDS)},
}


def place_of(path: str) -> str | None:
    """The one name under which a table keeps the field that a condition names ("visits" is
    "extra.visits"); None for a field that no lead can have."""
    if path in _OWN:
        return path
    if path.startswith(_COMPANY):
        return None
    return _EXTRA + path.removeprefix(_EXTRA)


@dataclass(frozen=True, kw_only=True, eq=False)
class LeadTable:
    """Leads in rows, each as it was at a moment of its own. Make one by `of` or `from_columns`."""

    n: int
    at: Moments
    columns: Mapping[str, FieldColumn]
    """By `place_of` the field; a field that no lead has is left out."""
    happened: EventColumns
    """What had happened by `at`."""

    @classmethod
    def of(cls, rows: Iterable[tuple[Lead, Sequence[EngagementEvent], datetime]]) -> Self:
        """Leads with what they did, and the moment at which each is looked at."""
        all_rows = tuple(rows)
        leads = [lead for lead, _, _ in all_rows]
        columns = {path: FieldColumn.of(list(map(get, leads))) for path, get in _OWN.items()}
        columns["interests"] = FieldColumn.of([lead.interests or None for lead in leads])
        columns |= extra_columns([lead.extra for lead in leads])
        events = [(row, event) for row, (_, did, _) in enumerate(all_rows) for event in did]
        return cls.of_columns(
            moments_of(now for _, _, now in all_rows),
            columns,
            EventColumns.of(
                [row for row, _ in events],
                [(event.type, event.name) for _, event in events],
                moments_of(event.at for _, event in events),
            ),
        )

    @classmethod
    def from_columns(
        cls,
        n: int,
        fields: Mapping[str, Sequence[Scalar | None]],
        at: NDArray[np.float64],
        interests: Sequence[tuple[str, ...]] | None = None,
        events: EventColumns | None = None,
    ) -> Self:
        """`fields` by the name a condition gives them, a value or None for each of `n` leads;
        `at` in seconds since 1970 UTC. Raises ValueError for a field that no lead can have, or
        when a column hasn't `n` values."""
        columns = {}
        for path, values in fields.items():
            place = place_of(path)
            if place is None or place == "interests" or len(values) != n:
                raise ValueError(f"{path}: not a field of one value for each of {n} leads")
            columns[place] = FieldColumn.of(values)
        if interests is not None:
            columns["interests"] = FieldColumn.of([found or None for found in interests])
        if len(at) != n or any(len(column.codes) != n for column in columns.values()):
            raise ValueError(f"not everything is told of {n} leads")
        return cls.of_columns(moments_from_seconds(at), columns, events or EventColumns.none())

    @classmethod
    def of_columns(
        cls, at: Moments, columns: Mapping[str, FieldColumn], events: EventColumns
    ) -> Self:
        """Of columns by `place_of` their field, and all that was ever done."""
        return cls(
            n=len(at),
            at=at,
            columns={path: column for path, column in columns.items() if column.values},
            happened=events.until(at + micros(CLOCK_SKEW)),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that any lead has, as conditions name it ("extra.visits"), in order."""
        return tuple(sorted(self.columns))

    def codes(self, field: str) -> tuple[Codes, tuple[Found, ...]]:
        """A code for each lead, -1 where the field isn't known, and the values they stand for."""
        return self._column(field)

    def numbers(self, field: str) -> Numbers:
        """The field as numbers; nan where it isn't known or isn't a number."""
        return self._column(field).numbers()

    def events(self) -> tuple[Kind, ...]:
        """Types and names of events that any of the leads did, in order."""
        seen = (self.happened.kinds[code] for code in np.unique(self.happened.codes))
        return tuple(sorted(seen, key=lambda kind: (kind[0], kind[1] or "")))

    def holds(self, condition: Condition) -> Flags:
        """For which leads a condition holds."""
        return worth.finding(condition, self._column, self.happened, self.at).holds

    def points(self, rule: Rule) -> Points:
        """What a rule gives each lead."""
        found = worth.finding(rule.when, self._column, self.happened, self.at)
        return worth.points(rule, found, self.at)

    def grouped(self, criteria: Criteria) -> dict[Group, Points]:
        """Each lead's points by group, after the group's cap."""
        sums = {group: np.zeros(self.n, np.int64) for group in Group}
        for rule in criteria.rules:
            sums[rule.group] += self.points(rule)
        caps = {Group.FIT: criteria.fit_cap, Group.ENGAGEMENT: criteria.engagement_cap}
        for group, cap in caps.items():
            if cap is not None:
                np.minimum(sums[group], cap, out=sums[group])
        return sums

    def scores(self, criteria: Criteria) -> Points:
        """Each lead's score, equal to `leads.scoring.score(…).points`."""
        total: Points = sum(self.grouped(criteria).values(), start=np.zeros(self.n, np.int64))
        return total

    def take(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> Self:
        """The leads at these row numbers, in this order and as often, or those under a mask."""
        chosen: Rows = np.arange(self.n)[rows]
        return type(self)(
            n=len(chosen),
            at=self.at[chosen],
            columns={path: column.take(chosen) for path, column in self.columns.items()},
            happened=self.happened.take(chosen),
        )

    def _column(self, field: str) -> FieldColumn:
        place = place_of(field)
        if place is not None and (column := self.columns.get(place)) is not None:
            return column
        return FieldColumn(np.full(self.n, UNKNOWN, np.int32), ())


def extra_columns(extras: Sequence[Mapping[str, Scalar]]) -> dict[str, FieldColumn]:
    """The columns of what sources told beyond the fields of every lead."""
    values: dict[str, list[Scalar | None]] = {}
    n = len(extras)
    for row, extra in enumerate(extras):
        for name, value in extra.items():
            found = values.get(name)
            if found is None:
                found = values[name] = [None] * n
            found[row] = value
    return {_EXTRA + name: FieldColumn.of(found) for name, found in values.items()}

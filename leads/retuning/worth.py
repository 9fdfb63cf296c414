"""Conditions and rules worked out on columns; what a value or an event has to pass, and what full
points are, stays with `leads.conditions` and `leads.scoring`."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from leads.conditions import Finding, event_test, field_test
from leads.criteria import AllOf, AnyOf, Condition, EventCondition, FieldCondition, Not, Rule
from leads.retuning.event_columns import EPOCH, EventColumns, Moments, micros
from leads.retuning.field_column import FieldColumn, Flags
from leads.scoring import full_points, points_of

NEVER = np.iinfo(np.int64).min
"""The moment of the newest event where there is none."""

_CLOSE = 1e-6


class Findings(NamedTuple):
    """For which leads a condition holds; how many events made it hold and when the newest was,
    where events may have. Where it doesn't hold, these say nothing."""

    holds: Flags
    events: NDArray[np.int64] | None = None
    newest: Moments | None = None


def finding(
    condition: Condition,
    column: Callable[[str], FieldColumn],
    happened: EventColumns,
    at: Moments,
) -> Findings:
    """Where a condition holds, of the leads whose fields `column` gives."""

    def found(part: Condition) -> Findings:
        match part:
            case FieldCondition():
                return Findings(column(part.field).passing(field_test(part)))
            case EventCondition():
                return _happened(part, happened, at)
            case AllOf(conditions=parts):
                findings = [found(one) for one in parts]
                holds = np.ones(len(at), np.bool_)
                for one in findings:
                    holds &= one.holds
                return _together(holds, findings)
            case AnyOf(conditions=parts):
                findings = [found(one) for one in parts]
                holds = np.zeros(len(at), np.bool_)
                for one in findings:
                    holds |= one.holds
                return _together(holds, findings)
            case Not(condition=inner):
                return Findings(~found(inner).holds)
            case _:
                assert_never(part)

    return found(condition)


def _happened(condition: EventCondition, happened: EventColumns, at: Moments) -> Findings:
    places = happened.passing(event_test(condition))
    rows = happened.rows[places]
    if condition.within is not None:
        recent = happened.at[places] >= at[rows] - micros(condition.within)
        places, rows = places[recent], rows[recent]
    counts = np.bincount(rows, minlength=len(at))
    newest = np.full(len(at), NEVER, np.int64)
    is_last = np.append(rows[1:] != rows[:-1], True)[: len(rows)]
    newest[rows[is_last]] = happened.at[places[is_last]]
    return Findings(counts >= max(condition.at_least, 1), counts, newest)


def _together(holds: Flags, parts: Sequence[Findings]) -> Findings:
    """What the parts that hold found: all their events, and the newest of them."""
    events: NDArray[np.int64] | None = None
    newest: Moments | None = None
    for part in parts:
        if part.events is None or part.newest is None:
            continue
        part_events = np.where(part.holds, part.events, 0)
        part_newest = np.where(part.holds, part.newest, NEVER)
        events = part_events if events is None else events + part_events
        newest = part_newest if newest is None else np.maximum(newest, part_newest)
    return Findings(holds, events, newest)


def points(rule: Rule, found: Findings, at: Moments) -> NDArray[np.int64]:
    """What a rule gives where its condition holds, as `leads.scoring.points_of` has it."""
    if found.events is None or found.newest is None:
        return np.where(found.holds, full_points(rule, 0), 0).astype(np.int64)
    given = np.zeros(len(at), np.int64)
    rows = np.flatnonzero(found.holds)
    counts, which = np.unique(found.events[rows], return_inverse=True)
    given[rows] = np.array([full_points(rule, int(count)) for count in counts], np.int64)[which]
    if rule.half_life is None:
        return given
    rows = rows[found.newest[rows] != NEVER]
    ages = np.maximum(at[rows] - found.newest[rows], 0)
    left = given[rows] * 0.5 ** (ages / micros(rule.half_life))
    rounded = np.rint(left)
    # A power may differ in its last digit from machine to machine. Where that could decide how it
    # is rounded, the rule is asked itself.
    for near in np.flatnonzero(np.abs(np.abs(left - rounded) - 0.5) < _CLOSE):
        row = rows[near]
        newest = EPOCH + timedelta(microseconds=int(found.newest[row]))
        now = EPOCH + timedelta(microseconds=int(at[row]))
        rounded[near] = points_of(rule, Finding(None, int(found.events[row]), newest), now)
    given[rows] = rounded.astype(np.int64)
    return given

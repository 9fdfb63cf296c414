"""What differs between two versions of a card, and which rejections moved it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from leads.criteria import Criteria, Rule
from leads.retuning.arrays import Counts
from leads.retuning.history import History


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """One rule that is new (`before` None), dropped (`after` None) or moved. `rule` is as it will
    be, or as it was if it is dropped."""

    rule: Rule
    before: int | None
    after: int | None
    reasons: Mapping[str, int]
    """How many rejections for which reason moved it."""
    moved_by: tuple[int, ...]
    """Ids of those rejections, so that who gave them can be thanked."""


def rule_changes(history: History, before: Criteria, after: Criteria) -> tuple[RuleChange, ...]:
    """The changes in the order of the new card, what is dropped last."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    given = _given(history)
    changes = []
    for rule in (*after.rules, *(rule for rule in before.rules if rule.id not in new)):
        was = old[rule.id].points if rule.id in old else None
        now = new[rule.id].points if rule.id in new else None
        if was != now:
            moved = _moving(history, rule, (now or 0) - (was or 0), given)
            ids = [history.ids[rows] for rows in moved.values()]
            changes.append(
                RuleChange(
                    rule=rule,
                    before=was,
                    after=now,
                    reasons={reason: len(rows) for reason, rows in moved.items()},
                    moved_by=tuple(np.sort(np.concatenate(ids)).tolist()) if ids else (),
                )
            )
    return tuple(changes)


def _given(history: History) -> dict[str, Counts]:
    """Rows of the rejections by reason."""
    rows: dict[str, list[int]] = {}
    for row, reason in enumerate(history.reasons):
        if reason is not None and not history.accepted[row]:
            rows.setdefault(reason, []).append(row)
    return {reason: np.array(rows[reason], np.int64) for reason in sorted(rows)}


def _moving(
    history: History, rule: Rule, step: int, given: Mapping[str, Counts]
) -> dict[str, Counts]:
    """Rejections speak against leads like theirs. A rule that lost points was moved by rejections
    where it holds, one that won points by those where it doesn't. A reason counts where it was
    given more often there than decisions were made there: else it speaks against all alike."""
    holds = history.leads.holds(rule.when)
    there = holds if step < 0 else ~holds
    share = float(there.mean())
    inside = {reason: rows[there[rows]] for reason, rows in given.items()}
    return {
        reason: rows for reason, rows in inside.items() if len(rows) > share * len(given[reason])
    }

"""Other points for the rules of a proposal, within what one version may change."""

import re
from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import delete

from commands.context import Context
from commands.learning.activating import Case, advance, retire, to_decide
from commands.learning.outcomes import (
    Edited,
    NotEdited,
    OtherTrial,
    Refused,
    Stale,
    Wrong,
    WrongPoints,
)
from commands.learning.staleness import why_stale
from leads.criteria import Criteria, Rule, Sign
from leads.proposals import ProposalState
from leads.retuning.options import Options
from storage import proposals
from storage.proposals import Proposed
from storage.tables import ApprovalRow

_WHOLE = re.compile(r"[+-]?\d{1,4}")
_OPTIONS = Options()


def editable(proposed: Proposed) -> tuple[tuple[Rule, int, int], ...]:
    """The rules that may get other points, each with the fewest and the most it may have: those
    proposed, then those that would be dropped (with 0 points). 0 drops a rule."""
    if proposed.criteria is None:
        return ()
    kept = {rule.id for rule in proposed.criteria.rules}
    dropped = [replace(rule, points=0) for rule in proposed.base.rules if rule.id not in kept]
    base = {rule.id: rule.points for rule in proposed.base.rules}
    return tuple(
        (rule, *_bounds(rule, base.get(rule.id, 0)))
        for rule in (*proposed.criteria.rules, *dropped)
    )


def edit_points(
    ctx: Context, proposal_id: int, points: Mapping[str, str]
) -> Edited | NotEdited | Stale | OtherTrial | Refused:
    """Give rules (by id) other points, as typed. Rules that aren't named keep theirs. What was
    approved wasn't this, so approvals are void; its effect is worked out anew."""
    found = to_decide(ctx, proposal_id)
    if not isinstance(found, Case):
        return found
    row = found.row
    if found.state is ProposalState.RUNNING:
        return OtherTrial(proposal=proposal_id)
    if (why := why_stale(ctx, row)) is not None:
        return retire(ctx, row, why)
    proposed = proposals.read(ctx.session, row)
    assert proposed.criteria is not None
    edited = _edited(proposed, points)
    if isinstance(edited, NotEdited):
        return edited
    ctx.session.exec(delete(ApprovalRow).where(ApprovalRow.proposal_id == proposal_id))  # type: ignore[arg-type]
    row.body = proposals.body_of(edited)
    kept: dict[str, object] = {
        key: row.evidence[key] for key in ("copies", "learned_from") if key in row.evidence
    }
    changes = proposals.changes_between(proposed.base, edited, proposed.changes)
    row.evidence = {**kept, **changes}
    row.edited_by = found.actor.email
    advance(ctx, row, ProposalState.ASKED)
    return Edited()


def _edited(proposed: Proposed, points: Mapping[str, str]) -> Criteria | NotEdited:
    """The criteria with these points, if they differ and all of them may be."""
    assert proposed.criteria is not None
    rules = {rule.id: (rule, lowest, highest) for rule, lowest, highest in editable(proposed)}
    wrong: dict[str, Wrong] = {}
    given: dict[str, int] = {}
    for rule_id, typed in points.items():
        rule, lowest, highest = rules.get(rule_id, (None, 0, 0))
        text = typed.strip().replace("−", "-")
        if rule is None:
            why = WrongPoints.UNKNOWN_RULE
        elif not _WHOLE.fullmatch(text):
            why = WrongPoints.NOT_WHOLE
        elif lowest <= int(text) <= highest or int(text) == rule.points:
            given[rule_id] = int(text)
            continue
        else:
            sign = (Sign.NEGATIVE if int(text) < 0 else Sign.POSITIVE) if int(text) else None
            against = rule.sign is not None and sign is not None and sign is not rule.sign
            why = WrongPoints.WRONG_SIGN if against else WrongPoints.TOO_FAR
        wrong[rule_id] = Wrong(why=why, lowest=lowest, highest=highest)
    if wrong:
        return NotEdited(wrong=wrong)
    kept = [replace(rule, points=given.get(rule.id, rule.points)) for rule, _, _ in rules.values()]
    edited = replace(proposed.criteria, rules=tuple(rule for rule in kept if rule.points))
    if not edited.rules:
        last = {rule_id: Wrong(why=WrongPoints.LAST_RULE, lowest=0, highest=0) for rule_id in given}
        return NotEdited(wrong=last)
    same = _points(edited) == _points(proposed.criteria)
    return NotEdited(wrong={}) if same else edited


def _points(criteria: Criteria) -> dict[str, int]:
    return {rule.id: rule.points for rule in criteria.rules}


def _bounds(rule: Rule, base: int) -> tuple[int, int]:
    """What a rule may have: one step from what it has now, no further than any rule may go (or is
    already), and on its own side of 0."""
    most = max(_OPTIONS.most_points, abs(base))
    lowest = max(base - _OPTIONS.most_step, -most)
    highest = min(base + _OPTIONS.most_step, most)
    if rule.sign is Sign.POSITIVE:
        lowest = max(lowest, 0)
    if rule.sign is Sign.NEGATIVE:
        highest = min(highest, 0)
    return lowest, highest

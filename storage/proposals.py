"""Proposals for the next version of the criteria, read as plain values, and how they are kept.

`evidence` of a `ProposalRow` has, where they are known: `changes` (each with `rule`, an id,
`before`, `after`, `reasons`, `moved_by` and `told_by`), `backtest` (the fields of
`leads.proposals.Proof`), `moves_in` and `moves_out` (handoff ids; `all_in` and `all_out` how many),
`preview` (`now` and `then`: leads by score), `restores` (the version whose body it is),
`learned_from` (how many decisions), `trial` (`since`, `by`) and `copies` (ids of its cards). It is
read without the libraries that made it.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from leads.criteria import Criteria, Rule
from leads.proposals import (
    IN_WORK,
    TO_DECIDE,
    Approval,
    Calibrated,
    Change,
    Preview,
    Proof,
    ProposalState,
    Side,
    Told,
    Trial,
)
from storage.criteria_body import criteria_body, criteria_from
from storage.tables import ApprovalRow, CriteriaRow, FeedbackRow, ProposalRow

Evidence = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A proposal as it is now. Before it is made there are neither `criteria` nor figures."""

    id: int
    state: ProposalState
    asked_at: datetime
    asked_by: str
    """An e-mail, or "baton"."""
    made_at: datetime | None
    base: Criteria
    """What it is made from and compared with."""
    criteria: Criteria | None
    """What is proposed, under the number that it has or would get."""
    changes: tuple[Change, ...]
    proof: Proof | None
    moves_in: tuple[int, ...]
    """The newest handoffs whose leads only the proposed criteria would have handed over..."""
    moves_out: tuple[int, ...]
    """...and those that only the criteria in force would, of the held-out weeks..."""
    all_in: int
    """...and how many there are."""
    all_out: int
    preview: Preview | None
    learned_from: int
    """How many decisions."""
    restores: int | None
    """The version whose rules it brings back."""
    approvals: tuple[Approval, ...]
    edited_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    why: str | None
    """Why it was declined, is stale, or why nothing is proposed (a WhyNot)."""
    trial: Trial | None
    """If it runs, or ran, on a share of the leads."""

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that haven't approved."""
        given = {approval.side for approval in self.approvals}
        return tuple(side for side in Side if side not in given)


def proposal(session: Session, proposal_id: int) -> Proposed | None:
    """The proposal with this id, or None."""
    row = session.get(ProposalRow, proposal_id)
    return read(session, row) if row else None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A proposal that waits for a decision: open, or running on a share."""

    id: int
    state: ProposalState


def waiting(session: Session) -> Waiting | None:
    """The newest proposal that waits for a decision, or None."""
    found = session.exec(
        select(ProposalRow.id, ProposalRow.state)
        .where(col(ProposalRow.state).in_(sorted(TO_DECIDE)))
        .order_by(col(ProposalRow.id).desc())
        .limit(1)
    ).first()
    if found is None or found[0] is None:
        return None
    return Waiting(id=found[0], state=ProposalState(found[1]))


def open_proposal(session: Session) -> Proposed | None:
    """The same with all that it says."""
    found = waiting(session)
    return proposal(session, found.id) if found else None


def is_asked_again(session: Session, stale: Proposed) -> bool:
    """Whether another was asked for when this one was found out of date, or since."""
    if stale.decided_at is None:
        return False
    later = select(ProposalRow.id).where(
        col(ProposalRow.id) > stale.id, col(ProposalRow.asked_at) >= stale.decided_at
    )
    return session.exec(later.limit(1)).first() is not None


def in_work(session: Session) -> int | None:
    """The id of a proposal that is asked for and isn't made yet, or None."""
    return session.exec(
        select(ProposalRow.id).where(_UNDER_WAY, col(ProposalRow.state).in_(sorted(IN_WORK)))
    ).first()


def newest(session: Session) -> Proposed | None:
    """The proposal that was asked for last, whatever became of it."""
    row = session.exec(select(ProposalRow).order_by(col(ProposalRow.id).desc()).limit(1)).first()
    return read(session, row) if row else None


# In the words of the partial index: with bound values the planners can't use it.
_UNDER_WAY = text("proposal.state IN ('asked', 'working', 'running')")


def read(session: Session, row: ProposalRow) -> Proposed:
    """A row as a plain value."""
    assert row.id is not None
    base = criteria_of(session, row.base_version)
    found: Criteria | None = None
    if row.body:
        found = criteria_from(row.body, row.version or next_version(session))
    return Proposed(
        id=row.id,
        state=ProposalState(row.state),
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        made_at=row.made_at,
        base=base,
        criteria=found,
        changes=_changes(row.evidence, base, found),
        proof=_proof(row.evidence),
        moves_in=tuple(cast("list[int]", row.evidence.get("moves_in", ()))),
        moves_out=tuple(cast("list[int]", row.evidence.get("moves_out", ()))),
        all_in=cast("int", row.evidence.get("all_in", 0)),
        all_out=cast("int", row.evidence.get("all_out", 0)),
        preview=_preview(row.evidence),
        learned_from=cast("int", row.evidence.get("learned_from", 0)),
        restores=cast("int | None", row.evidence.get("restores")),
        approvals=approvals(session, row.id),
        edited_by=row.edited_by,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        why=row.why,
        trial=_trial(row),
    )


def approvals(session: Session, proposal_id: int) -> tuple[Approval, ...]:
    """Who approved a proposal, in the order of time."""
    rows = session.exec(
        select(ApprovalRow)
        .where(ApprovalRow.proposal_id == proposal_id)
        .order_by(col(ApprovalRow.at), col(ApprovalRow.side))
    )
    return tuple(Approval(side=Side(row.side), by=row.by, at=row.at) for row in rows)


class NoSuchVersion(Exception):
    """There never were criteria of this number."""


def criteria_of(session: Session, version: int) -> Criteria:
    """The criteria of a version that was ever in force or on trial. Raises NoSuchVersion."""
    found = known_criteria(session, version)
    if found is None:
        raise NoSuchVersion(version)
    return found


def known_criteria(session: Session, version: int) -> Criteria | None:
    """The criteria of a version that was ever in force or on trial, else None."""
    body = session.exec(select(CriteriaRow.body).where(CriteriaRow.version == version)).first()
    if body is None:
        body = session.exec(select(ProposalRow.body).where(ProposalRow.version == version)).first()
    return None if body is None else criteria_from(body, version)


def next_version(session: Session) -> int:
    """The number that the next criteria get: higher than any that was in force or on trial."""
    in_force = session.exec(select(func.max(CriteriaRow.version))).one() or 0
    on_trial = session.exec(select(func.max(ProposalRow.version))).one() or 0
    return max(in_force, on_trial) + 1


def last_ended_trial(session: Session) -> int:
    """The highest number of a trial that ended without coming into force, 0 if there was none."""
    ended = [ProposalState.DECLINED, ProposalState.STALE]
    return (
        session.exec(
            select(func.max(ProposalRow.version)).where(col(ProposalRow.state).in_(ended))
        ).one()
        or 0
    )


def newest_decision(session: Session) -> int:
    """The id of the newest feedback, 0 where there is none."""
    return session.exec(select(func.max(FeedbackRow.id))).one() or 0


def has_decisions(session: Session, n: int) -> bool:
    """Whether at least so many decisions were ever made."""
    query = select(FeedbackRow.id).order_by(col(FeedbackRow.id)).offset(n - 1).limit(1)
    return session.exec(query).first() is not None


def decisions_since(session: Session, feedback_id: int) -> int:
    """How many accepts and rejections came after this feedback."""
    return session.exec(
        select(func.count())
        .select_from(FeedbackRow)
        .where(
            col(FeedbackRow.id) > feedback_id,
            col(FeedbackRow.decision).in_(["accepted", "rejected"]),
        )
    ).one()


def changes_between(before: Criteria, after: Criteria, kept: Collection[Change] = ()) -> Evidence:
    """The `changes` of an evidence, worked out from the rules alone; why a rule moved is taken
    from those of `kept` that moved it in the same direction."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    why = {change.rule.id: change for change in kept}
    found = []
    for rule_id in (*new, *(rule_id for rule_id in old if rule_id not in new)):
        was = old[rule_id].points if rule_id in old else None
        now = new[rule_id].points if rule_id in new else None
        if was == now:
            continue
        known = why.get(rule_id)
        same_way = known is not None and _step(known.before, known.after) * _step(was, now) > 0
        found.append(
            {
                "rule": rule_id,
                "before": was,
                "after": now,
                "reasons": dict(known.reasons) if known and same_way else {},
                "moved_by": list(known.moved_by) if known and same_way else [],
                "told_by": [asdict(one) for one in known.told_by] if known and same_way else [],
            }
        )
    return {"changes": found}


def body_of(criteria: Criteria) -> dict[str, object]:
    """The `[criteria]` table of criteria, for a row."""
    return dict(criteria_body(criteria))


def _step(before: int | None, after: int | None) -> int:
    return (after or 0) - (before or 0)


def _changes(evidence: Evidence, base: Criteria, proposed: Criteria | None) -> tuple[Change, ...]:
    rules: dict[str, Rule] = {rule.id: rule for rule in base.rules}
    rules |= {rule.id: rule for rule in (proposed.rules if proposed else ())}
    return tuple(
        Change(
            rule=rules[told["rule"]],
            before=told["before"],
            after=told["after"],
            reasons=told["reasons"],
            moved_by=tuple(told["moved_by"]),
            told_by=tuple(Told(**one) for one in told["told_by"]),
        )
        for told in evidence.get("changes", ())
        if told["rule"] in rules
    )


def _proof(evidence: Evidence) -> Proof | None:
    told: dict[str, Any] | None = evidence.get("backtest")
    if told is None:
        return None
    lists = {
        "rejected_avoided": tuple(told["rejected_avoided"]),
        "accepted_lost": tuple(told["accepted_lost"]),
        "calibration": tuple(Calibrated(**one) for one in told["calibration"]),
    }
    return Proof(**{**told, **lists})


def _preview(evidence: Evidence) -> Preview | None:
    told: dict[str, Any] | None = evidence.get("preview")
    if told is None:
        return None
    return Preview(now=_by_score(told["now"]), then=_by_score(told["then"]))


def _by_score(told: Mapping[str, int]) -> dict[int, int]:
    """JSON has texts for keys."""
    return {int(points): n for points, n in sorted(told.items(), key=lambda pair: int(pair[0]))}


def _trial(row: ProposalRow) -> Trial | None:
    told = cast("dict[str, str] | None", row.evidence.get("trial"))
    if told is None or row.share is None or row.until is None:
        return None
    return Trial(
        share=row.share,
        since=datetime.fromisoformat(told["since"]),
        until=row.until,
        by=told["by"],
    )

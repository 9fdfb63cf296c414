"""Draws proposals, and what follows from them, from the rows as they are now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlmodel import col, select

from cards.criteria_drift_card import DriftLine, drift_card
from cards.criteria_thanks_card import ThanksLine, thanks_card
from cards.model import Card
from cards.proposal_backtest import MOST_EXAMPLES, backtest_page
from cards.proposal_card import proposal_card
from cards.proposal_view import (
    ChangeLine,
    ExampleLead,
    Examples,
    Given,
    Needed,
    ProposalView,
    TrialView,
)
from commands.context import Context
from commands.criteria_in_force import newest_in_force
from commands.learning import drift
from commands.learning.thanking import thanked
from commands.learning.trial import result
from commands.present_handoffs import mention
from commands.working import number
from leads.criteria import Criteria, Rule
from leads.person import Role
from leads.proposals import (
    TO_DECIDE,
    Change,
    ProposalState,
    Side,
    monday_of_week,
    sides_of,
)
from leads.retuning.options import Options
from storage import proposals
from storage.leads import lead_value
from storage.proposals import Proposed
from storage.tables import HandoffRow, LeadRow

_MOST_NAMES = 3
_OWN_ROLE = {Side.MARKETING: Role.MARKETER, Side.SALES: Role.MANAGER}


def present_proposal(ctx: Context, subject: str) -> Card | None:
    """The proposal with this id, in its state of now."""
    found = proposals.proposal(ctx.session, number(subject) or 0)
    return card_of(ctx, found) if found else None


def present_thanks(ctx: Context, subject: str) -> Card | None:
    """To the rep of "<proposal id> <e-mail>"; None when there is nothing to thank for."""
    found = thanked(ctx, subject)
    proposed = proposals.proposal(ctx.session, number(subject.partition(" ")[0]) or 0)
    if found is None or proposed is None:
        return None
    lines = tuple(
        ThanksLine(
            n=one.n,
            reason=one.reason,
            label=one.change.rule.label,
            before=one.change.before,
            after=one.change.after,
        )
        for one in found.thanks
    )
    return thanks_card(found.version, proposed.base.version, lines)


def present_drift(ctx: Context, subject: str) -> Card | None:
    """What was found to have moved, with leads that show it."""
    findings = drift.read_subject(subject)
    if not findings.found:
        return None
    known = _leads(ctx, [handoff for one in findings.found for handoff in one.examples])
    lines = tuple(
        DriftLine(
            reason=None if one.reason is None else label_of_reason(ctx, one.reason),
            before=one.before,
            now=one.now,
            is_up=one.is_up,
            examples=_distinct(known, one.examples),
        )
        for one in findings.found
    )
    return drift_card(monday_of_week(findings.since), lines)


def card_of(ctx: Context, proposed: Proposed) -> Card:
    """The proposal's card."""
    return proposal_card(view_of(ctx, proposed))


def page_of(ctx: Context, proposed: Proposed) -> Card | None:
    """The page about how it did on past weeks; None when it wasn't tried on any."""
    return backtest_page(view_of(ctx, proposed), proposed.proof) if proposed.proof else None


def view_of(ctx: Context, proposed: Proposed) -> ProposalView:
    """What the card says."""
    proof, in_force = proposed.proof, newest_in_force(ctx.session).criteria.version
    lost = proof.accepted_lost if proof else ()
    avoided = proof.rejected_avoided if proof else ()
    moved = (proposed.moves_in, proposed.moves_out, avoided, lost)
    known = _leads(ctx, [handoff for some in moved for handoff in some[:MOST_EXAMPLES]])
    criteria = proposed.criteria or proposed.base
    by = proposed.decided_by
    return ProposalView(
        id=proposed.id,
        state=proposed.state,
        version=criteria.version,
        base=proposed.base.version,
        threshold_before=proposed.base.threshold,
        threshold=criteria.threshold,
        changes=tuple(_line(ctx, change) for change in proposed.changes),
        proof=proof,
        moves_in=_examples(known, proposed.moves_in, proposed.all_in),
        moves_out=_examples(known, proposed.moves_out, proposed.all_out),
        avoided=_examples(known, avoided, proof.all_avoided if proof else 0),
        lost=_examples(known, lost, proof.all_lost if proof else 0),
        learned_from=proposed.learned_from,
        restores=proposed.restores,
        given=tuple(
            Given(side=one.side, by=mention(ctx, one.by), at=one.at) for one in proposed.approvals
        ),
        needed=needed(ctx, proposed) if proposed.state in TO_DECIDE else (),
        edited_by=mention(ctx, proposed.edited_by) if proposed.edited_by else None,
        decided_by=mention(ctx, by) if by and by != "baton" else None,
        decided_at=proposed.decided_at,
        why=proposed.why,
        trial=_trial(ctx, proposed),
        is_in_force=criteria.version == in_force,
        again=proposed.state is ProposalState.STALE
        and proposals.is_asked_again(ctx.session, proposed),
        fewest=Options().fewest,
        may_decide=may_decide(ctx),
    )


def may_decide(ctx: Context) -> bool:
    """Whether the actor speaks for a side; yes for who draws a card for everybody."""
    return ctx.actor is None or bool(sides_of(ctx.actor))


def needed(ctx: Context, proposed: Proposed) -> tuple[Needed, ...]:
    """Each side whose yes is missing, and who may give it: first those whose role it is. Who
    approved for the other side can't."""
    spoken = {one.by for one in proposed.approvals}
    told = []
    for side in proposed.missing:
        able = [
            person
            for person in ctx.setup.team.people
            if side in sides_of(person) and person.email not in spoken
        ]
        able.sort(key=lambda person: _OWN_ROLE[side] not in person.roles)
        names = tuple(person.name for person in able[:_MOST_NAMES])
        told.append(Needed(side=side, names=names, n=len(able)))
    return tuple(told)


def needed_for(ctx: Context, proposal_id: int, side: Side) -> Needed | None:
    """Who may give this side's yes, if it is missing."""
    found = proposals.proposal(ctx.session, proposal_id)
    if found is None:
        return None
    return next((one for one in needed(ctx, found) if one.side is side), None)


def label_of_reason(ctx: Context, code: str) -> str:
    """What the reason is called; the code where the agreement doesn't know it any more."""
    reason = ctx.setup.agreement.reason(code)
    return reason.label if reason else code


def differences(before: Criteria, after: Criteria) -> tuple[ChangeLine, ...]:
    """What differs between any two versions, in the order of the newer one."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    lines = [_between(old.get(rule.id), rule) for rule in after.rules]
    lines += [_between(rule, None) for rule in before.rules if rule.id not in new]
    return tuple(line for line in lines if line)


def criteria_numbered(ctx: Context, version: int) -> Criteria | None:
    """The criteria of a version that is or was in force, on trial, or proposed now."""
    known = proposals.known_criteria(ctx.session, version)
    if known is not None:
        return known
    waiting = proposals.open_proposal(ctx.session)
    proposed = waiting.criteria if waiting else None
    return proposed if proposed and proposed.version == version else None


def _between(old: Rule | None, new: Rule | None) -> ChangeLine | None:
    shown = new or old
    if shown is None or (old and new and old == replace(new, label=old.label)):
        return None
    return ChangeLine(
        label=shown.label,
        before=old.points if old else None,
        after=new.points if new else None,
        reasons={},
    )


def _line(ctx: Context, change: Change) -> ChangeLine:
    reasons: dict[str, int] = {}
    for code, n in change.reasons.items():
        label = label_of_reason(ctx, code)
        reasons[label] = reasons.get(label, 0) + n
    return ChangeLine(
        label=change.rule.label, before=change.before, after=change.after, reasons=reasons
    )


def _trial(ctx: Context, proposed: Proposed) -> TrialView | None:
    trial, found = proposed.trial, result(ctx, proposed.id)
    if trial is None or found is None:
        return None
    return TrialView(
        share=trial.share,
        since=trial.since,
        until=trial.until,
        by=mention(ctx, trial.by),
        in_force=found.in_force,
        challenger=found.challenger,
        delta=found.delta,
        low=found.low,
        high=found.high,
        is_over=proposed.state is ProposalState.RUNNING and ctx.now >= trial.until,
    )


def _leads(ctx: Context, handoffs: Iterable[int]) -> Mapping[int, ExampleLead]:
    """The leads of these handoffs, by handoff."""
    rows = ctx.session.exec(
        select(HandoffRow.id, LeadRow)
        .join(LeadRow, col(LeadRow.id) == col(HandoffRow.lead_id))
        .where(col(HandoffRow.id).in_(sorted(set(handoffs))))
    )
    found: dict[int, ExampleLead] = {}
    for handoff, row in rows:
        lead = lead_value(row)
        if handoff is not None:
            found[handoff] = ExampleLead(lead_id=lead.id, name=lead.name, company=lead.company.name)
    return found


def _examples(known: Mapping[int, ExampleLead], handoffs: Sequence[int], n: int) -> Examples:
    return Examples(leads=_distinct(known, handoffs), n=max(n, 0))


def _distinct(known: Mapping[int, ExampleLead], handoffs: Sequence[int]) -> tuple[ExampleLead, ...]:
    """Each lead once, however often it was handed over."""
    return tuple({known[one].lead_id: known[one] for one in handoffs if one in known}.values())

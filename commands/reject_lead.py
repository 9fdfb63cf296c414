"""A rep turns a lead down with a typed reason, and the lead goes where that reason sends it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cards import decision_forms
from cards.decision_forms import Colleague, RejectFormView
from commands import clocks, counting, offer_lead, outgoing
from commands.card_kind import CardKind
from commands.context import Context
from commands.deciding import Case, already, case_of, claim, move_stage, show_everywhere
from commands.recording import keep_feedback, record
from commands.reject_answers import Mistaken, read
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import colleague
from leads.agreement import Asks, Reason, Teaches
from leads.lifecycle import Answer, HandoffState, Onward, Stage, onward
from leads.person import Role
from storage.tables import LeadRow

_WAITS = {Teaches.TIMING: timedelta(days=90), Teaches.REACH: timedelta(days=30)}
"""How long a lead rests when the rep named no date; one with bad data waits for better data."""


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for rejecting the handoff with this id: the reason, then only what it asks."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case)
    view = RejectFormView(
        handoff_id=case.id,
        lead=case.name,
        reasons=ctx.setup.agreement.reasons,
        chosen=values.get("reason"),
        colleagues=_colleagues(ctx, case),
    )
    return Ask(form=decision_forms.reject_form(view))


def reject(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Reject the handoff for the reason in `values`, keep the feedback, send the lead on, and
    tell marketing in the thread of its line."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case, HandoffState.REJECTED)
    reason = ctx.setup.agreement.reason(values.get("reason", ""))
    if reason is None:
        return Correct(errors={"reason": decision_forms.mend("reason_missing")})
    try:
        answer = read(ctx, case, reason, values)
    except Mistaken as mistake:
        return Correct(errors={mistake.field: mistake.words})
    if _comes_straight_back(ctx, case, reason, answer):
        asks = reason.asks is Asks.PERSON and _colleagues(ctx, case)
        errors = {"person": "nobody_else"} if asks else {"reason": "nobody_else_here"}
        return Correct(errors={id_: decision_forms.mend(said) for id_, said in errors.items()})
    if not claim(ctx, case, HandoffState.REJECTED):
        return already(ctx, case, HandoffState.REJECTED)
    said = _said(answer)
    why = f"{reason.label}: {said}" if said else reason.label
    record(ctx, "rejected", lead_id=case.lead_id, handoff_id=case.id, why=why)
    feedback_id = keep_feedback(ctx, case.id, "rejected", reason=reason, answer=said)
    counting.count_rejected(ctx, case, case, reason.code)
    _send_on(ctx, case, reason, answer)
    show_everywhere(ctx, case)
    outgoing.in_thread(ctx, case.lead_id, CardKind.REJECTION, str(feedback_id))
    return Nothing()


def _colleagues(ctx: Context, case: Case) -> tuple[Colleague, ...]:
    return tuple(
        Colleague(email=person.email, name=person.name)
        for person in ctx.setup.team.with_role(Role.REP)
        if person.email != case.rep and not clocks.is_on_leave(ctx, person)
    )


def _comes_straight_back(ctx: Context, case: Case, reason: Reason, answer: Answer) -> bool:
    """Whether the fallback has it, and nobody but the fallback would get it next."""
    if case.rep != ctx.setup.agreement.fallback or onward(reason) is not Onward.REROUTE:
        return False
    if answer.person:
        return False
    mql = offer_lead.mql_of(ctx, ctx.session.get_one(LeadRow, case.lead_id))
    return not offer_lead.somebody_can(ctx, mql)


def _send_on(ctx: Context, case: Case, reason: Reason, answer: Answer) -> None:
    where = onward(reason)
    match where:
        case Onward.REROUTE:
            _reroute(ctx, case, reason, answer.person)
        case Onward.RECYCLE:
            at = _comes_back(ctx, case, reason, answer)
            move_stage(ctx, case, Stage.RECYCLED, recycle_at=at)
        case Onward.LINK:
            move_stage(ctx, case, Stage.DISQUALIFIED, duplicate_of=answer.lead)
        case Onward.DISQUALIFY:
            move_stage(ctx, case, Stage.DISQUALIFIED)


def _reroute(ctx: Context, case: Case, reason: Reason, chosen: str | None) -> None:
    mql = offer_lead.mql_of(ctx, ctx.session.get_one(LeadRow, case.lead_id))
    person = ctx.setup.team.find(chosen)
    by = _name(ctx)
    if person:
        why = f"{by} says it is for you ({reason.label})"
        offer_lead.hand_to(ctx, mql, person, why=why, previous=case.id)
    else:
        note = f"{by} rejected it ({reason.label})"
        offer_lead.offer(ctx, mql, prior_note=note, previous=case.id)


def _comes_back(ctx: Context, case: Case, reason: Reason, answer: Answer) -> datetime | None:
    rep = clocks.rep_of(ctx, case.rep)
    if answer.until:
        return clocks.morning_of(ctx, rep, answer.until)
    wait = _WAITS.get(reason.teaches)
    return clocks.next_working(ctx, rep, ctx.now + wait) if wait else None


def _said(answer: Answer) -> str | None:
    for part in (answer.until, answer.lead, answer.person, answer.text):
        if part is not None:
            return str(part)
    return None


def _name(ctx: Context) -> str:
    return ctx.actor.name if ctx.actor else colleague(ctx, ctx.actor_email)

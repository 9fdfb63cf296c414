"""What rejecting an offer and giving back what was accepted share: the reason with its answer, and
where it sends the lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cards import decision_forms
from cards.decision_forms import Colleague
from commands import clocks, offer_lead, outgoing
from commands.card_kind import CardKind
from commands.context import Context
from commands.deciding import Case, move_stage
from commands.recording import keep_feedback, record
from commands.reject_answers import Mistaken, read
from commands.rejections import keeping
from commands.reply import Correct
from commands.working import colleague
from leads.agreement import Asks, Reason, Teaches
from leads.lifecycle import Answer, HandoffState, Onward, Stage, onward
from leads.person import Role
from storage.tables import LeadRow

_WAITS = {Teaches.TIMING: timedelta(days=90), Teaches.REACH: timedelta(days=30)}
"""How long a lead rests when the rep named no date; one with bad data waits for better data."""


@dataclass(frozen=True, kw_only=True)
class No:
    """A reason, and the checked answer to what it asks."""

    reason: Reason
    answer: Answer

    @property
    def said(self) -> str | None:
        """The answer in one text, as it is kept."""
        for part in (self.answer.until, self.answer.lead, self.answer.person, self.answer.text):
            if part is not None:
                return str(part)
        return None


def read_no(
    ctx: Context, case: Case, reasons: Sequence[Reason], values: Mapping[str, str]
) -> No | Correct:
    """What the form says, with one of `reasons`; else what is to be mended."""
    code = values.get("reason", "")
    reason = next((one for one in reasons if one.code == code), None)
    if reason is None:
        return Correct(errors={"reason": decision_forms.mend("reason_missing")})
    if comes_too_early(ctx, case, reason):
        return Correct(
            errors={
                "reason": decision_forms.too_early(
                    reason.label,
                    attempts=ctx.setup.agreement.sales.attempts,
                    touches=case.touches,
                    is_accepted=case.state is HandoffState.ACCEPTED,
                )
            }
        )
    try:
        answer = read(ctx, case, reason, values)
    except Mistaken as mistake:
        return Correct(errors={mistake.field: mistake.words})
    if _comes_straight_back(ctx, case, reason, answer):
        asks = reason.asks is Asks.PERSON and colleagues(ctx, case)
        errors = {"person": "nobody_else"} if asks else {"reason": "nobody_else_here"}
        return Correct(errors={id_: decision_forms.mend(said) for id_, said in errors.items()})
    return No(reason=reason, answer=answer)


def comes_too_early(ctx: Context, case: Case, reason: Reason) -> bool:
    """Whether too little was tried for a reason that says the lead can't be reached."""
    return reason.teaches is Teaches.REACH and case.touches < ctx.setup.agreement.sales.attempts


def colleagues(ctx: Context, case: Case) -> tuple[Colleague, ...]:
    """Whose the lead could be instead."""
    return tuple(
        Colleague(email=person.email, name=person.name)
        for person in ctx.setup.team.with_role(Role.REP)
        if person.email != case.rep and not clocks.is_on_leave(ctx, person)
    )


def keep_no(ctx: Context, case: Case, no: No, act: str) -> None:
    """Write down that the handoff ended with this no: the history, the feedback, and that marketing
    owes an answer, which it reads in the thread of the lead's line."""
    why = f"{no.reason.label}: {no.said}" if no.said else no.reason.label
    record(ctx, act, lead_id=case.lead_id, handoff_id=case.id, why=why)
    feedback_id = keep_feedback(ctx, case.id, "rejected", reason=no.reason, answer=no.said)
    keeping.keep(ctx, case, feedback_id)
    outgoing.in_thread(ctx, case.lead_id, CardKind.REJECTION, str(feedback_id))


def send_on(ctx: Context, case: Case, no: No, **changes: object) -> None:
    """Move the lead where the reason sends it, with further `changes` of its row."""
    match onward(no.reason):
        case Onward.REROUTE:
            if case.stage is not Stage.MQL:
                move_stage(ctx, case, Stage.MQL, **changes)
            _reroute(ctx, case, no)
        case Onward.RECYCLE:
            at = _comes_back(ctx, case, no)
            move_stage(ctx, case, Stage.RECYCLED, recycle_at=at, **changes)
        case Onward.LINK:
            move_stage(ctx, case, Stage.DISQUALIFIED, duplicate_of=no.answer.lead, **changes)
        case Onward.DISQUALIFY:
            move_stage(ctx, case, Stage.DISQUALIFIED, **changes)


def _comes_straight_back(ctx: Context, case: Case, reason: Reason, answer: Answer) -> bool:
    """Whether the fallback has it, and nobody but the fallback would get it next."""
    if case.rep != ctx.setup.agreement.fallback or onward(reason) is not Onward.REROUTE:
        return False
    if answer.person:
        return False
    return not offer_lead.somebody_can(ctx, ctx.session.get_one(LeadRow, case.lead_id))


def _reroute(ctx: Context, case: Case, no: No) -> None:
    mql = offer_lead.mql_of(ctx, _fresh(ctx, case.lead_id))
    person = ctx.setup.team.find(no.answer.person)
    by = ctx.actor.name if ctx.actor else colleague(ctx, ctx.actor_email)
    if person:
        why = f"{by} says it is for you ({no.reason.label})"
        offer_lead.hand_to(ctx, mql, person, why=why, previous=case.id)
        return
    did = "gave it back" if case.state is HandoffState.ACCEPTED else "rejected it"
    note = f"{by} {did} ({no.reason.label})"
    offer_lead.offer(ctx, mql, prior_note=note, previous=case.id)


def _fresh(ctx: Context, lead_id: int) -> LeadRow:
    row = ctx.session.get_one(LeadRow, lead_id)
    ctx.session.refresh(row)
    return row


def _comes_back(ctx: Context, case: Case, no: No) -> datetime | None:
    rep = clocks.rep_of(ctx, case.rep)
    if no.answer.until:
        return clocks.morning_of(ctx, rep, no.answer.until)
    wait = _WAITS.get(no.reason.teaches)
    return clocks.next_working(ctx, rep, ctx.now + wait) if wait else None

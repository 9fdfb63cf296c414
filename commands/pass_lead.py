"""A rep passes an offer to a colleague who fits better."""

from collections.abc import Mapping

from cards import decision_forms, notices
from cards.decision_forms import Colleague, PassFormView
from commands import clocks, counting, offer_lead, outgoing, typed
from commands.card_kind import CardKind
from commands.context import Context
from commands.deciding import Case, already, case_of, claim, show_everywhere
from commands.recording import keep_feedback, record
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from leads.lifecycle import HandoffState
from leads.person import Role
from storage import handoffs
from storage.tables import LeadRow

LONGEST_NOTE = 500


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for passing on the handoff with this id: to whom, and why if they like."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case)
    colleagues = _colleagues(ctx, case)
    if not colleagues:
        return Tell(card=notices.no_colleague())
    view = PassFormView(
        handoff_id=case.id, lead=case.name, colleagues=colleagues, chosen=values.get("person")
    )
    return Ask(form=decision_forms.pass_form(view))


def hand_over(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Pass the handoff to the colleague in `values`, who is offered the lead anew."""
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case, HandoffState.PASSED)
    colleague = ctx.setup.team.find(values.get("person"))
    if colleague is None or Role.REP not in colleague.roles:
        return Correct(errors={"person": decision_forms.mend("person_missing")})
    if colleague.email == case.rep:
        return Correct(errors={"person": decision_forms.mend("person_same")})
    if clocks.is_on_leave(ctx, colleague):
        return Correct(errors={"person": decision_forms.mend("person_away")})
    if not claim(ctx, case, HandoffState.PASSED):
        return already(ctx, case, HandoffState.PASSED)
    note = typed.line(values.get("note"), LONGEST_NOTE)
    why = f"to {colleague.name}: {note}" if note else f"to {colleague.name}"
    record(ctx, "passed", lead_id=case.lead_id, handoff_id=case.id, why=why)
    feedback_id = keep_feedback(ctx, case.id, "passed", answer=colleague.email)
    counting.count_offered(ctx, case, case, -1)
    by = ctx.actor.name if ctx.actor else ctx.actor_email
    offer_lead.hand_to(
        ctx,
        offer_lead.mql_of(ctx, ctx.session.get_one(LeadRow, case.lead_id)),
        colleague,
        why=f"{by} passed it to you: “{note}”" if note else f"{by} passed it to you",
        previous=case.id,
    )
    show_everywhere(ctx, case)
    outgoing.in_thread(ctx, case.lead_id, CardKind.HAND_OVER, str(feedback_id))
    return Nothing()


def _colleagues(ctx: Context, case: Case) -> tuple[Colleague, ...]:
    open_leads = handoffs.open_counts(ctx.session)
    return tuple(
        Colleague(
            email=person.email,
            name=person.name,
            open_leads=open_leads.get(person.email, 0),
            capacity=person.capacity,
        )
        for person in ctx.setup.team.with_role(Role.REP)
        if person.email != case.rep and not clocks.is_on_leave(ctx, person)
    )

"""A manager gives a lead to another rep."""

from collections.abc import Mapping

from cards import ladder_forms, notices
from cards.decision_forms import Colleague
from cards.ladder_forms import BY_THE_RULES, LONGEST_WHY, ReassignFormView
from commands import clocks, moving_on, permission, typed
from commands.context import Context
from commands.deciding import Case, already, case_of
from commands.moving_on import Because
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from leads.person import Person, Role
from storage import handoffs


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for giving the handoff with this id to somebody else."""
    case = _movable(ctx, subject)
    if not isinstance(case, Case):
        return case
    by_rules = moving_on.somebody_else_can(ctx, case)
    colleagues = _colleagues(ctx, case)
    if not (by_rules or colleagues):
        return Tell(card=notices.no_colleague())
    view = ReassignFormView(
        handoff_id=case.id,
        lead=case.name,
        rep=clocks.rep_of(ctx, case.rep).name,
        colleagues=colleagues,
        by_rules=by_rules,
        chosen=values.get("person"),
    )
    return Ask(form=ladder_forms.reassign_form(view))


def reassign(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Take the lead from its rep, and offer it to the colleague in `values` or to the next by the
    rules."""
    case = _movable(ctx, subject)
    if not isinstance(case, Case):
        return case
    to: Person | None = None
    if values.get("person") == BY_THE_RULES:
        if not moving_on.somebody_else_can(ctx, case):
            return Correct(errors={"person": ladder_forms.mend("nobody_by_rules")})
    else:
        to = ctx.setup.team.find(values.get("person"))
        if wrong := _wrong(ctx, case, to):
            return Correct(errors={"person": ladder_forms.mend(wrong)})
    note = typed.line(values.get("note"), LONGEST_WHY)
    by = ctx.actor.name if ctx.actor else ctx.actor_email
    told = f"{by} gave it to you: “{note}”" if note else f"{by} gave it to you"
    whom = f"to {to.name}" if to else "to the next by the rules"
    why = f"{whom}: {note}" if note else whom
    if not moving_on.move_on(ctx, case, Because.A_MANAGER, why=why, note=told, to=to):
        return already(ctx, case)
    return Nothing()


def _movable(ctx: Context, subject: str) -> Case | Reply:
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if not permission.may_oversee(ctx):
        return permission.refuse(ctx, case)
    if moving_on.can_move(case):
        return case
    if case.touches and case.decided_by:
        return Tell(card=notices.reassign_worked(case.name))
    return already(ctx, case)


def _wrong(ctx: Context, case: Case, to: Person | None) -> str | None:
    if to is None or Role.REP not in to.roles:
        return "person_missing"
    if to.email == case.rep:
        return "person_same"
    return "person_away" if clocks.is_on_leave(ctx, to) else None


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

"""A qualified lead has a deal to talk about: it becomes an opportunity, with an amount if known."""

from collections.abc import Mapping

from cards import work_notices
from cards.work_forms import opportunity_form
from commands import typed
from commands.context import Context
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import may_step, step, work_on
from leads.lifecycle import Stage


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the opportunity of the handoff with this id."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    if refusal := may_step(ctx, work, Stage.OPPORTUNITY):
        return refusal
    return Ask(form=opportunity_form(work.handoff_id, work.name, amount=work.lead.amount))


def open_opportunity(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Make the lead an opportunity."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    try:
        amount = typed.amount(values.get("amount"))
    except typed.NotAnAmount:
        return Correct(errors={"amount": work_notices.amount_wrong()})
    known = {} if amount is None else {"amount": amount}
    why = "" if amount is None else f"{amount:,.0f}"
    return step(ctx, work, Stage.OPPORTUNITY, why=why, **known) or Nothing()

"""A rep puts an offer off: for business time, at most twice, and written down."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cards import decision_forms, notices
from cards.decision_forms import SnoozeFormView
from commands import clocks, outgoing
from commands.claims import claim_handoff
from commands.context import Context
from commands.deciding import Case, already, case_of
from commands.recording import record
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.running_clock import Clock, begun, moved, spoken
from leads.agreement import Unit, WorkDuration
from leads.lifecycle import HandoffState

MOST_SNOOZES = 2

_HOURS = {"1h": 1, "3h": 3}
_MORNING = "morning"


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form with the moments to which the offer with this id can be put off."""
    case = _snoozable(ctx, subject)
    if not isinstance(case, Case):
        return case
    times = {choice: _until(ctx, case, choice) for choice in (*_HOURS, _MORNING)}
    view = SnoozeFormView(
        handoff_id=case.id,
        lead=case.name,
        times=times,
        left=MOST_SNOOZES - case.snoozes - 1,
        chosen=values.get("until"),
    )
    return Ask(form=decision_forms.snooze_form(view))


def snooze(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Put the offer off; its clock stands still for the business time in between, unless it is
    over already."""
    case = _snoozable(ctx, subject)
    if not isinstance(case, Case):
        return case
    choice = values.get("until", "")
    if choice not in _HOURS and choice != _MORNING:
        return Correct(errors={"until": decision_forms.mend("time_missing")})
    until = _until(ctx, case, choice)
    clock: dict[str, object] = {}
    if case.accept_by > ctx.now:
        rep = clocks.rep_of(ctx, case.rep)
        from_ = clocks.later(ctx, rep, begun(case), since=ctx.now, until=until)
        clock = moved(ctx, case, rep, from_)
    if not claim_handoff(
        ctx,
        case.id,
        {"state": HandoffState.OFFERED.value, "snoozes": case.snoozes, "step": case.step},
        snoozed_until=until,
        snoozes=case.snoozes + 1,
        **clock,
    ):
        return already(ctx, case)
    accept_by = clock.get("accept_by", case.accept_by)
    said = spoken(Clock.DECIDE, case.accept_by, accept_by)
    why = f"{choice}, until {until.isoformat(timespec='minutes')}; {said}"
    record(ctx, "snoozed", lead_id=case.lead_id, handoff_id=case.id, why=why)
    outgoing.refresh(ctx, case.lead_id)
    return Nothing()


def _snoozable(ctx: Context, subject: str) -> Case | Reply:
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if case.state is not HandoffState.OFFERED:
        return already(ctx, case)
    if case.snoozed_until and case.snoozed_until > ctx.now:
        return Tell(card=notices.snoozed_already(case.name, case.snoozed_until))
    if case.snoozes >= MOST_SNOOZES:
        return Tell(card=notices.snoozed_enough(case.name, MOST_SNOOZES))
    return case


def _until(ctx: Context, case: Case, choice: str) -> datetime:
    rep = clocks.rep_of(ctx, case.rep)
    if choice in _HOURS:
        length = WorkDuration(amount=_HOURS[choice], unit=Unit.HOURS)
        return clocks.after(ctx, rep, ctx.now, length)
    tomorrow = clocks.calendar(ctx, rep).local_day(ctx.now) + timedelta(days=1)
    return clocks.morning_of(ctx, rep, tomorrow)

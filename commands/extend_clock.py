"""A manager gives a rep more time for a lead: written down with who and why, and shown on its
cards."""

from collections.abc import Mapping
from datetime import datetime

from cards import ladder_forms, notices
from cards.ladder_forms import LONGEST_WHY, ExtendFormView, MoreTime
from commands import clocks, outgoing, permission, running_clock, typed
from commands.claims import claim_handoff
from commands.context import Context
from commands.deciding import Case, already, case_of
from commands.recording import record
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.running_clock import Clock
from leads.agreement import Unit, WorkDuration

_LENGTHS = {
    MoreTime.ONE_HOUR: WorkDuration(amount=1, unit=Unit.HOURS),
    MoreTime.FOUR_HOURS: WorkDuration(amount=4, unit=Unit.HOURS),
    MoreTime.ONE_DAY: WorkDuration(amount=1, unit=Unit.DAYS),
    MoreTime.THREE_DAYS: WorkDuration(amount=3, unit=Unit.DAYS),
}


def ask(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for more time on the handoff with this id."""
    found = _extendable(ctx, subject)
    if not isinstance(found, tuple):
        return found
    case, which = found
    times = {
        choice: running_clock.due_of_values(which, _more(ctx, case, which, length))
        for choice, length in _LENGTHS.items()
    }
    view = ExtendFormView(
        handoff_id=case.id,
        lead=case.name,
        rep=clocks.rep_of(ctx, case.rep).name,
        wants_touch=which is Clock.TOUCH,
        times=times,
        chosen=values.get("time"),
        why=values.get("why"),
    )
    return Ask(form=ladder_forms.extend_form(view))


def extend(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Let the running clock be due later by the business time in `values`: than it is due, or, if
    that is over, than now. Steps of the ladder that were taken aren't taken again."""
    found = _extendable(ctx, subject)
    if not isinstance(found, tuple):
        return found
    case, which = found
    chosen = values.get("time", "")
    if chosen not in set(MoreTime):
        return Correct(errors={"time": ladder_forms.mend("time_missing")})
    why = typed.line(values.get("why"), LONGEST_WHY)
    if not why:
        return Correct(errors={"why": ladder_forms.mend("why_missing")})
    changes = _more(ctx, case, which, _LENGTHS[MoreTime(chosen)])
    was = {"state": case.state.value, "step": case.step}
    if not claim_handoff(ctx, case.id, was, **changes, extended_by=ctx.actor_email):
        return already(ctx, case)
    before = running_clock.due_of(case, which)
    said = running_clock.spoken(which, before, running_clock.due_of_values(which, changes))
    record(
        ctx,
        "extended",
        lead_id=case.lead_id,
        handoff_id=case.id,
        why=f"{why} ({chosen}; {said})",
    )
    outgoing.refresh(ctx, case.lead_id)
    return Nothing()


def _extendable(ctx: Context, subject: str) -> tuple[Case, Clock] | Reply:
    case = case_of(ctx, subject)
    if isinstance(case, Tell):
        return case
    if not permission.may_extend(ctx, case):
        record(ctx, "refused", lead_id=case.lead_id, handoff_id=case.id)
        return Tell(card=notices.not_for_yourself(case.name))
    which = running_clock.clock_of(case)
    if which is None:
        return Tell(card=notices.no_clock(case.name))
    return case, which


def _more(ctx: Context, case: Case, which: Clock, length: WorkDuration) -> dict[str, object]:
    rep = clocks.rep_of(ctx, case.rep)
    return running_clock.moved(ctx, case, rep, _begins(ctx, case, which, length))


def _begins(ctx: Context, case: Case, which: Clock, length: WorkDuration) -> datetime:
    """From when the clock is to count, so that it is due by `length` later."""
    rep, from_ = clocks.rep_of(ctx, case.rep), running_clock.begun(case)
    due = running_clock.due_of(case, which)
    if due < ctx.now:
        from_ = clocks.later(ctx, rep, from_, since=due, until=ctx.now)
    return clocks.after(ctx, rep, from_, length)

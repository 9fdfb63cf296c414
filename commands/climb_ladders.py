"""Climbs the ladder of every clock that has a step due: reminds, escalates, reassigns, marks. Each
step happens once, in any number of processes and however late they wake."""

from collections.abc import Sequence

from commands import clocks, outgoing, running_clock
from commands.card_kind import CardKind
from commands.claims import claim_handoff
from commands.climbed import Climbed, overtaken
from commands.context import Context
from commands.deciding import Case, read
from commands.moving_on import Because, can_move, move_on, somebody_else_can, to_who_is_free
from commands.quiet import good_moment
from commands.recording import record
from commands.running_clock import STOPPED, Clock
from leads.agreement import Rung, Step
from leads.lifecycle import HandoffState
from leads.person import Person, Role
from storage import handoffs

AT_ONCE = 50
"""So many handoffs in one unit of work."""

_MISSED = {Clock.DECIDE: "it wasn't decided in time", Clock.TOUCH: "it wasn't touched in time"}


def climb(ctx: Context) -> object:
    """Do what is due by `now` for the handoffs that have waited longest; True when there may be
    more."""
    due = handoffs.due_steps(ctx.session, ctx.now, AT_ONCE)
    for handoff_id in due:
        _climb(ctx, handoff_id)
    return len(due) == AT_ONCE


def is_due(ctx: Context) -> bool:
    """Whether any clock has a step due; reads only."""
    return handoffs.is_step_due(ctx.session, ctx.now)


def _climb(ctx: Context, handoff_id: int) -> None:
    case = read(ctx, handoff_id)
    if case is None or case.step_at is None or case.step_at > ctx.now:
        return
    which = running_clock.clock_of(case)
    if which is None:
        claim_handoff(ctx, case.id, {"step_at": case.step_at}, **STOPPED)
        return
    rep = clocks.rep_of(ctx, case.rep)
    due = _due(ctx, case, which, rep)
    if not due:
        # The rep's hours or the agreement have changed since this moment was worked out.
        _claim(ctx, case, running_clock.moved(ctx, case, rep, running_clock.begun(case)))
        return
    from_, after = running_clock.begun(case), case.step + len(due)
    step_at = running_clock.next_step(ctx, rep, which, from_, after)
    if _claim(ctx, case, {"step": after, "step_at": step_at}):
        _take(ctx, case, which, due)


def _due(ctx: Context, case: Case, which: Clock, rep: Person) -> Sequence[Rung]:
    """The steps that are due and weren't taken, in order."""
    from_, left = running_clock.begun(case), running_clock.ladder(ctx)[case.step :]
    later = (
        number
        for number, rung in enumerate(left)
        if running_clock.moment_of(ctx, rep, which, from_, rung) > ctx.now
    )
    return left[: next(later, len(left))]


def _claim(ctx: Context, case: Case, changes: dict[str, object]) -> bool:
    was = {"state": case.state.value, "step": case.step, "step_at": case.step_at}
    return claim_handoff(ctx, case.id, was, **changes)


def _take(ctx: Context, case: Case, which: Clock, due: Sequence[Rung]) -> None:
    outgoing.refresh(ctx, case.lead_id)  # before there are new copies, which need none
    for number, rung in enumerate(due):
        climbed = Climbed(
            handoff_id=case.id,
            clock=which,
            rung=case.step + number,
            since=case.decided_at if which is Clock.TOUCH else None,
        )
        is_told = not overtaken(rung.do, frozenset(later.do for later in due[number + 1 :]))
        match rung.do:
            case Step.REMIND:
                _remind(ctx, case, climbed, is_told=is_told)
            case Step.ESCALATE:
                _escalate(ctx, case, climbed, is_told=is_told)
            case Step.REASSIGN:
                if _reassign(ctx, case, climbed):
                    return
            case Step.MARK:
                _record(ctx, case, "marked", climbed)


def _remind(ctx: Context, case: Case, climbed: Climbed, *, is_told: bool) -> None:
    _record(ctx, case, "reminded", climbed, is_told=is_told)
    if is_told:
        rep = clocks.rep_of(ctx, case.rep)
        outgoing.under_battle_card(
            ctx,
            case.lead_id,
            case.id,
            CardKind.REMINDER,
            dedupe_key=f"remind:{climbed}",
            subject=str(climbed),
            due_at=good_moment(ctx, rep, ctx.now),
        )


def _escalate(ctx: Context, case: Case, climbed: Climbed, *, is_told: bool) -> None:
    _record(ctx, case, "escalated", climbed, is_told=is_told)
    for person in responsible_for(ctx, case.rep) if is_told else ():
        about = Climbed(**{**vars(climbed), "to": person.email})
        outgoing.to_person(
            ctx,
            person.email,
            CardKind.ESCALATION,
            str(about),
            dedupe_key=f"escalate:{about}",
            lead_id=case.lead_id,
            due_at=good_moment(ctx, person, ctx.now),
        )


def responsible_for(ctx: Context, rep: str) -> tuple[Person, ...]:
    """Who hears that a rep is late: their manager, else every manager, else the fallback; never
    they themselves."""
    team = ctx.setup.team
    own = team.find(clocks.rep_of(ctx, rep).manager)
    for wanted in (
        (own,),
        team.with_role(Role.MANAGER),
        (team.find(ctx.setup.agreement.fallback),),
    ):
        if found := tuple(one for one in wanted if one and one.email != rep):
            return found
    return ()


def _reassign(ctx: Context, case: Case, climbed: Climbed) -> bool:
    """Whether somebody else has it now. It stays where it is when it was worked without a touch,
    or when the fallback has it and nobody could take it."""
    name = clocks.rep_of(ctx, case.rep).name
    stays = ""
    if not can_move(case):
        stays = f"{name} has taken it further"
    elif case.rep == ctx.setup.agreement.fallback and not somebody_else_can(ctx, case):
        stays = f"nobody else can take it, so it stays with {name}"
    if stays:
        _record(ctx, case, "kept", climbed, why=stays)
        return False
    if case.state is HandoffState.OFFERED and case.retry_at is not None:
        return to_who_is_free(ctx, case)
    why = f"{_MISSED[climbed.clock]} by {name} ({_place(ctx, climbed)})"
    return move_on(ctx, case, Because.TIME_OVER, why=why, note=f"{name} didn't get to it in time")


def _record(
    ctx: Context,
    case: Case,
    act: str,
    climbed: Climbed,
    *,
    why: str = "",
    is_told: bool = True,
) -> None:
    due = running_clock.due_of(case, climbed.clock).isoformat(timespec="minutes")
    wanted = {Clock.DECIDE: "a decision", Clock.TOUCH: "the first touch"}[climbed.clock]
    said = why or f"{wanted} by {due}"
    said += f" ({_place(ctx, climbed)})"
    if not is_told:
        said += ", not sent: the next step was due too"
    record(ctx, act, lead_id=case.lead_id, handoff_id=case.id, why=said)


def _place(ctx: Context, climbed: Climbed) -> str:
    return f"step {climbed.rung + 1} of {len(running_clock.ladder(ctx))}"

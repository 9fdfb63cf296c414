"""The buttons of a proposal: yes, no, the end of a trial, the way back; and the page behind it."""

from collections.abc import Mapping
from typing import assert_never

from cards import proposal_forms as forms
from cards import proposal_notices as notices
from commands import typed
from commands.context import Context
from commands.learning import activating, presenting, trial
from commands.learning.outcomes import (
    Activated,
    AlreadyApproved,
    AlreadyDecided,
    Approved,
    Gone,
    InForceAlready,
    NotAllowed,
    NotYet,
    OtherTrial,
    Refused,
    Restoring,
    Stale,
)
from commands.reply import Ask, Correct, Nothing, Page, Reply, Tell
from commands.working import colleague, number
from leads.proposals import IN_WORK, TO_DECIDE, ProposalState, Side
from storage import proposals
from storage.proposals import Proposed


def approve(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The actor's yes; who gave it hears what is missing, the card shows it to everybody."""
    proposal_id = number(subject) or 0
    before = proposals.proposal(ctx.session, proposal_id)
    came = activating.approve(ctx, proposal_id)
    version = before.criteria.version if before and before.criteria else 0
    match came:
        case Approved(side=side, waits_for=other):
            missing = presenting.needed_for(ctx, proposal_id, other)
            return Tell(card=notices.approved(version, side, missing))
        case Activated(version=number_of_it):
            return Tell(card=notices.activated(number_of_it))
        case AlreadyApproved(by=by, at=at, waits_for=other):
            side = next(one for one in Side if one is not other)
            missing = presenting.needed_for(ctx, proposal_id, other)
            return Tell(
                card=notices.already_approved(
                    by=colleague(ctx, by), at=at, side=side, needed=missing
                )
            )
        case _:
            return refuse(ctx, came)


def ask_why(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for a no."""
    return _ask_why(ctx, subject, ProposalState.OPEN)


def decline(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The actor's no, with the reason in `values`."""
    why = typed.text(values.get("why"), forms.LONGEST_WHY)
    if not why:
        return Correct(errors={"why": forms.mend("why_missing")})
    came = activating.decline(ctx, number(subject) or 0, why)
    return refuse(ctx, came) if isinstance(came, Refused) else Nothing()


def ask_end(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for the end of a trial."""
    return _ask_why(ctx, subject, ProposalState.RUNNING)


def end(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """End the trial, for the reason in `values`."""
    why = typed.text(values.get("why"), forms.LONGEST_WHY)
    if not why:
        return Correct(errors={"why": forms.mend("why_missing")})
    came = trial.end_trial(ctx, number(subject) or 0, why)
    return refuse(ctx, came) if isinstance(came, Refused) else Nothing()


def backtest(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The page about how the proposal did on past weeks."""
    found = proposals.proposal(ctx.session, number(subject) or 0)
    page = presenting.page_of(ctx, found) if found else None
    if page is not None:
        return Page(card=page)
    return Tell(card=notices.not_yet() if found and found.state in IN_WORK else notices.gone())


def roll_back(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Propose the rules of the version `subject` again."""
    version = number(subject) or 0
    came = activating.roll_back(ctx, version)
    match came:
        case Restoring():
            return Tell(card=notices.restoring(version, ctx.setup.team.channels.digest))
        case InForceAlready(version=in_force):
            return Tell(card=notices.in_force_already(in_force))
        case _:
            return refuse(ctx, came)


def to_decide(ctx: Context, subject: str) -> Proposed | Tell:
    """The proposal with this id, if the actor may decide on it now; else why not. Only looks: who
    then does something is judged again."""
    found = proposals.proposal(ctx.session, number(subject) or 0)
    if found is None:
        return Tell(card=notices.gone())
    if not presenting.may_decide(ctx):
        return refuse(ctx, NotAllowed())
    if found.state in IN_WORK:
        return refuse(ctx, NotYet())
    if found.state not in TO_DECIDE:
        version = found.criteria.version if found.criteria else None
        over = AlreadyDecided(
            state=found.state, by=found.decided_by, at=found.decided_at, version=version
        )
        return refuse(ctx, over)
    return found


def refuse(ctx: Context, came: Stale | OtherTrial | Refused) -> Tell:
    """Tells privately why nothing was changed."""
    match came:
        case Stale(why=why, again=again):
            return Tell(card=notices.stale(why, again=again is not None))
        case OtherTrial():
            return Tell(card=notices.other_trial())
        case Gone():
            return Tell(card=notices.gone())
        case NotAllowed():
            return Tell(card=notices.not_allowed())
        case NotYet():
            return Tell(card=notices.not_yet())
        case AlreadyDecided(state=state, by=by, at=at, version=version):
            who = colleague(ctx, by) if by and by != "baton" else None
            return Tell(card=notices.already_decided(state, by=who, at=at, version=version))
        case _:
            assert_never(came)


def _ask_why(ctx: Context, subject: str, expected: ProposalState) -> Reply:
    found = to_decide(ctx, subject)
    if isinstance(found, Tell):
        return found
    if found.criteria is None:
        return Tell(card=notices.gone())
    if found.state is not expected:
        is_running = found.state is ProposalState.RUNNING
        return Tell(card=notices.on_trial() if is_running else notices.not_on_trial())
    is_trial = expected is ProposalState.RUNNING
    return Ask(form=forms.why_form(found.id, found.criteria.version, is_trial=is_trial))

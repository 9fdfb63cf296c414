"""Asking for better criteria: somebody does, or the week of the agreement."""

from commands.context import Context
from commands.counting import local_day
from commands.criteria_in_force import newest_in_force
from commands.learning.outcomes import AlreadyAsked, Asked, NotAllowed
from commands.posting_days import agreed_review_day, is_open, review_day
from leads.agreement import Retuning
from leads.proposals import ProposalState, sides_of
from leads.retuning.options import Options
from storage import job_runs, proposals
from storage.tables import ProposalRow

JOB = "retune"


def ask(ctx: Context) -> Asked | AlreadyAsked | NotAllowed:
    """Have better criteria looked for, for the actor: one proposal at a time. Who neither speaks
    for marketing nor for sales may not."""
    if ctx.actor is not None and not sides_of(ctx.actor):
        return NotAllowed()
    ctx.check_may_write()
    if (found := in_the_way(ctx)) is not None:
        return found
    return Asked(proposal=enqueue(ctx))


def in_the_way(ctx: Context) -> AlreadyAsked | None:
    """The proposal that is being made, or waits for a decision."""
    working = proposals.in_work(ctx.session)
    if working is not None:
        return AlreadyAsked(proposal=working, state=ProposalState.WORKING)
    waiting = proposals.waiting(ctx.session)
    if waiting is None:
        return None
    return AlreadyAsked(proposal=waiting.id, state=waiting.state)


def enqueue(ctx: Context) -> int:
    """Put down that a proposal is to be made; its id. Whoever does that takes the oldest first."""
    row = ProposalRow(
        state=ProposalState.ASKED.value,
        asked_at=ctx.now,
        asked_by=ctx.actor_email,
        base_version=newest_in_force(ctx.session).criteria.version,
    )
    ctx.session.add(row)
    ctx.session.flush()
    assert row.id is not None
    return row.id


def is_due(ctx: Context) -> bool:
    """Whether this week's proposal is still to be asked for; only looks."""
    week = _week(ctx)
    return week is not None and not job_runs.has_run(ctx.session, JOB, week)


def ask_weekly(ctx: Context) -> bool:
    """Ask for this week's proposal where the agreement wants one, on the day of its weekly review:
    exactly once a week. Not while another is made or waits for a decision, nor before there are
    enough decisions to learn from."""
    week = _week(ctx)
    if week is None or not job_runs.claim(ctx.session, JOB, week, ctx.now):
        return False
    if in_the_way(ctx) is None and proposals.has_decisions(ctx.session, Options().fewest):
        enqueue(ctx)
    return False


def _week(ctx: Context) -> str | None:
    """The day of this week's review, if its time has come."""
    if ctx.setup.agreement.learning.retune is not Retuning.WEEKLY:
        return None
    today = local_day(ctx, ctx.now)
    day = review_day(ctx, agreed_review_day(ctx, today))
    if day is None or today < day or not is_open(ctx, today):
        return None
    return day.isoformat()

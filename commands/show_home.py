"""Baton's home page: what waits for this person, and what they should know."""

from collections.abc import Mapping
from datetime import timedelta

from cards.home_card import (
    MOST_PARKED,
    HomeAdmin,
    HomeAnswers,
    HomeDisputes,
    HomeLeads,
    HomeProposal,
    HomeQuality,
    HomeView,
    home_card,
)
from cards.lead_lines import RejectedLine
from cards.rejection_lines import ToAnswerLine, ToDecideLine
from commands.context import Context
from commands.counting import local_day
from commands.criteria_in_force import NoCriteria, criteria_in_force
from commands.learning import waiting
from commands.questions.my_leads import lines_of
from commands.questions.quality import total_of
from commands.questions.subcommand import mention_of
from commands.rejections.finding import judges
from commands.reply import Home, Nothing, Reply
from leads.agreement import Asks
from leads.person import Person, Role
from leads.proposals import ProposalState
from storage import accounts, rejections
from storage.deliveries import parked_messages
from storage.rejections import Rejected
from storage.statistics import Rejection, newest_rejections

_MOST_LEADS = 20
_MOST_REJECTIONS = 5
_REJECTIONS_OF = timedelta(days=30)
_QUALITY_DAYS = 7


def home(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The asker's home page: a rep's open leads, what waits for the asker's answer, verdict or yes,
    the week's quality and newest rejections for marketers and managers, what should trouble an
    admin."""
    actor = ctx.actor
    if actor is None:
        return Nothing()
    return Home(
        card=home_card(
            HomeView(
                name=actor.name,
                leads=_leads(ctx, actor.email, actor.capacity) if Role.REP in actor.roles else None,
                answers=_answers(ctx, actor),
                disputes=_disputes(ctx, actor),
                proposal=_proposal(ctx, actor),
                quality=_quality(ctx) if actor.has(Role.MARKETER, Role.MANAGER) else None,
                admin=_admin(ctx) if Role.ADMIN in actor.roles else None,
            )
        )
    )


def _leads(ctx: Context, rep: str, capacity: int) -> HomeLeads:
    lines = lines_of(ctx, rep)
    return HomeLeads(
        lines=tuple(lines[:_MOST_LEADS]),
        total=len(lines),
        late=sum(line.is_late for line in lines),
        capacity=capacity,
    )


def _answers(ctx: Context, actor: Person) -> HomeAnswers | None:
    """The rejections that this person owes an answer, what is due first at the top."""
    total, late = rejections.count_waiting(ctx.session, ctx.now, actor.email)
    if not total:
        return None
    everybody, _ = rejections.count_waiting(ctx.session, ctx.now)
    waiting = rejections.waiting(ctx.session, actor.email, limit=_MOST_REJECTIONS)
    return HomeAnswers(
        lines=tuple(_to_answer(ctx, one) for one in waiting),
        total=total,
        late=late,
        others=everybody - total,
    )


def _to_answer(ctx: Context, one: Rejected) -> ToAnswerLine:
    reason = ctx.setup.agreement.reason(one.code)
    answer_by = one.answer_by or ctx.now
    return ToAnswerLine(
        feedback_id=one.feedback_id,
        name=one.lead.name,
        company=one.lead.company.name,
        reason=one.reason,
        said=one.said if reason is not None and reason.asks is Asks.TEXT else None,
        by=mention_of(ctx, one.by),
        answer_by=answer_by,
        is_late=answer_by < ctx.now,
    )


def _disputes(ctx: Context, actor: Person) -> HomeDisputes | None:
    """The disputes that this person may decide, the oldest at the top."""
    if not actor.has(Role.MANAGER):
        return None
    waiting = [
        one
        for one in rejections.disputed_open(ctx.session)
        if actor in judges(ctx, one.by, one.disputed_by or "")
    ]
    if not waiting:
        return None
    lines = tuple(_to_decide(ctx, one) for one in waiting[:_MOST_REJECTIONS])
    return HomeDisputes(lines=lines, total=len(waiting))


def _to_decide(ctx: Context, one: Rejected) -> ToDecideLine:
    return ToDecideLine(
        feedback_id=one.feedback_id,
        name=one.lead.name,
        company=one.lead.company.name,
        reason=one.reason,
        by=mention_of(ctx, one.by),
        against=mention_of(ctx, one.disputed_by or ""),
        at=one.disputed_at or ctx.now,
    )


def _proposal(ctx: Context, actor: Person) -> HomeProposal | None:
    """The proposed criteria that this person's yes is missing for."""
    found = waiting.to_decide(ctx)
    if found is None or found.criteria is None:
        return None
    side = waiting.side_to_speak(actor, found)
    if side is None:
        return None
    return HomeProposal(
        version=found.criteria.version,
        restores=found.restores,
        after_trial=found.state is ProposalState.RUNNING,
        also_needed=tuple(other for other in found.missing if other is not side),
    )


def _quality(ctx: Context) -> HomeQuality:
    today = local_day(ctx, ctx.now)
    week = total_of(ctx, today - timedelta(days=_QUALITY_DAYS - 1), today)
    newest = newest_rejections(
        ctx.session,
        since=ctx.now - _REJECTIONS_OF,
        until=ctx.now + timedelta(seconds=1),
        limit=_MOST_REJECTIONS,
    )
    return HomeQuality(
        offered=week.offered,
        accepted=week.accepted,
        standing=week.standing,
        goal=ctx.setup.agreement.marketing.acceptance_rate,
        rejections=tuple(_rejected(ctx, one) for one in newest),
    )


def _rejected(ctx: Context, one: Rejection) -> RejectedLine:
    reason = ctx.setup.agreement.reason(one.reason)
    in_words = reason is not None and reason.asks is Asks.TEXT
    return RejectedLine(
        lead_id=one.lead.id,
        name=one.lead.name,
        company=one.lead.company.name,
        reason=one.reason_label,
        answer=one.answer if in_words else None,
        by=mention_of(ctx, one.decided_by),
        at=one.decided_at,
    )


def _admin(ctx: Context) -> HomeAdmin:
    parked = parked_messages(ctx.session, MOST_PARKED)
    known = {
        email
        for platform in ctx.setup.platforms
        for email in accounts.users(ctx.session, platform.value)
    }
    try:
        version = criteria_in_force(ctx).version
    except NoCriteria:
        version = None
    return HomeAdmin(
        parked=len(parked),
        parked_why=parked[0].error if parked else None,
        unmatched=tuple(
            person.name for person in ctx.setup.team.people if person.email not in known
        ),
        criteria_version=version,
    )

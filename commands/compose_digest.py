"""What the daily digest and its thread say, from the rows as they are now."""

from datetime import date, datetime, timedelta

from cards.digest_card import DigestView, NewCriteria, UrgentLead
from cards.digest_details_card import (
    AnsweringLine,
    DigestDetailsView,
    OldestLead,
    RejectedFor,
    RejectedLead,
    WaitingLine,
)
from commands import promises_kept
from commands.context import Context
from commands.counting import local_day
from commands.posting_days import slot, working_day_before
from commands.questions.subcommand import name_of
from leads.agreement import Asks
from leads.missing import Missing
from storage import digest_rows, overdue, rejections
from storage.overdue import Overdue
from storage.statistics import Rejection, newest_rejections

_GRACE = timedelta(hours=1)
_TOP_REASONS = 3
_MOST_URGENT = 3
_MOST_EXAMPLES = 3
_MOST_REJECTIONS = 60


def compose(ctx: Context, day: date) -> DigestView | None:
    """The digest of `day`: what happened from the working day before at `digest_at` until `day` at
    `digest_at` (or now, if that is earlier), what is late now, and the promises of the seven days
    before `day`. None when nothing happened and nothing waits."""
    before = working_day_before(ctx, day)
    since, until = window(ctx, day)
    rejected = digest_rows.rejected_by_reason(ctx.session, since, until)
    waiting = digest_rows.waiting_by_rep(ctx.session, ctx.now)
    answering = digest_rows.answering_by_owner(ctx.session, ctx.now)
    handed_over = digest_rows.handed_over(ctx.session, since, until)
    accepted = digest_rows.accepted(ctx.session, since, until)
    criteria = _criteria(ctx, since, until)
    if not (handed_over or accepted or rejected or waiting or answering or criteria):
        return None
    promises = promises_kept.promises(ctx, day)
    return DigestView(
        day=day,
        before=before,
        since=since,
        until=until if ctx.now - until > _GRACE else None,
        handed_over=handed_over,
        accepted=accepted,
        rejected=sum(rejected.values()),
        rejected_for=tuple(rejected.items())[:_TOP_REASONS],
        late=sum(one.late for one in waiting)
        + sum(late for _, _, late in answering)
        + overdue.not_late_without_a_rep(ctx.session, ctx.now),
        urgent=urgent(ctx),
        changes=promises_kept.changes(ctx, day, promises),
        criteria=criteria,
        promises=promises,
    )


def compose_details(ctx: Context, day: date) -> DigestDetailsView | None:
    """What stands in the thread of the digest of `day`; None when it would add nothing."""
    since, until = window(ctx, day)
    view = DigestDetailsView(
        since=since,
        waiting=tuple(
            WaitingLine(
                rep=name_of(ctx, one.rep),
                to_decide=one.to_accept,
                decide_late=one.accept_late,
                to_touch=one.to_touch,
                touch_late=one.touch_late,
            )
            for one in digest_rows.waiting_by_rep(ctx.session, ctx.now)
        ),
        answering=tuple(
            AnsweringLine(owner=name_of(ctx, owner), n=n, late=late)
            for owner, n, late in digest_rows.answering_by_owner(ctx.session, ctx.now)
        ),
        oldest=_oldest(ctx),
        reasons=_reasons(ctx, since, until),
    )
    return None if view.is_empty else view


def window(ctx: Context, day: date) -> tuple[datetime, datetime]:
    """From when and until when the digest of `day` counts what happened."""
    return slot(ctx, working_day_before(ctx, day)), min(slot(ctx, day), ctx.now)


def urgent(ctx: Context) -> tuple[UrgentLead, ...]:
    """The three leads that have waited longest for what somebody owes them by now."""
    found = overdue.late_handoffs(ctx.session, ctx.now, _MOST_URGENT)
    found += [
        Overdue(lead=one.lead, missing=Missing.ANSWER, who=one.owner, since=one.answer_by)
        for one in rejections.waiting(ctx.session, limit=_MOST_URGENT)
        if one.answer_by is not None and one.answer_by < ctx.now
    ]
    found.sort(key=lambda one: (one.since, one.lead.id))
    return tuple(
        UrgentLead(
            lead_id=one.lead.id,
            name=one.lead.name,
            company=one.lead.company.name,
            missing=one.missing,
            who=name_of(ctx, one.who),
            since=one.since,
        )
        for one in found[:_MOST_URGENT]
    )


def _criteria(ctx: Context, since: datetime, until: datetime) -> tuple[NewCriteria, ...]:
    return tuple(
        NewCriteria(
            version=row.version,
            at=row.activated_at,
            by=name_of(ctx, row.by) if "@" in row.by else None,
            why=row.why,
        )
        for row in digest_rows.new_criteria(ctx.session, since, until)
    )


def _oldest(ctx: Context) -> OldestLead | None:
    found = digest_rows.oldest_waiting(ctx.session)
    if found is None:
        return None
    lead, since = found
    return OldestLead(
        lead_id=lead.id,
        name=lead.name,
        company=lead.company.name,
        since=since,
        days=(local_day(ctx, ctx.now) - local_day(ctx, since)).days,
    )


def _reasons(ctx: Context, since: datetime, until: datetime) -> tuple[RejectedFor, ...]:
    counts = digest_rows.rejected_by_reason(ctx.session, since, until)
    newest = newest_rejections(ctx.session, since=since, until=until, limit=_MOST_REJECTIONS)
    return tuple(
        RejectedFor(
            label=label,
            n=n,
            examples=tuple(_example(ctx, one) for one in newest if one.reason_label == label)[
                :_MOST_EXAMPLES
            ],
        )
        for label, n in counts.items()
    )


def _example(ctx: Context, one: Rejection) -> RejectedLead:
    reason = ctx.setup.agreement.reason(one.reason)
    in_words = reason is not None and reason.asks is Asks.TEXT
    return RejectedLead(
        name=one.lead.name,
        company=one.lead.company.name,
        by=name_of(ctx, one.decided_by),
        said=one.answer if in_words else None,
        url=ctx.setup.agreement.crm_address(one.lead),
    )

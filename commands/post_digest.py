"""The daily digest: one message a working day and channel, silent when there is nothing."""

from collections.abc import Container
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from cards.digest_card import (
    DigestView,
    OldestLead,
    Promise,
    RateLine,
    VolumeLine,
    WaitingLine,
    digest_card,
)
from cards.model import Card, Words
from cards.terms_card import duration, field_name
from commands.card_kind import CardKind
from commands.clocks import holidays_of
from commands.context import Context
from commands.counting import local_day
from commands.questions.quality import total_of
from commands.questions.subcommand import days_between, name_of, zone
from leads.rates import Rate
from leads.standing import light_for_count, light_for_overdue
from storage import digest_rows, job_runs, outbox, tally
from storage.digest_rows import Kept

LATEST = time(18)
"""Local time after which a digest that was missed isn't posted any more."""

_GRACE = timedelta(hours=1)
_WEEK = timedelta(days=7)
_TOP_REASONS = 3
_SATURDAY = 5


def post_due(ctx: Context) -> int:
    """Post today's digest where it is due and wasn't posted: on a working day from the agreement's
    `digest_at` until 18:00 local (or an hour after `digest_at`, where that is later). Exactly once
    for each channel and local date, however often and in however many processes it is called.
    Returns to how many channels it was posted."""
    day = local_day(ctx, ctx.now)
    return post_now(ctx, day) if _is_due(ctx, day) else 0


def post_now(ctx: Context, day: date) -> int:
    """Post the digest of this local date where it wasn't posted yet, whatever the hour; to how
    many channels. Silent where there is no channel or nothing to tell."""
    channel = ctx.setup.team.channels.digest
    if channel is None:
        return 0
    posted = 0
    for platform in ctx.setup.platforms:
        job = f"digest:{platform}:{channel}"
        if not job_runs.claim(ctx.session, job, day.isoformat(), ctx.now):
            continue
        if compose(ctx, day) is None:
            continue
        outbox.post(
            ctx.session,
            kind=CardKind.DIGEST.value,
            subject=day.isoformat(),
            platform=platform.value,
            destination=f"channel:{channel}",
            stream="digest",
            dedupe_key=f"{job}:{day.isoformat()}",
            now=ctx.now,
        )
        posted += 1
    return posted


def present_digest(ctx: Context, subject: str) -> Card | None:
    """The digest of the ISO date `subject`; None when there is nothing to tell."""
    view = compose(ctx, date.fromisoformat(subject))
    return digest_card(view) if view else None


def compose(ctx: Context, day: date) -> DigestView | None:
    """The digest of `day`: what happened from the working day before at `digest_at` until `day` at
    `digest_at` (or now, if that is earlier), what waits now, and the promises of the seven days
    before `day`. None when nothing happened and nothing waits."""
    since = slot(ctx, working_day_before(ctx, day))
    until = min(slot(ctx, day), ctx.now)
    rejected = digest_rows.rejected_by_reason(ctx.session, since, until)
    view = DigestView(
        day=day,
        since=since,
        until=until if ctx.now - until > _GRACE else None,
        handed_over=digest_rows.handed_over(ctx.session, since, until),
        accepted=digest_rows.accepted(ctx.session, since, until),
        rejected=sum(rejected.values()),
        rejected_for=tuple(rejected.items())[:_TOP_REASONS],
        waiting=_waiting(ctx),
        oldest=_oldest(ctx),
    )
    if not (view.handed_over or view.accepted or view.rejected or view.waiting):
        return None
    return replace(view, promises=_promises(ctx, day))


def slot(ctx: Context, day: date) -> datetime:
    """When the digest of this local day is due, in UTC. A time that the clocks skip on that day
    is the moment after the gap; of one that comes twice, it is the first."""
    at = datetime.combine(day, time.fromisoformat(ctx.setup.agreement.digest_at), zone(ctx))
    return at.astimezone(UTC)


def working_day_before(ctx: Context, day: date) -> date:
    """The newest working day before `day`."""
    before = day - timedelta(days=1)
    while not is_working_day(ctx, before):
        before -= timedelta(days=1)
    return before


def is_working_day(ctx: Context, day: date) -> bool:
    """Monday to Friday, but for the agreement's public holidays."""
    holidays: Container[date] = holidays_of(ctx.setup.agreement.holidays)
    return day.weekday() < _SATURDAY and day not in holidays


def _is_due(ctx: Context, day: date) -> bool:
    due = slot(ctx, day)
    latest = datetime.combine(day, LATEST, zone(ctx)).astimezone(UTC)
    return is_working_day(ctx, day) and due <= ctx.now < max(latest, due + _GRACE)


def _waiting(ctx: Context) -> tuple[WaitingLine, ...]:
    return tuple(
        WaitingLine(
            rep=name_of(ctx, one.rep),
            to_decide=one.to_accept,
            decide_late=one.accept_late,
            to_touch=one.to_touch,
            touch_late=one.touch_late,
        )
        for one in digest_rows.waiting_by_rep(ctx.session, ctx.now)
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


def _promises(ctx: Context, day: date) -> tuple[RateLine | VolumeLine, ...]:
    """Sales' promises first, then marketing's; one that asked nothing in these days is left out."""
    agreement = ctx.setup.agreement
    since, until = days_between(ctx, day - _WEEK, day - timedelta(days=1))
    decided = digest_rows.decided_in_time(ctx.session, since, until)
    touched = digest_rows.touched_in_time(ctx.session, since, until)
    lines = (
        _kept(decided, Promise.DECIDE, promised=duration(agreement.sales.accept_within)),
        _kept(touched, Promise.TOUCH, promised=duration(agreement.sales.contact_within)),
        _acceptance(ctx, day),
        _volume(ctx, day),
        _fields(ctx, since, until),
    )
    return tuple(line for line in lines if line is not None)


def _kept(kept: Kept, promise: Promise, *, promised: Words) -> RateLine | None:
    if not kept.due:
        return None
    return RateLine(
        promise=promise,
        standing=light_for_overdue(kept.due - kept.kept, kept.due),
        rate=Rate(successes=kept.kept, n=kept.due),
        promised=promised,
    )


def _acceptance(ctx: Context, day: date) -> RateLine | None:
    goal = ctx.setup.agreement.marketing.acceptance_rate
    week = total_of(ctx, day - _WEEK, day - timedelta(days=1))
    if goal is None or not week.accepted.n:
        return None
    return RateLine(
        promise=Promise.ACCEPTANCE, standing=week.standing, rate=week.accepted, promised=goal
    )


def _volume(ctx: Context, day: date) -> VolumeLine | None:
    """MQLs since the Monday of the last working day, so that Monday's digest looks back on the
    whole week before."""
    goal = ctx.setup.agreement.marketing.leads_per_week
    if not goal:
        return None
    monday = _monday(working_day_before(ctx, day))
    week = [
        each for each in (monday + timedelta(days=n) for n in range(7)) if is_working_day(ctx, each)
    ]
    expected = goal * sum(each < day for each in week) / len(week)
    counts = tally.totals(ctx.session, tally.ALL, ("mql",), monday, day - timedelta(days=1))
    found = max(0, counts.get("", {}).get("mql", 0))
    return VolumeLine(
        standing=light_for_count(found, expected),
        found=found,
        expected=expected,
        goal=goal,
        is_whole_week=monday < _monday(day),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _fields(ctx: Context, since: datetime, until: datetime) -> RateLine | None:
    required = ctx.setup.agreement.marketing.required
    if not required:
        return None
    found = digest_rows.completeness(ctx.session, required, since, until)
    if not found.n:
        return None
    worst, missing = max(found.missing.items(), key=lambda pair: pair[1])
    return RateLine(
        promise=Promise.FIELDS,
        standing=light_for_overdue(found.n - found.complete, found.n),
        rate=Rate(successes=found.complete, n=found.n),
        missing=field_name(worst) if missing else None,
        missing_n=missing,
    )

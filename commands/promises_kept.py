"""How both sides kept what they promised in the seven days before a day, and how that moved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cards.model import Words
from cards.promise_lines import Change, Promise, PromiseLine, RateLine, VolumeLine
from cards.terms_card import duration, field_name
from commands.context import Context
from commands.figures import quality
from commands.figures.counted import counts
from commands.figures.counted import rate as share_of
from commands.posting_days import is_working_day, monday_of, slot, working_day_before
from commands.questions.subcommand import days_between
from leads.periods import Period
from leads.rates import Rate
from leads.standing import Standing, light_for, light_for_count, light_for_overdue
from storage import digest_rows, tally
from storage.digest_rows import Kept

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_SEVERAL = 2
_MOVED = 0.01
"""So much of a share must have moved to be worth a word."""


@dataclass(frozen=True, kw_only=True)
class _Days:
    """The seven days before a day, as local days and as moments."""

    period: Period
    since: datetime
    until: datetime


def promises(ctx: Context, day: date, *, as_of: datetime | None = None) -> tuple[PromiseLine, ...]:
    """Sales' promises first, then marketing's; one that asked nothing in the seven days before
    `day` is left out. With `as_of` it is what could be known then, as far as that can be told."""
    agreement = ctx.setup.agreement
    period = Period(label="last 7 days", first=day - _WEEK, last=day - _DAY)
    since, until = days_between(ctx, period.first, period.last)
    days = _Days(period=period, since=since, until=until)
    decided = digest_rows.decided_in_time(ctx.session, since, until)
    touched = digest_rows.touched_in_time(ctx.session, since, until)
    lines = (
        _kept(decided, Promise.DECIDE, promised=duration(agreement.sales.accept_within)),
        _kept(touched, Promise.TOUCH, promised=duration(agreement.sales.contact_within)),
        _attempts(ctx, days),
        _acceptance(ctx, days, as_of),
        _volume(ctx, day),
        # What a lead lacked back then isn't known any more.
        _fields(ctx, days) if as_of is None else None,
        _answers(ctx, days),
    )
    return tuple(line for line in lines if line is not None)


def changes(ctx: Context, day: date, now: tuple[PromiseLine, ...]) -> tuple[Change, ...]:
    """What moved since the digest of the working day before: lights, and the acceptance."""
    before = working_day_before(ctx, day)
    was = {line.promise: line for line in promises(ctx, before, as_of=slot(ctx, before))}
    found = (_change(line, was[line.promise]) for line in now if line.promise in was)
    return tuple(change for change in found if change is not None)


def _change(now: PromiseLine, was: PromiseLine) -> Change | None:
    rate = rate_before = None
    if (
        now.promise is Promise.ACCEPTANCE
        and isinstance(now, RateLine)
        and isinstance(was, RateLine)
    ):
        rate, rate_before = _movement(now.rate, was.rate)
    lights = {now.standing, was.standing}
    has_moved = len(lights) > 1 and Standing.NONE not in lights
    if not has_moved and rate is None:
        return None
    return Change(
        promise=now.promise,
        standing=now.standing,
        before=was.standing if has_moved else now.standing,
        rate=rate,
        rate_before=rate_before,
    )


def _movement(now: Rate, was: Rate) -> tuple[Rate, Rate] | tuple[None, None]:
    """Both, where there are enough to judge and they differ by a hundredth."""
    if not now.judgeable or not was.judgeable or now.value is None or was.value is None:
        return None, None
    return (now, was) if abs(now.value - was.value) >= _MOVED else (None, None)


def _kept(kept: Kept, promise: Promise, *, promised: Words) -> RateLine | None:
    if not kept.due:
        return None
    return RateLine(
        promise=promise,
        standing=light_for_overdue(kept.due - kept.kept, kept.due),
        rate=Rate(successes=kept.kept, n=kept.due),
        promised=promised,
    )


def _attempts(ctx: Context, days: _Days) -> RateLine | None:
    """Of the leads offered in these days that were reached or given up, how many were tried as
    often as promised. Nothing is said where one try is enough."""
    promised = ctx.setup.agreement.sales.attempts
    found = counts(ctx, ("touches_kept", "touches_short"), days.period)
    rate = share_of(found["touches_kept"], sum(found.values()))
    if promised < _SEVERAL or not rate.n:
        return None
    standing = light_for_overdue(rate.n - rate.successes, rate.n)
    return RateLine(promise=Promise.ATTEMPTS, standing=standing, rate=rate, promised=promised)


def _accepted(ctx: Context, period: Period) -> Rate:
    found = counts(ctx, quality.MEASURES, period)
    return share_of(found["accepted"], found["accepted"] + found["rejected"])


def _acceptance(ctx: Context, days: _Days, as_of: datetime | None) -> RateLine | None:
    goal = ctx.setup.agreement.marketing.acceptance_rate
    if goal is None:
        return None
    if as_of is None:
        rate = _accepted(ctx, days.period)
    else:
        accepted, decided = digest_rows.accepted_as_of(ctx.session, days.since, days.until, as_of)
        rate = Rate(successes=accepted, n=decided)
    if not rate.n:
        return None
    standing = light_for(rate, goal)
    return RateLine(promise=Promise.ACCEPTANCE, standing=standing, rate=rate, promised=goal)


def _volume(ctx: Context, day: date) -> VolumeLine | None:
    """MQLs since the Monday of the last working day, so that Monday's digest looks back on the
    whole week before."""
    goal = ctx.setup.agreement.marketing.leads_per_week
    if not goal:
        return None
    monday = monday_of(working_day_before(ctx, day))
    week = [
        each for each in (monday + timedelta(days=n) for n in range(7)) if is_working_day(ctx, each)
    ]
    expected = goal * sum(each < day for each in week) / len(week)
    counts = tally.totals(ctx.session, tally.ALL, ("mql",), monday, day - _DAY)
    found = max(0, counts.get("", {}).get("mql", 0))
    return VolumeLine(
        standing=light_for_count(found, expected),
        found=found,
        expected=expected,
        goal=goal,
        is_whole_week=monday < monday_of(day),
    )


def _fields(ctx: Context, days: _Days) -> RateLine | None:
    required = ctx.setup.agreement.marketing.required
    if not required:
        return None
    found = digest_rows.completeness(ctx.session, required, days.since, days.until)
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


def _answers(ctx: Context, days: _Days) -> RateLine | None:
    within = ctx.setup.agreement.marketing.answer_rejections_within
    if within is None:
        return None
    found = digest_rows.answered_in_time(ctx.session, days.since, days.until)
    return _kept(found, Promise.ANSWERS, promised=duration(within))

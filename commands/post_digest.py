"""The daily digest: one message a working day and channel, with its details in its thread; silent
when there is nothing."""

from datetime import date

from cards.digest_card import digest_card
from cards.digest_details_card import digest_details_card
from cards.model import Card
from commands import post_thread
from commands.card_kind import CardKind
from commands.compose_digest import compose, compose_details
from commands.context import Context
from commands.counting import local_day
from commands.posting_days import is_open
from storage import job_runs


def is_due(ctx: Context) -> bool:
    """Whether some channel has not been told today's digest though it is time; only looks."""
    day, channel = local_day(ctx, ctx.now), ctx.setup.team.channels.digest
    if channel is None or not is_open(ctx, day):
        return False
    jobs = (f"digest:{platform}:{channel}" for platform in ctx.setup.platforms)
    return not all(job_runs.has_run(ctx.session, job, day.isoformat()) for job in jobs)


def post_due(ctx: Context) -> int:
    """Post today's digest where it is due and wasn't posted (`commands.posting_days.is_open`).
    Exactly once for each channel and local date, however often and in however many processes it is
    called. Returns to how many channels it was posted."""
    day = local_day(ctx, ctx.now)
    return post_now(ctx, day) if is_open(ctx, day) else 0


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
        post_thread.post(
            ctx,
            platform,
            channel,
            (CardKind.DIGEST, day.isoformat()),
            ((CardKind.DIGEST_DETAILS, day.isoformat()),),
            dedupe_key=f"{job}:{day.isoformat()}",
        )
        posted += 1
    return posted


def present_digest(ctx: Context, subject: str) -> Card | None:
    """The digest of the ISO date `subject`; None when there is nothing to tell."""
    view = compose(ctx, date.fromisoformat(subject))
    return digest_card(view) if view else None


def present_details(ctx: Context, subject: str) -> Card | None:
    """What stands in the thread of the digest of the ISO date `subject`; None when that would add
    nothing."""
    view = compose_details(ctx, date.fromisoformat(subject))
    return digest_details_card(view) if view else None

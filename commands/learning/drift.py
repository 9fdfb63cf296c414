"""Tells the channel when what sales takes, or why it refuses, has moved beyond noise: before the
quarter ends."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from commands.card_kind import CardKind
from commands.context import Context
from commands.counting import local_day
from commands.posting_days import is_open
from leads.rates import Rate
from storage import job_runs, outbox, proposals
from storage.database import Database

JOB = "drift"
FEWEST = 60
"""Decisions below which there is nothing to compare."""
LOOKED_AT = timedelta(weeks=26)
"""Decisions that are older than this are not looked at, however few there were since."""
TOLD_AGAIN = timedelta(weeks=4)
"""The same finding is told once in so long."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A share of all decisions that has moved: the accepted ones, or with `reason` (its code)
    those refused for it. `examples` are handoffs, the newest first."""

    reason: str | None
    before: Rate
    now: Rate
    examples: tuple[int, ...]

    @property
    def is_up(self) -> bool:
        """Whether it has risen."""
        return (self.now.value or 0) > (self.before.value or 0)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What has moved since the week of this number, most surprising first."""

    since: int
    found: tuple[Finding, ...]


def is_due(ctx: Context) -> bool:
    """Whether today's look is still to be taken; only looks."""
    today = local_day(ctx, ctx.now)
    if ctx.setup.team.channels.digest is None or not is_open(ctx, today):
        return False
    if job_runs.has_run(ctx.session, JOB, today.isoformat()):
        return False
    return proposals.has_decisions(ctx.session, FEWEST)


def looked(url: str, zone: str, now: datetime) -> Findings | None:
    """As `look`, in whatever process this is called."""
    database = Database.open(url)
    try:
        return database.read_now(lambda session: look(session, zone, now))
    finally:
        database.close_now()


def look(session: Session, zone: str, now: datetime) -> Findings | None:
    """What has moved, or None."""
    from leads.retuning.drift import drift
    from storage import decisions

    found = drift(decisions.of_late(session, ZoneInfo(zone), now - LOOKED_AT))
    if found is None:
        return None
    return Findings(
        since=found.since,
        found=tuple(
            Finding(
                reason=moved.reason, before=moved.before, now=moved.now, examples=moved.examples
            )
            for moved in found.moved
        ),
    )


def tell(ctx: Context, findings: Findings | None) -> int:
    """Post what was found today, but for what was told in the last weeks; in how many messages.
    Exactly once a day, in however many processes it is called."""
    today = local_day(ctx, ctx.now)
    channel = ctx.setup.team.channels.digest
    if channel is None or not job_runs.claim(ctx.session, JOB, today.isoformat(), ctx.now):
        return 0
    if findings is None:
        return 0
    since = (today - TOLD_AGAIN).isoformat()
    news = tuple(
        finding
        for finding in findings.found
        if not job_runs.done_from(ctx.session, _job(finding), since)
    )
    if not news:
        return 0
    for finding in news:
        job_runs.claim(ctx.session, _job(finding), today.isoformat(), ctx.now)
    subject = subject_of(Findings(since=findings.since, found=news))
    for platform in ctx.setup.platforms:
        outbox.post(
            ctx.session,
            kind=CardKind.DRIFT.value,
            subject=subject,
            platform=platform.value,
            destination=f"channel:{channel}",
            stream=JOB,
            dedupe_key=f"{JOB}:{today}:{platform}:{channel}",
            now=ctx.now,
        )
    return len(ctx.setup.platforms)


def subject_of(findings: Findings) -> str:
    """All that the card says, as it was found: it is kept nowhere else."""
    return json.dumps(asdict(findings), separators=(",", ":"))


def read_subject(subject: str) -> Findings:
    """What `subject_of` wrote."""
    told = json.loads(subject)
    return Findings(
        since=told["since"],
        found=tuple(
            Finding(
                reason=one["reason"],
                before=Rate(**one["before"]),
                now=Rate(**one["now"]),
                examples=tuple(one["examples"]),
            )
            for one in told["found"]
        ),
    )


def _job(finding: Finding) -> str:
    direction = "up" if finding.is_up else "down"
    return f"{JOB}:{finding.reason or 'accepted'}:{direction}"

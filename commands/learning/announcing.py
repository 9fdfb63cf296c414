"""Who hears of a proposal: both sides in the digest channel, and the reps whose reasons moved a
rule once it is in force."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from commands import outgoing
from commands.card_kind import CardKind
from commands.context import Context, Platform
from commands.questions.subcommand import name_of
from commands.quiet import loud_from
from leads.person import Role
from leads.proposals import Change, ProposalState, Side
from storage import outbox, proposals
from storage.tables import ProposalRow

_TOO_FEW = "too_few"
"""`WhyNot.TOO_FEW`, which the bot doesn't import: it comes with numpy."""


def post(ctx: Context, row: ProposalRow) -> None:
    """Post the card of a proposal, or what stands in its place: in the digest channel, else to
    everybody who may decide on it. That there is nothing to propose only the one who asked hears,
    or the channel where the week asked; where there is too little to learn from yet, the week says
    nothing."""
    assert row.id is not None
    occasion = f"{row.state}:{(row.until or row.made_at or ctx.now).isoformat()}"
    copies = [
        outbox.post(
            ctx.session,
            kind=CardKind.PROPOSAL.value,
            subject=str(row.id),
            platform=platform.value,
            destination=destination,
            stream=f"proposal:{row.id}",
            dedupe_key=f"proposal:{row.id}:{occasion}:{platform}:{destination}",
            now=ctx.now,
            due_at=due_at,
        )
        for platform, destination, due_at in _places(ctx, row)
    ]
    known = row.evidence.get("copies", [])
    assert isinstance(known, list)
    new = [copy for copy in copies if copy is not None]
    row.evidence = {**row.evidence, "copies": [*known, *new]}
    ctx.session.flush()


def refresh(ctx: Context, row: ProposalRow) -> None:
    """Draw every copy of the proposal's card again."""
    copies = row.evidence.get("copies", [])
    assert isinstance(copies, list)
    outbox.update_these(ctx.session, copies, ctx.now)


def activated(ctx: Context, row: ProposalRow) -> None:
    """Thank the reps in person whose reasons moved a rule, once. The digest tells everybody of the
    new version by itself."""
    told = proposals.read(ctx.session, row)
    for email in sorted({one.by for change in told.changes for one in change.told_by}):
        if ctx.setup.team.find(email):
            subject = f"{row.id} {email}"
            outgoing.to_person(
                ctx, email, CardKind.CRITERIA_THANKS, subject, dedupe_key=f"thanks:{subject}"
            )


def why_of(ctx: Context, row: ProposalRow, given: Mapping[Side, str]) -> str:
    """What the history of the criteria says of a version that both sides approved."""
    people = " and ".join(name_of(ctx, given[side]) for side in Side if side in given)
    restores = row.evidence.get("restores")
    if restores is not None:
        return f"back to the rules of version {restores}, approved by {people}"
    return f"{_summary(proposals.read(ctx.session, row).changes)}, approved by {people}"


def _summary(changes: tuple[Change, ...]) -> str:
    new = sum(change.before is None for change in changes)
    dropped = sum(change.after is None for change in changes)
    moved = len(changes) - new - dropped
    counts = ((new, "new"), (moved, "changed"), (dropped, "dropped"))
    parts = [f"{n} {what}" for n, what in counts if n]
    return f"rules: {', '.join(parts)}" if parts else "a new threshold"


def _places(ctx: Context, row: ProposalRow) -> Iterator[tuple[Platform, str, datetime | None]]:
    """Where it is posted: platform, destination, and not before when."""
    channel = ctx.setup.team.channels.digest
    asker = ctx.setup.team.find(row.asked_by)
    people = ctx.setup.team.with_role(Role.MARKETER, Role.MANAGER)
    if row.state == ProposalState.NOTHING and asker:
        people = (asker,)
    elif row.state == ProposalState.NOTHING and row.why == _TOO_FEW:
        return
    elif channel is not None:
        for platform in ctx.setup.platforms:
            yield platform, f"channel:{channel}", None
        return
    for person in people:
        where = outgoing.platform_of(ctx, person.email)
        if where is not None:
            yield where, f"person:{person.email}", loud_from(ctx, person, ctx.now)

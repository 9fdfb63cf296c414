"""What the figures of a week ask to be decided, by rules that are told with them."""

from collections.abc import Iterator

from cards.review_views import Decision, DecisionKind, WeeklyView
from commands.context import Context
from commands.learning import waiting
from commands.questions.subcommand import name_of
from leads.proposals import ProposalState
from leads.standing import Standing
from storage import digest_rows

_A_THIRD = 1 / 3
_ASKED_FOR_FROM = 3
"""Met so often without content, an objection asks for some."""


def proposed(ctx: Context, view: WeeklyView) -> tuple[Decision, ...]:
    """The proposals for the sync about this week, marketing's and sales' alike."""
    return (
        *_campaigns(view),
        *_reasons(view),
        *_answers(ctx),
        *_promises(view),
        *_goals(view),
        *_content(view),
        *_criteria(ctx),
    )


def _campaigns(view: WeeklyView) -> Iterator[Decision]:
    """Those of which even the upper end of what is likely lies below the promise."""
    goal = view.promised
    for line in view.campaigns:
        is_short = goal is not None and line.accepted.judgeable and line.accepted.interval[1] < goal
        if is_short and line.name is not None:
            yield Decision(
                kind=DecisionKind.CAMPAIGN, subject=line.name, rate=line.accepted, promised=goal
            )


def _reasons(view: WeeklyView) -> Iterator[Decision]:
    for line in view.reasons:
        share = line.share.value
        if line.share.judgeable and share is not None and share > _A_THIRD:
            yield Decision(
                kind=DecisionKind.REASON,
                subject=line.label,
                rate=line.share,
                teaches=line.teaches,
            )


def _answers(ctx: Context) -> Iterator[Decision]:
    late = [(owner, n) for owner, _, n in digest_rows.answering_by_owner(ctx.session, ctx.now) if n]
    if late:
        yield Decision(
            kind=DecisionKind.ANSWERS,
            subject="",
            n=sum(n for _, n in late),
            who=tuple(sorted(name_of(ctx, owner) for owner, _ in late)),
        )


def _promises(view: WeeklyView) -> Iterator[Decision]:
    """Marketing's have proposals of their own above; here are those of sales."""
    for line in view.sales:
        if line.standing is Standing.RED:
            yield Decision(kind=DecisionKind.PROMISE, subject=line.promise.value, rate=line.rate)


def _goals(view: WeeklyView) -> Iterator[Decision]:
    for line in view.goals:
        if line.standing is Standing.RED:
            yield Decision(kind=DecisionKind.GOAL, subject=line.target, goal=line)


def _content(view: WeeklyView) -> Iterator[Decision]:
    for line in view.content:
        if line.bare >= _ASKED_FOR_FROM:
            yield Decision(kind=DecisionKind.CONTENT, subject=line.says, n=line.bare)


def _criteria(ctx: Context) -> Iterator[Decision]:
    """Proposed criteria wait for a side; `n` says that they have been on trial."""
    found = waiting.to_decide(ctx)
    if found is not None and found.criteria is not None:
        yield Decision(
            kind=DecisionKind.CRITERIA,
            subject=str(found.criteria.version),
            n=int(found.state is ProposalState.RUNNING),
            who=tuple(side.value for side in found.missing),
        )

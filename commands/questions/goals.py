"""`/leads goals [period]`: what both teams want to reach together, and whether they keep pace."""

from cards.asking import Asking
from cards.goals_card import GoalPart, GoalsView, TargetLine, goals_card
from cards.help_card import Expected, not_understood
from cards.model import Card
from commands.context import Context
from commands.figures import goals
from commands.figures.goals import GoalFigures
from commands.questions.subcommand import zone
from leads import periods
from leads.periods import UnknownPeriod


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The goals of the time that `words` name; without words, those that run today."""
    try:
        period = periods.parse(words, ctx.now, zone(ctx)) if words.strip() else None
    except UnknownPeriod as unknown:
        near = tuple(f"goals {name}" for name in unknown.suggestions[:2])
        return not_understood(words, Expected.PERIOD, near)
    return goals_card(
        GoalsView(
            asking=asking,
            currency=ctx.setup.agreement.currency,
            goals=tuple(_part(goal) for goal in goals.of(ctx, period)),
        )
    )


def _part(goal: GoalFigures) -> GoalPart:
    return GoalPart(
        period=goal.period.label,
        first=goal.period.first,
        last=goal.period.last,
        share_over=goal.share_over,
        days_left=goal.days_left,
        targets=tuple(
            TargetLine(
                target=one.target.value,
                found=one.found,
                goal=one.goal,
                expected=one.expected,
                light=one.light,
            )
            for one in goal.targets
        ),
    )

"""What several reviews tell alike."""

from cards.review_views import GoalLine
from commands.context import Context
from commands.figures import goals
from commands.figures.goals import Target
from leads.periods import Period


def goal_lines(ctx: Context, period: Period) -> tuple[GoalLine, ...]:
    """The targets whose time has a day in the period."""
    return tuple(
        GoalLine(
            period=goal.period.label,
            target=one.target.value,
            found=one.found,
            goal=one.goal,
            expected=one.expected,
            standing=one.light,
            days_left=goal.days_left,
            currency=None if one.target is Target.MQLS else ctx.setup.agreement.currency,
        )
        for goal in goals.of(ctx, period)
        for one in goal.targets
    )

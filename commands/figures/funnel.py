"""How far the leads came that qualified in a period, and how long each step took."""

from dataclasses import dataclass

from commands.context import Context
from commands.figures.counted import Only, counts, rate
from commands.figures.timings import NEVER, Timing, timings
from leads import periods
from leads.breakdown import Breakdown
from leads.durations import STAGE_LEGS
from leads.lifecycle import Stage
from leads.movement import Movement, movement
from leads.periods import Period
from leads.rates import Rate

_STAGES = (
    (Stage.MQL, "mql"),
    (Stage.SAL, "reached_sal"),
    (Stage.SQL, "reached_sql"),
    (Stage.OPPORTUNITY, "reached_opportunity"),
    (Stage.WON, "reached_won"),
)
_LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage: how many reached it, as a share of the stage before (None for the first), the same
    share in the period before, and how long the step took those whose way is known."""

    stage: Stage
    reached: int
    of_previous: Rate | None
    before: Rate | None
    moved: Movement | None
    took: Timing


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """The leads that became MQL in a period, and how far they are by now. Of one rep it begins
    with the leads that rep accepted. Steps of stages are timed on the calendar."""

    period: Period
    before: Period | None
    steps: tuple[Step, ...]
    of_all: Rate
    """Won, of all that came in at the top."""
    lost: int


def of(ctx: Context, period: Period, only: Only | None = None) -> Funnel:
    """Counted on the day a lead qualified."""
    of_rep = only is not None and only.by is Breakdown.REP
    stages = _STAGES[1:] if of_rep else _STAGES
    measures = (*(measure for _, measure in stages), _LOST)
    earlier = periods.before(period)
    now = counts(ctx, measures, period, only)
    then = counts(ctx, measures, earlier, only) if earlier else None
    times_known = only is None or only.by is Breakdown.CAMPAIGN
    took = timings(ctx, STAGE_LEGS, period, only) if times_known else {}
    by_stage = dict(zip([stage for stage, _ in _STAGES[1:]], STAGE_LEGS, strict=True))
    steps: list[Step] = []
    for place, (stage, measure) in enumerate(stages):
        last = stages[place - 1][1] if place else None
        share = rate(now[measure], now[last]) if last else None
        before = rate(then[measure], then[last]) if last and then is not None else None
        leg = by_stage.get(stage)
        steps.append(
            Step(
                stage=stage,
                reached=now[measure],
                of_previous=share,
                before=before,
                moved=movement(share, before) if share is not None else None,
                took=took.get(leg, NEVER) if leg and place else NEVER,
            )
        )
    return Funnel(
        period=period,
        before=earlier,
        steps=tuple(steps),
        of_all=rate(steps[-1].reached, steps[0].reached),
        lost=now[_LOST],
    )

"""`/leads funnel [period]`: how far the leads came that qualified in a period."""

from cards.asking import Asking
from cards.funnel_card import FunnelStep, FunnelView, funnel_card
from cards.help_card import Expected, not_understood
from cards.model import Card
from commands.context import Context
from commands.questions.subcommand import zone
from leads import periods
from leads.lifecycle import Stage
from leads.periods import UnknownPeriod
from leads.rates import Rate
from storage import tally

_STEPS = (
    (Stage.MQL, "mql"),
    (Stage.SAL, "reached_sal"),
    (Stage.SQL, "reached_sql"),
    (Stage.OPPORTUNITY, "reached_opportunity"),
    (Stage.WON, "reached_won"),
)
_LOST = "lost"


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The funnel of the leads that became MQL in the period that `words` name."""
    try:
        period = periods.parse(words, ctx.now, zone(ctx))
    except UnknownPeriod as unknown:
        near = tuple(f"funnel {name}" for name in unknown.suggestions[:2])
        return not_understood(words, Expected.PERIOD, near)
    measures = (*(measure for _, measure in _STEPS), _LOST)
    found = tally.totals(ctx.session, tally.ALL, measures, period.first, period.last)
    counts = found.get("", {})
    return funnel_card(
        FunnelView(
            asking=asking,
            period=period.label,
            first=period.first,
            last=period.last,
            steps=steps([max(0, counts.get(measure, 0)) for _, measure in _STEPS]),
            lost=max(0, counts.get(_LOST, 0)),
        )
    )


def steps(reached: list[int]) -> tuple[FunnelStep, ...]:
    """The steps from how many leads reached each stage. A lead that was won straight from SQL is
    counted as an opportunity too (`commands.working`), so no step is wider than the one before."""
    told: list[FunnelStep] = []
    for (stage, _), n, before in zip(_STEPS, reached, [None, *reached], strict=False):
        share = None if before is None else Rate(successes=min(n, before), n=before)
        told.append(FunnelStep(stage=stage, reached=n, of_previous=share))
    return tuple(told)

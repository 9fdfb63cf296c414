"""What the reviews show, as plain values: the weekly agenda, the monthly deep dive, the quarterly
celebration."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cards.charts import DistributionChart, FunnelChart, ParetoChart, TrendChart
from cards.model import Words
from cards.promise_lines import Promise
from leads.agreement import Teaches
from leads.lifecycle import Stage
from leads.movement import Movement
from leads.rates import Rate
from leads.standing import Standing


class ReviewKind(StrEnum):
    """How long a time is looked back on."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Point(StrEnum):
    """A point of an agenda; each is told in one reply of its thread."""

    QUALITY = "quality"
    REASONS = "reasons"
    PROMISES = "promises"
    CONTENT = "content"
    GOALS = "goals"
    DECISIONS = "decisions"
    FUNNEL = "funnel"
    VELOCITY = "velocity"
    CAMPAIGNS = "campaigns"
    WINS = "wins"
    THANKS = "thanks"


@dataclass(frozen=True, kw_only=True)
class CampaignLine:
    """One campaign's quality; `name` is None for leads that came without one."""

    name: str | None
    offered: int
    accepted: Rate
    before: Rate | None
    moved: Movement
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class RejectedExample:
    """One rejected lead; `said` is what the rep wrote."""

    name: str
    company: str | None
    by: str
    said: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReasonLine:
    """One reason: `share` of the rejections gave it, `before` of those of the time before."""

    label: str
    teaches: Teaches
    share: Rate
    before: Rate | None
    examples: tuple[RejectedExample, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeptLine:
    """One promise: how often it was kept, and before; `overdue` wait still."""

    promise: Promise
    standing: Standing
    rate: Rate
    before: Rate | None
    moved: Movement
    promised: Words | float | int | None = None
    overdue: int = 0
    missing: Words | None = None


@dataclass(frozen=True, kw_only=True)
class VolumeNow:
    """Leads handed over, of those expected by what marketing promised for a week."""

    standing: Standing
    found: int
    expected: float
    goal: int


@dataclass(frozen=True, kw_only=True)
class ObjectionLine:
    """What leads objected: `n` times, `bare` of them answered without content. `campaigns` are
    titles."""

    says: str
    n: int
    bare: int
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoalLine:
    """One target of a goal: `target` is mqls, pipeline or revenue, `expected` what would keep pace.
    `currency` is that of an amount."""

    period: str
    target: str
    found: int
    goal: int
    expected: float
    standing: Standing
    days_left: int
    currency: str | None = None


class DecisionKind(StrEnum):
    """Why something should be decided."""

    CAMPAIGN = "campaign"  # its acceptance lies below the promise
    REASON = "reason"  # it makes over a third of the rejections
    ANSWERS = "answers"  # rejections are past their time without one
    PROMISE = "promise"  # sales is short of one
    GOAL = "goal"  # it is off pace
    CONTENT = "content"  # an objection is met without any
    CRITERIA = "criteria"  # a proposal waits for both sides, or for one


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Something that the figures ask to be decided, with the figures."""

    kind: DecisionKind
    subject: str
    rate: Rate | None = None
    promised: float | None = None
    n: int = 0
    teaches: Teaches | None = None
    who: tuple[str, ...] = ()
    goal: GoalLine | None = None


@dataclass(frozen=True, kw_only=True)
class WeeklyView:
    """A week for the sync of both teams. Empty parts are left off the agenda. `label` is the
    period as it is asked for."""

    first: date
    last: date
    label: str
    offered: int
    total: Rate
    before: Rate | None
    moved: Movement
    standing: Standing
    promised: float | None
    trend: TrendChart | None
    campaigns: tuple[CampaignLine, ...] = ()
    campaigns_more: int = 0
    rejected: int = 0
    answered: Rate | None = None
    reasons: tuple[ReasonLine, ...] = ()
    pareto: ParetoChart | None = None
    sales: tuple[KeptLine, ...] = ()
    marketing: tuple[KeptLine, ...] = ()
    volume: VolumeNow | None = None
    content: tuple[ObjectionLine, ...] = ()
    goals: tuple[GoalLine, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        """The agenda: what there is something to say about, decisions last."""
        there = (
            (Point.QUALITY, self.campaigns),
            (Point.REASONS, self.reasons),
            (Point.PROMISES, self.sales or self.marketing or self.volume),
            (Point.CONTENT, self.content),
            (Point.GOALS, self.goals),
            (Point.DECISIONS, self.decisions),
        )
        return tuple(point for point, something in there if something)

    @property
    def short(self) -> tuple[Promise, ...]:
        """The promises whose light is red, sales' first."""
        red = [line.promise for line in self.sales if line.standing is Standing.RED]
        if self.volume and self.volume.standing is Standing.RED:
            red.append(Promise.VOLUME)
        return (*red, *(one.promise for one in self.marketing if one.standing is Standing.RED))


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """A stage of the funnel: how many reached it, of those of the stage before, and how long the
    step took in the middle."""

    stage: Stage
    reached: int
    of_previous: Rate | None
    before: Rate | None
    took: timedelta | None


@dataclass(frozen=True, kw_only=True)
class LegLine:
    """How long one leg took in the middle of `n`, and before. `business` time or calendar."""

    leg: str
    n: int
    median: timedelta
    before: timedelta | None
    business: bool


@dataclass(frozen=True, kw_only=True)
class CreditLine:
    """What a campaign is credited with by last and by first touch; None is no campaign."""

    name: str | None
    leads: int
    won_last: int
    won_first: int
    pipeline_last: int
    pipeline_first: int
    revenue_last: int
    revenue_first: int
    cost_per_win: float | None


@dataclass(frozen=True, kw_only=True)
class MonthlyView:
    """A month in depth."""

    first: date
    last: date
    label: str
    steps: tuple[StepLine, ...]
    won: Rate
    lost: int
    funnel: FunnelChart | None
    legs: tuple[LegLine, ...] = ()
    first_touches: DistributionChart | None = None
    campaigns: tuple[CreditLine, ...] = ()
    campaigns_more: int = 0
    goals: tuple[GoalLine, ...] = ()
    currency: str = "EUR"

    @property
    def points(self) -> tuple[Point, ...]:
        """What there is something to say about."""
        there = (
            (Point.FUNNEL, self.steps),
            (Point.VELOCITY, self.legs),
            (Point.CAMPAIGNS, self.campaigns),
            (Point.GOALS, self.goals),
        )
        return tuple(point for point, something in there if something)


@dataclass(frozen=True, kw_only=True)
class WonLine:
    """One win and what helped. `accepted_after` is business time, told only where it was in time;
    `content` is an address."""

    whom: str
    day: date
    amount: float | None
    rep: str
    campaign: str | None = None
    owner: str | None = None
    content: tuple[str, ...] = ()
    accepted_after: timedelta | None = None
    tier: str | None = None


@dataclass(frozen=True, kw_only=True)
class CelebrationView:
    """A quarter's wins, in the order of their days. `amount` is of all whose amount is known;
    `accepted_after` the middle of all in time. Names stand in the order of the alphabet; `goals`
    are those that were reached."""

    first: date
    last: date
    label: str
    n: int
    amount: float
    currency: str
    wins: tuple[WonLine, ...]
    reps: tuple[str, ...] = ()
    marketers: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    accepted_after: timedelta | None = None
    goals: tuple[GoalLine, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        """Who made it possible, then every win."""
        return (Point.THANKS, Point.WINS)

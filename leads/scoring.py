"""What a lead is worth under numbered criteria, with an explanation that adds up exactly."""

from collections.abc import Callable, Sequence
from datetime import datetime

from leads.conditions import Finding, check_of, history_of
from leads.criteria import Condition, Criteria, Group, Rule, Score, ScoreLine
from leads.lead import EngagementEvent, Lead

CAP_RULES = {Group.FIT: "fit_cap", Group.ENGAGEMENT: "engagement_cap"}
"""Ids of the lines that take points off at a group's cap; no rule may be called so."""

Scorer = Callable[[Lead, Sequence[EngagementEvent], datetime], Score]


def score(
    criteria: Criteria, lead: Lead, events: Sequence[EngagementEvent], now: datetime
) -> Score:
    """The score of a lead at `now`. Points are whole; `points == fit + engagement ==` the sum of
    the lines, always. Lines come in the order of the rules, those of 0 points are left out, and a
    group over its cap gets one more line that takes the excess. May be negative. To score many
    leads take `compiled`."""
    return compiled(criteria)(lead, events, now)


def holds(
    condition: Condition, lead: Lead, events: Sequence[EngagementEvent], now: datetime
) -> bool:
    """Whether a condition holds. Words are compared without regard to case, `contains_any` looks
    for whole words ("CTO" isn't in "Director"; "engineer*" is in "Engineering"), and where a
    field has several values one is enough. Events up to five minutes ahead of `now` count."""
    return check_of(condition)(lead, history_of(events, now), now) is not None


def compiled(criteria: Criteria) -> Scorer:
    """The criteria as one function, which scores any number of leads fast.

    It isn't cached by value: to Python a rule for True equals one for 1."""
    rules = tuple((rule, check_of(rule.when)) for rule in criteria.rules)
    caps = (
        (Group.FIT, criteria.fit_cap),
        (Group.ENGAGEMENT, criteria.engagement_cap),
    )

    def scored(lead: Lead, events: Sequence[EngagementEvent], now: datetime) -> Score:
        history = history_of(events, now)
        lines = []
        sums = {Group.FIT: 0, Group.ENGAGEMENT: 0}
        for rule, check in rules:
            finding = check(lead, history, now)
            if finding is None:
                continue
            points = points_of(rule, finding, now)
            if points:
                sums[rule.group] += points
                lines.append(
                    ScoreLine(
                        rule=rule.id,
                        label=rule.label,
                        group=rule.group,
                        points=points,
                        evidence=finding.evidence,
                    )
                )
        for group, cap in caps:
            if cap is not None and sums[group] > cap:
                lines.append(_cap_line(group, cap, sums[group]))
                sums[group] = cap
        fit, engagement = sums[Group.FIT], sums[Group.ENGAGEMENT]
        return Score(
            points=fit + engagement,
            fit=fit,
            engagement=engagement,
            lines=tuple(lines),
            criteria_version=criteria.version,
        )

    return scored


def points_of(rule: Rule, finding: Finding, now: datetime) -> int:
    """The whole points that a rule gives where its condition holds: once or per event, up to the
    cap, then halved with each half-life of the newest event's age, and rounded."""
    points = full_points(rule, finding.events)
    if rule.half_life is None or finding.newest is None:
        return points
    left: float = 0.5 ** max((now - finding.newest) / rule.half_life, 0.0)
    return round(points * left)


def full_points(rule: Rule, events: int) -> int:
    """The points before any decay, where this many events made the condition hold."""
    if not rule.each:
        return rule.points
    points = rule.points * max(events, 1)
    return points if rule.cap is None else max(-rule.cap, min(rule.cap, points))


def _cap_line(group: Group, cap: int, found: int) -> ScoreLine:
    return ScoreLine(
        rule=CAP_RULES[group],
        label=f"{group.value.capitalize()} counts for at most {cap}",
        group=group,
        points=cap - found,
    )

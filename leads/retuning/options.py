"""How far a retuning may go."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """What both sides allow a retuning; the seed makes its intervals repeatable."""

    most_rules: int = 20
    """Rules on the card, at most: a person has to be able to argue with it."""
    most_step: int = 20
    """Points that a rule may move in one version; a new or a dropped rule moves from or to 0."""
    most_new: int = 5
    """New rules in one version."""
    most_points: int = 50
    """Points that a rule may have, in either direction."""
    weekly_volume: float | None = None
    """Leads a week that reach the threshold, as promised; None holds what it is now."""
    test_weeks: int = 4
    """At least so many of the newest weeks are held out to prove a proposal..."""
    test_share: float = 0.5
    """...and so many that this share of all decisions is among them: a week of few leads proves
    nothing."""
    learned_until: int | None = None
    """The newest week that the criteria in force were learned from, if they were: up to it they
    look better than they are, so nothing is proven there."""
    fewest: int = 200
    """Decisions below which nothing is learned."""
    most_weight: float = 5.0
    """Cap of an inverse propensity: one explored lead never speaks for more than so many."""
    seed: int = 0

"""Scoring criteria: conditions, rules and a numbered version of them, as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from leads.lead import Scalar


class Group(StrEnum):
    """Who the lead is (fit) or what the lead did (engagement)."""

    FIT = "fit"
    ENGAGEMENT = "engagement"


class FieldTest(StrEnum):
    """How a field is compared; words are compared without regard to case."""

    IS = "is"
    ONE_OF = "one_of"
    CONTAINS_ANY = "contains_any"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    PRESENT = "present"


class Sign(StrEnum):
    """Which way a rule may count, whatever the reps' answers teach."""

    POSITIVE = "+"
    NEGATIVE = "-"


@dataclass(frozen=True, kw_only=True)
class FieldCondition:
    """A field compared with a value; `present` takes True or False. An unknown field fails
    every test but `present = false`."""

    field: str
    test: FieldTest
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, kw_only=True)
class EventCondition:
    """At least `at_least` events of a type (and name, if given), within the time before now."""

    event: str
    name: str | None = None
    at_least: int = 1
    within: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class AllOf:
    """Every condition holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, kw_only=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, kw_only=True)
class Not:
    """The condition doesn't hold."""

    condition: "Condition"


Condition = FieldCondition | EventCondition | AllOf | AnyOf | Not


def tests_in(condition: Condition) -> Iterator[FieldCondition | EventCondition]:
    """The conditions on fields and events that it is made of, from left to right."""
    match condition:
        case FieldCondition() | EventCondition():
            yield condition
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from tests_in(part)
        case Not(condition=inner):
            yield from tests_in(inner)
        case _:
            assert_never(condition)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Points for a condition. `half_life` halves them with the age of the newest matching event;
    `each` gives the points once per matching event, up to `cap` points in all. `sign` binds a
    retuning: the rule never gets points of the other sign."""

    id: str
    label: str
    group: Group
    points: int
    when: Condition
    half_life: timedelta | None = None
    each: bool = False
    cap: int | None = None
    sign: Sign | None = None


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """One numbered version of the scoring rules; `fit_cap` and `engagement_cap` bound a group."""

    version: int = 1
    threshold: int
    rules: tuple[Rule, ...]
    fit_cap: int | None = None
    engagement_cap: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """One line of an explanation: which rule gave (or, for a cap, took) how many points, and
    what it was seen in. `evidence` is the lead's own value or event, hostile like all lead data."""

    rule: str
    label: str
    group: Group
    points: int
    evidence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score that explains itself: `points == fit + engagement == sum of the lines`."""

    points: int
    fit: int
    engagement: int
    lines: tuple[ScoreLine, ...]
    criteria_version: int

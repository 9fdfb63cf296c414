"""Scores: what a condition means, and that every explanation adds up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.criteria import (
    AllOf,
    AnyOf,
    Condition,
    Criteria,
    EventCondition,
    FieldCondition,
    FieldTest,
    Group,
    Not,
    Rule,
    Score,
)
from leads.lead import Company, EngagementEvent, Lead, Scalar
from leads.scoring import holds, score
from tests.leads.made_up import NOW, event, lead

VISITS = EventCondition(event="page_view", at_least=3, within=timedelta(days=30))


def field(path: str, test: str, value: Scalar | tuple[Scalar, ...]) -> FieldCondition:
    """A test of a field."""
    return FieldCondition(field=path, test=FieldTest(test), value=value)


def rule(
    when: Condition,
    points: int = 10,
    *,
    group: Group = Group.ENGAGEMENT,
    number: int = 1,
    half_life: timedelta | None = None,
    each: bool = False,
    cap: int | None = None,
) -> Rule:
    """A rule."""
    return Rule(
        id=f"rule-{number}",
        label=f"Rule {number}",
        group=group,
        points=points,
        when=when,
        half_life=half_life,
        each=each,
        cap=cap,
    )


def scored(
    *rules: Rule,
    of: Lead | None = None,
    events: tuple[EngagementEvent, ...] = (),
    fit_cap: int | None = None,
    engagement_cap: int | None = None,
) -> Score:
    """The score under these rules."""
    criteria = Criteria(
        version=7, threshold=60, rules=rules, fit_cap=fit_cap, engagement_cap=engagement_cap
    )
    return score(criteria, of or lead(), events, NOW)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (field("title", "is", "vp engineering"), True),
        (field("title", "one_of", ("CTO", "VP Engineering")), True),
        (field("title", "contains_any", ("engineering",)), True),
        (field("title", "contains_any", ("engineer",)), False),
        (field("title", "contains_any", ("engineer*",)), True),
        (field("email", "contains_any", ("@initech.example",)), True),
        (field("company.employees", "at_least", 120), True),
        (field("company.employees", "at_most", 119), False),
        (field("company.employees", "is", 120.0), True),
        (field("company.industry", "at_least", 1), False),
        (field("company.industry", "present", False), True),
        (field("company.industry", "present", True), False),
        (field("company.name", "present", True), True),
        (field("visits", "at_least", 3), True),
        (field("extra.visits", "at_least", 4), False),
        (field("newsletter", "is", True), True),
        (field("newsletter", "is", 1), False),
        (field("newsletter", "at_least", 1), False),
        (field("title", "at_least", 1), False),
        (Not(condition=field("company.industry", "is", "software")), True),
        (AllOf(conditions=(field("visits", "is", 3), field("title", "is", "CEO"))), False),
        (AnyOf(conditions=(field("visits", "is", 3), field("title", "is", "CEO"))), True),
    ],
)
def test_conditions_mean_what_they_say(condition: Condition, expected: bool) -> None:
    assert holds(condition, lead(visits=3, newsletter=True), (), NOW) is expected


@pytest.mark.parametrize(
    ("title", "word"), [("Director of Sales", "CTO"), ("Coordinator", "COO"), ("Scion", "CIO")]
)
def test_a_short_title_is_not_found_inside_another_word(title: str, word: str) -> None:
    assert not holds(field("title", "contains_any", (word,)), lead(title=title), (), NOW)


def test_one_of_several_interests_is_enough() -> None:
    interested = Lead(id=1, interests=("Pricing", "API"), created_at=NOW)
    assert holds(field("interests", "is", "pricing"), interested, (), NOW)
    assert holds(field("interests", "contains_any", ("api",)), interested, (), NOW)
    assert not holds(field("interests", "present", True), Lead(id=1, created_at=NOW), (), NOW)


def test_events_count_by_type_name_and_time() -> None:
    pages = tuple(event("page_view", "/pricing", days_ago=days) for days in (1, 2, 31))
    assert not holds(VISITS, lead(), pages, NOW)
    assert holds(VISITS, lead(), (*pages, event("Page_View", "/")), NOW)
    named = EventCondition(event="page_view", name="/PRICING", at_least=3)
    assert holds(named, lead(), pages, NOW)


def test_an_event_of_the_future_waits_but_a_fast_clock_is_forgiven() -> None:
    any_visit = EventCondition(event="page_view")
    assert not holds(any_visit, lead(), (event("page_view", days_ago=-1),), NOW)
    assert holds(any_visit, lead(), (event("page_view", days_ago=-1 / 1440),), NOW)


def test_points_halve_with_each_half_life_of_the_newest_event() -> None:
    decaying = rule(EventCondition(event="download"), 24, half_life=timedelta(days=30))
    old = event("download", "Guide", days_ago=90)
    for days, points in ((0, 24), (30, 12), (60, 6)):
        found = scored(decaying, events=(old, event("download", "Guide", days_ago=days)))
        assert found.points == points


def test_points_for_each_event_stop_at_the_cap() -> None:
    each = rule(EventCondition(event="webinar"), 10, each=True, cap=25)
    events = tuple(event("webinar", str(n)) for n in range(4))
    assert scored(each, events=events[:2]).points == 20
    assert scored(each, events=events).points == 25


def test_a_cap_of_a_group_is_a_line_of_its_own() -> None:
    big = rule(field("title", "present", True), 50, group=Group.FIT, number=1)
    more = rule(field("email", "present", True), 30, group=Group.FIT, number=2)
    found = scored(big, more, fit_cap=60)
    assert (found.points, found.fit, found.engagement) == (60, 60, 0)
    assert [(line.rule, line.points) for line in found.lines] == [
        ("rule-1", 50),
        ("rule-2", 30),
        ("fit_cap", -20),
    ]
    assert found.lines[-1].label == "Fit counts for at most 60"


def test_a_line_says_in_what_it_was_seen() -> None:
    pages = tuple(event("page_view", page) for page in ("/", "/pricing", "/docs"))
    found = scored(
        rule(field("title", "present", True), number=1),
        rule(VISITS, number=2),
        rule(EventCondition(event="page_view", name="/pricing"), number=3),
        rule(field("company.industry", "present", False), number=4),
        events=pages,
    )
    assert [line.evidence for line in found.lines] == [
        "VP Engineering",
        "3 times",
        "/pricing",
        None,
    ]
    assert found.criteria_version == 7


def test_a_lead_of_which_nothing_is_known_scores_nothing() -> None:
    nobody = Lead(id=1, company=Company(), created_at=NOW)
    assert scored(rule(field("title", "contains_any", ("CTO",))), of=nobody).lines == ()


fields = st.sampled_from(["title", "email", "company.employees", "visits", "unknown"])
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(
        st.builds(field, fields, st.just("present"), st.booleans()),
        st.builds(field, fields, st.sampled_from(["at_least", "at_most"]), st.integers(-5, 200)),
        st.builds(
            EventCondition,
            event=st.sampled_from(["page_view", "download"]),
            at_least=st.integers(1, 3),
            within=st.none() | st.timedeltas(timedelta(days=1), timedelta(days=60)),
        ),
    ),
    lambda inner: st.one_of(
        st.builds(AllOf, conditions=st.tuples(inner, inner)),
        st.builds(AnyOf, conditions=st.tuples(inner, inner)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=4,
)
rules = st.builds(
    rule,
    conditions,
    st.integers(-50, 50),
    group=st.sampled_from(Group),
    half_life=st.none() | st.timedeltas(timedelta(hours=1), timedelta(days=60)),
    each=st.booleans(),
    cap=st.none() | st.integers(1, 60),
)
histories = st.lists(
    st.builds(
        event,
        st.sampled_from(["page_view", "download"]),
        days_ago=st.floats(-2, 90),
    ),
    max_size=8,
)


@given(
    st.lists(rules, max_size=8),
    histories,
    st.none() | st.integers(0, 80),
    st.none() | st.integers(0, 80),
)
def test_every_explanation_adds_up_to_the_last_point(
    given_rules: list[Rule],
    events: list[EngagementEvent],
    fit_cap: int | None,
    engagement_cap: int | None,
) -> None:
    found = scored(
        *given_rules,
        of=lead(visits=3),
        events=tuple(events),
        fit_cap=fit_cap,
        engagement_cap=engagement_cap,
    )
    by_group = {
        group: sum(line.points for line in found.lines if line.group is group) for group in Group
    }
    assert found.points == sum(line.points for line in found.lines)
    assert (found.fit, found.engagement) == (by_group[Group.FIT], by_group[Group.ENGAGEMENT])
    assert found.points == found.fit + found.engagement
    assert all(line.points and isinstance(line.points, int) for line in found.lines)
    assert fit_cap is None or found.fit <= fit_cap
    assert engagement_cap is None or found.engagement <= engagement_cap


@given(st.lists(rules, max_size=4), histories)
def test_the_order_of_events_makes_no_difference_to_the_points(
    given_rules: list[Rule], events: list[EngagementEvent]
) -> None:
    forwards = scored(*given_rules, events=tuple(events))
    backwards = scored(*given_rules, events=tuple(reversed(events)))
    assert forwards.points == backwards.points

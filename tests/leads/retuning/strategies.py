"""Criteria, leads and events of every kind, for laws that hold for any."""

from datetime import timedelta

from hypothesis import strategies as st

from leads.conditions import CLOCK_SKEW
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
)
from leads.lead import Company, EngagementEvent, Lead, Scalar
from tests.leads.made_up import NOW

WORDS = (
    "CTO",
    "Director",
    "vp of Engineering",
    "Engineering",
    "STRASSE",
    "straße",
    " cto ",
    "首席",
)
NUMBERS = (True, False, 0, 1, 1.0, -3, 2.5, 10**400, float("nan"), float("inf"), -0.0)
KINDS = ("visit", "Visit", "download", "Ｖisit")
NAMES = (None, "", "Pricing", "pricing", "Guide")

words = st.sampled_from(WORDS)
scalars: st.SearchStrategy[Scalar] = st.one_of(words, st.sampled_from(NUMBERS), st.just(""))
known_fields = ("title", "source", "company.country", "company.employees", "interests")
extra_names = ("visits", "title", "extra.visits", "company.size", "plan")
extra_paths = ("visits", "extra.visits", "extra.extra.visits", "extra.title", "plan")
odd_paths = ("company.size", "extra.company.size", "company.", "created_at", "id", "nowhere")
paths = st.sampled_from([*known_fields, *extra_paths, *odd_paths])

field_conditions = st.one_of(
    st.builds(FieldCondition, field=paths, test=st.just(FieldTest.IS), value=scalars),
    st.builds(
        FieldCondition,
        field=paths,
        test=st.just(FieldTest.ONE_OF),
        value=st.lists(scalars, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        FieldCondition,
        field=paths,
        test=st.just(FieldTest.CONTAINS_ANY),
        value=st.lists(
            st.sampled_from(["cto", "engineer*", "director", "Strasse", "席", "*", "vp of"]),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
    st.builds(
        FieldCondition,
        field=paths,
        test=st.sampled_from([FieldTest.AT_LEAST, FieldTest.AT_MOST]),
        value=st.sampled_from([0, 1, 1.0, 2.5, -4, True, "1"]),
    ),
    st.builds(FieldCondition, field=paths, test=st.just(FieldTest.PRESENT), value=st.booleans()),
)
event_conditions = st.builds(
    EventCondition,
    event=st.sampled_from(["visit", "VISIT", "download", "never"]),
    name=st.sampled_from([None, "", "PRICING", "guide"]),
    at_least=st.integers(0, 3),
    within=st.sampled_from([None, timedelta(days=2), timedelta(microseconds=1)]),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(field_conditions, event_conditions),
    lambda inner: st.one_of(
        st.builds(AllOf, conditions=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, conditions=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=5,
)
rules = st.builds(
    Rule,
    id=st.just("r"),
    label=st.just("A rule"),
    group=st.sampled_from(Group),
    points=st.integers(-50, 50),
    when=conditions,
    half_life=st.sampled_from([None, timedelta(days=1), timedelta(hours=7)]),
    each=st.booleans(),
    cap=st.sampled_from([None, 1, 30]),
)
caps = st.one_of(st.none(), st.integers(-20, 60))
criteria = st.builds(
    Criteria,
    threshold=st.just(10),
    rules=st.lists(rules, max_size=6).map(tuple),
    fit_cap=caps,
    engagement_cap=caps,
)
leads = st.builds(
    Lead,
    id=st.just(1),
    title=st.none() | words | st.just(""),
    source=st.none() | words,
    company=st.builds(
        Company,
        country=st.none() | words,
        employees=st.none() | st.sampled_from([0, 1, 2, 500]),
    ),
    interests=st.lists(words, max_size=2).map(tuple),
    extra=st.dictionaries(st.sampled_from(extra_names), scalars, max_size=3),
    created_at=st.just(NOW),
)
events = st.builds(
    EngagementEvent,
    id=st.just("e"),
    type=st.sampled_from(KINDS),
    name=st.sampled_from(NAMES),
    at=st.one_of(
        st.sampled_from([0, 1, 24, 48]).map(lambda hours: NOW - timedelta(hours=hours)),
        st.sampled_from([NOW + CLOCK_SKEW, NOW + CLOCK_SKEW + timedelta(microseconds=1)]),
        st.sampled_from([-1, 0, 1]).map(lambda us: NOW - timedelta(days=2, microseconds=us)),
        st.datetimes(min_value=(NOW - timedelta(days=9)).replace(tzinfo=None)).map(
            lambda at: at.replace(tzinfo=NOW.tzinfo)
        ),
    ),
)

"""Routing: who may, who is next, and that it is fair."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.fairness import dues
from leads.lead import Company, Lead
from leads.person import HoursBlock, Leave, Person, Role
from leads.routing import Candidate, Obstacle, obstacle, route, why_nobody
from leads.worktime import WorkCalendar
from tests.leads.made_up import NOW, lead, rep

ALWAYS = (HoursBlock(days=frozenset(range(7)), start=0, end=1440),)


def candidate(
    person: Person,
    *,
    hours: tuple[HoursBlock, ...] = ALWAYS,
    leave: tuple[Leave, ...] = (),
    zone: str = "UTC",
    recent: int = 0,
    duty: float = 10,
    open_leads: int = 0,
    prior: bool = False,
) -> Candidate:
    """Somebody who works always, unless said otherwise."""
    return Candidate(
        person=person,
        calendar=WorkCalendar(zone=ZoneInfo(zone), hours=hours, leave=leave),
        open_leads=open_leads,
        recent_offers=recent,
        due=person.weight * duty,
        prior=prior,
    )


def chosen(
    candidates: Sequence[Candidate],
    *,
    of: Lead | None = None,
    owner: str | None = None,
    segment: frozenset[str] = frozenset(),
    now: datetime = NOW,
) -> str | None:
    """The name of who gets the lead."""
    found = route(of or lead(), owner, candidates, now, segment)
    return found.rep.name if found else None


TODAY = Leave(first=date(2026, 11, 20), last=date(2026, 11, 20))
RETIRED = Leave(first=date(2026, 11, 21), last=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (candidate(rep("Ana", roles=frozenset({Role.ADMIN}))), Obstacle.NOT_A_REP),
        (candidate(rep("Ana"), prior=True), Obstacle.HAD_IT),
        (candidate(rep("Ana", weight=0)), Obstacle.NO_SHARE),
        (candidate(rep("Ana", territories="ES PT")), Obstacle.TERRITORY),
        (candidate(rep("Ana", segments="enterprise")), Obstacle.SEGMENT),
        (candidate(rep("Ana"), leave=(TODAY,)), Obstacle.ON_LEAVE),
        (candidate(rep("Ana", capacity=3), open_leads=3), Obstacle.AT_CAPACITY),
        (
            candidate(
                rep("Ana"),
                hours=(HoursBlock(days=frozenset({6}), start=0, end=60),),
                leave=(RETIRED,),
            ),
            Obstacle.NEVER_WORKS,
        ),
        (candidate(rep("Ana", territories="de ES", segments="smb")), None),
    ],
)
def test_each_obstacle_is_seen(one: Candidate, expected: Obstacle | None) -> None:
    assert obstacle(one, lead(), NOW, frozenset({"smb"})) is expected
    assert (route(lead(), None, [one], NOW, frozenset({"smb"})) is None) is bool(expected)


def test_the_fallback_notice_names_every_reps_obstacle() -> None:
    candidates = [
        candidate(rep("Ana"), leave=(TODAY,)),
        candidate(rep("Ben", territories="ES")),
        candidate(rep("Mia", roles=frozenset({Role.MANAGER}))),
    ]
    assert why_nobody(lead(), candidates, NOW) == (
        "No rep can take it: Ana is on leave; Ben covers another territory."
    )


def test_the_owner_of_the_company_comes_first() -> None:
    candidates = [candidate(rep("Ana"), recent=50), candidate(rep("Ben"))]
    assert chosen(candidates, owner="ana@acme.example") == "Ana"


def test_an_owner_who_cannot_take_it_is_passed_over() -> None:
    candidates = [candidate(rep("Ana"), leave=(TODAY,)), candidate(rep("Ben"))]
    assert chosen(candidates, owner="ana@acme.example") == "Ben"


def test_who_works_now_comes_before_who_starts_soonest() -> None:
    monday = (HoursBlock(days=frozenset({0}), start=540, end=600),)
    tomorrow = (HoursBlock(days=frozenset({5}), start=540, end=600),)
    busy = candidate(rep("Ana"), recent=99)
    sooner = candidate(rep("Ben"), hours=tomorrow, recent=50)
    later = candidate(rep("Cy"), hours=monday)
    assert chosen([later, sooner, busy]) == "Ana"
    assert chosen([later, sooner]) == "Ben"


def test_leave_is_counted_in_the_persons_own_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Tokyo already
    assert chosen([candidate(rep("Ana"), leave=(TODAY,), zone="Asia/Tokyo")], now=late) == "Ana"


def test_an_unknown_country_goes_to_who_covers_any_and_else_to_the_rest() -> None:
    somewhere = lead(company=Company(name="Initech"))
    local = candidate(rep("Ana", territories="ES"))
    everywhere = candidate(rep("Ben"), recent=99)
    assert chosen([local, everywhere], of=somewhere) == "Ben"
    assert chosen([local], of=somewhere) == "Ana"


def test_the_reason_is_said_in_words() -> None:
    ana = candidate(rep("Ana", territories="DE", segments="smb"))
    ben = candidate(rep("Ben"), recent=9)
    found = route(lead(), None, [ana, ben], NOW, frozenset({"smb"}))
    assert found is not None
    assert found.why == (
        "in charge of DE and smb, working now, and next in turn (fewest new leads for the share)"
    )
    alone = route(lead(), None, [ben], NOW)
    assert alone is not None
    assert alone.why == "working now and the only one who can take it now"
    tossed = route(lead(), None, [ben, candidate(rep("Cy"), recent=9)], NOW)
    assert tossed is not None
    assert tossed.why == "working now and drawn by lot among equals"


teams = st.lists(
    st.builds(
        candidate,
        st.builds(
            rep,
            st.text("abcdefgh", min_size=1, max_size=6),
            weight=st.sampled_from([0, 0.5, 1, 2]),
            capacity=st.integers(0, 5),
            territories=st.sampled_from(["", "DE", "ES PT"]),
        ),
        leave=st.sampled_from([(), (TODAY,)]),
        recent=st.integers(0, 20),
        duty=st.floats(0, 20),
        open_leads=st.integers(0, 5),
        prior=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.person.email,
)


@given(teams, st.randoms(use_true_random=False), st.integers(1, 10_000))
def test_the_order_of_the_team_file_makes_no_difference(
    candidates: list[Candidate],
    random: Random,
    number: int,
) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert chosen(candidates, of=lead(number=number)) == chosen(shuffled, of=lead(number=number))


@given(teams)
def test_nobody_who_cannot_take_a_lead_gets_it_and_somebody_who_can_does(
    candidates: list[Candidate],
) -> None:
    able = [one.person.name for one in candidates if obstacle(one, lead(), NOW) is None]
    found = chosen(candidates)
    assert found in able if able else found is None


WORKDAYS = (HoursBlock(days=frozenset(range(5)), start=540, end=1080),)
BEGIN = date(2026, 9, 7)
"""A Monday."""
LEADS_A_DAY = 8
WINDOW = timedelta(days=28)


def handed_out(
    people: Sequence[Person], days: int, leave: Mapping[str, Leave], joins: Mapping[str, date]
) -> dict[tuple[str, date], int]:
    """Who got how many leads on which day, when eight come on every working day."""
    offers: Counter[tuple[str, date]] = Counter()
    for day in (BEGIN + timedelta(days=n) for n in range(days)):
        if day.weekday() > 4:
            continue
        crew = [
            (one, WorkCalendar(zone=UTC, hours=WORKDAYS, leave=(leave[one.name],)))
            if one.name in leave
            else (one, WorkCalendar(zone=UTC, hours=WORKDAYS))
            for one in people
            if joins.get(one.name, day) <= day
        ]
        for turn in range(LEADS_A_DAY):
            recent = {key: count for key, count in offers.items() if key[1] > day - WINDOW}
            due = dues(recent, crew)
            candidates = [
                Candidate(
                    person=person,
                    calendar=calendar,
                    recent_offers=sum(n for key, n in recent.items() if key[0] == person.email),
                    due=due[person.email],
                )
                for person, calendar in crew
            ]
            now = datetime(day.year, day.month, day.day, 10, turn, tzinfo=UTC)
            found = route(lead(number=day.toordinal() * 10 + turn), None, candidates, now)
            assert found is not None
            offers[found.rep.email, day] += 1
    return dict(offers)


def offered(offers: Mapping[tuple[str, date], int], person: Person, first: int, days: int) -> int:
    """How many leads a person got in `days` days from day `first` on."""
    span = [BEGIN + timedelta(days=first + n) for n in range(days)]
    return sum(offers.get((person.email, day), 0) for day in span)


@given(st.lists(st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0]), min_size=2, max_size=5))
@settings(max_examples=15, deadline=None)
def test_everybody_gets_their_share_to_within_about_a_lead(weights: list[float]) -> None:
    people = [rep(f"Rep{n}", weight=weight, capacity=10_000) for n, weight in enumerate(weights)]
    offers = handed_out(people, 26, {}, {})
    for person in people:
        fair = 20 * LEADS_A_DAY * person.weight / sum(weights)
        assert abs(offered(offers, person, 0, 26) - fair) <= 2


@given(st.integers(2, 4), st.integers(1, 14), st.integers(1, 25))
@settings(max_examples=15, deadline=None)
def test_leave_leaves_no_echo(size: int, start: int, length: int) -> None:
    """Each week after the return, whoever was away gets what the others get."""
    people = [rep(f"Rep{n}", capacity=10_000) for n in range(size)]
    first = BEGIN + timedelta(days=start)
    away = Leave(first=first, last=first + timedelta(days=length - 1))
    back = (start + length + 6) // 7 * 7  # the next Monday
    offers = handed_out(people, back + 42, {"Rep0": away}, {})
    for week in range(back, back + 42, 7):
        fair = 5 * LEADS_A_DAY / size
        assert abs(offered(offers, people[0], week, 7) - fair) <= 2


def test_a_newcomer_joins_in_without_a_flood_or_a_wait() -> None:
    people = [rep(name, capacity=10_000) for name in ("Ana", "Ben", "Cy")]
    offers = handed_out(people, 42, {}, {"Cy": BEGIN + timedelta(days=28)})
    assert 2 <= offered(offers, people[2], 28, 1) <= 4
    assert 12 <= offered(offers, people[2], 28, 7) <= 15


def test_equals_win_the_toss_equally_often() -> None:
    people = [candidate(rep(name)) for name in ("Ana", "Ben", "Cy", "Dan")]
    wins = Counter(chosen(people, of=lead(number=number)) for number in range(4000))
    assert all(abs(wins[one.person.name] - 1000) < 120 for one in people)


def test_deciding_twice_decides_the_same() -> None:
    people = [candidate(rep(name)) for name in ("Ana", "Ben", "Cy")]
    soon = NOW + timedelta(minutes=1)
    assert chosen(people) == chosen(people, now=soon)

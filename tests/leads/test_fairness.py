"""What is due to whom, day by day."""

from datetime import UTC, date

import pytest

from leads.fairness import dues
from leads.person import HoursBlock, Leave, Person
from leads.worktime import WorkCalendar
from tests.leads.made_up import rep

MONDAY, TUESDAY, SATURDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 21)
HOURS = (HoursBlock(days=frozenset(range(5)), start=540, end=1080),)


def works(person: Person, *leave: Leave) -> tuple[Person, WorkCalendar]:
    """One of the crew, Monday to Friday."""
    return person, WorkCalendar(zone=UTC, hours=HOURS, leave=leave)


def test_leads_are_due_by_weight_to_those_on_duty_that_day() -> None:
    crew = [
        works(rep("Ana")),
        works(rep("Ben", weight=2)),
        works(rep("Cy"), Leave(first=TUESDAY, last=TUESDAY)),
    ]
    ana, ben, cy = (person.email for person, _ in crew)
    offers = {(ana, MONDAY): 2, (ben, MONDAY): 1, (cy, MONDAY): 1, (ben, TUESDAY): 3}
    due = dues(offers, crew)
    assert due == pytest.approx({ana: 1 + 1, ben: 2 + 2, cy: 1})


def test_days_before_a_persons_first_offer_do_not_count() -> None:
    crew = [works(rep("Ana")), works(rep("Ben"))]
    ana, ben = (person.email for person, _ in crew)
    due = dues({(ana, MONDAY): 4, (ana, TUESDAY): 1, (ben, TUESDAY): 1}, crew)
    assert due == {ana: 5, ben: 1}


def test_leads_of_a_day_on_which_nobody_works_are_due_to_nobody() -> None:
    crew = [works(rep("Ana"))]
    assert dues({("ana@acme.example", SATURDAY): 3}, crew) == {"ana@acme.example": 0}


def test_somebody_who_left_the_team_is_owed_nothing_and_takes_nothing() -> None:
    crew = [works(rep("Ana"))]
    offers = {("gone@acme.example", MONDAY): 3, ("ana@acme.example", MONDAY): 1}
    assert dues(offers, crew) == {"ana@acme.example": 4}

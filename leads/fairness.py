"""How many of the leads that came were due to each rep: by weight, among those on duty that day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from leads.person import Person
from leads.worktime import WorkCalendar

Offers = Mapping[tuple[str, date], int]
"""How many leads a rep (an e-mail) was offered on a day."""


def dues(offers: Offers, crew: Sequence[tuple[Person, WorkCalendar]]) -> dict[str, float]:
    """What was due to each of the crew of the leads that came on the days of `offers`.

    The leads of a day are due to those who had working time that day, by their weights. So nobody
    has to make up for leave, nor is anybody spared for having stood in: after days away both go
    on as equals. Days before a person's first offer don't count either, so that a newcomer joins
    in without a flood. Leads of a day on which nobody worked were due to nobody."""
    first: dict[str, date] = {}
    came: defaultdict[date, int] = defaultdict(int)
    for (email, day), count in offers.items():
        if count > 0:
            came[day] += count
            first[email] = min(day, first.get(email, day))
    due = {person.email: 0.0 for person, _ in crew}
    for day, count in came.items():
        on_duty = [
            person
            for person, calendar in crew
            if person.email in first and first[person.email] <= day and calendar.works_on(day)
        ]
        weights = sum(person.weight for person in on_duty)
        for person in on_duty:
            if weights > 0:
                due[person.email] += count * person.weight / weights
    return due

"""How many of the leads that came were due to each rep: by weight, among those on duty that day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from leads.person import Person
from leads.worktime import WorkCalendar

Offers = Mapping[tuple[str, date], int]
"""How many leads a rep (an e-mail) was offered on a day."""


def dues(
    offers: Offers, crew: Sequence[tuple[Person, WorkCalendar]], joined: Collection[str] = ()
) -> dict[str, float]:
    """What was due to each of the crew of the leads that came on the days of `offers`.

    The leads of a day are due to those who had working time that day, by their weights. So nobody
    has to make up for leave, nor is anybody spared for having stood in: after days away both go
    on as equals. Days before a person's first offer don't count either, so that a newcomer joins
    in without a flood. Leads of a day on which nobody worked were due to nobody. Each day counts by
    itself: dues of several periods add up, given who had `joined` (e-mails) before a period."""
    first = dict.fromkeys(joined, date.min)
    came: defaultdict[date, int] = defaultdict(int)
    for (email, day), count in offers.items():
        if count > 0:
            came[day] += count
            first[email] = min(day, first.get(email, day))
    due = {person.email: 0.0 for person, _ in crew}
    known = [
        (person.email, person.weight, first[person.email], calendar.works_on)
        for person, calendar in crew
        if person.email in first
    ]
    for day, count in came.items():
        on_duty = [
            (email, weight)
            for email, weight, since, works_on in known
            if since <= day and works_on(day)
        ]
        weights = sum(weight for _, weight in on_duty)
        for email, weight in on_duty:
            if weights > 0:
                due[email] += count * weight / weights
    return due

"""Whatever leave people tell, in whatever order: nobody away is offered a lead, and clocks are what
they would be had the leave stood in the team file from the start."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import clocks, take_leave
from commands.context import Context
from commands.take_leave import AGAIN
from leads.person import Leave, Person
from leads.worktime import calendar_of
from storage.database import Database
from storage.tables import LeaveRow
from tests.commands.story import ANA, BEN, CEM, MIA, Story, setup_of
from tests.conftest import Clock

MONDAY = date(2026, 11, 23)
SPANS = st.tuples(st.integers(0, 12), st.integers(0, 9)).map(
    lambda drawn: Leave(
        first=MONDAY + timedelta(days=drawn[0]), last=MONDAY + timedelta(days=sum(drawn))
    )
)
TOLD = st.lists(st.tuples(st.sampled_from([ANA, BEN, CEM]), SPANS), max_size=6)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=TOLD, days_on=st.lists(st.integers(0, 4), min_size=2, max_size=3))
def test_no_lead_goes_to_somebody_away_and_clocks_count_their_days(
    told: list[tuple[Person, Leave]], days_on: list[int], migrated_file: object, tmp_path: object
) -> None:
    asyncio.run(_play(told, days_on, str(migrated_file), str(tmp_path)))


async def _play(
    told: list[tuple[Person, Leave]], days_on: list[int], template: str, folder: str
) -> None:
    import shutil
    from uuid import uuid4

    file = shutil.copy(template, f"{folder}/{uuid4().hex}.db")
    database = Database.open(f"sqlite:///{file}")
    try:
        story = Story(database=database, clock=Clock(), setup=setup_of())
        await story.begin()
        waiting = await story.offer(ANA)
        for person, days in told:
            await story.do(lambda ctx, p=person, d=days: _say(ctx, p, d), person)  # type: ignore[misc]
            await _nobody_away_is_offered_one(story)
        for later in days_on:
            story.clock.advance(days=later)
            await _nobody_away_is_offered_one(story)
        await _clock_is_as_from_a_file(story, waiting.handoff, told)
    finally:
        await database.close()


def _say(ctx: Context, person: Person, days: Leave) -> None:
    if days.last >= ctx.now.date():
        take_leave.take_days(ctx, AGAIN, person, days)


async def _nobody_away_is_offered_one(story: Story) -> None:
    offered = await story.handoff((await story.offer()).handoff)
    rows = await story.all(LeaveRow)
    today = story.clock.now.date()  # the same in Madrid at this hour
    away = {row.email for row in rows if row.first <= today <= row.last}
    assert offered.rep not in away
    assert offered.rep == MIA.email or offered.rep in {ANA.email, BEN.email, CEM.email}
    if len(away) < 3:
        assert offered.rep != MIA.email  # the fallback is for when nobody can


async def _clock_is_as_from_a_file(
    story: Story, handoff_id: int, told: list[tuple[Person, Leave]]
) -> None:
    row = await story.handoff(handoff_id)
    filed = replace(ANA, leave=tuple(days for person, days in told if person is ANA))
    expected = calendar_of(filed).after(row.offered_at, story.setup.agreement.sales.accept_within)
    assert row.accept_by == expected
    calendar = await story.do(lambda ctx: clocks.calendar(ctx, ANA))
    days = [MONDAY + timedelta(days=n) for n in range(40)]
    known = calendar_of(filed)
    assert [calendar.works_on(day) for day in days] == [known.works_on(day) for day in days]

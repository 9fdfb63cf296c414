"""Each channel and period has exactly one review, however the clocks go."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from cards.review_views import ReviewKind
from commands import (
    post_digest,
    post_personal,
)
from commands.card_kind import CardKind
from commands.context import Context, Platform, Setup
from commands.post_reviews import is_due, post_due, review_card
from commands.reviews.periods import newest
from leads.person import Channels
from storage import tally
from storage.database import Database
from storage.tables import CopyRow, LeadRow
from tests.commands.reviewing import decide, reviewing, won
from tests.commands.story import ANA, BEN, ZONE, Story, local, setup_of
from tests.commands.telling import ANSWERING


async def posted(story: Story) -> list[str]:
    return [copy.subject for copy, _ in await story.posts(CardKind.REVIEW)]


async def test_nothing_to_review_is_silence(story: Story) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 23, 9)
    assert await story.do(post_due) == 0
    assert await posted(story) == []


async def test_each_platform_has_its_own_and_two_processes_post_one(story: Story) -> None:
    reviewing(story)
    story.setup = replace(story.setup, platforms=(Platform.SLACK, Platform.TEAMS))
    story.clock.now = local(2026, 11, 17, 11)
    await decide(story, 1, 0)
    story.clock.now = local(2026, 11, 23, 8, 59)

    async def due() -> bool:
        return await story.database.read(lambda session: is_due(story.context(session)))

    assert not await due()
    story.clock.now = local(2026, 11, 23, 9)
    assert [await due(), await due()] == [True, True], "both look before either posts"
    assert [await story.do(post_due), await story.do(post_due)] == [2, 0]
    story.clock.now = local(2026, 11, 23, 7)  # set back, and on again
    await story.do(post_due)
    story.clock.now = local(2026, 11, 23, 10)
    assert await story.do(post_due) == 0
    assert not await due()
    assert len(await posted(story)) == 2


async def test_two_processes_at_the_same_moment_post_everything_once(
    story: Story, database_url: str
) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 17, 11)
    await decide(story, 1, 0)
    await story.offer(BEN)
    story.clock.now = local(2026, 11, 23, 9)
    other = Database.open(database_url)
    chores = (post_due, post_digest.post_due, post_personal.post_due)
    await asyncio.gather(
        *(
            database.write(lambda session, chore=chore: chore(story.context(session)))  # type: ignore[misc]
            for _ in range(3)
            for chore in chores
            for database in (story.database, other)
        )
    )
    await other.close()
    kinds = Counter(copy.kind for copy in await story.all(CopyRow))
    assert kinds[CardKind.REVIEW] == 1
    assert kinds[CardKind.DIGEST] == 1
    told = [copy.subject for copy, _ in await story.posts(CardKind.PERSONAL_DIGEST)]
    assert told
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("review_on", "now", "expected"),
    [
        (0, local(2026, 12, 7, 9), "week 2026-11-30 2026-12-06"),
        (1, local(2026, 12, 8, 10), None),  # Inmaculada
        (1, local(2026, 12, 9, 9), "week 2026-12-01 2026-12-07"),
        (4, local(2026, 12, 24, 9), "week 2026-12-18 2026-12-23"),  # Christmas is a Friday
        (0, local(2026, 12, 10, 9), "week 2026-11-30 2026-12-06"),  # was down since Monday
        (3, local(2026, 12, 9, 9), None),
    ],
)
async def test_the_day_of_the_review(
    story: Story, review_on: int, now: datetime, expected: str | None
) -> None:
    reviewing(story, review_on=review_on)
    for day in range(30, 52):
        story.clock.now = local(2026, 11, 1, 11) + timedelta(days=day)
        await story.mql()
    for day in (1, 18):
        story.clock.now = local(2026, 12, day, 11)
        await story.offer(ANA)
    story.clock.now = now
    await story.do(post_due)
    assert [one for one in await posted(story) if one.startswith("week")] == (
        [expected] if expected else []
    )


async def test_the_first_working_day_has_the_month_and_in_january_the_quarter(
    story: Story,
) -> None:
    reviewing(story)
    story.clock.now = local(2026, 12, 15, 11)
    await won(story)
    story.clock.now = local(2027, 1, 1, 9)  # a holiday
    assert await story.do(post_due) == 0
    story.clock.now = local(2027, 1, 4, 9)
    await story.do(post_due)
    assert [one for one in await posted(story) if not one.startswith("week")] == [
        "month 2026-12-01 2026-12-31",
        "quarter 2026-10-01 2026-12-31",
    ]
    story.clock.now = local(2027, 1, 11, 9)
    assert not await story.database.read(
        lambda session: any(
            review_card(story.context(session), kind, newest(story.context(session), kind)) is None
            for kind in (ReviewKind.MONTH, ReviewKind.QUARTER)
        )
    )
    await story.do(post_due)
    assert len([one for one in await posted(story) if one.startswith("month")]) == 1


def reviewing_setup(zone: str, at: str) -> Setup:
    agreement = replace(ANSWERING, timezone=zone, digest_at=at, holidays=None)
    setup = setup_of(agreement=agreement)
    return replace(setup, team=replace(setup.team, channels=Channels(digest="#year")))


def counted(session: Session, day: date) -> None:
    """An offer and a lead that qualified, so that no period is silent."""
    for measure in ("offered", "mql"):
        tally.add(session, day, measure, {"campaign": "spring-pricing"})


_EVERY: Mapping[str, int] = {"week": 53, "month": 12, "quarter": 4}


@pytest.mark.parametrize(("zone", "at"), [(ZONE, "02:30"), ("America/Havana", "00:30")])
def test_in_a_year_of_clock_changes_each_period_has_exactly_one(
    migrated_file: Path, tmp_path: Path, zone: str, at: str
) -> None:
    file = tmp_path / "year.db"
    file.write_bytes(migrated_file.read_bytes())
    database = Database.open(f"sqlite:///{file}")
    setup = reviewing_setup(zone, at)
    here = ZoneInfo(zone)
    start = datetime(2026, 1, 1, tzinfo=here).astimezone(UTC)

    def begin(session: Session) -> None:
        for day in range(-100, 366, 2):
            when = start + timedelta(days=day, hours=12)
            lead = LeadRow(created_at=when, received_at=when, mql_at=when, stage="won", won_at=when)
            session.add(lead)
            counted(session, when.astimezone(here).date())

    def live(session: Session) -> None:
        # Every minute would take long: ten of them around the hour, and the hours of the day.
        for day in range(365):
            midnight = datetime.combine(date(2026, 1, 1) + timedelta(days=day), time(), here)
            for minute in (*range(0, 240, 30), 12 * 60, 17 * 60):
                now = midnight.astimezone(UTC) + timedelta(minutes=minute)
                post_due(Context(session=session, now=now, setup=setup))

    database.write_now(begin)
    database.write_now(live)
    rows = database.read_now(
        lambda session: list(
            session.exec(select(CopyRow).where(CopyRow.kind == CardKind.REVIEW.value))
        )
    )
    database.close_now()
    subjects = Counter(row.subject for row in rows)
    assert set(subjects.values()) == {1}
    kinds = Counter(subject.split()[0] for subject in subjects)
    assert kinds == _EVERY

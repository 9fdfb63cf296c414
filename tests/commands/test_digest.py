"""The daily digest: what it says, and that each working day has exactly one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from cards.work_forms import outcome_id
from commands import accept_lead, log_touch, reject_lead
from commands.card_kind import CardKind
from commands.context import Context, Platform, Setup
from commands.post_digest import post_due
from leads.person import Channels
from leads.touch import TouchKind
from storage.database import Database
from storage.tables import CopyRow, HandoffRow, LeadRow
from tests.commands.story import (
    AGREEMENT,
    ANA,
    BEN,
    MAX,
    Story,
    local,
    setup_of,
)
from tests.commands.telling import (
    details_said,
    digest_said,
    promising,
    said,
)


async def posted(story: Story) -> list[str]:
    """The dates of the digests that were posted."""
    return [copy.subject for copy, _ in await story.posts(CardKind.DIGEST)]


async def test_the_most_urgent_comes_first_and_reps_are_named(story: Story) -> None:
    promising(story)
    for rep in (ANA, ANA, BEN):
        await story.offer(rep)
    accepted = await story.offer(BEN, first_name="Grace")
    await story.act(accept_lead.accept, BEN, accepted.subject)
    rejected = await story.offer(BEN)
    await story.act(reject_lead.reject, BEN, rejected.subject, reason="too_small")
    story.clock.now = local(2026, 11, 24, 9)
    text = await digest_said(story, date(2026, 11, 24))
    assert text.startswith("3 leads need someone now")
    assert "Ana Ortiz should accept or reject it: due since 23 Nov 2026, 11:00 UTC" in text
    assert "5 handed over, 1 accepted, 1 rejected (Company too small 1)" in text
    assert "decide within 1 hour: 2 of 5 in time · ■ short" in text
    assert "Marketing, 10 leads a week: 5 so far, 2 by now would keep pace · ● on track" in text
    assert "Marketing, complete leads: 0 of 5, mostly without budget (5)" in text
    assert "1 of 2, too few to judge" in text
    assert len(text.splitlines()) < 30
    thread = await details_said(story, date(2026, 11, 24))
    assert "Ana Ortiz: 2 to accept or reject (2 overdue)" in thread
    assert "Ben Weber: 1 to accept or reject (1 overdue), 1 to get in touch with" in thread
    assert "Waiting longest for a first touch: Ada Byron at Initech, 1 day" in thread
    assert "Company too small · 1\nAda Byron" in thread


async def test_mondays_digest_reaches_back_to_friday_and_to_the_whole_week(
    story: Story,
) -> None:
    promising(story)
    story.clock.now = local(2026, 11, 20, 15)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 23, 9)
    text = await digest_said(story, date(2026, 11, 23))
    assert "1 handed over" in text
    assert "since 20 Nov 2026, 08:00 UTC" in text
    assert "Marketing, 10 leads a week: 1 last week" in text


async def test_asked_for_later_it_says_until_when_it_counted(story: Story) -> None:
    promising(story)
    story.clock.now = local(2026, 11, 24, 8, 30)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, 16)
    await story.offer(BEN)
    text = await said(story, MAX, "digest")
    assert "1 handed over" in text
    assert "from 23 Nov 2026, 08:00 UTC to 24 Nov 2026, 08:00 UTC" in text
    assert "Ben Weber: 1 to accept" in await details_said(story, date(2026, 11, 24))


async def test_nothing_new_and_nothing_waiting_is_silence(story: Story) -> None:
    promising(story)
    assert await digest_said(story, date(2026, 11, 24)) == ""
    assert "Nothing to tell" in await said(story, MAX, "digest")
    story.clock.now = local(2026, 11, 24, 9)
    assert await story.do(post_due) == 0
    await story.offer(ANA)
    story.clock.advance(hours=2)
    assert await story.do(post_due) == 0, "a silent day is settled"
    assert await story.shown(CardKind.DIGEST, "2026-11-24"), "but it can be asked for"


async def test_it_is_posted_once_at_the_agreed_time(story: Story) -> None:
    promising(story)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, 8, 59)
    assert await story.do(post_due) == 0
    story.clock.now = local(2026, 11, 24, 9)
    assert [await story.do(post_due) for _ in range(3)] == [1, 0, 0]
    ((copy, row),) = await story.posts(CardKind.DIGEST)
    assert (copy.destination, copy.subject) == ("channel:#gtm", "2026-11-24")
    assert row.due_at == story.clock.now
    assert "1 lead needs someone now" in await story.shown(CardKind.DIGEST, copy.subject)


async def test_each_platform_has_its_own(story: Story) -> None:
    promising(story)
    story.setup = replace(story.setup, platforms=(Platform.SLACK, Platform.TEAMS))
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, 9, 5)
    assert await story.do(post_due) == 2
    assert await story.do(post_due) == 0


@pytest.mark.parametrize(("hour", "expected"), [(12, 1), (17, 1), (18, 0), (23, 0)])
async def test_a_process_that_was_down_catches_up_until_the_evening(
    story: Story, hour: int, expected: int
) -> None:
    promising(story)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, hour, 30 if hour == 17 else 0)
    assert await story.do(post_due) == expected


@pytest.mark.parametrize("day", [28, 29])
async def test_a_weekend_has_none(story: Story, day: int) -> None:
    promising(story)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, day, 10)
    assert await story.do(post_due) == 0


async def test_a_public_holiday_has_none_and_the_next_day_tells_of_both(story: Story) -> None:
    promising(story)
    story.clock.now = local(2026, 12, 7, 12)
    await story.offer(ANA)
    story.clock.now = local(2026, 12, 8, 10)  # Inmaculada
    assert await story.do(post_due) == 0
    story.clock.now = local(2026, 12, 9, 9)
    assert await story.do(post_due) == 1
    assert "since 7 Dec 2026, 08:00 UTC" in await digest_said(story, date(2026, 12, 9))


async def test_without_a_digest_channel_nothing_is_posted(story: Story) -> None:
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, 9)
    assert await story.do(post_due) == 0


async def test_a_hostile_lead_and_a_rep_who_left_do_no_harm(story: Story) -> None:
    promising(story)
    await story.offer(ANA, first_name="<!channel>" * 50, company_name="\u202e*x*")
    story.setup = replace(
        story.setup, team=replace(story.setup.team, people=story.setup.team.people[1:])
    )
    story.clock.now = local(2026, 11, 24, 9)
    assert "ana@acme.example should accept or reject it" in await digest_said(
        story, date(2026, 11, 24)
    )
    assert "ana@acme.example: 1 to accept" in await details_said(story, date(2026, 11, 24))


async def test_a_touch_in_time_keeps_sales_promise(story: Story) -> None:
    promising(story)
    offered = await story.offer(ANA)
    await story.act(accept_lead.accept, ANA, offered.subject)
    outcome = {outcome_id(TouchKind.CALLED): "reached"}
    await story.act(log_touch.log, ANA, offered.subject, kind="called", **outcome)
    story.clock.now = local(2026, 11, 25, 8)
    await story.offer(BEN)
    text = await digest_said(story, date(2026, 11, 25))
    assert "get in touch within 1 working day: 1 of 1 in time" in text


# The law of slots: over zones, years and clock changes, each working day has exactly one digest.

_CHANNELS = count(1)
_ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer
    "Africa/Cairo",  # springs forward on a Friday, at midnight
    "Asia/Tehran",  # used to, at midnight, on any day
    "Asia/Amman",
    "America/Havana",  # at midnight
    "Pacific/Apia",  # left out a whole Friday, 30 December 2011
    "Africa/Casablanca",
    "Asia/Kathmandu",
)


@pytest.fixture(scope="module")
def busy(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database in which one lead has waited since 1990, so that no digest is silent."""
    file = tmp_path_factory.mktemp("slots") / "baton.db"
    file.write_bytes(migrated_file.read_bytes())
    database = Database.open(f"sqlite:///{file}")
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)

    def begin(session: Session) -> None:
        lead = LeadRow(created_at=long_ago, received_at=long_ago, mql_at=long_ago, stage="mql")
        session.add(lead)
        session.flush()
        assert lead.id is not None
        session.add(
            HandoffRow(lead_id=lead.id, rep=ANA.email, offered_at=long_ago, accept_by=long_ago)
        )

    database.write_now(begin)
    yield database
    database.close_now()


def clock_change(zone: ZoneInfo, year: int, which: int) -> date:
    """A day of `year` on which the clocks of `zone` change, or some day where none does."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(364)]
    noon = time(12)
    changes = [
        day
        for day in days
        if datetime.combine(day, noon, zone).utcoffset()
        != datetime.combine(day - timedelta(days=1), noon, zone).utcoffset()
    ]
    return changes[which % len(changes)] if changes else days[which]


def _digests(channel: str) -> SelectOfScalar[CopyRow]:
    there = CopyRow.destination == f"channel:{channel}"
    return select(CopyRow).where(there, CopyRow.kind == CardKind.DIGEST.value)


def setup_for(zone: str, at: time, channel: str) -> Setup:
    agreement = replace(AGREEMENT, timezone=zone, digest_at=f"{at:%H:%M}", holidays=None)
    setup = setup_of(agreement=agreement)
    return replace(setup, team=replace(setup.team, channels=Channels(digest=channel)))


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    zone=st.sampled_from(_ZONES),
    year=st.integers(2000, 2036),
    which=st.integers(0, 363),
    minute=st.one_of(st.integers(0, 240), st.integers(0, 23 * 60 + 40)),
    ticks=st.integers(3, 20),
)
@example(zone="Pacific/Apia", year=2011, which=2, minute=540, ticks=15)
@example(zone="Africa/Cairo", year=2024, which=0, minute=0, ticks=7)
@example(zone="America/Havana", year=2012, which=1, minute=30, ticks=10)
def test_a_slot_is_neither_skipped_nor_doubled_when_clocks_change(
    busy: Database, zone: str, year: int, which: int, minute: int, ticks: int
) -> None:
    here, at = ZoneInfo(zone), time(minute // 60, minute % 60)
    channel = f"#c{next(_CHANNELS)}"
    setup = setup_for(zone, at, channel)
    middle = clock_change(here, year, which)
    start = datetime.combine(middle - timedelta(days=2), time(), here).astimezone(UTC)
    moments = [start + timedelta(minutes=n * ticks) for n in range(5 * 1440 // ticks)]

    def live(session: Session) -> list[CopyRow]:
        for now in moments:
            post_due(Context(session=session, now=now, setup=setup))
        rows = session.exec(_digests(channel))
        return list(rows)

    copies = busy.write_now(live)
    days = Counter(copy.subject for copy in copies)
    lived = {moment.astimezone(here).date() for moment in moments[: -24 * 60 // ticks]}
    working = {day.isoformat() for day in lived if day.weekday() < 5}
    assert set(days) >= working
    assert set(days.values()) <= {1}
    for copy in copies:
        wall = copy.created_at.astimezone(here)
        assert wall.date().isoformat() == copy.subject
        assert wall.time() >= at
        late = datetime.combine(wall.date(), wall.time()) - datetime.combine(wall.date(), at)
        assert late < timedelta(hours=1, minutes=ticks + 1)

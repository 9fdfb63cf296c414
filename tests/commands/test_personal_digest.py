"""The personal digest: at each person's own hour, once, and the mirror for the rep alone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from commands import accept_lead, reject_lead
from commands.card_kind import CardKind
from commands.context import Context
from commands.post_personal import is_due, post_due
from commands.wake_leads import wake
from leads.person import HoursBlock, Leave, Person
from storage import preferences
from storage.preferences import Preferences
from storage.tables import CopyRow
from tests.commands.story import ADA, ANA, BEN, CEM, MAX, MIA, Story, local, setup_of
from tests.commands.telling import ANSWERING, promising, said

ALWAYS = (HoursBlock(days=frozenset(range(7)), start=0, end=1440),)


async def sent(story: Story) -> list[str]:
    """The subjects of the personal digests that were posted, oldest first."""
    return [copy.subject for copy, _ in await story.posts(CardKind.PERSONAL_DIGEST)]


async def choose(story: Story, person: Person, **chosen: str) -> None:
    def keep(ctx: Context) -> None:
        preferences.keep(ctx.session, person.email, Preferences(**chosen), ctx.now)  # type: ignore[arg-type]

    await story.do(keep)


async def due(story: Story) -> bool:
    return await story.database.read(lambda session: is_due(story.context(session)))


async def shown(story: Story, person: Person, day: str) -> str:
    return await story.shown(CardKind.PERSONAL_DIGEST, f"{person.email} {day}")


async def accept_late(story: Story, rep: Person = ANA, n: int = 3) -> None:
    """So many leads, each accepted with a minute of its hour left."""
    offers = [await story.offer(rep) for _ in range(n)]
    story.clock.advance(minutes=59)
    for one in offers:
        await story.act(accept_lead.accept, rep, one.subject)


async def test_a_rep_is_told_what_is_late_and_due_today_at_half_past_eight(story: Story) -> None:
    late = await story.offer(ANA, first_name="Bo")
    story.clock.now = local(2026, 11, 24, 8, 29)
    assert not await due(story)
    story.clock.now = local(2026, 11, 24, 8, 30)
    assert await due(story)
    assert await story.do(post_due) is False
    assert await sent(story) == [f"{ANA.email} 2026-11-24", f"{MIA.email} 2026-11-24"]
    text = await shown(story, ANA, "2026-11-24")
    assert text.startswith("Your day, Ana: 1 late")
    assert "Bo Byron at Initech\n🔴 Accept or reject, it was due" in text
    assert not await due(story)
    await story.act(accept_lead.accept, ANA, late.subject)
    text = await shown(story, ANA, "2026-11-24")
    assert "⏳ Get in touch by" in text, "it is drawn as things are when it is sent"


async def test_nothing_to_do_is_silence(story: Story) -> None:
    story.clock.now = local(2026, 11, 24, 8, 30)
    await story.do(post_due)
    assert await sent(story) == []
    assert not await due(story), "and the day is settled"


async def test_never_is_respected_and_so_is_another_hour(story: Story) -> None:
    await story.offer(ANA)
    await story.offer(BEN)
    await choose(story, ANA, digest_at="never")
    await choose(story, BEN, digest_at="10:15")
    await choose(story, MIA, digest_at="never")
    for hour, minute in ((8, 30), (10, 14), (10, 15), (12, 0)):
        story.clock.now = local(2026, 11, 24, hour, minute)
        await story.do(post_due)
        if (hour, minute) < (10, 15):
            assert await sent(story) == []
    assert await sent(story) == [f"{BEN.email} 2026-11-24"]


@pytest.mark.parametrize(
    ("day", "leave"),
    [
        (date(2026, 11, 28), None),  # a Saturday
        (date(2026, 12, 8), None),  # Inmaculada
        (date(2026, 11, 24), Leave(first=date(2026, 11, 24), last=date(2026, 11, 24))),
    ],
)
async def test_days_off_and_leave_have_none(story: Story, day: date, leave: Leave | None) -> None:
    promising(story)
    away = replace(ANA, leave=(leave,) if leave else ())
    people = (away, *story.setup.team.people[1:])
    story.setup = replace(story.setup, team=replace(story.setup.team, people=people))
    await choose(story, MIA, digest_at="never")
    await story.offer(away)
    story.clock.now = local(day.year, day.month, day.day, 8, 30)
    await story.do(post_due)
    assert await sent(story) == []


async def test_an_hour_within_quiet_hours_is_their_end(story: Story) -> None:
    await story.offer(ANA)
    await choose(story, MIA, digest_at="never")
    await choose(story, ANA, quiet_from="20:00", quiet_to="09:30")
    story.clock.now = local(2026, 11, 24, 9, 29)
    await story.do(post_due)
    assert await sent(story) == []
    story.clock.now = local(2026, 11, 24, 9, 30)
    await story.do(post_due)
    assert await sent(story) == [f"{ANA.email} 2026-11-24"]


@pytest.mark.parametrize(("hour", "expected"), [(9, 1), (12, 1), (13, 0), (20, 0)])
async def test_a_process_that_was_down_catches_up_for_four_hours(
    story: Story, hour: int, expected: int
) -> None:
    await story.offer(ANA)
    await choose(story, MIA, digest_at="never")
    story.clock.now = local(2026, 11, 24, hour)
    await story.do(post_due)
    assert len(await sent(story)) == expected


async def test_each_is_told_in_their_own_zone(story: Story) -> None:
    tokyo = replace(BEN, timezone="Asia/Tokyo")
    people = (ANA, tokyo, *story.setup.team.people[2:])
    story.setup = replace(story.setup, team=replace(story.setup.team, people=people))
    await choose(story, MIA, digest_at="never")
    await story.offer(ANA)
    await story.offer(tokyo)
    story.clock.now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    await story.do(post_due)
    assert await sent(story) == [f"{BEN.email} 2026-11-24"]
    story.clock.now = local(2026, 11, 24, 8, 30)
    await story.do(post_due)
    assert await sent(story) == [f"{BEN.email} 2026-11-24", f"{ANA.email} 2026-11-24"]


async def test_two_processes_send_it_once(story: Story) -> None:
    """Both have seen that it is due before either claims it."""
    await story.offer(ANA)
    await choose(story, MIA, digest_at="never")
    story.clock.now = local(2026, 11, 24, 8, 30)
    assert [await due(story), await due(story)] == [True, True]
    await story.do(post_due)
    await story.do(post_due)
    story.clock.now = local(2026, 11, 24, 8, 15)  # its clock is set back
    await story.do(post_due)
    story.clock.now = local(2026, 11, 24, 8, 45)
    await story.do(post_due)
    assert await sent(story) == [f"{ANA.email} 2026-11-24"]


@pytest.mark.parametrize(
    ("zone", "middle"),
    [
        ("Europe/Madrid", date(2026, 10, 25)),  # 02:30 comes twice
        ("Europe/Madrid", date(2026, 3, 29)),  # 02:30 doesn't come
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
    ],
)
async def test_an_hour_that_comes_twice_or_never_has_one_digest(
    story: Story, zone: str, middle: date
) -> None:
    always = replace(ANA, timezone=zone, hours=ALWAYS)
    setup = setup_of(always)
    story.setup = replace(setup, agreement=replace(setup.agreement, holidays=None))
    here = ZoneInfo(zone)
    story.clock.now = datetime.combine(middle - timedelta(days=3), time(12), here).astimezone(UTC)
    await story.offer(always)
    await choose(story, always, digest_at="02:30")
    start = datetime.combine(middle - timedelta(days=1), time(), here).astimezone(UTC)

    def live(session: Session) -> None:
        for n in range(3 * 24 * 6):
            now = start + timedelta(minutes=10 * n)
            post_due(Context(session=session, now=now, setup=story.setup))

    await story.database.write(live)
    days = Counter(await sent(story))
    expected = [middle + timedelta(days=n) for n in (-1, 0, 1)]
    assert days == Counter({f"{ANA.email} {day.isoformat()}": 1 for day in expected})


async def test_a_lead_that_rested_is_told_when_it_is_back(story: Story) -> None:
    await choose(story, MIA, digest_at="never")
    offered = await story.offer(ANA, first_name="Bo")
    values = {"reason": "not_now", "until": "2026-11-26"}
    await story.act(reject_lead.reject, ANA, offered.subject, **values)
    story.clock.now = local(2026, 11, 26, 9)
    assert await story.do(wake) == 1
    story.clock.now = local(2026, 11, 27, 8, 30)
    await story.do(post_due)
    text = await shown(story, ANA, "2026-11-27")
    assert "Back after a rest\n\nBo Byron at Initech" in text


async def test_a_marketer_is_told_what_waits_for_an_answer(story: Story) -> None:
    story.setup = replace(story.setup, agreement=ANSWERING)
    offered = await story.offer(ANA, first_name="Bo")
    await story.act(reject_lead.reject, ANA, offered.subject, reason="too_small")
    story.clock.now = local(2026, 11, 24, 8, 30)
    await story.do(post_due)
    text = await shown(story, MAX, "2026-11-24")
    assert "Your day, Max: 1 due today" in text
    assert "Bo Byron at Initech: Company too small, said Ana Ortiz\n⏳ Answer by" in text


async def test_a_manager_is_told_what_is_late_in_the_team_by_rep(story: Story) -> None:
    own = replace(BEN, manager=MIA.email)
    people = (ANA, own, *story.setup.team.people[2:])
    story.setup = replace(story.setup, team=replace(story.setup.team, people=people))
    await story.offer(ANA)
    await story.offer(own)
    story.clock.now = local(2026, 11, 24, 8, 30)
    await story.do(post_due)
    text = await shown(story, MIA, "2026-11-24")
    assert "Your day, Mia: 1 late in your team" in text
    assert "Ben Weber: 1 to accept or reject" in text
    assert "Ana" not in text, "she isn't in Mia's team"


# The mirror.


async def test_the_mirror_is_for_the_rep_alone(story: Story) -> None:
    promising(story)
    await accept_late(story)
    story.clock.now = local(2026, 11, 24, 8, 30)
    await story.do(post_due)
    text = await shown(story, ANA, "2026-11-24")
    assert "Your mirror, last 7 days. Only you see this." in text
    assert "3 of your 3 acceptances came just before the time ran out" in text
    assert "Just before: in the last tenth of the time to decide" in text, "with its definition"
    for copy in await story.all(CopyRow):
        if copy.subject.startswith(ANA.email):
            assert copy.destination == f"person:{ANA.email}"
    for other in (BEN, CEM, MIA, MAX, ADA):
        for day in ("2026-11-24", "2026-11-25", "2026-11-30", "2026-12-01"):
            told = await shown(story, other, day)
            assert "mirror" not in told
            assert not ("Ana" in told and "ran out" in told)


async def test_every_card_that_a_channel_sees_is_without_the_mirror(story: Story) -> None:
    promising(story)
    await accept_late(story)
    story.clock.now = local(2026, 11, 30, 9)
    subject = "week 2026-11-23 2026-11-29"
    cards = [
        await story.shown(CardKind.DIGEST, "2026-11-24"),
        await story.shown(CardKind.DIGEST_DETAILS, "2026-11-24"),
        await story.shown(CardKind.REVIEW, subject),
        await story.shown(CardKind.REVIEW_POINT, f"{subject} promises"),
        await story.shown(CardKind.ANSWER, f"{ANA.email} digest personal"),
    ]
    assert cards[0]
    assert cards[2]
    for text in cards:
        assert "mirror" not in text
        assert "ran out" not in text


async def test_it_is_shown_again_only_with_news_but_always_when_asked_for(story: Story) -> None:
    await accept_late(story)
    story.clock.now = local(2026, 11, 24, 8, 30)
    assert "mirror" in await shown(story, ANA, "2026-11-24")
    story.clock.now = local(2026, 11, 25, 8, 30)
    assert "no touch logged by its time" in await shown(story, ANA, "2026-11-25"), "this is new"
    story.clock.now = local(2026, 11, 26, 8, 30)
    assert "mirror" not in await shown(story, ANA, "2026-11-26"), "and this is nothing new"
    assert "Only you see this" in await said(story, ANA, "digest personal")
    assert "Only you see this" not in await said(story, BEN, "digest personal")


async def test_a_burst_is_told_in_kind_words(story: Story) -> None:
    for _ in range(4):
        offered = await story.offer(ANA)
        await story.act(reject_lead.reject, ANA, offered.subject, reason="too_small")
        story.clock.advance(minutes=3)
    text = await said(story, ANA, "digest personal")
    assert "4 rejections as “Company too small” within 9 min" in text
    assert "If each of them was, fine." in text


async def test_what_a_manager_decided_for_a_rep_is_no_habit_of_the_rep(story: Story) -> None:
    for _ in range(4):
        offered = await story.offer(ANA)
        await story.act(reject_lead.reject, MIA, offered.subject, reason="too_small")
    assert "mirror" not in await said(story, ANA, "digest personal")


async def test_a_manager_sees_the_trend_on_mondays_without_names(story: Story) -> None:
    story.clock.now = local(2026, 11, 17, 11)
    await accept_late(story, ANA)
    story.clock.now = local(2026, 11, 23, 8, 30)
    text = await shown(story, MIA, "2026-11-23")
    assert "How your team works, 7 days to 19 Nov 2026, 3 reps" in text
    assert "Accepted just before the time ran out: 3, was 0" in text
    trend = text[text.index("How your team works") :]
    assert not [rep.name for rep in (ANA, BEN, CEM) if rep.name.split()[0] in trend]
    story.clock.now = local(2026, 11, 24, 8, 30)
    assert "How your team works" not in await shown(story, MIA, "2026-11-24")


async def test_a_team_of_two_has_no_trend_since_it_would_tell_whose_it_is(story: Story) -> None:
    setup = setup_of(ANA, BEN, MIA, MAX, ADA)
    story.setup = setup
    story.clock.now = local(2026, 11, 17, 11)
    await accept_late(story, ANA)
    story.clock.now = local(2026, 11, 23, 8, 30)
    assert "How your team works" not in await shown(story, MIA, "2026-11-23")


async def test_an_admin_without_another_role_has_no_digest(story: Story) -> None:
    assert "for reps, marketers and managers" in await said(story, ADA, "digest personal")
    assert "Nothing waits for you today" in await said(story, MAX, "digest personal")

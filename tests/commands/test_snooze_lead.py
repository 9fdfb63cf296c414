"""An offer that is put off, and comes back."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.reply import Ask, Nothing
from commands.snooze_lead import ask, snooze
from commands.wake_leads import wake
from leads.person import Leave
from storage.tables import CopyRow, HistoryRow
from tests.commands.story import ADA, ANA, BEN, MIA, Story, local, setup_of, words_of


async def test_a_snooze_lasts_for_business_time_and_extends_the_time_to_accept(
    story: Story,
) -> None:
    story.clock.now = local(2026, 11, 23, 17, 30)
    offered = await story.offer(ANA)
    await story.act(snooze, ANA, offered.subject, until="1h")
    handoff = await story.handoff(offered.handoff)
    assert handoff.snoozed_until == local(2026, 11, 24, 9, 30)
    assert handoff.accept_by == local(2026, 11, 24, 10, 30)  # was 9:30, and an hour more


async def test_the_next_morning_is_the_next_working_one(story: Story) -> None:
    story.clock.now = local(2026, 11, 27, 16)  # Friday
    offered = await story.offer(ANA)
    await story.act(snooze, ANA, offered.subject, until="morning")
    handoff = await story.handoff(offered.handoff)
    assert handoff.snoozed_until == local(2026, 11, 30, 9)
    assert handoff.accept_by == local(2026, 11, 30, 10)  # 17:00, and two hours more


async def test_an_overdue_offer_stays_overdue(story: Story) -> None:
    offered = await story.offer(ANA)
    story.clock.advance(hours=4)
    await story.act(snooze, ANA, offered.subject, until="1h")
    assert (await story.handoff(offered.handoff)).accept_by < story.clock.now


async def test_a_third_snooze_is_refused_with_a_way_out(story: Story) -> None:
    offered = await story.offer(ANA)
    for _ in range(2):
        assert await story.act(snooze, ANA, offered.subject, until="1h") == Nothing()
        story.clock.advance(hours=1)
        await story.do(wake)
    told = words_of(await story.act(snooze, ANA, offered.subject, until="1h"))
    assert "2 times" in told
    assert "Pass it to a colleague" in words_of(await story.act(ask, ANA, offered.subject))


async def test_of_many_snoozes_at_once_one_counts(story: Story) -> None:
    offered = await story.offer(ANA)
    await asyncio.gather(*(story.act(snooze, ANA, offered.subject, until="3h") for _ in range(10)))
    assert (await story.handoff(offered.handoff)).snoozes == 1


async def test_the_extension_is_written_down_with_who_and_why(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(snooze, MIA, offered.subject, until="3h")
    (row,) = await story.all(HistoryRow, HistoryRow.act == "snoozed")
    assert row.by == MIA.email
    assert row.why.startswith("3h, until 2026-11-23T13:00")


async def test_waking_brings_the_buttons_back_with_a_line_in_the_thread_of_the_card(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    await story.act(snooze, ANA, offered.subject, until="1h")
    assert "Snoozed until" in await story.shown(CardKind.BATTLE_CARD, offered.handoff)
    assert await story.do(wake) == 0
    story.clock.advance(hours=1)
    assert await story.do(wake) == 1
    assert await story.do(wake) == 0
    assert "Yours to take" in await story.shown(CardKind.BATTLE_CARD, offered.handoff)
    ((where, said),) = await story.told(CardKind.SNOOZE_WOKE)
    assert where == f"person:{ANA.email}"
    assert "Ada Byron is back" in said
    (notice,) = await story.all(CopyRow, CopyRow.kind == "snooze_woke")
    (card,) = await story.all(CopyRow, CopyRow.kind == "battle_card")
    assert notice.thread_of == card.id


async def test_a_decision_meanwhile_leaves_nothing_to_wake_or_to_say(story: Story) -> None:
    offered, other = await story.offer(ANA), await story.offer(BEN)
    await story.act(snooze, ANA, offered.subject, until="1h")
    await story.act(snooze, BEN, other.subject, until="1h")
    await story.act(accept, ANA, offered.subject)
    story.clock.advance(hours=1)
    assert await story.do(wake) == 1
    await story.act(accept, BEN, other.subject)
    assert await story.shown(CardKind.SNOOZE_WOKE, other.handoff) == ""


async def test_the_form_shows_the_moments(story: Story) -> None:
    offered = await story.offer(ANA)
    reply = await story.act(ask, ANA, offered.subject)
    assert isinstance(reply, Ask)
    times = reply.form.blocks[-1].text.values["times"]  # type: ignore[union-attr]
    now = story.clock.now
    assert times == (
        now + timedelta(hours=1),
        now + timedelta(hours=3),
        local(2026, 11, 24, 9),
    )
    assert words_of(await story.act(snooze, ANA, offered.subject)) == "until: time_missing"


async def test_an_offer_that_is_overdue_does_not_become_on_time_by_a_snooze(story: Story) -> None:
    offered = await story.offer(ANA)
    promised = (await story.handoff(offered.handoff)).accept_by
    story.clock.advance(minutes=60)
    assert await story.act(snooze, ANA, offered.subject, until="3h") == Nothing()
    assert (await story.handoff(offered.handoff)).accept_by == promised


async def test_a_fallback_who_never_works_can_snooze_by_the_companys_hours(story: Story) -> None:
    gone = Leave(first=date(2026, 1, 1), last=date(2029, 1, 1))
    story.setup = setup_of(replace(MIA, leave=(gone,)), ADA)
    for choice in ("1h", "morning"):
        offered = await story.offer()
        assert isinstance(await story.act(ask, MIA, offered.subject), Ask)
        assert await story.act(snooze, MIA, offered.subject, until=choice) == Nothing()
        handoff = await story.handoff(offered.handoff)
        assert handoff.snoozed_until
        assert handoff.accept_by >= handoff.snoozed_until

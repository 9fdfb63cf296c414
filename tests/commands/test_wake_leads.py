"""Recycled leads come back when their date has come."""

from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.reject_lead import reject
from commands.wake_leads import wake
from leads.lifecycle import Stage
from storage.tables import CopyRow
from tests.commands.story import ANA, BEN, MIA, Story, local, setup_of


async def test_a_lead_comes_back_to_the_rep_who_named_the_date(story: Story) -> None:
    for _ in range(3):
        offered = await story.offer(ANA)
        await story.act(reject, ANA, offered.subject, reason="not_now", until="2026-12-14")
    story.clock.now = local(2026, 12, 14, 8)
    assert await story.do(wake) == 0
    story.clock.now = local(2026, 12, 14, 9)
    assert await story.do(wake) == 3
    assert await story.do(wake) == 0
    first, second = await story.handoffs(offered.lead)
    assert (second.rep, second.previous, second.state) == (ANA.email, None, "offered")
    assert "the date you asked for has come" in second.why
    lead = await story.lead(offered.lead)
    assert (lead.stage, lead.recycle_at, lead.mql_at) == (Stage.MQL, None, story.clock.now)
    lines = await story.all(
        CopyRow, CopyRow.kind == "handoff_line", CopyRow.lead_id == offered.lead
    )
    assert len(lines) == 2  # a line of weeks ago is read by nobody
    assert first.state == "rejected"


async def test_when_that_rep_cannot_take_it_another_does(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="not_now", until="2026-12-14")
    story.setup = setup_of(BEN, MIA)
    story.clock.now = local(2026, 12, 14, 9)
    await story.do(wake)
    assert (await story.handoffs(offered.lead))[-1].rep == BEN.email


async def test_a_lead_with_bad_data_waits_for_news_not_for_the_clock(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="bad_data")
    story.clock.advance(days=400)
    assert await story.do(wake) == 0
    assert "when we know more" in await story.shown(CardKind.HANDOFF_LINE, offered.lead)


async def test_the_new_episode_is_counted_on_its_own_day(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="not_now", until="2026-12-14")
    story.clock.now = local(2026, 12, 14, 9)
    await story.do(wake)
    again = (await story.handoffs(offered.lead))[-1]
    await story.act(accept, ANA, str(again.id))
    tallies = await story.tallies()
    assert tallies["mql", "all", ""] == 2
    assert tallies["offered", "all", ""] == 2
    assert tallies["reached_sal", "all", ""] == 1

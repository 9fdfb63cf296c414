"""Who gets a lead, and who hears of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from commands.card_kind import CardKind
from leads.person import Leave, Role
from storage.tables import CopyRow, HistoryRow
from tests.commands.story import (
    ADA,
    AGREEMENT,
    ANA,
    BEN,
    MIA,
    Story,
    local,
    person,
    setup_of,
)


async def test_a_lead_goes_to_a_rep_with_a_card_and_one_line_in_the_channel(story: Story) -> None:
    offered = await story.offer()
    handoff = await story.handoff(offered.handoff)
    assert handoff.rep in {"ana@acme.example", "ben@acme.example", "cem@acme.example"}
    assert handoff.accept_by == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    copies = await story.all(CopyRow, CopyRow.lead_id == offered.lead)
    assert [(copy.kind, copy.destination) for copy in copies] == [
        ("battle_card", f"person:{handoff.rep}"),
        ("handoff_line", "channel:#handoffs"),
    ]


async def test_the_card_reads_who_why_now_score_and_next_step(story: Story) -> None:
    offered = await story.offer(ANA, company_employees=120)
    shown = await story.shown(CardKind.BATTLE_CARD, offered.handoff)
    for part in (
        "Ada Byron, VP Engineering at Initech",
        "Why now: downloaded Pricing Guide",
        "45 points: fit 20, engagement 25",
        "+25 Downloaded the Pricing Guide",
        "Campaign: Spring pricing",
        "Pains: Paying for seats nobody uses",
        "Next step: Offer the seat audit",
        "120 people",
        "https://crm.acme.example/L-1",
    ):
        assert part in shown
    assert "@initech.example" not in shown  # contact is behind More


async def test_the_snapshot_holds_criteria_score_explanation_and_fields(story: Story) -> None:
    offered = await story.offer(ANA, extra={"visits": 7})
    known = (await story.handoff(offered.handoff)).snapshot
    assert known["criteria_version"] == 1
    assert known["score"] == 45
    assert [line["points"] for line in known["lines"]] == [25, 20]  # type: ignore[attr-defined]
    assert known["fields"]["company.name"] == "Initech"  # type: ignore[index]
    assert known["fields"]["extra.visits"] == 7  # type: ignore[index]


async def test_leads_are_shared_out_fairly(story: Story) -> None:
    for _ in range(9):
        await story.offer()
    offers = await story.tallies()
    assert [offers["offered", "rep", f"{name}@acme.example"] for name in ("ana", "ben", "cem")] == [
        3,
        3,
        3,
    ]


async def test_at_night_the_card_waits_for_the_morning_and_the_line_does_not(story: Story) -> None:
    story.clock.now = local(2026, 11, 23, 22)
    await story.offer(ANA)
    ((_, card),) = await story.posts(CardKind.BATTLE_CARD)
    ((_, line),) = await story.posts(CardKind.HANDOFF_LINE)
    assert card.due_at == local(2026, 11, 24, 9)
    assert line.due_at == story.clock.now


async def test_a_public_holiday_moves_the_clocks(story: Story) -> None:
    story.setup = setup_of(agreement=replace(AGREEMENT, holidays="ES"))
    story.clock.now = local(2026, 12, 7, 17, 30)  # the 8th is a holiday in Spain
    offered = await story.offer(ANA)
    assert (await story.handoff(offered.handoff)).accept_by == local(2026, 12, 9, 9, 30)


async def test_when_nobody_can_the_fallback_gets_it_and_the_admin_hears_why_once(
    story: Story,
) -> None:
    away = Leave(first=date(2026, 11, 20), last=date(2026, 11, 30))
    full = replace(BEN, capacity=0)
    story.setup = setup_of(replace(ANA, leave=(away,)), full, MIA, ADA)
    story.clock.now = local(2026, 11, 23, 23)
    first = await story.offer()
    await story.offer()
    assert (await story.handoff(first.handoff)).rep == MIA.email
    assert (await story.posts(CardKind.BATTLE_CARD))[0][1].due_at == story.clock.now
    ((where, said),) = await story.told(CardKind.NOBODY_COULD)
    assert where == f"person:{ADA.email}"
    assert "Ana Ortiz is on leave" in said
    assert "Ben Weber is at capacity" in said


async def test_a_fallback_who_never_works_still_gets_a_clock_that_runs(story: Story) -> None:
    gone = Leave(first=date(2026, 1, 1), last=date(2029, 1, 1))
    story.setup = setup_of(replace(MIA, leave=(gone,)), ADA)
    offered = await story.offer()
    assert (await story.handoff(offered.handoff)).accept_by == local(2026, 11, 23, 12)


async def test_without_a_channel_the_lead_goes_on_and_the_admin_hears_once_a_day(
    story: Story,
) -> None:
    story.setup = setup_of(channel=None)
    await story.offer()
    await story.offer()
    ((where, said),) = await story.told(CardKind.CHANNEL_MISSING)
    assert where == f"person:{ADA.email}"
    assert "no handoffs channel" in said
    story.clock.advance(days=1)
    await story.offer()
    assert len(await story.told(CardKind.CHANNEL_MISSING)) == 2


async def test_a_segment_of_the_agreement_picks_the_rep(story: Story) -> None:
    small = replace(ANA, segments=frozenset({"smb"}))
    large = replace(BEN, segments=frozenset({"enterprise"}))
    segments = {"smb": AGREEMENT.criteria.rules[1].when}
    story.setup = setup_of(large, small, MIA, agreement=replace(AGREEMENT, segments=segments))
    offered = await story.offer()
    assert (await story.handoff(offered.handoff)).rep == ANA.email


async def test_what_is_not_known_is_left_out(story: Story) -> None:
    offered = await story.offer(
        ANA, title=None, company_name=None, campaign=None, first_name=None, last_name=None
    )
    shown = await story.shown(CardKind.BATTLE_CARD, offered.handoff)
    assert "None" not in shown
    assert " at " not in shown.splitlines()[0]
    line = await story.shown(CardKind.HANDOFF_LINE, offered.lead)
    assert "· 25 points →" in line


async def test_an_admin_is_not_told_of_what_they_did_themselves(story: Story) -> None:
    other = person("Olga Root", Role.ADMIN)
    story.setup = setup_of(ANA, MIA, ADA, other, channel=None)
    await story.offer(ANA, by=ADA)
    assert [where for where, _ in await story.told(CardKind.CHANNEL_MISSING)] == [
        f"person:{other.email}"
    ]


async def test_every_offer_is_in_the_history_with_its_why(story: Story) -> None:
    offered = await story.offer()
    history = await story.all(HistoryRow, HistoryRow.lead_id == offered.lead)
    assert [row.act for row in history] == ["became_mql", "offered"]
    assert "working now" in history[-1].why

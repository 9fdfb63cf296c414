"""What reps see of leads: their own with the clocks, and those they search for."""

from cards.work_forms import outcome_id
from commands import accept_lead, log_touch, reject_lead
from commands.context import Context
from leads.touch import TouchKind
from storage.tables import HandoffRow
from tests.commands.story import ANA, BEN, MIA, Story, local
from tests.commands.telling import answer_card, asked_by, buttons, said


async def test_my_leads_say_what_is_due_by_when(story: Story) -> None:
    offered = await story.offer(ANA)
    shown = await said(story, ANA, "")
    assert "Ada Byron, VP Engineering at Initech · 45 points" in shown
    due = (await story.handoff(offered.handoff)).accept_by
    assert f"Accept or reject by 23 Nov 2026, {due:%H:%M} UTC" in shown
    assert "Nothing is late" in shown
    story.clock.advance(hours=3)
    assert "1 lead needs you now" in await said(story, ANA, "")
    await story.act(accept_lead.accept, ANA, offered.subject)
    shown = await said(story, ANA, "")
    assert "Get in touch by" in shown
    assert "Nothing is late" in shown
    story.clock.advance(days=3)
    assert "Get in touch now: it was due" in await said(story, ANA, "")
    outcome = {outcome_id(TouchKind.CALLED): "reached"}
    await story.act(log_touch.log, ANA, offered.subject, kind="called", **outcome)
    assert "In touch" in await said(story, ANA, "")


async def test_the_most_urgent_lead_comes_first_and_each_opens(story: Story) -> None:
    late = await story.offer(ANA, first_name="Late")
    story.clock.advance(hours=4)
    fresh = await story.offer(ANA, first_name="Fresh")
    card = await answer_card(story, ANA, "mine")
    opened = [button.subject for button in buttons(card) if button.label.macro == "open"]
    assert opened == [str(late.lead), str(fresh.lead)]


async def test_others_leads_and_decided_ones_are_not_mine(story: Story) -> None:
    await story.offer(BEN)
    rejected = await story.offer(ANA)
    await story.act(reject_lead.reject, ANA, rejected.subject, reason="too_small")
    assert "Nothing waits for you" in await said(story, ANA, "")
    assert "Your 1 open lead" in await said(story, BEN, "")


async def test_a_snoozed_lead_sleeps_and_is_not_late(story: Story) -> None:
    offered = await story.offer(ANA)

    def sleep(ctx: Context) -> None:
        row = ctx.session.get_one(HandoffRow, offered.handoff)
        row.snoozed_until = local(2026, 11, 24, 9)

    await story.do(sleep)
    story.clock.advance(hours=5)
    shown = await said(story, ANA, "")
    assert "Snoozed until 24 Nov 2026, 08:00 UTC" in shown
    assert "Nothing is late" in shown
    story.clock.advance(days=1)
    assert "1 lead needs you now" in await said(story, ANA, "")


async def test_a_full_rep_is_told_and_a_long_list_is_cut(story: Story) -> None:
    for _ in range(21):
        await story.offer(ANA)
    shown = await said(story, ANA, "")
    assert "Your 21 open leads" in shown
    assert "limit of 20" in shown
    assert "6 more leads" in shown


async def test_find_tells_who_has_a_lead_but_not_how_to_reach_it(story: Story) -> None:
    offered = await story.offer(BEN)
    shown = await said(story, ANA, "find initech BYRON")
    assert f"Ada Byron, VP Engineering at Initech · lead {offered.lead}" in shown
    assert "MQL, with Ben Weber" in shown
    assert "@initech.example" not in shown


async def test_find_says_when_there_is_nothing_too_much_or_nobody_named(story: Story) -> None:
    assert "Nobody called that" in await said(story, ANA, "find zorro")
    assert "Who are you looking for?" in await said(story, ANA, "find")
    for _ in range(11):
        await story.offer(ANA)
    shown = await said(story, ANA, "find ada")
    assert shown.count("Ada Byron") == 10
    assert "There are more" in shown


async def test_a_lead_is_shown_by_number_external_id_or_email(story: Story) -> None:
    offered = await story.offer(ANA)
    by_number = await said(story, ANA, f"lead {offered.lead}")
    assert "Ada Byron" in by_number
    row = await story.lead(offered.lead)
    assert await said(story, ANA, f"lead {row.external_id}") == by_number
    assert await said(story, ANA, f"lead {row.email}") == by_number


async def test_an_unknown_lead_may_be_searched_for(story: Story) -> None:
    card = await answer_card(story, MIA, "lead 404")
    assert "find 404" in asked_by(card)
    assert "Which lead?" in await said(story, MIA, "lead")

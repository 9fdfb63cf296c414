"""Quality, reasons and the funnel, as a marketer reads them."""

from dataclasses import replace

from cards import terminal
from cards.actions import Action
from commands import accept_lead, qualify_lead, reject_lead, undo_decision, win_lead
from commands.context import Context
from leads.rates import Rate
from storage.tables import HandoffRow, LeadRow
from tests.commands.story import ANA, BEN, MAX, MIA, Story
from tests.commands.telling import PROMISING, answer_card, asked_by, buttons, promising, said, table


async def decide(
    story: Story, accepted: int, rejected: int, campaign: str | None = "spring-pricing"
) -> None:
    """So many leads that Ana accepted and rejected."""
    for number in range(accepted + rejected):
        offered = await story.offer(ANA, campaign=campaign)
        if number < accepted:
            await story.act(accept_lead.accept, ANA, offered.subject)
        else:
            await story.act(reject_lead.reject, ANA, offered.subject, reason="too_small")


async def test_quality_tells_rate_n_interval_and_the_agreement(story: Story) -> None:
    promising(story)
    await decide(story, 7, 5)
    await decide(story, 1, 1, campaign="webinar")
    await decide(story, 0, 1, campaign=None)
    await story.offer(BEN, campaign="webinar")
    shown = await said(story, MAX, "quality")
    assert "Sales accepted 53% (8 of 15, likely 30% to 75%) of what they decided." in shown
    assert "The agreement asks for 70%:" in shown
    rows = {line.split()[0]: line for line in shown.splitlines() if " of " in line}
    assert "58% of 12 (32%–81%)" in rows["spring-pricing"]
    assert "1 of 2, too few" in rows["webinar"]
    assert rows["webinar"].split()[-1] == "3"
    assert "0 of 1, too few" in rows["(no"]


async def test_quality_by_rep_names_the_reps(story: Story) -> None:
    await decide(story, 1, 0)
    await story.offer(BEN)
    shown = await said(story, MIA, "quality rep")
    assert "Ana Ortiz" in shown
    assert "Ben Weber" in shown
    assert "@acme.example" not in shown


async def test_quality_of_one_campaign_leaves_the_others_out(story: Story) -> None:
    await decide(story, 2, 0)
    await decide(story, 0, 3, campaign="webinar")
    shown = await said(story, MAX, "quality Webinar this week")
    assert "Lead quality: webinar" in shown
    assert "0 of 3" in shown
    assert "spring-pricing" not in shown


async def test_quality_by_reason_is_the_reasons(story: Story) -> None:
    await decide(story, 0, 2)
    assert "Why leads were rejected" in await said(story, MAX, "quality reason last week")


async def test_without_a_promise_there_is_no_verdict(story: Story) -> None:
    await decide(story, 6, 6)
    assert "The agreement asks" not in await said(story, MAX, "quality")
    assert PROMISING.marketing.acceptance_rate


async def test_a_period_without_leads_offers_a_wider_one(story: Story) -> None:
    card = await answer_card(story, MAX, "quality source yesterday")
    assert "No leads were handed to sales" in terminal.text(card)
    assert asked_by(card) == ["quality source all", "definitions quality"]
    assert "No lead qualified" in await said(story, MAX, "funnel yesterday")


async def test_every_button_of_an_answer_asks_something_that_is_understood(
    story: Story,
) -> None:
    await decide(story, 2, 2)
    todo = ["quality", "reasons", "funnel 2026-Q4", "quality rep since 1 Oct"]
    seen: set[str] = set()
    while todo:
        question = todo.pop()
        if question not in seen and len(seen) < 60:
            seen.add(question)
            card = await answer_card(story, MIA, question)
            assert "Did you mean" not in terminal.text(card), question
            todo += asked_by(card)
    assert len(seen) > 10


async def test_a_lead_that_changes_its_campaign_breaks_no_figure(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(accept_lead.accept, ANA, offered.subject)

    def move(ctx: Context) -> None:
        ctx.session.get_one(LeadRow, offered.lead).campaign = "webinar"

    await story.do(move)
    await story.act(undo_decision.undo, ANA, offered.subject)
    assert "Lead quality" in await said(story, MAX, "quality")


async def test_reasons_tell_share_lesson_and_the_newest_leads(story: Story) -> None:
    await decide(story, 2, 4)
    other = await story.offer(ANA, first_name="Bo")
    await story.act(reject_lead.reject, ANA, other.subject, reason="other", text="They supply us")
    shown = await said(story, MAX, "reasons this week")
    assert "5 rejections among 7 decisions" in shown
    assert "Company too small · 4 of 5" in shown
    assert "Fit: these leads" in shown
    assert shown.index("Company too small") < shown.index("Something else")
    assert shown.count("Ada Byron (https://crm.acme.example/L-") == 3
    card = await answer_card(story, MAX, "reasons this week")
    opened = [one.subject for one in buttons(card) if one.action is Action.MORE]
    assert opened[1] == str(other.lead)


async def test_a_rejection_that_was_taken_back_teaches_nothing(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject_lead.reject, ANA, offered.subject, reason="too_small")
    await story.act(undo_decision.undo, ANA, offered.subject)
    assert "nothing to learn yet" in await said(story, MAX, "reasons")


async def test_a_reason_that_the_agreement_dropped_keeps_its_label(story: Story) -> None:
    await decide(story, 0, 1)
    rest = tuple(one for one in story.setup.agreement.reasons if one.code != "too_small")
    story.setup = replace(story.setup, agreement=replace(story.setup.agreement, reasons=rest))
    shown = await said(story, MAX, "reasons")
    assert "Company too small" in shown
    assert "Fit: these leads" in shown


async def test_the_funnel_counts_each_step_among_the_one_before(story: Story) -> None:
    for number in range(12):
        offered = await story.offer(ANA)
        if number < 10:
            await story.act(accept_lead.accept, ANA, offered.subject)
        if number < 4:
            await story.act(qualify_lead.qualify, ANA, offered.subject)
        if number < 1:
            await story.act(win_lead.win, ANA, offered.subject, amount="1200")
    shown = await said(story, MIA, "funnel")
    assert "12 MQLs, 1 won so far: 8% (1 of 12, likely 1% to 35%)" in shown
    rows = table(await answer_card(story, MIA, "funnel"))
    assert rows
    of_previous = [row[2].values["rate"] for row in rows.rows]
    # Straight to won is through Opportunity too.
    assert of_previous == [
        None,
        Rate(successes=10, n=12),
        Rate(successes=4, n=10),
        *of_previous[3:],
    ]
    assert of_previous[3:] == [Rate(successes=1, n=4), Rate(successes=1, n=1)]


async def test_days_are_the_agreements_not_the_servers(story: Story) -> None:
    # 23:30 UTC on the 22nd is the 23rd in Madrid.
    story.clock.now = story.clock.now.replace(day=22, hour=23, minute=30)
    offered = await story.offer(ANA)
    row = (await story.all(HandoffRow))[0]
    assert row.id == offered.handoff
    story.clock.advance(hours=12)
    assert "Leads offered on 23 Nov 2026" in await said(story, MAX, "quality today")
    assert "1 lead offered, none decided yet" in await said(story, MAX, "quality today")

"""Velocity, promises, reps, campaigns and goals, as people ask for them; and who may see what."""

from dataclasses import replace
from typing import Any

import pytest

from cards import terminal
from cards.actions import Action
from cards.what_counts_card import LINES, Figure
from commands import (
    accept_lead,
    log_touch,
    open_opportunity,
    qualify_lead,
    receive_lead,
    reject_lead,
    win_lead,
)
from commands.answer import SUBCOMMANDS
from commands.card_kind import CardKind
from commands.context import Context
from commands.receive_lead import IncomingLead
from commands.reply import Nothing, Tell
from leads.agreement import Goal
from leads.lifecycle import Stage
from leads.person import Person
from storage.tables import CampaignRow, LeadRow
from tests.commands.story import ADA, ANA, BEN, MAX, MIA, Story, words_of
from tests.commands.telling import (
    IN_CHANNEL,
    answer_card,
    asked_by,
    buttons,
    promising,
    said,
    table,
)
from tests.commands.test_questions_asking import share

FIGURES = [figure.value for figure in Figure]


async def accepted(story: Story, rep: Person = ANA, **fields: Any) -> str:
    offered = await story.offer(rep, **fields)
    await story.act(accept_lead.accept, rep, offered.subject)
    return offered.subject


async def won(story: Story, amount: str, **fields: Any) -> None:
    subject = await accepted(story, **fields)
    await story.act(qualify_lead.qualify, ANA, subject)
    await story.act(open_opportunity.open_opportunity, ANA, subject, amount="500")
    await story.act(win_lead.win, ANA, subject, amount=amount)


@pytest.mark.parametrize("figure", FIGURES)
async def test_every_figure_says_one_tap_away_what_counts(story: Story, figure: str) -> None:
    await accepted(story)
    card = await answer_card(story, MIA, figure)
    assert asked_by(card)[-1] == f"definitions {figure}"
    explained = await answer_card(story, MIA, f"definitions {figure}")
    assert asked_by(explained)[0] == figure
    assert len(LINES[Figure(figure)]) >= 3
    assert "Did you mean" not in terminal.text(explained)


def test_every_statistic_among_the_subcommands_is_explained() -> None:
    of_words = {"mine", "find", "lead", "campaign", "criteria", "definitions", "help"}
    names = {one.name for one in SUBCOMMANDS}
    assert set(FIGURES) <= names - of_words


async def test_a_slip_in_the_name_of_a_figure_is_met_with_the_name(story: Story) -> None:
    assert "definitions velocity" in asked_by(await answer_card(story, MAX, "definitions velocty"))


async def test_velocity_tells_the_median_only_where_there_are_enough(story: Story) -> None:
    for _ in range(10):
        offered = await story.offer(ANA)
        story.clock.advance(minutes=8)
        await story.act(accept_lead.accept, ANA, offered.subject)
    shown = await said(story, MIA, "velocity this week")
    assert "8 min of work" in shown
    await story.act(qualify_lead.qualify, ANA, offered.subject)
    rows = table(await answer_card(story, MIA, "velocity this week"))
    assert rows
    told = {row[0].values["leg"]: row[1].macro for row in rows.rows}
    assert told["sql"] == "few"
    assert told["won"] == "no_time"
    assert "10 leads are in hands now" in await said(story, MIA, "velocity")


async def test_what_is_overdue_counts_as_broken_before_anybody_acts(story: Story) -> None:
    promising(story)
    await story.offer(ANA)
    assert "Decide within" not in await said(story, MIA, "sla")
    story.clock.advance(hours=2)
    shown = await said(story, MIA, "sla")
    assert "Decide within 1 hour: 0 of 1" in shown
    assert "1 is overdue now" in shown


async def test_both_sides_are_held_to_what_they_promised(story: Story) -> None:
    promising(story)
    await accepted(story)
    await accepted(story, company_name=None)
    await accepted(story, company_name=None, interests=["pricing"], extra={"budget": 5})
    shown = await said(story, MIA, "sla today")
    assert "Decide within 1 hour: 3 of 3" in shown
    assert "10 leads a week: 3 handed over, 0 by now would keep pace" in shown
    assert "Complete leads: 0 of 3" in shown
    assert "Mostly missing: company (2), budget (2) and interests (2)" in shown
    one_rep = await said(story, MIA, "sla rep ana today")
    assert "Marketing" not in one_rep
    one_campaign = await said(story, MIA, "sla campaign spring-pricing today")
    assert "Decide within" not in one_campaign
    assert "Complete leads: 0 of 3" in one_campaign


async def test_the_way_a_figure_moved_is_told_in_words(story: Story) -> None:
    for _ in range(10):
        await accepted(story)
    story.clock.advance(days=7)
    for _ in range(10):
        offered = await story.offer(ANA)
        await story.act(reject_lead.reject, ANA, offered.subject, reason="too_small")
    shown = await said(story, MIA, "quality last 7 days")
    assert "Against the 7 days before: ↓ down 100 points." in shown
    assert "may be chance" not in shown
    assert "too few to compare" in await said(story, MIA, "quality today")


async def test_a_name_narrows_every_figure_that_takes_one(story: Story) -> None:
    await accepted(story)
    await accepted(story, BEN, campaign="webinar", source="fair")
    for question in ("quality", "reasons", "funnel", "sla"):
        for name in ("campaign webinar", "source fair", "rep ben weber", "rep ben@acme.example"):
            card = await answer_card(story, MIA, f"{question} {name} this week")
            assert "Did you mean" not in terminal.text(card), (question, name)
    assert "How fast leads move: Ben Weber" in await said(story, MIA, "velocity rep Ben")
    assert "neither a period" in await said(story, MIA, "velocity source fair")
    assert "Which campaign?" in await said(story, MIA, "funnel campaign")
    funnel = table(await answer_card(story, MIA, "funnel rep Ben"))
    assert funnel
    assert funnel.rows[0][0].values["stage"] is Stage.SAL


async def test_a_rep_sees_themself_and_the_team_and_nobody_else(story: Story) -> None:
    await accepted(story, ANA)
    await accepted(story, BEN)
    of_ana = await said(story, ANA, "reps")
    assert "Ana Ortiz" in of_ana
    assert "The whole team" in of_ana
    assert "Ben Weber" not in of_ana
    assert "Ben Weber" not in await said(story, ANA, "quality rep")
    for question in ("quality", "reasons", "funnel", "velocity", "sla"):
        told = await said(story, ANA, f"{question} rep Ben")
        assert "How Ben Weber does is for them and their managers to see." in told
    assert "Ben Weber" in await said(story, BEN, "velocity rep me")


async def test_marketing_sees_the_team_and_managers_and_admins_see_everybody(story: Story) -> None:
    await accepted(story, ANA)
    await accepted(story, BEN)
    of_max = await said(story, MAX, "reps")
    assert "The whole team" in of_max
    assert "Ana Ortiz" not in of_max
    for boss in (MIA, ADA):
        shown = await said(story, boss, "reps")
        assert shown.index("Ana Ortiz") < shown.index("Ben Weber")


async def test_a_manager_cannot_share_a_list_of_reps_by_mistake(story: Story) -> None:
    await accepted(story, ANA)
    assert await share(story, MIA, "reps", IN_CHANNEL) == Nothing()
    shared = await story.shown(CardKind.ANSWER, f"{MIA.email} quality rep")
    assert "Lead quality by rep" in shared
    assert "Ana Ortiz" not in shared


async def test_campaigns_credit_the_first_and_the_last_touch(story: Story) -> None:
    def came_before(ctx: Context) -> None:
        ctx.session.add(
            CampaignRow(
                name="webinar",
                title="The webinar",
                spend=3000,
                changed_at=ctx.now,
                changed_by=MAX.email,
            )
        )

    await story.do(came_before)
    await won(story, "1200", campaign="webinar", first_campaign="spring-pricing")
    await won(story, "800", campaign="webinar", first_campaign="webinar")
    rows = table(await answer_card(story, MAX, "campaigns"))
    assert rows
    told = {row[0].values["name"]: row for row in rows.rows}
    assert told["webinar"][1].values == {"by_last": 2000, "by_first": 800}
    assert told["spring-pricing"][1].values == {"by_last": 0, "by_first": 1200}
    assert told["webinar"][3].values == {"spend": 3000, "won": 2, "cost": 1500}
    shown = await said(story, MAX, "campaigns")
    assert "2 opportunities worth 2,000 EUR, 2 won worth 2,000 EUR" in shown


async def test_the_first_campaign_is_that_of_the_first_receipt_for_good(story: Story) -> None:
    for campaign in ("spring-pricing", "webinar"):
        incoming = IncomingLead(external_id="L-9", campaign=campaign, source="web")
        await story.do(lambda ctx, lead=incoming: receive_lead.receive(ctx, lead))  # type: ignore[misc]
    (lead,) = await story.all(LeadRow)
    assert (lead.first_campaign, lead.campaign) == ("spring-pricing", "webinar")


async def test_goals_are_told_with_the_pace_of_the_working_days_that_are_over(
    story: Story,
) -> None:
    goal = Goal(period="2026-11", mqls=20, pipeline=10_000, revenue=2_000)
    story.setup = replace(story.setup, agreement=replace(story.setup.agreement, goals=(goal,)))
    await won(story, "1500")
    shown = await said(story, ANA, "goals")
    # Monday the 23rd: 15 of 21 working days are over.
    assert "71% of the working days are over, 8 days left" in shown
    assert "Leads handed over: 1 of 20 (5%), 14 by now would keep pace" in shown
    assert "Revenue: 1,500 EUR of 2,000 EUR (75%), 1,429 EUR by now would keep pace" in shown
    assert "sets no goals for this time" in await said(story, ANA, "goals 2027")


async def test_a_changed_amount_changes_the_pipeline_and_is_counted_once(story: Story) -> None:
    await won(story, "1499.6")
    tallies = await story.tallies()
    for measure in ("pipeline", "revenue", "opened", "booked"):
        assert tallies[measure, "all", ""] == 1500
    assert tallies["pipeline", "campaign", "spring-pricing"] == 1500


async def test_the_first_touch_is_timed_once_and_tries_are_kept_once(story: Story) -> None:
    subject = await accepted(story)
    for outcome in ("no_answer", "reached", "reached", "voicemail"):
        story.clock.advance(minutes=10)
        await story.act(log_touch.log, ANA, subject, kind="called", outcome_called=outcome)
    tallies = await story.tallies()
    assert tallies["touched_in_time", "rep", ANA.email] == 1
    assert tallies["touches_kept", "rep", ANA.email] == 1
    assert tallies["touches", "rep", ANA.email] == 4


async def test_every_button_of_the_new_answers_asks_something_that_is_understood(
    story: Story,
) -> None:
    promising(story)
    await won(story, "100")
    todo = ["velocity", "sla", "reps", "campaigns", "goals", "funnel campaign spring-pricing"]
    seen: set[str] = set()
    while todo:
        question = todo.pop()
        if question not in seen and len(seen) < 80:
            seen.add(question)
            card = await answer_card(story, MIA, question)
            told = words_of(Tell(card=card))
            assert "Did you mean" not in told, question
            assert "Which" not in told, question
            todo += [one.subject for one in buttons(card) if one.action is Action.ASK]
    assert len(seen) > 20

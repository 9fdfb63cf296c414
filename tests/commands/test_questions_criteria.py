"""What is asked about the criteria: their versions, what a lead is worth, what is proposed."""

from dataclasses import replace

import pytest

from cards import terminal
from cards.actions import Action
from cards.dialects import TERMINAL
from cards.model import Card, Table
from cards.words import render
from commands import answer
from commands.card_kind import CardKind
from commands.learning import activating, drift
from commands.learning.drift import Finding, Findings
from commands.reply import Tell
from leads.person import Person, Role
from leads.proposals import week_of
from leads.rates import Rate
from storage.database import Database
from storage.tables import ProposalRow
from tests.commands.learning.proposing import begin, open_now
from tests.commands.story import ANA, BEN, MAX, MIA, Story
from tests.commands.telling import answer_card
from tests.commands.test_viewing import actions
from tests.conftest import Clock


@pytest.fixture
async def story(database: Database, clock: Clock) -> Story:
    """Three reps, a manager, two marketers and an admin."""
    return await begin(database, clock)


async def said(story: Story, who: Person, question: str) -> str:
    return terminal.text(await answer_card(story, who, question))


async def asked(story: Story, who: Person, question: str) -> str:
    """The same for a question that does something."""
    reply = await story.act(answer.answer, who, question)
    assert isinstance(reply, Tell)
    return terminal.text(reply.card)


async def in_force(story: Story) -> int:
    """A second version, that both sides approved; the id of its proposal."""
    proposal_id = await story.do(open_now)
    for who in (MAX, MIA):
        await story.do(lambda ctx: activating.approve(ctx, proposal_id), who)
    return proposal_id


def cells(card: Card) -> list[list[str]]:
    """The rows of the card's table."""
    (table,) = [block for block in card.blocks if isinstance(block, Table)]
    return [[render(cell, TERMINAL) for cell in row] for row in table.rows]


async def test_every_version_is_told_with_who_and_why(story: Story) -> None:
    assert "from the agreement file" in await said(story, ANA, "criteria history")
    await in_force(story)
    history = await said(story, ANA, "criteria history")
    assert "Version 2, in force" in history
    assert "rules: 2 changed, approved by Max Stein and Mia Chen" in history
    assert "Criteria, version 2" in await said(story, ANA, "criteria")
    earlier = await said(story, ANA, "criteria 1")
    assert "Criteria, version 1" in earlier
    assert "In force now: version 2" in earlier


@pytest.mark.parametrize("question", ["diff 1 2", "diff", "diff v1 to v2", "diff 1", "compare 1 2"])
async def test_two_versions_are_compared_rule_by_rule(story: Story, question: str) -> None:
    await in_force(story)
    told = await said(story, ANA, f"criteria {question}")
    assert "Criteria: version 1 → 2" in told
    assert "Downloaded the Pricing Guide: +25 → +19 points" in told
    assert "Job title on the target list: +20 → +24 points" in told
    assert "Threshold of a handover: 10 → 12 points" in told


async def test_what_is_proposed_can_be_compared_before_it_is_in_force(story: Story) -> None:
    await story.do(open_now)
    for question in ("criteria diff", "criteria 2", "criteria diff 1 2"):
        told = await said(story, ANA, question)
        assert "Job title on the target list: +20 → +24 points" in told
        assert "Version 2 isn't in force: it is proposed" in told
    shown = await answer_card(story, ANA, "criteria")
    assert "criteria diff 1 2" in [
        one.subject for block in shown.blocks for one in getattr(block, "buttons", ())
    ]


async def test_the_way_back_is_shown_before_it_is_proposed(story: Story) -> None:
    await in_force(story)
    shown = await answer_card(story, MAX, "criteria rollback 1")
    assert "Job title on the target list: +24 → +20 points" in terminal.text(shown)
    assert Action.ROLL_BACK in actions(shown)
    assert Action.ROLL_BACK not in actions(await answer_card(story, ANA, "criteria rollback 1"))
    assert len(await story.all(ProposalRow)) == 1  # asking changes nothing


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("criteria 99", "There is no version 99"),
        ("criteria diff 1 99", "There is no version 99"),
        ("criteria rollback 99", "There is no version 99"),
        ("criteria rollback", "Which version?"),
        ("criteria rollback v1", "have the same rules"),
        ("criteria diff one two", "There is no version one"),
        ("criteria histroy", "Try criteria history"),
        ("why", "Which lead?"),
        ("test", "Which lead?"),
        ("why 999", "There is no lead 999"),
        ("why 1 under 99", "There is no version 99"),
        ("test 1 under proposal", "There is no version proposal"),
        ("test 1", "No other version to compare with"),
        ("preview", "No proposal waits for a decision"),
    ],
)
async def test_what_is_not_there_is_told_kindly(story: Story, question: str, told: str) -> None:
    await story.offer(ANA)
    assert told in await said(story, MIA, question)


async def test_the_points_of_a_lead_add_up_under_every_version(story: Story) -> None:
    lead = await story.offer(ANA)
    now = await said(story, ANA, f"why {lead.lead}")
    assert "45 points now, under version 1: enough to be handed over, which takes 10" in now
    assert "+25 Downloaded the Pricing Guide" in now
    assert "= 45 points" in now
    assert "At its handover" in now
    await in_force(story)
    under = await said(story, ANA, f"why #{lead.lead} under v1")
    assert "45 points now, under version 1 (not in force)" in under
    assert "43 points now, under version 2:" in await said(story, ANA, "why L-1")
    shown = await answer_card(story, ANA, f"test {lead.lead} under 1")
    assert "Both would hand it over" in terminal.text(shown)
    assert cells(shown) == [
        ["Downloaded the Pricing Guide", "19", "25"],
        ["Job title on the target list", "24", "20"],
        ["Together", "43", "45"],
        ["A handover takes", "12", "10"],
    ]


async def test_a_lead_is_tested_under_the_proposal_without_saying_so(story: Story) -> None:
    lead = await story.offer(ANA)
    await story.do(open_now)
    for words in ("", " under proposal", " under 2", " under version 2"):
        told = await said(story, ANA, f"test {lead.lead}{words}")
        assert "Version 2 is only proposed" in told
    assert "43 points now, under version 2 (proposed)" in await said(
        story, ANA, f"why {lead.lead} under 2"
    )


@pytest.mark.parametrize("question", ["why", "test"])
async def test_a_lead_of_somebody_else_is_not_explained(story: Story, question: str) -> None:
    lead = await story.offer(ANA)
    told = await asked(story, BEN, f"{question} {lead.lead} under 1")
    assert "Pricing Guide" not in told
    assert "Ana Ortiz" in told


async def test_better_criteria_are_asked_for_one_at_a_time(story: Story) -> None:
    assert "The proposal comes as a card in #gtm" in await asked(story, MAX, "retune")
    assert "looking for better criteria already" in await asked(story, MIA, "retune")
    (row,) = await story.all(ProposalRow)
    assert (row.state, row.asked_by) == ("asked", MAX.email)
    assert "looking for better criteria already" in await said(story, MIA, "retune status")


async def test_a_proposal_that_waits_is_shown_instead_of_another(story: Story) -> None:
    await story.do(open_now)
    told = await asked(story, MAX, "retune")
    assert "Version 2 waits for a decision already" in told
    assert "Proposed criteria: version 1 → 2" in told
    assert len(await story.all(ProposalRow)) == 1


async def test_asking_to_see_it_again_asks_for_nothing(story: Story) -> None:
    assert "No proposal waits" in await said(story, MAX, answer.to_ask_again("retune"))
    assert await story.all(ProposalRow) == []


async def test_a_rep_is_shown_what_reps_may_ask_instead(story: Story) -> None:
    assert Role.REP in ANA.roles
    assert "What you can ask" in await asked(story, ANA, "retune")
    assert await story.all(ProposalRow) == []


async def test_the_preview_counts_who_reaches_the_threshold(story: Story) -> None:
    preview = {"now": {"-3": 4, "8": 10, "25": 3}, "then": {"-9": 4, "12": 10, "30": 3}}
    await story.do(lambda ctx: open_now(ctx, evidence={"preview": preview}))
    shown = await answer_card(story, ANA, "preview")
    told = terminal.text(shown)
    assert "Of 17 open leads, 3 reach the threshold of version 1 (10 points)" in told
    assert "and 13 would reach that of version 2 (12 points)" in told
    rows = cells(shown)
    assert [sum(int(row[column]) for row in rows) for column in (1, 2)] == [17, 17]


async def test_a_preview_that_was_never_counted_says_so(story: Story) -> None:
    await story.do(open_now)
    assert "haven't been scored by version 2 yet" in await said(story, ANA, "preview")


async def test_everybody_is_told_of_the_programme_and_of_a_trial(story: Story) -> None:
    learning = replace(story.setup.agreement.learning, exploration=0.05)
    agreement = replace(story.setup.agreement, learning=learning)
    assert "chosen by chance" not in await said(story, ANA, "criteria")
    story.setup = replace(story.setup, agreement=agreement)
    for question in ("criteria", "definitions"):
        assert "at most 5% of the leads below the threshold" in await said(story, ANA, question)


async def test_drift_is_told_with_leads_that_show_it(story: Story) -> None:
    lead = await story.offer(ANA)
    findings = Findings(
        since=week_of(story.clock.now.date()),
        found=(
            Finding(
                reason="too_small",
                before=Rate(successes=5, n=100),
                now=Rate(successes=20, n=50),
                examples=(lead.handoff, lead.handoff, 999),
            ),
            Finding(
                reason=None,
                before=Rate(successes=70, n=100),
                now=Rate(successes=20, n=50),
                examples=(),
            ),
        ),
    )
    told = await story.shown(CardKind.DRIFT, drift.subject_of(findings))
    assert "Rejected for “Company too small” rose to 40% (20 of 50), was 5% (5 of 100)" in told
    assert told.count("Ada Byron at Initech") == 1
    assert "Leads accepted fell to 40%" in told

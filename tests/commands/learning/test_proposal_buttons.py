"""What the buttons of a proposal's card do, as people press them."""

import pytest

from cards.actions import Action
from cards.proposal_forms import key_of
from commands import change_proposal, decide_proposal
from commands.card_kind import CardKind
from commands.reply import Ask, Correct, Page
from commands.viewing import for_viewer
from leads.person import Person
from tests.commands.learning.proposing import EVA, open_now, row_of, versions
from tests.commands.story import ADA, ANA, MAX, MIA, Handler, Story, words_of
from tests.commands.test_viewing import actions

APPROVE, DECLINE = decide_proposal.approve, decide_proposal.decline


async def press(story: Story, handler: Handler, who: Person, subject: object, **typed: str) -> str:
    """What the person is told."""
    return words_of(await story.act(handler, who, str(subject), **typed))


async def card(story: Story, proposal_id: int) -> str:
    return await story.shown(CardKind.PROPOSAL, proposal_id)


async def test_both_sides_approve_and_each_step_is_told(story: Story) -> None:
    proposal_id = await story.do(open_now)
    assert "For marketing: Max Stein, Eva Roth or Adam Root" in await card(story, proposal_id)
    assert "For sales: Mia Chen or Adam Root" in await card(story, proposal_id)

    told = await press(story, APPROVE, MAX, proposal_id)
    assert "you approved version 2 for marketing" in told
    assert "still needs sales: Mia Chen or Adam Root" in told
    assert "Max Stein approved for marketing" in await card(story, proposal_id)

    second = await press(story, APPROVE, EVA, proposal_id)
    assert "Max Stein approved it for marketing already" in second
    assert "a yes for sales: Mia Chen or Adam Root" in second
    assert "You approved it already" in await press(story, APPROVE, MAX, proposal_id)

    assert "version 2 of the criteria is in force" in await press(story, APPROVE, MIA, proposal_id)
    shown = await card(story, proposal_id)
    assert "came into force" in shown
    assert "Mia Chen approved for sales" in shown
    late = await press(story, APPROVE, ADA, proposal_id)
    assert "it is version 2 of the criteria. Nothing was changed" in late


async def test_who_approved_for_one_side_is_not_named_for_the_other(story: Story) -> None:
    proposal_id = await story.do(open_now)
    told = await press(story, APPROVE, ADA, proposal_id)
    assert "still needs sales: Mia Chen." in told


async def test_a_no_needs_a_reason_which_everybody_reads(story: Story) -> None:
    proposal_id = await story.do(open_now)
    assert isinstance(await story.act(decide_proposal.ask_why, MIA, str(proposal_id)), Ask)
    assert await press(story, DECLINE, MIA, proposal_id, why="  ") == "why: why_missing"
    assert (await row_of(story, proposal_id)).state == "open"
    assert (
        await press(story, DECLINE, MIA, proposal_id, why="Small ones are next year's plan") == ""
    )
    assert "Mia Chen declined it" in await card(story, proposal_id)
    assert "“Small ones are next year's plan”" in await card(story, proposal_id)
    assert "Mia Chen declined it" in await press(story, APPROVE, MAX, proposal_id)


@pytest.mark.parametrize(
    "handler",
    [
        decide_proposal.approve,
        decide_proposal.ask_why,
        decide_proposal.ask_end,
        change_proposal.ask_points,
        change_proposal.ask_trial,
        decide_proposal.roll_back,
    ],
)
async def test_a_rep_is_told_who_decides(story: Story, handler: Handler) -> None:
    proposal_id = await story.do(open_now)
    told = await press(story, handler, ANA, proposal_id)
    assert "Marketers and managers decide" in told
    assert (await row_of(story, proposal_id)).state == "open"


@pytest.mark.parametrize(
    ("handler", "typed"),
    [
        (decide_proposal.decline, {"why": "No"}),
        (decide_proposal.end, {"why": "No"}),
        (change_proposal.edit, {"rule_1": "3"}),
        (change_proposal.challenge, {"share": "0.2", "weeks": "4"}),
    ],
)
async def test_no_form_of_a_rep_changes_anything(
    story: Story, handler: Handler, typed: dict[str, str]
) -> None:
    proposal_id = await story.do(open_now)
    before = await row_of(story, proposal_id)
    assert "Marketers and managers decide" in await press(story, handler, ANA, proposal_id, **typed)
    assert await row_of(story, proposal_id) == before


@pytest.mark.parametrize("subject", ["999", "0", "x", "9" * 30])
async def test_what_is_not_there_is_told(story: Story, subject: str) -> None:
    for handler in (APPROVE, decide_proposal.ask_why, decide_proposal.backtest):
        assert "can't find that" in await press(story, handler, MIA, subject)
    assert "can't find that" in await press(story, DECLINE, MIA, subject, why="No")
    assert "can't find that" in await press(story, decide_proposal.roll_back, MIA, subject)


async def test_edited_points_stand_in_the_form_and_void_approvals(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await press(story, APPROVE, MIA, proposal_id)
    asked = await story.act(change_proposal.ask_points, MAX, str(proposal_id))
    assert isinstance(asked, Ask)
    title, guide = key_of("title"), key_of("guide")
    inputs = {getattr(one, "id", None): one for one in asked.form.blocks}
    assert getattr(inputs[title], "initial", None) == "24"
    assert getattr(inputs[guide], "initial", None) == "19"

    edit = change_proposal.edit
    same = {title: "24", guide: "19"}
    assert await press(story, edit, MAX, proposal_id, **same) == f"{title}: unchanged"
    far = await press(story, edit, MAX, proposal_id, **{title: "99", guide: "nine"})
    assert far == f"{title}: too_far; {guide}: not_whole"
    assert await press(story, edit, MAX, proposal_id, **{title: "22", guide: "19"}) == ""
    shown = await card(story, proposal_id)
    assert "Max Stein gave rules other points" in shown
    assert "Job title on the target list: +20 → +22 points" in shown
    assert (await row_of(story, proposal_id)).state == "asked"
    assert "still being worked out" in await press(story, APPROVE, MIA, proposal_id)


async def test_points_of_a_rule_that_left_are_told_under_their_input(story: Story) -> None:
    proposal_id = await story.do(open_now)
    gone = key_of("webinar")
    reply = await story.act(change_proposal.edit, MAX, str(proposal_id), **{gone: "5"})
    assert isinstance(reply, Correct)
    assert {name: words.macro for name, words in reply.errors.items()} == {gone: "unknown_rule"}


async def test_a_trial_is_begun_shown_and_ended(story: Story) -> None:
    proposal_id = await story.do(open_now)
    begin = change_proposal.challenge
    assert isinstance(await story.act(change_proposal.ask_trial, MIA, str(proposal_id)), Ask)
    assert await press(story, begin, MIA, proposal_id, share="0.9") == "share: share_missing"
    assert await press(story, begin, MIA, proposal_id, share="0.2") == "weeks: weeks_missing"
    assert await press(story, begin, MIA, proposal_id, share="0.2", weeks="4") == ""
    shown = await card(story, proposal_id)
    assert "20% of the leads are scored by the new version" in shown
    assert "Too early to compare" in shown
    assert "on trial" in await press(story, change_proposal.ask_points, MAX, proposal_id)
    assert "on trial" in await press(story, decide_proposal.ask_why, MAX, proposal_id)

    story.clock.advance(weeks=5)
    assert "please adopt it or end it" in await card(story, proposal_id)
    assert isinstance(await story.act(decide_proposal.ask_end, MAX, str(proposal_id)), Ask)
    assert await press(story, decide_proposal.end, MAX, proposal_id, why="No difference") == ""
    assert "Max Stein ended the trial" in await card(story, proposal_id)
    assert len(await versions(story)) == 1


async def test_what_was_tried_can_be_adopted_by_both_sides(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await press(story, change_proposal.challenge, MIA, proposal_id, share="0.5", weeks="2")
    story.clock.advance(weeks=2)
    assert "still needs sales" in await press(story, APPROVE, MAX, proposal_id)
    assert "version 2 of the criteria is in force" in await press(story, APPROVE, MIA, proposal_id)


async def test_an_outdated_proposal_is_refused_and_said_why(story: Story) -> None:
    proposal_id = await story.do(open_now)
    story.clock.advance(days=15)
    told = await press(story, APPROVE, MAX, proposal_id)
    assert "waited for more than two weeks" in told
    assert "A new proposal is being worked out" in told
    assert "Out of date" in await card(story, proposal_id)
    assert "being worked out" in await card(story, proposal_id + 1)


async def test_one_tap_proposes_the_way_back_and_both_sides_decide_on_it(story: Story) -> None:
    proposal_id = await story.do(open_now)
    for who in (MAX, MIA):
        await press(story, APPROVE, who, proposal_id)
    shown = await story.card(CardKind.PROPOSAL, proposal_id)
    assert shown
    assert Action.ROLL_BACK in actions(shown)
    told = await press(story, decide_proposal.roll_back, MAX, 1)
    assert "The rules of version 1 are proposed again, in #gtm" in told
    assert "back to the criteria of version 1" in await card(story, proposal_id + 1)
    for who in (MIA, MAX):
        await press(story, APPROVE, who, proposal_id + 1)
    first, _, third = await versions(story)
    assert third.body == first.body
    assert "in force already" in await press(story, decide_proposal.roll_back, MAX, 3)
    after = await story.card(CardKind.PROPOSAL, proposal_id)
    assert after
    assert Action.ROLL_BACK not in actions(after)  # something newer is in force


async def test_the_card_names_leads_with_a_button_and_its_page_names_more(story: Story) -> None:
    offered = [await story.offer(ANA, first_name=f"Ada{n}") for n in range(5)]
    ids = [one.handoff for one in offered]
    backtest = {
        **dict.fromkeys(("first_week", "last_week"), 105_000),
        **dict.fromkeys(("auc_before", "auc_card", "auc_unrounded"), 0.8),
        **dict.fromkeys(("volume", "before", "after", "volume_before", "volume_after"), 0.5),
        **{"weeks": 4, "n": 200, "explored": 0, "delta": 0.05, "low": 0.01, "high": 0.09},
        **{"slope": 1.0, "is_whole": True},
        **{"rejected_avoided": ids[1:5], "all_avoided": 40, "accepted_lost": [ids[0]]},
        **{"all_lost": 1, "calibration": [], "unknown_below": 35},
    }
    proposal_id = await story.do(lambda ctx: open_now(ctx, evidence={"backtest": backtest}))
    shown = await card(story, proposal_id)
    assert "sales would accept 5 more" in shown
    assert "Accepted, and sales would miss it: 1 lead\n\nAda0 Byron at Initech" in shown
    assert "Rejected, and sales would be spared it: 40 leads" in shown
    assert "Ada3 Byron" in shown
    assert "Ada4 Byron" not in shown
    assert "We cannot know below 35 points" in shown
    page = await story.act(decide_proposal.backtest, ANA, str(proposal_id))
    assert isinstance(page, Page)
    assert "Ada4 Byron" in words_of(page)
    opened = await story.card(CardKind.PROPOSAL, proposal_id)
    assert opened
    assert actions(opened).count(Action.MORE) == 4


async def test_a_reader_sees_no_button_that_would_be_refused(story: Story) -> None:
    proposal_id = await story.do(open_now)
    shown = await story.card(CardKind.PROPOSAL, proposal_id)
    assert shown
    able = actions(await story.do(lambda ctx: for_viewer(ctx, shown), MAX))
    assert able == [
        Action.APPROVE_PROPOSAL,
        Action.DECLINE_PROPOSAL,
        Action.EDIT_PROPOSAL,
        Action.CHALLENGE_PROPOSAL,
    ]
    assert actions(await story.do(lambda ctx: for_viewer(ctx, shown), ANA)) == []


async def test_a_rep_is_thanked_with_what_became_of_the_reasons(story: Story) -> None:
    handoff = await story.offer(ANA)

    change = {
        **{"rule": "guide", "before": 25, "after": 19, "reasons": {"too_small": 9}},
        **{"moved_by": [handoff.handoff]},
        "told_by": [{"by": ANA.email, "reason": "too_small", "n": 9}],
    }
    proposal_id = await story.do(lambda ctx: open_now(ctx, evidence={"changes": [change]}))
    subject = f"{proposal_id} {ANA.email}"
    assert await story.card(CardKind.CRITERIA_THANKS, subject) is None  # not before it is in force
    for who in (MAX, MIA):
        await press(story, APPROVE, who, proposal_id)
    ((destination, words),) = await story.told(CardKind.CRITERIA_THANKS)
    assert destination == f"person:{ANA.email}"
    assert (
        "Your nine “Company too small” changed the rule “Downloaded the Pricing Guide” "
        "(+25 → +19 points)"
    ) in words

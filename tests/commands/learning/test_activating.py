"""The decision on a proposal, one click after the other."""

from dataclasses import replace
from datetime import datetime

import pytest

from commands import rescore_leads
from commands.card_kind import CardKind
from commands.context import Context
from commands.criteria_in_force import adopt, criteria_in_force
from commands.learning import activating, editing
from commands.learning.outcomes import (
    Activated,
    AlreadyApproved,
    AlreadyDecided,
    Approved,
    Declined,
    Edited,
    Gone,
    InForceAlready,
    NotAllowed,
    NotEdited,
    NotYet,
    Restoring,
    Stale,
    WhyStale,
    WrongPoints,
)
from commands.learning.thanking import thanked
from commands.receive_lead import IncomingLead, receive
from leads.criteria import Sign
from leads.lead import EngagementEvent
from leads.person import Person
from leads.proposals import ProposalState, Side
from storage import proposals
from storage.tables import FeedbackRow, LeadRow, OutboxRow
from tests.commands.learning.proposing import BETTER, EVA, open_now, row_of, versions
from tests.commands.story import ADA, AGREEMENT, ANA, MAX, MIA, Story


async def approve(story: Story, proposal_id: int, who: Person) -> object:
    return await story.do(lambda ctx: activating.approve(ctx, proposal_id), who)


@pytest.mark.parametrize(("first", "second"), [(MAX, MIA), (MIA, MAX), (ADA, MAX), (ADA, MIA)])
async def test_the_yes_of_both_sides_puts_it_in_force_in_either_order(
    story: Story, first: Person, second: Person
) -> None:
    proposal_id = await story.do(open_now)
    waiting = await approve(story, proposal_id, first)
    assert isinstance(waiting, Approved)
    assert waiting.waits_for is not waiting.side
    assert len(await versions(story)) == 1
    if first is ADA and second is MAX:  # an admin spoke for marketing first
        assert isinstance(await approve(story, proposal_id, second), AlreadyApproved)
        second = MIA
    assert await approve(story, proposal_id, second) == Activated(version=2)
    _, new = await versions(story)
    assert (new.version, new.body, new.by) == (2, proposals.body_of(BETTER), second.email)
    assert "rules: 2 changed, approved by" in new.why
    row = await row_of(story, proposal_id)
    assert (row.state, row.version) == ("activated", 2)


async def test_nobody_speaks_for_both_sides(story: Story) -> None:
    proposal_id = await story.do(open_now)
    for person in (ADA, ADA, ADA):
        await approve(story, proposal_id, person)
    assert len(await versions(story)) == 1
    assert await approve(story, proposal_id, ADA) == AlreadyApproved(
        by=ADA.email, at=story.clock.now, waits_for=Side.SALES
    )
    assert await approve(story, proposal_id, EVA) == AlreadyApproved(
        by=ADA.email, at=story.clock.now, waits_for=Side.SALES
    )
    assert await approve(story, proposal_id, MIA) == Activated(version=2)


async def test_two_of_one_side_are_one_yes(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await approve(story, proposal_id, MAX)
    assert await approve(story, proposal_id, EVA) == AlreadyApproved(
        by=MAX.email, at=story.clock.now, waits_for=Side.SALES
    )
    assert len(await versions(story)) == 1


async def test_a_rep_decides_nothing(story: Story) -> None:
    proposal_id = await story.do(open_now)
    assert await approve(story, proposal_id, ANA) == NotAllowed()
    declined = await story.do(lambda ctx: activating.decline(ctx, proposal_id, "no"), ANA)
    assert declined == NotAllowed()
    assert await story.do(lambda ctx: activating.roll_back(ctx, 1), ANA) == NotAllowed()
    assert (await row_of(story, proposal_id)).state == "open"
    assert await approve(story, 99, MIA) == Gone()


async def test_one_no_is_enough_and_says_why(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await approve(story, proposal_id, MAX)
    no = await story.do(lambda ctx: activating.decline(ctx, proposal_id, "Too soon"), MIA)
    assert no == Declined()
    row = await row_of(story, proposal_id)
    assert (row.state, row.why, row.decided_by) == ("declined", "Too soon", MIA.email)
    assert await approve(story, proposal_id, MIA) == AlreadyDecided(
        state=ProposalState.DECLINED, by=MIA.email, at=story.clock.now, version=None
    )
    assert len(await versions(story)) == 1


async def test_what_was_made_from_older_criteria_is_refused_and_made_anew(story: Story) -> None:
    proposal_id = await story.do(open_now)
    other = await story.do(lambda ctx: open_now(ctx, replace(BETTER, threshold=14)))
    for person in (MAX, MIA):
        await approve(story, other, person)
    row = await row_of(story, proposal_id)
    assert (row.state, row.why) == ("stale", "newer_criteria")
    late = await approve(story, proposal_id, MAX)
    assert isinstance(late, AlreadyDecided)
    assert late.state is ProposalState.STALE


async def test_criteria_of_the_file_make_it_stale(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await approve(story, proposal_id, MAX)
    by_file = replace(AGREEMENT, criteria=replace(AGREEMENT.criteria, threshold=33))
    story.setup = replace(story.setup, agreement=by_file)
    adopted = await story.do(adopt)
    assert adopted is not None
    assert adopted.version == 2
    assert isinstance(await approve(story, proposal_id, MIA), AlreadyDecided)
    card = await story.shown(CardKind.PROPOSAL, proposal_id)
    assert "Newer criteria came into force since it was made from version 1" in card
    assert "/leads retune looks for a new one" in card
    assert [row.version for row in await versions(story)] == [1, 2]
    assert (await story.do(criteria_in_force)).threshold == 33


async def test_after_two_weeks_it_is_made_anew(story: Story) -> None:
    proposal_id = await story.do(open_now)
    story.clock.advance(days=14, seconds=1)
    stale = await approve(story, proposal_id, MAX)
    assert isinstance(stale, Stale)
    assert stale.why is WhyStale.TOO_OLD
    assert stale.again is not None
    again = await row_of(story, stale.again)
    assert (again.state, again.asked_by) == ("asked", MAX.email)
    card = await story.shown(CardKind.PROPOSAL, proposal_id)
    assert "It waited for more than two weeks" in card
    assert "Another is worked out from all that is known now" in card
    assert await approve(story, stale.again, MAX) == NotYet()


async def test_after_many_more_decisions_it_is_made_anew(story: Story) -> None:
    proposal_id = await story.do(lambda ctx: open_now(ctx, evidence={"learned_from": 10}))
    offered = await story.offer(ANA)

    def decide(ctx: Context, n: int) -> None:
        for _ in range(n):
            ctx.session.add(
                FeedbackRow(
                    handoff_id=offered.handoff,
                    lead_id=offered.lead,
                    decision="rejected",
                    decided_by=ANA.email,
                    decided_at=ctx.now,
                )
            )

    await story.do(lambda ctx: decide(ctx, 20))
    assert isinstance(await approve(story, proposal_id, MAX), Approved)
    await story.do(lambda ctx: decide(ctx, 1))
    stale = await approve(story, proposal_id, MIA)
    assert isinstance(stale, Stale)
    assert stale.why is WhyStale.NEWER_DECISIONS
    assert len(await versions(story)) == 1


async def test_reps_whose_reasons_moved_a_rule_are_thanked_once(story: Story) -> None:
    told = [
        {"by": ANA.email, "reason": "too_small", "n": 9},
        {"by": "gone@acme.example", "reason": "too_small", "n": 3},
    ]
    change = {"rule": "title", "before": 20, "after": 24, "reasons": {"too_small": 12}}
    evidence: dict[str, object] = {"changes": [{**change, "moved_by": [1], "told_by": told}]}
    proposal_id = await story.do(lambda ctx: open_now(ctx, evidence=evidence))
    for person in (MAX, MIA, MIA):
        await approve(story, proposal_id, person)
    ((copy, _),) = await story.posts(CardKind.CRITERIA_THANKS)
    assert copy.destination == f"person:{ANA.email}"
    found = await story.do(lambda ctx: thanked(ctx, copy.subject))
    assert found is not None
    ((n, reason, rule),) = [(one.n, one.reason, one.change.rule.id) for one in found.thanks]
    assert (found.version, n, reason, rule) == (2, 9, "Company too small", "title")


async def test_points_are_edited_within_a_step_and_approvals_before_are_void(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await approve(story, proposal_id, MAX)

    def edit(ctx: Context) -> object:
        return editing.edit_points(ctx, proposal_id, {"guide": "15", "title": " 24 "})

    assert await story.do(edit, MIA) == Edited()
    row = await row_of(story, proposal_id)
    assert (row.state, row.edited_by) == ("asked", MIA.email)
    told = await story.database.read(lambda session: proposals.read(session, row))
    assert told.criteria is not None
    assert {rule.id: rule.points for rule in told.criteria.rules} == {"guide": 15, "title": 24}
    assert {change.rule.id: change.after for change in told.changes} == {"guide": 15, "title": 24}
    assert told.approvals == ()
    assert await approve(story, proposal_id, MIA) == NotYet()


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ({"guide": "4"}, WrongPoints.TOO_FAR),
        ({"guide": "46"}, WrongPoints.TOO_FAR),
        ({"guide": "15.5"}, WrongPoints.NOT_WHOLE),
        ({"guide": ""}, WrongPoints.NOT_WHOLE),
        ({"no-such": "1"}, WrongPoints.UNKNOWN_RULE),
        ({"guide": "-3"}, WrongPoints.TOO_FAR),
    ],
)
async def test_points_beyond_what_one_version_may_change_are_refused(
    story: Story, points: dict[str, str], why: WrongPoints
) -> None:
    proposal_id = await story.do(open_now)
    refused = await story.do(lambda ctx: editing.edit_points(ctx, proposal_id, points), MAX)
    assert isinstance(refused, NotEdited)
    assert [wrong.why for wrong in refused.wrong.values()] == [why]
    assert (await row_of(story, proposal_id)).state == "open"


async def test_a_sign_binds_who_edits_too(story: Story) -> None:
    small = replace(AGREEMENT.criteria.rules[0], id="small", points=3, sign=Sign.POSITIVE)
    criteria = replace(BETTER, rules=(*BETTER.rules, small))
    proposal_id = await story.do(lambda ctx: open_now(ctx, criteria))

    def edit(ctx: Context) -> object:
        return editing.edit_points(ctx, proposal_id, {"small": "-1"})

    refused = await story.do(edit, MAX)
    assert isinstance(refused, NotEdited)
    wrong = refused.wrong["small"]
    assert (wrong.why, wrong.lowest, wrong.highest) == (WrongPoints.WRONG_SIGN, 0, 20)


async def test_the_same_points_are_no_edit(story: Story) -> None:
    proposal_id = await story.do(open_now)
    same = {rule.id: str(rule.points) for rule in BETTER.rules}
    edited = await story.do(lambda ctx: editing.edit_points(ctx, proposal_id, same), MAX)
    assert edited == NotEdited(wrong={})


async def test_an_earlier_version_comes_back_with_both_sides_and_restores_every_score(
    story: Story,
) -> None:
    at = story.clock.now
    for number in range(12):
        events = (guide_at(f"e{number}", at),) if number % 2 else ()
        title = "VP Engineering" if number % 3 else None
        incoming = IncomingLead(external_id=f"L-{number}", title=title, events=events)
        await story.do(lambda ctx, incoming=incoming: receive(ctx, incoming, offer=False))  # type: ignore[misc]
    before = await _scores(story)
    proposal_id = await story.do(open_now)
    for person in (MAX, MIA):
        await approve(story, proposal_id, person)
    await _rescore(story)
    assert await _scores(story) != before
    assert await story.do(lambda ctx: activating.roll_back(ctx, 2), MAX) == InForceAlready(
        version=2
    )
    assert await story.do(lambda ctx: activating.roll_back(ctx, 9), MAX) == Gone()
    back = await story.do(lambda ctx: activating.roll_back(ctx, 1), MIA)
    assert isinstance(back, Restoring)
    assert isinstance(await approve(story, back.proposal, MIA), Approved)
    assert len(await versions(story)) == 2
    assert await approve(story, back.proposal, MAX) == Activated(version=3)
    await _rescore(story)
    assert await _scores(story) == before
    first, _, third = await versions(story)
    assert third.body == first.body
    assert third.why == "back to the rules of version 1, approved by Max Stein and Mia Chen"


async def test_a_proposal_is_told_where_both_sides_are_and_drawn_again_with_each_yes(
    story: Story,
) -> None:
    proposal_id = await story.do(open_now)
    for person in (MAX, MIA):
        await approve(story, proposal_id, person)
    back = await story.do(lambda ctx: activating.roll_back(ctx, 1), MIA)
    assert isinstance(back, Restoring)
    ((copy, _),) = await story.posts(CardKind.PROPOSAL)
    assert (copy.destination, copy.subject) == ("channel:#gtm", str(back.proposal))
    await approve(story, back.proposal, MIA)
    assert await _updates(story, copy.id) == 1


async def test_old_proposals_stay_readable(story: Story) -> None:
    proposal_id = await story.do(open_now)
    for person in (MAX, MIA):
        await approve(story, proposal_id, person)
    told = await story.database.read(lambda session: proposals.proposal(session, proposal_id))
    assert told is not None
    assert told.criteria is not None
    assert (told.criteria.version, told.base.version) == (2, 1)
    assert [(one.side, one.by) for one in told.approvals] == [
        (Side.MARKETING, MAX.email),
        (Side.SALES, MIA.email),
    ]
    assert told.missing == ()
    assert await story.database.read(proposals.open_proposal) is None


def guide_at(event_id: str, at: datetime) -> EngagementEvent:
    return EngagementEvent(id=event_id, type="download", name="Pricing Guide", at=at)


async def _scores(story: Story) -> list[tuple[int, int, int]]:
    rows = await story.all(LeadRow)
    return [(row.score, row.score_fit, row.score_engagement) for row in rows]


async def _rescore(story: Story) -> None:
    batch = await story.database.read(
        lambda session: rescore_leads.read_batch(session, story.clock(), 0, 100)
    )
    assert batch is not None
    assert batch.reached == ()
    await story.do(lambda ctx: rescore_leads.write_batch(ctx, batch, 0))


async def _updates(story: Story, copy_id: int | None) -> int:
    return len(await story.all(OutboxRow, OutboxRow.copy_id == copy_id, OutboxRow.verb == "update"))

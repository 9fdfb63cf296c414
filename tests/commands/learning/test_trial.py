"""A proposal that scores a share of the leads."""

from dataclasses import replace

import pytest

from commands import rescore_leads
from commands.card_kind import CardKind
from commands.context import Context
from commands.criteria_in_force import adopt, challenger, criteria_in_force, scorer_for
from commands.learning import activating, trial
from commands.learning.outcomes import (
    Activated,
    Approved,
    NotAllowed,
    OtherTrial,
    TrialBegun,
    TrialEnded,
    WrongTrial,
)
from commands.receive_lead import IncomingLead, Received, receive
from leads import scoring
from leads.rates import Rate
from storage import proposals
from storage.leads import lead_value
from storage.tables import HandoffRow, LeadRow
from tests.commands.learning.proposing import BETTER, open_now, row_of, versions
from tests.commands.story import AGREEMENT, ANA, MAX, MIA, Story

TITLED = {"title": "VP Engineering"}
STRICT = replace(BETTER, threshold=100)
"""Nobody reaches this threshold; under the criteria in force a title is enough."""


async def begin(story: Story, share: float = 0.5, criteria: object = STRICT) -> int:
    proposal_id = await story.do(lambda ctx: open_now(ctx, criteria))  # type: ignore[arg-type]
    begun = await story.do(lambda ctx: trial.challenge(ctx, proposal_id, share, 2), MAX)
    assert isinstance(begun, TrialBegun)
    return proposal_id


async def come_in(story: Story, number: int) -> Received:
    incoming = IncomingLead(external_id=f"L-{number}", **TITLED)  # type: ignore[arg-type]
    return await story.do(lambda ctx: receive(ctx, incoming))


async def test_a_share_of_the_leads_is_scored_by_it_and_says_so(story: Story) -> None:
    await begin(story)
    came = [await come_in(story, number) for number in range(40)]
    rows = {row.id: row for row in await story.all(LeadRow)}
    tried = {row.id for row in rows.values() if row.criteria_version == 2}
    assert 10 < len(tried) < 30
    for one in came:
        row = rows[one.lead_id]
        assert (row.stage, row.score) == (("new", 24) if one.lead_id in tried else ("mql", 20))
        assert row.stage == one.stage
    handoffs = await story.all(HandoffRow)
    assert {handoff.lead_id for handoff in handoffs} == rows.keys() - tried
    assert {handoff.criteria_version for handoff in handoffs} == {1}


async def test_an_offer_under_the_challenger_tells_its_version_and_adds_up(story: Story) -> None:
    await begin(story, criteria=replace(BETTER, threshold=8))
    for number in range(30):
        await come_in(story, number)
    handoffs = await story.all(HandoffRow)
    by_version = dict.fromkeys((1, 2), 0)
    for handoff in handoffs:
        by_version[handoff.criteria_version] += 1
        taken = handoff.snapshot
        assert taken["criteria_version"] == handoff.criteria_version
        lines: list[dict[str, int]] = taken["lines"]  # type: ignore[assignment]
        assert sum(line["points"] for line in lines) == taken["score"]
        known = await story.database.read(
            lambda session, v=handoff.criteria_version: proposals.criteria_of(session, v)  # type: ignore[misc]
        )
        lead = lead_value(await story.lead(handoff.lead_id))
        assert scoring.score(known, lead, (), handoff.offered_at).points == taken["score"]
    assert min(by_version.values()) > 5
    assert (await story.do(criteria_in_force)).version == 1


async def test_the_arm_of_a_lead_never_changes(story: Story) -> None:
    await begin(story, share=0.3)

    def arms(ctx: Context) -> list[int]:
        return [scorer_for(ctx, lead_id).criteria.version for lead_id in range(400)]

    first = await story.do(arms)
    assert await story.do(arms) == first
    assert 80 < first.count(2) < 160


async def test_a_trial_leaves_what_is_in_force_and_rescoring_alone(story: Story) -> None:
    await begin(story)
    for number in range(20):
        await come_in(story, number)
    await story.do(lambda ctx: rescore_leads.finish(ctx, 1))
    assert await story.database.read(rescore_leads.due) is None
    assert len(await versions(story)) == 1
    batch = await story.database.read(
        lambda session: rescore_leads.read_batch(session, story.clock(), 0, 100)
    )
    assert batch is None


async def test_when_it_ends_its_leads_are_scored_by_the_criteria_in_force_again(
    story: Story,
) -> None:
    proposal_id = await begin(story)
    for number in range(20):
        await come_in(story, number)
    await story.do(lambda ctx: rescore_leads.finish(ctx, 1))
    ended = await story.do(lambda ctx: trial.end_trial(ctx, proposal_id, "No better"), MIA)
    assert ended == TrialEnded()
    assert await story.database.read(rescore_leads.due) == 1
    batch = await story.database.read(
        lambda session: rescore_leads.read_batch(session, story.clock(), 0, 100)
    )
    assert batch is not None
    assert (batch.version, batch.upto) == (1, 2)
    for lead_id in batch.reached:
        assert await story.do(lambda ctx, one=lead_id: rescore_leads.qualify(ctx, one))  # type: ignore[misc]
    for part in range(len(batch.scores)):
        await story.do(lambda ctx, part=part: rescore_leads.write_batch(ctx, batch, part))  # type: ignore[misc]
    rows = await story.all(LeadRow)
    assert {(row.criteria_version, row.stage, row.score) for row in rows} == {(1, "mql", 20)}
    assert await story.do(lambda ctx: rescore_leads.finish(ctx, 1, batch.upto))
    assert await story.database.read(rescore_leads.due) is None


async def test_its_number_is_never_used_for_other_criteria(story: Story) -> None:
    proposal_id = await begin(story)
    await story.do(lambda ctx: trial.end_trial(ctx, proposal_id, ""), MIA)
    other = await story.do(open_now)
    await story.do(lambda ctx: activating.approve(ctx, other), MAX)
    assert await story.do(lambda ctx: activating.approve(ctx, other), MIA) == Activated(version=3)
    tried = await story.database.read(lambda session: proposals.criteria_of(session, 2))
    assert tried.threshold == STRICT.threshold


async def test_both_sides_adopt_it_under_the_number_it_had(story: Story) -> None:
    proposal_id = await begin(story, criteria=BETTER)
    assert isinstance(
        await story.do(lambda ctx: activating.approve(ctx, proposal_id), MIA), Approved
    )
    adopted = await story.do(lambda ctx: activating.approve(ctx, proposal_id), MAX)
    assert adopted == Activated(version=2)
    assert await story.database.read(challenger) is None
    assert (await story.do(criteria_in_force)) == replace(BETTER, version=2)


async def test_approvals_before_the_trial_are_void(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await story.do(lambda ctx: activating.approve(ctx, proposal_id), MIA)
    await story.do(lambda ctx: trial.challenge(ctx, proposal_id, 0.1, 1), MAX)
    approved = await story.do(lambda ctx: activating.approve(ctx, proposal_id), MAX)
    assert isinstance(approved, Approved)


async def test_newer_criteria_end_it(story: Story) -> None:
    proposal_id = await begin(story)
    by_file = replace(AGREEMENT, criteria=replace(AGREEMENT.criteria, threshold=33))
    story.setup = replace(story.setup, agreement=by_file)
    adopted = await story.do(adopt)
    assert adopted is not None
    assert adopted.version == 3
    assert await story.database.read(challenger) is None
    assert (await row_of(story, proposal_id)).state == "stale"


@pytest.mark.parametrize(("share", "weeks"), [(0, 2), (0.51, 2), (0.2, 0), (0.2, 13)])
async def test_a_trial_has_bounds(story: Story, share: float, weeks: int) -> None:
    proposal_id = await story.do(open_now)
    refused = await story.do(lambda ctx: trial.challenge(ctx, proposal_id, share, weeks), MAX)
    assert refused == WrongTrial(most_share=0.5, most_weeks=12)


async def test_one_trial_at_a_time_and_not_by_a_rep(story: Story) -> None:
    first = await begin(story)
    second = await story.do(open_now)
    refused = await story.do(lambda ctx: trial.challenge(ctx, second, 0.2, 2), MIA)
    assert refused == OtherTrial(proposal=first)
    ended = await story.do(lambda ctx: trial.end_trial(ctx, first, ""), ANA)
    assert ended == NotAllowed()


async def test_the_result_counts_both_arms_and_the_verdict_is_asked_for_once(story: Story) -> None:
    proposal_id = await begin(story, criteria=replace(BETTER, threshold=8))
    for number in range(40):
        await come_in(story, number)

    handoffs = await story.all(HandoffRow)
    for place, handoff in enumerate(handoffs):
        state = "accepted" if handoff.criteria_version == 2 or place % 2 else "rejected"
        await story.do(
            lambda ctx, one=handoff.id, state=state: ctx.session.get_one(  # type: ignore[misc]
                HandoffRow, one
            ).sqlmodel_update({"state": state})
        )
    found = await story.do(lambda ctx: trial.result(ctx, proposal_id))
    assert found is not None
    tried = [one for one in handoffs if one.criteria_version == 2]
    assert found.challenger == Rate(successes=len(tried), n=len(tried))
    assert found.offered_in_force == len(handoffs) - len(tried) == found.in_force.n
    assert found.delta is not None
    assert found.low < found.delta < found.high <= 1
    assert not await story.do(trial.is_due)
    story.clock.advance(weeks=2)
    assert await story.do(trial.is_due)
    await story.do(trial.look_after)
    assert not await story.do(trial.is_due)
    assert len(await story.posts(CardKind.PROPOSAL)) == 1
    assert await story.database.read(challenger) is not None
    story.clock.advance(weeks=2)
    await story.do(trial.look_after)
    row = await row_of(story, proposal_id)
    assert (row.state, row.why) == ("stale", "no_verdict")


def test_the_difference_of_two_rates_is_newcombes() -> None:
    """His example (a): 56/70 less 48/80 is 0.2 with (0.0524, 0.3339)."""
    delta, low, high = trial.difference(Rate(successes=48, n=80), Rate(successes=56, n=70))
    assert delta == pytest.approx(0.2)
    assert low == pytest.approx(0.0524, abs=5e-5)
    assert high == pytest.approx(0.3339, abs=5e-5)
    assert trial.difference(Rate(successes=0, n=0), Rate(successes=1, n=2))[0] is None

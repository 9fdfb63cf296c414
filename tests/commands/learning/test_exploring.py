"""Leads below the threshold that are offered by chance."""

from dataclasses import replace
from datetime import timedelta

import pytest

from commands import accept_lead, pass_lead, reject_lead
from commands.context import Context
from commands.counting import local_day
from commands.learning import exploring
from commands.receive_lead import IncomingLead, Received, receive
from leads.agreement import Learning
from leads.lead import EngagementEvent
from storage import handoffs, tally
from storage.tables import HandoffRow, LeadRow
from tests.commands.story import ANA, BEN, CEM, MIA, Story

SHARE = 0.2


@pytest.fixture
async def exploring_story(story: Story) -> Story:
    """With exploration, and enough MQLs this week for some of it."""
    learning = Learning(exploration=SHARE)
    story.setup = replace(story.setup, agreement=replace(story.setup.agreement, learning=learning))

    def count(ctx: Context) -> None:
        today = local_day(ctx, ctx.now)
        tally.add(ctx.session, today, "received", {}, 100)
        tally.add(ctx.session, today, "mql", {}, 100)

    await story.do(count)
    return story


async def come_in(story: Story, number: int, *, offer: bool = True) -> Received:
    incoming = IncomingLead(external_id=f"L-{number}", email=f"l{number}@initech.example")
    return await story.do(lambda ctx: receive(ctx, incoming, offer=offer))


async def explored(story: Story, leads: int = 60) -> list[HandoffRow]:
    for number in range(leads):
        await come_in(story, number)
    return await story.all(HandoffRow)


async def test_without_exploration_nobody_below_the_threshold_is_offered(story: Story) -> None:
    assert await explored(story) == []


async def test_a_share_is_offered_with_the_chance_it_had(exploring_story: Story) -> None:
    found = await explored(exploring_story)
    assert 4 <= len(found) <= 20
    assert all(handoff.explored for handoff in found)
    assert {handoff.propensity for handoff in found} == {SHARE}
    assert all(handoff.snapshot["score"] == 0 for handoff in found)
    rows = {row.id: row for row in await exploring_story.all(LeadRow)}
    assert {handoff.lead_id for handoff in found} == {
        lead_id for lead_id, row in rows.items() if row.stage == "mql"
    }


async def test_what_is_imported_in_bulk_is_not_explored(exploring_story: Story) -> None:
    for number in range(60):
        await come_in(exploring_story, number, offer=False)
    assert await exploring_story.all(HandoffRow) == []


async def test_a_lead_gets_one_chance_however_often_it_comes(exploring_story: Story) -> None:
    first = {handoff.lead_id for handoff in await explored(exploring_story)}
    for number in range(60):
        event = EngagementEvent(id=f"v{number}", type="page_view", at=exploring_story.clock())
        incoming = IncomingLead(external_id=f"L-{number}", events=(event,))
        await exploring_story.do(lambda ctx, one=incoming: receive(ctx, one))  # type: ignore[misc]
    assert {handoff.lead_id for handoff in await exploring_story.all(HandoffRow)} == first


async def test_the_week_has_room_for_a_share_of_its_mqls(exploring_story: Story) -> None:
    found = await explored(exploring_story, 200)
    assert len(found) == SHARE * 100
    exploring_story.clock.advance(days=8)

    def count(ctx: Context) -> None:
        tally.add(ctx.session, local_day(ctx, ctx.now), "mql", {}, 5)

    await exploring_story.do(count)
    for number in range(400, 460):
        await come_in(exploring_story, number)
    assert len(await exploring_story.all(HandoffRow)) == SHARE * 100 + 1


async def test_where_most_come_in_below_the_chance_is_smaller(exploring_story: Story) -> None:
    def count(ctx: Context) -> float:
        tally.add(ctx.session, local_day(ctx, ctx.now), "received", {}, 400)
        return exploring.probability(ctx, SHARE)

    assert await exploring_story.do(count) == pytest.approx(SHARE * 100 / 400)


async def test_they_are_in_nobodys_quota(exploring_story: Story) -> None:
    before = await exploring_story.tallies()
    found = await explored(exploring_story)
    assert await exploring_story.database.read(handoffs.open_counts) == {}
    after = await exploring_story.tallies()
    changed = {key for key in after if after[key] != before.get(key)}
    assert {measure for measure, _, _ in changed} == {"received"}
    for place, handoff in enumerate(found):
        rep = next(one for one in (ANA, BEN, CEM) if one.email == handoff.rep)
        if place % 2:
            await exploring_story.act(accept_lead.accept, rep, str(handoff.id))
        else:
            await exploring_story.act(reject_lead.reject, rep, str(handoff.id), reason="too_small")
    decided = await exploring_story.tallies()
    changed = {key for key in decided if decided[key] != after.get(key)}
    measures = {measure for measure, _, _ in changed}
    assert not measures & {"offered", "accepted", "rejected", "mql", "reached_sal", "handed_over"}
    assert "decided_in_time" in measures  # the clocks stay


async def test_one_that_is_passed_on_stays_explored(exploring_story: Story) -> None:
    handoff = (await explored(exploring_story))[0]
    to = next(one for one in (ANA, BEN, CEM) if one.email != handoff.rep)
    await exploring_story.act(pass_lead.hand_over, MIA, str(handoff.id), person=to.email)
    passed, follows = await exploring_story.handoffs(handoff.lead_id)
    assert (passed.state, follows.rep) == ("passed", to.email)
    assert (follows.explored, follows.propensity) == (True, SHARE)
    since = exploring_story.clock.now - timedelta(days=1)
    n = await exploring_story.database.read(lambda session: handoffs.explored_since(session, since))
    assert n == sum(one.previous is None for one in await exploring_story.all(HandoffRow))


async def test_when_nobody_can_take_leads_nobody_is_bothered(exploring_story: Story) -> None:
    away = tuple(replace(one, capacity=0) for one in (ANA, BEN, CEM))
    team = exploring_story.setup.team
    others = tuple(one for one in team.people if one.email not in {rep.email for rep in away})
    exploring_story.setup = replace(
        exploring_story.setup, team=replace(team, people=(*away, *others))
    )
    assert await explored(exploring_story) == []

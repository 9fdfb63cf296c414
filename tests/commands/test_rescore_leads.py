"""Leads under new criteria."""

import json
from dataclasses import replace
from functools import partial

import pytest
from sqlmodel import col, select

from commands import accept_lead, rescore_leads
from commands.card_kind import CardKind
from commands.context import Context
from commands.receive_lead import IncomingLead, receive
from commands.rescore_leads import Batch
from leads import scoring
from leads.criteria import Criteria, FieldCondition, FieldTest, Group, Rule
from leads.lead import EngagementEvent
from leads.lifecycle import Stage
from storage.criteria_body import criteria_body
from storage.database import Database
from storage.leads import events_of, lead_value
from storage.tables import CopyRow, CriteriaRow, HandoffRow, HistoryRow, LeadRow, OutboxRow
from tests.commands.story import AGREEMENT, ANA, Story, setup_of
from tests.conftest import Clock

MANY_VISITS = Rule(
    id="visits",
    label="Visits: 5 or more",
    group=Group.FIT,
    points=9,
    when=FieldCondition(field="visits", test=FieldTest.AT_LEAST, value=5),
)
STRICTER = replace(AGREEMENT.criteria, version=2, threshold=40, rules=(MANY_VISITS,))
EASIER = replace(
    AGREEMENT.criteria, version=2, threshold=8, rules=(*AGREEMENT.criteria.rules, MANY_VISITS)
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_database(request: pytest.FixtureRequest) -> Database:
    """Both databases, one after the other."""
    name = "database" if request.param == "sqlite" else "postgres"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
async def story(either_database: Database, clock: Clock) -> Story:
    begun = Story(database=either_database, clock=clock, setup=setup_of())
    await begun.begin()
    return begun


async def activate(story: Story, criteria: Criteria) -> None:
    """Have these criteria in force."""

    def add(ctx: Context) -> None:
        ctx.session.add(
            CriteriaRow(
                version=criteria.version,
                body=dict(criteria_body(criteria)),
                activated_at=ctx.now,
                by="a test",
            )
        )

    await story.do(add)


async def come_in(story: Story, name: str, *, offer: bool = True, **fields: object) -> int:
    incoming = IncomingLead(external_id=name, **fields)  # type: ignore[arg-type]
    return (await story.do(lambda ctx: receive(ctx, incoming, offer=offer))).lead_id


async def batch_of(story: Story, after_id: int = 0, limit: int = 100) -> Batch | None:
    return await story.database.read(
        lambda session: rescore_leads.read_batch(session, story.clock(), after_id, limit)
    )


async def write(story: Story, batch: Batch) -> int:
    written = 0
    for part in range(len(batch.scores)):
        written += await story.do(partial(rescore_leads.write_batch, batch=batch, part=part))
    return written


async def test_kept_scores_are_those_under_the_new_criteria(story: Story) -> None:
    guide = EngagementEvent(id="g", type="Download", name="pricing guide", at=story.clock())
    ids = [
        await come_in(story, "a", extra={"visits": 7}),
        await come_in(story, "b", title="VP Engineering", events=(guide,)),
        await come_in(story, "c", extra={"visits": 1}, offer=False),
    ]
    await activate(story, STRICTER)
    batch = await batch_of(story)
    assert batch is not None
    assert (batch.leads, batch.version, batch.reached) == (3, 2, ())
    assert await write(story, batch) == 3
    kept = [await story.lead(lead_id) for lead_id in ids]
    for row in kept:
        assert row.id is not None
        did = await story.database.read(lambda session, id=row.id: events_of(session, id))  # type: ignore[misc]
        now = scoring.score(STRICTER, lead_value(row), did, story.clock())
        assert (row.score, row.score_fit, row.score_engagement) == (
            now.points,
            now.fit,
            now.engagement,
        )
    assert [row.score for row in kept] == [9, 0, 0]
    assert {row.criteria_version for row in kept} == {2}
    assert await batch_of(story) is None


async def test_an_mql_stays_one_and_its_handoff_keeps_what_was_known(story: Story) -> None:
    offered = await story.offer(ANA)
    before = await story.handoff(offered.handoff)
    await activate(story, STRICTER)
    batch = await batch_of(story)
    assert batch is not None
    await write(story, batch)
    lead = await story.lead(offered.lead)
    assert (lead.stage, lead.score) == (Stage.MQL, 0)
    assert (await story.handoff(offered.handoff)).snapshot == before.snapshot


async def test_a_new_lead_that_reaches_the_threshold_is_handed_over_like_any_other(
    story: Story,
) -> None:
    lead_id = await come_in(story, "a", extra={"visits": 7})
    await activate(story, EASIER)
    batch = await batch_of(story)
    assert batch is not None
    assert batch.reached == (lead_id,)
    assert await write(story, batch) == 0
    assert await story.do(lambda ctx: rescore_leads.qualify(ctx, lead_id))
    lead = await story.lead(lead_id)
    assert (lead.stage, lead.score, lead.criteria_version) == (Stage.MQL, 9, 2)
    (handoff,) = await story.handoffs(lead_id)
    assert handoff.snapshot["score"] == 9
    assert (await story.tallies())["mql", "all", ""] == 1
    assert not await story.do(lambda ctx: rescore_leads.qualify(ctx, lead_id))
    assert len(await story.handoffs(lead_id)) == 1


async def test_one_who_was_worth_it_already_and_held_back_stays_held_back(story: Story) -> None:
    imported = await come_in(story, "a", title="VP Engineering", offer=False)
    await activate(story, EASIER)
    batch = await batch_of(story)
    assert batch is not None
    assert batch.reached == ()
    await write(story, batch)
    assert (await story.lead(imported)).stage == Stage.NEW


async def test_a_lead_that_was_scored_anew_meanwhile_keeps_that(story: Story) -> None:
    lead_id = await come_in(story, "a", extra={"visits": 7})
    other = await come_in(story, "b", extra={"visits": 1})
    await activate(story, STRICTER)
    batch = await batch_of(story)
    assert batch is not None
    await come_in(story, "a", extra={"visits": 2})
    assert await write(story, batch) == 1
    assert (await story.lead(lead_id)).score == 0
    assert (await story.lead(other)).criteria_version == 2


async def test_a_lead_that_fell_back_before_its_turn_is_not_handed_over(story: Story) -> None:
    lead_id = await come_in(story, "a", extra={"visits": 7})
    await activate(story, EASIER)
    await story.do(
        lambda ctx: ctx.session.get_one(LeadRow, lead_id).sqlmodel_update({"extra": {"visits": 1}})
    )
    assert not await story.do(lambda ctx: rescore_leads.qualify(ctx, lead_id))
    lead = await story.lead(lead_id)
    assert (lead.stage, lead.score, lead.criteria_version) == (Stage.NEW, 0, 2)
    assert await story.all(HandoffRow) == []


async def test_closed_leads_are_left_alone(story: Story) -> None:
    lead_id = await come_in(story, "a", extra={"visits": 7})
    await story.do(
        lambda ctx: ctx.session.get_one(LeadRow, lead_id).sqlmodel_update({"stage": "won"})
    )
    await activate(story, STRICTER)
    assert await batch_of(story) is None


async def test_a_version_is_done_once_and_only_while_it_is_in_force(story: Story) -> None:
    assert await story.database.read(rescore_leads.due) == 1
    assert await story.do(lambda ctx: rescore_leads.finish(ctx, 1))
    assert not await story.do(lambda ctx: rescore_leads.finish(ctx, 1))
    assert await story.database.read(rescore_leads.due) is None
    await activate(story, STRICTER)
    assert await story.database.read(rescore_leads.due) == 2
    await activate(story, replace(STRICTER, version=3))
    assert not await story.do(lambda ctx: rescore_leads.finish(ctx, 2))
    assert await story.database.read(rescore_leads.due) == 3


async def test_batches_follow_one_another(story: Story) -> None:
    for number in range(5):
        await come_in(story, f"L-{number}", extra={"visits": 4 + number})
    await activate(story, STRICTER)
    first = await batch_of(story, limit=3)
    assert first is not None
    rest = await batch_of(story, first.last_id)
    assert rest is not None
    assert (first.leads, rest.leads) == (3, 2)
    assert await write(story, rest) + await write(story, first) == 5
    assert [row.score for row in await story.all(LeadRow)] == [0, 9, 9, 9, 9]


async def test_a_preview_tells_how_scores_would_lie_and_changes_nothing(story: Story) -> None:
    await come_in(story, "a", title="VP Engineering", extra={"visits": 7})
    await come_in(story, "b", extra={"visits": 5})
    await come_in(story, "c")
    history = len(await story.all(HistoryRow))
    told = await story.database.read(
        lambda session: rescore_leads.scores_under(session, STRICTER, story.clock())
    )
    assert told.now == {20: 1, 0: 2}
    assert told.then == {9: 2, 0: 1}
    assert told.leads == 3
    assert len(await story.all(HistoryRow)) == history
    assert {row.criteria_version for row in await story.all(LeadRow)} == {1}


async def updates(story: Story) -> list[str]:
    """Which cards are to be drawn again, by kind and subject; then all that waits is forgotten."""

    def take(ctx: Context) -> list[str]:
        found = ctx.session.exec(
            select(CopyRow, OutboxRow)
            .join(OutboxRow, col(OutboxRow.copy_id) == col(CopyRow.id))
            .order_by(col(OutboxRow.id))
        ).all()
        for _, row in found:
            ctx.session.delete(row)
        return [f"{copy.kind} {copy.subject}" for copy, row in found if row.verb == "update"]

    return await story.do(take)


async def test_who_has_still_to_decide_sees_what_the_lead_has_now(story: Story) -> None:
    waits, taken = await story.offer(ANA), await story.offer(ANA)
    await story.act(accept_lead.accept, ANA, taken.subject)
    await come_in(story, "nobody's", extra={"visits": 7}, offer=False)
    await updates(story)
    before = await story.shown(CardKind.BATTLE_CARD, waits.subject)
    await activate(story, STRICTER)
    batch = await batch_of(story)
    assert batch is not None
    await write(story, batch)
    told = await updates(story)
    assert f"{CardKind.BATTLE_CARD} {waits.handoff}" in told
    assert f"{CardKind.BATTLE_CARD} {taken.handoff}" not in told
    after = await story.shown(CardKind.BATTLE_CARD, waits.subject)
    assert "newer" not in before
    assert "By the newer version 2 of the criteria it has 0 points now." in after
    assert "newer" not in await story.shown(CardKind.BATTLE_CARD, taken.subject)


async def test_a_lead_that_has_as_many_points_as_before_is_left_alone(story: Story) -> None:
    await story.offer(ANA)
    await updates(story)
    await activate(story, replace(AGREEMENT.criteria, version=2, threshold=9))
    batch = await batch_of(story)
    assert batch is not None
    assert await write(story, batch) == 1
    assert await updates(story) == []


async def test_the_more_cards_are_drawn_again_the_fewer_leads_are_in_a_transaction(
    story: Story,
) -> None:
    for _ in range(3):
        await story.offer(ANA)
    for number in range(100):
        await come_in(story, f"n{number}", offer=False)
    await activate(story, STRICTER)
    batch = await story.database.read(
        lambda session: rescore_leads.read_batch(session, story.clock(), 0, 200, at_once=41)
    )
    assert batch is not None
    sizes = [len(json.loads(part)) for part in batch.scores]
    assert sum(sizes) == 103
    assert max(sizes) <= 41
    assert max(map(len, batch.shown)) == 1
    assert await write(story, batch) == 103

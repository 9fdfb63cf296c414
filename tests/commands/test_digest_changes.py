"""The daily digest's thread, the three leads that need someone, and what changed since the last."""

from dataclasses import replace
from datetime import date

from sqlmodel import select

from cards import terminal
from cards.digest_card import digest_card
from commands import accept_lead, reject_lead
from commands.card_kind import CardKind
from commands.compose_digest import compose
from commands.context import Context
from commands.post_digest import is_due, post_due
from leads.person import Person
from storage.rejections import claim_answer
from storage.tables import CriteriaRow, RejectionRow
from tests.commands.story import ANA, BEN, CEM, MAX, MIA, Offered, Story, local
from tests.commands.telling import (
    ANSWERING,
    buttons,
    details_said,
    digest_said,
    promising,
    said,
)


async def test_details_stand_in_the_thread_of_the_digest_and_come_after_it(story: Story) -> None:
    promising(story)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, 9)
    assert await story.do(post_due) == 1
    ((root, first),) = await story.posts(CardKind.DIGEST)
    ((reply, second),) = await story.posts(CardKind.DIGEST_DETAILS)
    assert reply.thread_of == root.id
    assert reply.lane == root.lane
    assert first.id is not None
    assert second.id is not None
    assert first.id < second.id


async def test_where_nothing_is_due_nobody_waits_for_a_writer(story: Story) -> None:
    promising(story)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 24, 8, 59)
    assert not await story.database.read(lambda session: is_due(story.context(session)))
    story.clock.now = local(2026, 11, 24, 9)
    assert await story.database.read(lambda session: is_due(story.context(session)))
    await story.do(post_due)
    assert not await story.database.read(lambda session: is_due(story.context(session)))


async def test_the_three_that_wait_longest_are_named_with_who_should_act(story: Story) -> None:
    promising(story)
    story.setup = replace(story.setup, agreement=ANSWERING)
    names = iter(("Bo", "Cy", "Di", "Ed"))
    touched = await story.offer(BEN, first_name=next(names))
    await story.act(accept_lead.accept, BEN, touched.subject)
    story.clock.advance(minutes=1)
    rejected = await story.offer(ANA, first_name=next(names))
    await story.act(reject_lead.reject, ANA, rejected.subject, reason="too_small")
    for _ in range(2):
        story.clock.advance(minutes=1)
        await story.offer(CEM, first_name=next(names))
    story.clock.now = local(2026, 11, 26, 9)
    view = await story.database.read(
        lambda session: compose(story.context(session), date(2026, 11, 26))
    )
    assert view is not None
    assert view.late == 4
    assert [one.name for one in view.urgent] == ["Di Byron", "Ed Byron", "Bo Byron"]
    text = terminal.text(digest_card(view))
    assert "Cem Aydin should accept or reject it" in text
    assert "Ben Weber should get in touch" in text
    assert "1 more is late" in text
    opened = [button.subject for button in buttons(digest_card(view))][:3]
    assert opened == [str(one.lead_id) for one in view.urgent]


async def test_marketings_answers_in_time_are_held_against_it(story: Story) -> None:
    promising(story)
    story.setup = replace(story.setup, agreement=ANSWERING)
    for _ in range(2):
        rejected = await story.offer(ANA)
        await story.act(reject_lead.reject, ANA, rejected.subject, reason="too_small")
    newest = max(row.feedback_id for row in await rejections_of(story))

    def answer(ctx: Context) -> None:
        claim_answer(
            ctx.session, newest, answer="agreed", answered_by=MAX.email, answered_at=ctx.now
        )

    await story.do(answer)
    story.clock.now = local(2026, 11, 25, 9)
    text = await digest_said(story, date(2026, 11, 25))
    assert "Marketing, answer rejections within 1 working day: 1 of 2 in time" in text
    assert "Max Stein should answer its rejection" in text
    assert "Max Stein: 1 rejection to answer (1 overdue)" in await details_said(
        story, date(2026, 11, 25)
    )


async def test_a_light_that_moved_since_the_last_digest_is_told_with_what_it_was(
    story: Story,
) -> None:
    promising(story)
    for _ in range(3):
        kept = await story.offer(ANA)
        await story.act(accept_lead.accept, ANA, kept.subject)
    story.clock.now = local(2026, 11, 24, 9)
    assert "Deciding in time" not in await digest_said(story, date(2026, 11, 24))
    for _ in range(2):
        await story.offer(BEN)
    story.clock.now = local(2026, 11, 25, 9)
    text = await digest_said(story, date(2026, 11, 25))
    assert "Changed since the digest of 24 Nov 2026" in text
    assert "Deciding in time: ■ short, was ● on track" in text
    story.clock.now = local(2026, 11, 26, 9)
    assert "Deciding in time" not in await digest_said(story, date(2026, 11, 26)), (
        "it didn't move again"
    )


async def test_the_acceptance_moves_from_what_the_last_digest_knew(story: Story) -> None:
    promising(story)
    offers = [await story.offer(rep) for rep in (ANA, BEN, CEM) for _ in range(5)]
    for one in offers[:10]:
        await story.act(accept_lead.accept, one_of(one, offers), one.subject)
    story.clock.now = local(2026, 11, 24, 9)
    assert "67%" not in await digest_said(story, date(2026, 11, 24))
    for one in offers[10:]:
        await story.act(reject_lead.reject, CEM, one.subject, reason="too_small")
    story.clock.now = local(2026, 11, 25, 9)
    text = await digest_said(story, date(2026, 11, 25))
    assert "Leads accepted: 67%, was 100% · ▲ a little short, was ● on track" in text


async def test_new_criteria_are_told_on_the_day_they_come_into_force(story: Story) -> None:
    promising(story)
    story.clock.now = local(2026, 11, 24, 15)

    def activate(ctx: Context) -> None:
        row = CriteriaRow(version=2, body={}, activated_at=ctx.now, by=MIA.email, why="fewer rules")
        ctx.session.add(row)

    await story.do(activate)
    story.clock.now = local(2026, 11, 25, 9)
    text = await digest_said(story, date(2026, 11, 25))
    assert "Criteria: version 2 since 24 Nov 2026, 14:00 UTC: fewer rules" in text
    story.clock.now = local(2026, 11, 26, 9)
    assert await digest_said(story, date(2026, 11, 26)) == ""


async def test_a_digest_of_another_day_can_be_asked_for(story: Story) -> None:
    promising(story)
    await story.offer(ANA)
    story.clock.now = local(2026, 11, 26, 9)
    assert "24 Nov 2026" in await said(story, MAX, "digest 24 Nov")
    for wrong in ("digest last week", "digest 2027-01-01", "digest hm"):
        assert "is no day that has had a digest" in await said(story, MAX, wrong)


def one_of(offer: Offered, offers: list[Offered]) -> Person:
    return (ANA, BEN, CEM)[offers.index(offer) // 5]


async def rejections_of(story: Story) -> list[RejectionRow]:
    return await story.database.read(lambda session: list(session.exec(select(RejectionRow))))

"""Quiet hours may end on a day on which nobody works: what comes after them waits for work. So does
what an outage of the chat held up until the evening."""

from datetime import datetime, timedelta

from sqlmodel import select

from commands.card_kind import CardKind
from commands.context import Context
from commands.quiet import held_until
from commands.reject_lead import reject
from commands.rejections.contesting import contest
from leads.person import Person
from storage.preferences import Preferences, keep
from storage.tables import RejectionRow
from tests.commands.story import ANA, MAX, MIA, Story, local


async def _is_quiet(story: Story, person: Person) -> None:
    chosen = Preferences(quiet_from="16:00", quiet_to="10:00")

    def choose(ctx: Context) -> None:
        keep(ctx.session, person.email, chosen, ctx.now)

    await story.do(choose)


async def _due(story: Story, kind: CardKind, person: Person) -> datetime:
    ((_, row),) = [
        one for one in await story.posts(kind) if one[0].destination == f"person:{person.email}"
    ]
    return row.due_at


async def test_an_offer_on_friday_evening_comes_on_monday(story: Story) -> None:
    story.clock.now = local(2026, 11, 27, 16, 30)
    await _is_quiet(story, ANA)
    await story.offer(ANA)
    assert await _due(story, CardKind.BATTLE_CARD, ANA) == local(2026, 11, 30, 10)


async def test_a_dispute_on_friday_evening_is_brought_to_its_judge_on_monday(story: Story) -> None:
    story.clock.now = local(2026, 11, 27, 16, 30)
    await _is_quiet(story, MIA)
    offered = await story.offer(ANA)
    await story.act(reject, ANA, offered.subject, reason="too_small")
    rejection = await story.database.read(lambda session: session.exec(select(RejectionRow)).one())
    await story.act(contest, MAX, str(rejection.feedback_id), evidence="They asked for it")
    assert await _due(story, CardKind.OPEN_DISPUTE, MIA) == local(2026, 11, 30, 10)


async def test_what_is_held_up_until_the_evening_comes_in_the_morning(story: Story) -> None:
    def held(ctx: Context) -> tuple[datetime | None, datetime | None]:
        kinds = (CardKind.OPEN_DISPUTE, CardKind.PERSONAL_DIGEST)
        return held_until(ctx, MIA, kinds[0]), held_until(ctx, MIA, kinds[1])

    for minute in (-10, 10):  # at work, and what was sent just before its end
        story.clock.now = local(2026, 11, 27, 18) + timedelta(minutes=minute)
        assert await story.do(held) == (None, None)
    story.clock.now = local(2026, 11, 27, 18, 20)
    assert await story.do(held) == (local(2026, 11, 30, 9), None)

"""The owner is reminded of a rejection once, halfway, when they work and want to be told."""

from dataclasses import replace
from datetime import datetime

import pytest

from cards import terminal
from cards.actions import Action
from commands.card_kind import CardKind
from commands.rejections.answering import answer
from commands.rejections.contesting import contest
from commands.rejections.judging import judge
from commands.remind_of_answers import is_due, remind
from commands.undo_decision import undo
from storage import preferences
from storage.tables import CopyRow, PreferenceRow
from tests.commands.rejecting import TEAM, answering, kept, rejected
from tests.commands.story import ADA, ANA, BEN, MAX, MIA, Story, local, setup_of
from tests.commands.telling import buttons


@pytest.fixture(autouse=True)
def promised(story: Story) -> None:
    answering(story)


async def _reminders(story: Story) -> list[tuple[str, datetime]]:
    return [
        (copy.destination, row.due_at) for copy, row in await story.posts(CardKind.REJECTION_WAITS)
    ]


async def test_halfway_the_owner_is_reminded_once_with_the_lead_the_reason_and_the_buttons(
    story: Story,
) -> None:
    found = await rejected(story, reason="other", text="A supplier")
    story.clock.now = local(2026, 11, 24, 10, 59)
    assert not await story.do(is_due)
    await story.do(remind)
    assert await _reminders(story) == []
    story.clock.now = local(2026, 11, 24, 11)
    assert await story.do(is_due)
    for _ in range(2):
        await story.do(remind)
        story.clock.advance(hours=1)
    assert await _reminders(story) == [(f"person:{MAX.email}", local(2026, 11, 24, 11))]
    card = await story.card(CardKind.REJECTION_WAITS, found.subject)
    assert card
    told = terminal.text(card)
    assert "Ana Ortiz turned down Ada Byron from Initech: Something else." in told
    assert "Please answer by 25 Nov 2026" in told
    assert "“A supplier”" in told
    assert [one.action for one in buttons(card)] == [
        Action.ANSWER_REJECTION,
        Action.CONTEST_REJECTION,
        Action.MORE,
    ]


async def test_what_is_answered_taken_back_or_overturned_meanwhile_is_not_told_of(
    story: Story,
) -> None:
    answered, undone, overturned = [await rejected(story) for _ in range(3)]
    await story.act(undo, ANA, str(undone.handoff))
    story.clock.now = local(2026, 11, 24, 11)
    await story.do(remind)
    assert len(await _reminders(story)) == 2
    await story.act(answer, MAX, answered.subject, answer="fixed")
    await story.act(contest, MAX, overturned.subject, evidence="No!")
    await story.act(judge, MIA, overturned.subject, verdict="overturned")
    for one in (answered, undone, overturned):
        assert await story.card(CardKind.REJECTION_WAITS, one.subject) is None


async def test_a_reminder_that_was_read_shows_the_answer_afterwards(story: Story) -> None:
    found = await rejected(story)
    story.clock.now = local(2026, 11, 24, 11)
    await story.do(remind)

    def deliver(ctx: object) -> None:
        copy = ctx.session.get_one(CopyRow, sent.id)  # type: ignore[attr-defined]
        copy.message = "1.1"

    (sent,) = await story.all(CopyRow, CopyRow.kind == "rejection_waits")
    await story.do(deliver)
    await story.act(answer, MAX, found.subject, answer="fixed")
    assert "A rejection is answered" in await story.shown(CardKind.REJECTION_WAITS, found.subject)


async def test_the_reminder_waits_for_working_time_and_the_end_of_quiet_hours(story: Story) -> None:
    def be_quiet(ctx: object) -> None:
        ctx.session.add(  # type: ignore[attr-defined]
            PreferenceRow(
                email=MAX.email, quiet_from="08:00", quiet_to="12:00", changed_at=story.clock.now
            )
        )

    await story.do(be_quiet)
    assert await story.database.read(lambda s: preferences.preferences_of(s, MAX.email).quiet_to)
    await rejected(story)
    story.clock.now = local(2026, 11, 24, 20)
    await story.do(remind)
    assert await _reminders(story) == [(f"person:{MAX.email}", local(2026, 11, 25, 12))]


async def test_somebody_who_left_is_not_waited_for(story: Story) -> None:
    await rejected(story)
    new = replace(MAX, name="Nora Lund", email="nora@acme.example")
    story.setup = setup_of(ANA, BEN, MIA, ADA, new, agreement=story.setup.agreement)
    story.clock.now = local(2026, 11, 24, 11)
    await story.do(remind)
    (row,) = await kept(story)
    assert row.owner == "nora@acme.example"
    assert [where for where, _ in await _reminders(story)] == ["person:nora@acme.example"]


async def test_many_that_are_due_come_in_several_units_of_work(story: Story) -> None:
    story.setup = setup_of(*TEAM, agreement=story.setup.agreement)
    for _ in range(3):
        await rejected(story)
    story.clock.advance(days=3)
    assert await story.do(remind) is False
    assert len(await _reminders(story)) == 3

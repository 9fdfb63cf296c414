"""A status in Slack is leave as long as it is shown."""

from datetime import UTC, date, datetime

import pytest

from commands import follow_status
from commands.card_kind import CardKind
from storage.tables import LeaveRow
from tests.commands.story import ANA, Story, local

TODAY = date(2026, 11, 23)


async def shows(
    story: Story, text: str = "", sign: str = "", until: datetime | None = None, change: str = "Ev1"
) -> None:
    values = {"text": text, "sign": sign, "until": until.isoformat() if until else ""}
    await story.act(follow_status.follow, ANA, change, **values)


async def days(story: Story) -> list[tuple[date, date]]:
    return [(row.first, row.last) for row in await story.all(LeaveRow)]


async def test_vacationing_until_a_day_is_leave_until_then(story: Story) -> None:
    await shows(story, "Vacationing", "palm_tree", local(2026, 11, 27, 23, 59))
    assert await days(story) == [(TODAY, date(2026, 11, 27))]
    ((_, words),) = await story.told(CardKind.LEAVE_TOLD)
    assert "by the status in Slack" in words


async def test_one_without_an_end_holds_until_it_is_cleared(story: Story) -> None:
    await shows(story, "Out sick", "face_with_thermometer")
    story.clock.advance(days=3)
    await shows(story)
    assert await days(story) == [(TODAY, date(2026, 11, 25))]


async def test_nobody_is_away_for_good_because_the_clearing_was_not_heard(story: Story) -> None:
    await shows(story, "Out sick", "face_with_thermometer")
    ((first, last),) = await days(story)
    assert (last - first).days <= 60


async def test_the_same_change_told_twice_is_one_leave(story: Story) -> None:
    for _ in range(2):
        await shows(story, "", "palm_tree", local(2026, 11, 27, 23, 59))
    assert len(await days(story)) == 1


async def test_another_end_moves_the_leave(story: Story) -> None:
    await shows(story, "Vacationing", "palm_tree", local(2026, 11, 27, 23, 59))
    await shows(story, "Vacation in Rome", "palm_tree", local(2026, 12, 1, 23, 59), change="Ev2")
    assert await days(story) == [(TODAY, date(2026, 12, 1))]


@pytest.mark.parametrize(
    ("text", "sign", "until"),
    [
        ("In a meeting", "spiral_calendar_pad", None),
        ("", "", None),
        ("Out of office", "", datetime(2026, 11, 23, 12, tzinfo=UTC)),  # work ends at 17:00 UTC
    ],
)
async def test_other_statuses_and_an_hour_off_are_no_leave(
    story: Story, text: str, sign: str, until: datetime | None
) -> None:
    await shows(story, text, sign, until)
    assert await days(story) == []


async def test_the_rest_of_the_working_day_is_a_day(story: Story) -> None:
    await shows(story, "Out sick", "", local(2026, 11, 23, 18))
    assert await days(story) == [(TODAY, TODAY)]


async def test_clearing_a_status_leaves_what_was_said_in_chat(story: Story) -> None:
    from commands import answer

    await story.act(answer.answer, ANA, "away until Friday")
    await shows(story, "", "palm_tree")
    await shows(story, change="Ev2")
    assert (TODAY, date(2026, 11, 27)) in await days(story)

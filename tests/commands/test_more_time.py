"""More time from a manager, for leave, and alerts beside the ladder."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from cards import terminal
from cards.actions import Action
from commands import outgoing, running_clock
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.context import Context
from commands.extend_clock import ask, extend
from commands.log_touch import log
from commands.reply import Ask, Nothing
from commands.show_lead import card_of
from commands.undo_decision import undo
from leads.person import Leave, Person
from storage.tables import HistoryRow
from tests.commands.climbing import MANAGED, climbed, climbing, tick
from tests.commands.story import ADA, ANA, BEN, CEM, MAX, MIA, Story, local, words_of
from tests.commands.telling import buttons

WHY = "Waits for the fair"


@pytest.mark.parametrize(
    ("time", "due"),
    [
        ("1h", local(2026, 11, 23, 13)),
        ("4h", local(2026, 11, 23, 16)),
        ("1d", local(2026, 11, 24, 12)),
        ("3d", local(2026, 11, 26, 12)),
    ],
)
async def test_a_manager_gives_more_time(story: Story, time: str, due: object) -> None:
    offered = await climbing(story).offer(MANAGED)
    assert await story.act(extend, MIA, offered.subject, time=time, why=WHY) == Nothing()
    handoff = await story.handoff(offered.handoff)
    assert (handoff.accept_by, handoff.extended_by) == (due, MIA.email)
    (row,) = await story.all(HistoryRow, HistoryRow.act == "extended")
    assert (row.by, row.handoff_id) == (MIA.email, offered.handoff)
    assert row.why.startswith(f"{WHY} ({time}; accept by 2026-11-23T11:00+00:00 became 2026-11-2")
    assert "Mia Chen gave you more time." in await story.shown(
        CardKind.BATTLE_CARD, offered.handoff
    )


async def test_what_is_overdue_gets_it_from_now_and_no_step_comes_again(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    story.clock.advance(minutes=80)
    await tick(story)
    await story.act(extend, MIA, offered.subject, time="1h", why=WHY)
    handoff = await story.handoff(offered.handoff)
    assert handoff.accept_by == local(2026, 11, 23, 13, 20)
    assert await story.told(CardKind.ESCALATION) == [(f"person:{MIA.email}", "")]
    story.clock.advance(minutes=74)
    await tick(story)
    assert await climbed(story, offered.handoff) == ["reminded", "escalated", "marked"]
    story.clock.advance(minutes=17)
    await tick(story)
    assert (await climbed(story, offered.handoff))[-1] == "reassigned"


async def test_the_clock_to_the_first_touch_takes_it_too(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(extend, MIA, offered.subject, time="1h", why=WHY)
    await story.act(accept, MANAGED, offered.subject)
    handoff = await story.handoff(offered.handoff)
    assert handoff.extended_by is None  # that was the other clock
    story.clock.advance(minutes=5)
    await story.act(extend, ADA, offered.subject, time="1d", why=WHY)
    handoff = await story.handoff(offered.handoff)
    assert handoff.contact_by == local(2026, 11, 25, 11)
    await story.act(undo, MANAGED, offered.subject)
    handoff = await story.handoff(offered.handoff)
    assert (handoff.accept_by, handoff.extended_by) == (local(2026, 11, 23, 13), MIA.email)


@pytest.mark.parametrize("who", [ANA, BEN, MAX])
async def test_nobody_but_managers_and_admins_gives_time(story: Story, who: Person) -> None:
    offered = await climbing(story).offer(MANAGED)
    told = words_of(await story.act(extend, who, offered.subject, time="3d", why=WHY))
    assert told
    assert (await story.handoff(offered.handoff)).extended_by is None
    assert [row.by for row in await story.all(HistoryRow, HistoryRow.act == "refused")] == [
        who.email
    ]


async def test_a_manager_who_has_the_lead_does_not_give_time_to_herself(story: Story) -> None:
    offered = await climbing(story).offer(MIA)
    told = words_of(await story.act(extend, MIA, offered.subject, time="3d", why=WHY))
    assert "nobody gives it to themselves" in told
    assert await story.act(extend, ADA, offered.subject, time="3d", why=WHY) == Nothing()


async def test_a_form_asks_how_long_and_why(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    reply = await story.act(ask, MIA, offered.subject, why="so far")
    assert isinstance(reply, Ask)
    assert words_of(await story.act(extend, MIA, offered.subject, why=WHY)) == "time: time_missing"
    missing = await story.act(extend, MIA, offered.subject, time="1h", why=" ")
    assert words_of(missing) == "why: why_missing"


async def test_where_no_clock_runs_there_is_nothing_to_give(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(accept, MANAGED, offered.subject)
    await story.act(log, MANAGED, offered.subject, kind="called", outcome_called="reached")
    assert "No clock runs" in words_of(await story.act(ask, MIA, offered.subject))


async def test_a_manager_finds_the_buttons_on_the_page_of_a_reps_lead(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)

    def page(actor: Person) -> Callable[[Context], list[Action]]:
        return lambda ctx: [one.action for one in buttons(card_of(ctx, offered.lead))]  # type: ignore[arg-type]

    all_three = [Action.ACCEPT, Action.REASSIGN, Action.EXTEND]
    assert await story.do(page(MIA), MIA) == all_three
    assert await story.do(page(ANA), MANAGED) == await story.do(page(MAX), MAX) == []
    told = words_of(await story.act(accept, MIA, offered.subject))
    assert "you accepted Ada Byron for Ana Ortiz" in told
    assert (await story.handoff(offered.handoff)).rep == ANA.email
    assert await story.do(page(MIA), MIA) == all_three[1:]


async def test_leave_counts_the_clocks_anew_and_says_why(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    away = Leave(first=date(2026, 11, 23), last=date(2026, 11, 24))
    climbing(story, replace(MANAGED, leave=(away,)), BEN, CEM, MIA, ADA)
    changed = await story.do(lambda ctx: running_clock.recount(ctx, ANA.email, "on leave"), MIA)
    assert changed == 1
    handoff = await story.handoff(offered.handoff)
    assert handoff.accept_by == local(2026, 11, 25, 10)
    assert handoff.step_at == local(2026, 11, 25, 9, 30)
    (row,) = await story.all(HistoryRow, HistoryRow.act == "extended")
    assert row.why.startswith("on leave; accept by 2026-11-23T11:00")
    again = await story.do(lambda ctx: running_clock.recount(ctx, ANA.email, "on leave"), MIA)
    assert again == 0


async def test_one_alert_for_each_lead_person_and_day(story: Story) -> None:
    offered, other = await story.offer(ANA), await story.offer(ANA)

    def alert(who: Person, lead: int) -> Callable[[Context], None]:
        return lambda ctx: outgoing.alert(ctx, who.email, CardKind.NOBODY_COULD, "1", lead)

    for _ in range(2):
        for who, lead in ((ANA, offered.lead), (ANA, other.lead), (MIA, offered.lead)):
            await story.do(alert(who, lead))
    assert len(await story.posts(CardKind.NOBODY_COULD)) == 3
    story.clock.now = local(2026, 11, 23, 23)
    await story.do(alert(ANA, offered.lead))
    (*_, (_, row)) = await story.posts(CardKind.NOBODY_COULD)
    assert row.due_at == local(2026, 11, 24, 9)
    story.clock.now = local(2026, 11, 24, 15)
    await story.do(alert(ANA, offered.lead))
    assert len(await story.posts(CardKind.NOBODY_COULD)) == 4


async def test_the_page_says_who_gave_more_time(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(extend, MIA, offered.subject, time="1h", why=WHY)
    card = await story.do(lambda ctx: card_of(ctx, offered.lead), MIA)
    assert card
    page = terminal.text(card)
    assert "Mia Chen gave it more time." in page
    assert f"Mia Chen gave it more time: {WHY}" in page

"""The ladder of the agreement: who is told what, when, once."""

from dataclasses import replace
from datetime import date

from sqlmodel import select

from cards import terminal
from cards.actions import Action
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.climb_ladders import AT_ONCE, climb
from commands.context import Context
from commands.log_touch import log
from commands.qualify_lead import qualify
from commands.reject_lead import reject
from commands.show_lead import card_of
from commands.snooze_lead import snooze
from commands.undo_decision import undo
from leads.agreement import Rung, Step
from leads.lifecycle import HandoffState, Stage
from leads.person import Leave
from storage.tables import CopyRow, FeedbackRow, HistoryRow, OutboxRow, PreferenceRow
from tests.commands.climbing import LADDER, MANAGED, climbed, climbing, tick
from tests.commands.story import ADA, ANA, BEN, CEM, MIA, Story, local
from tests.commands.telling import buttons

TOUCH = {"kind": "called", "outcome_called": "voicemail"}


async def after(story: Story, **time: float) -> None:
    """Some time passes, and the chores run."""
    story.clock.advance(**time)
    await tick(story)


async def post(story: Story, kind: CardKind) -> list[str]:
    """Everything of this kind as its readers would get it if it were sent now."""
    return [said for _, said in await story.told(kind) if said]


async def counted(story: Story, measure: str) -> int:
    """The tally over all."""
    return (await story.tallies()).get((measure, "all", ""), 0)


async def sent(story: Story) -> None:
    """Everything that waits is posted."""

    def deliver(ctx: Context) -> None:
        for copy in ctx.session.exec(select(CopyRow)):
            copy.message = f"{copy.id}.0"

    await story.do(deliver)


async def test_at_half_of_the_time_the_rep_is_reminded_under_the_card(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=29)
    assert await climbed(story, offered.handoff) == []
    await after(story, minutes=1)
    assert await climbed(story, offered.handoff) == ["reminded"]
    ((where, said),) = await story.told(CardKind.REMINDER)
    assert where == f"person:{ANA.email}"
    assert "Ana Ortiz, Ada Byron is waiting for your decision. It is due" in said
    (copy,) = await story.all(CopyRow, CopyRow.kind == CardKind.REMINDER)
    (card,) = await story.all(CopyRow, CopyRow.kind == CardKind.BATTLE_CARD)
    assert copy.thread_of == card.id


async def test_when_the_time_is_over_the_manager_hears_who_is_late_with_what(
    story: Story,
) -> None:
    await climbing(story).offer(MANAGED)
    await after(story, minutes=60)
    ((where, said),) = await story.told(CardKind.ESCALATION)
    assert where == f"person:{MIA.email}"
    assert "Ana Ortiz hasn't decided on Ada Byron from Initech. Overdue since" in said
    card = await story.card(
        CardKind.ESCALATION, (await story.posts(CardKind.ESCALATION))[0][0].subject
    )
    assert card
    assert [one.action for one in buttons(card)] == [Action.REASSIGN, Action.EXTEND, Action.MORE]
    assert "Overdue since" in await story.shown(CardKind.BATTLE_CARD, 1)


async def test_without_a_manager_every_manager_hears_it_but_never_the_rep(story: Story) -> None:
    boss = replace(BEN, roles=BEN.roles | MIA.roles)
    climbing(story, ANA, boss, CEM, MIA, ADA)
    await story.offer(boss)
    await after(story, minutes=60)
    assert [where for where, _ in await story.told(CardKind.ESCALATION)] == [f"person:{MIA.email}"]
    await story.offer(ANA)
    await after(story, minutes=60)
    told = [where for where, _ in await story.told(CardKind.ESCALATION)]
    assert sorted(told[1:]) == [f"person:{boss.email}", f"person:{MIA.email}"]


async def test_the_next_rep_gets_it_and_the_former_reads_why(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=90)
    first, second = await story.handoffs(offered.lead)
    assert (first.state, first.decided_by) == (HandoffState.WITHDRAWN, "baton")
    assert (second.state, second.previous) == (HandoffState.OFFERED, first.id)
    assert second.rep in {BEN.email, CEM.email}
    await sent(story)
    said = await story.shown(CardKind.BATTLE_CARD, first.id)
    whom = story.setup.team.find(second.rep)
    assert whom
    assert f"this one went to {whom.name} because it wasn't decided by" in said
    assert "Ana Ortiz didn't get to it in time" in await story.shown(
        CardKind.BATTLE_CARD, second.id
    )
    assert await counted(story, "offered") == 1


async def test_everybody_who_had_it_is_remembered_until_the_fallback_has_it(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    for _ in range(5):
        await after(story, minutes=95)
    handoffs = await story.handoffs(offered.lead)
    reps = [one.rep for one in handoffs]
    assert sorted(reps) == sorted([ANA.email, BEN.email, CEM.email, MIA.email])
    assert reps[-1] == MIA.email
    assert [one.state for one in handoffs] == ["withdrawn"] * 3 + ["offered"]
    assert "kept" in await climbed(story, handoffs[-1].id or 0)


async def test_however_late_it_wakes_each_step_happens_once_and_only_the_newest_is_told(
    story: Story,
) -> None:
    offered = await climbing(story, ladder=LADDER[:3]).offer(MANAGED)
    await after(story, days=9)
    await after(story, days=9)
    assert await climbed(story, offered.handoff) == ["reminded", "escalated", "marked"]
    assert await post(story, CardKind.REMINDER) == []
    assert len(await post(story, CardKind.ESCALATION)) == 1
    (told,) = await story.all(HistoryRow, HistoryRow.act == "reminded")
    assert "not sent" in told.why


async def test_a_week_late_all_are_done_and_nobody_hears_of_what_is_over(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    story.clock.advance(days=7)
    await story.do(climb)
    assert await climbed(story, offered.handoff) == [
        *("reminded", "escalated", "marked", "reassigned")
    ]
    assert await story.posts(CardKind.REMINDER) == []
    assert await story.posts(CardKind.ESCALATION) == []


async def test_more_than_fit_in_one_unit_are_done_in_several(story: Story) -> None:
    climbing(story, replace(MANAGED, capacity=1000), MIA, ladder=LADDER[:1])
    for _ in range(AT_ONCE + 1):
        await story.offer(MANAGED)
    story.clock.advance(minutes=31)
    assert await story.do(climb) is True
    assert await story.do(climb) is False
    assert len(await story.all(HistoryRow, HistoryRow.act == "reminded")) == AT_ONCE + 1


async def test_a_mark_shows_in_the_channel(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=60)
    assert "overdue" not in await story.shown(CardKind.HANDOFF_LINE, offered.lead)
    await after(story, minutes=15)
    assert "overdue since" in await story.shown(CardKind.HANDOFF_LINE, offered.lead)


async def test_a_decision_stops_the_clock_and_what_waits_is_not_sent(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=60)
    await story.act(accept, MANAGED, offered.subject)
    assert await post(story, CardKind.REMINDER) == []
    assert await post(story, CardKind.ESCALATION) == []
    handoff = await story.handoff(offered.handoff)
    assert (handoff.step, handoff.clock_from) == (0, story.clock.now)
    await story.act(undo, MANAGED, offered.subject)
    await story.act(reject, MANAGED, offered.subject, reason="too_small")
    assert (await story.handoff(offered.handoff)).step_at is None


async def test_what_was_sent_says_that_it_is_settled(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=60)
    await sent(story)
    await story.act(accept, MANAGED, offered.subject)
    assert await post(story, CardKind.ESCALATION) == [
        "Ada Byron is decided: nothing left to do here."
    ]


async def test_an_accepted_lead_has_its_own_clock_to_the_first_touch(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=40)
    await story.act(accept, MANAGED, offered.subject)
    due = (await story.handoff(offered.handoff)).contact_by
    assert due == local(2026, 11, 24, 11, 40)  # a working day later, whatever happened before
    story.clock.now = local(2026, 11, 24, 11, 40)
    await tick(story)
    assert await climbed(story, offered.handoff) == ["reminded", "reminded", "escalated"]
    (said,) = await post(story, CardKind.ESCALATION)
    assert "Ana Ortiz accepted Ada Byron from Initech and hasn't logged a touch." in said


async def test_only_a_touch_meets_the_clock_to_the_first_touch(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(accept, MANAGED, offered.subject)
    await story.act(qualify, MANAGED, offered.subject)
    assert (await story.handoff(offered.handoff)).step_at is not None
    await story.act(log, MANAGED, offered.subject, **TOUCH)
    assert (await story.handoff(offered.handoff)).step_at is None
    await after(story, days=9)
    assert await climbed(story, offered.handoff) == []


async def test_an_accepted_lead_that_nobody_touches_goes_to_the_next_rep(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(accept, MANAGED, offered.subject)
    await after(story, days=7)
    first, second = await story.handoffs(offered.lead)
    assert (first.state, second.state) == ("withdrawn", "offered")
    lead = await story.lead(offered.lead)
    assert (lead.stage, lead.owner, lead.sal_at) == (Stage.MQL, None, None)
    assert [row.decision for row in await story.all(FeedbackRow)] == ["accepted", "undone"]
    assert await counted(story, "accepted") == await counted(story, "reached_sal") == 0
    await sent(story)
    said = await story.shown(CardKind.BATTLE_CARD, first.id)
    assert "because nobody got in touch by" in said


async def test_one_that_was_qualified_without_a_touch_stays(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await story.act(accept, MANAGED, offered.subject)
    await story.act(qualify, MANAGED, offered.subject)
    await after(story, days=9)
    assert (await climbed(story, offered.handoff))[-1] == "kept"
    assert (await story.handoff(offered.handoff)).state == HandoffState.ACCEPTED


async def test_an_undone_accept_lets_the_clock_run_on_as_it_was(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=35)
    before = await story.handoff(offered.handoff)
    await story.act(accept, MANAGED, offered.subject)
    story.clock.advance(minutes=5)
    await story.act(undo, MANAGED, offered.subject)
    handoff = await story.handoff(offered.handoff)
    assert (handoff.clock_from, handoff.step) == (before.clock_from, 1)
    assert (handoff.step_at, handoff.accept_by) == (before.step_at, before.accept_by)
    await after(story, minutes=20)
    assert await climbed(story, offered.handoff) == ["reminded", "escalated"]


async def test_an_undone_rejection_does_so_too(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=35)
    before = await story.handoff(offered.handoff)
    await story.act(reject, MANAGED, offered.subject, reason="too_small")
    await story.act(undo, MANAGED, offered.subject)
    handoff = await story.handoff(offered.handoff)
    assert (handoff.step, handoff.step_at) == (1, before.step_at)


async def test_a_snooze_moves_the_steps_that_are_left(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=35)
    await story.act(snooze, MANAGED, offered.subject, until="1h")
    await after(story, minutes=59)
    assert await climbed(story, offered.handoff) == ["reminded"]
    assert await post(story, CardKind.REMINDER) == []  # it knocks by itself
    await after(story, minutes=26)
    assert await climbed(story, offered.handoff) == ["reminded", "escalated"]


async def test_people_are_told_in_their_own_working_time_and_not_in_their_quiet_hours(
    story: Story,
) -> None:
    tokyo = replace(MIA, timezone="Asia/Tokyo")
    climbing(story, MANAGED, BEN, tokyo)
    await story.do(
        lambda ctx: ctx.session.add(
            PreferenceRow(email=MIA.email, quiet_from="20:00", quiet_to="10:30", changed_at=ctx.now)
        )
    )
    await story.offer(MANAGED)
    await after(story, minutes=60)
    ((_, row),) = await story.posts(CardKind.ESCALATION)
    assert row.due_at == local(2026, 11, 24, 2, 30)  # 10:30 in Tokyo


async def test_time_on_leave_does_not_count(story: Story) -> None:
    away = Leave(first=date(2026, 11, 24), last=date(2026, 11, 27))
    climbing(story, replace(MANAGED, leave=(away,)), BEN, MIA)
    story.clock.now = local(2026, 11, 23, 17, 45)
    offered = await story.offer(MANAGED)
    await after(story, days=5)
    assert await climbed(story, offered.handoff) == []
    story.clock.now = local(2026, 11, 30, 9, 15)
    await tick(story)
    assert await climbed(story, offered.handoff) == ["reminded"]


async def test_hours_that_changed_since_move_a_step_instead_of_taking_it_early(
    story: Story,
) -> None:
    offered = await climbing(story).offer(MANAGED)
    elsewhere = replace(MANAGED, timezone="America/New_York")
    climbing(story, elsewhere, BEN, MIA)  # as after a restart with another team file
    await after(story, minutes=31)
    assert await climbed(story, offered.handoff) == []
    handoff = await story.handoff(offered.handoff)
    assert handoff.step_at == local(2026, 11, 23, 15, 30)  # 9:30 in New York
    assert handoff.accept_by == local(2026, 11, 23, 16)


async def test_a_shorter_ladder_than_before_ends_the_climb(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=60)
    climbing(story, ladder=LADDER[:1])
    await after(story, minutes=60)
    assert (await story.handoff(offered.handoff)).step_at is None


async def test_a_newer_reminder_takes_the_place_of_an_older_one(story: Story) -> None:
    late = Rung(at=0.9, do=Step.REMIND)
    await climbing(story, ladder=(LADDER[0], late)).offer(MANAGED)
    await after(story, minutes=30)
    await after(story, minutes=25)
    assert len(await post(story, CardKind.REMINDER)) == 1
    assert len(await story.posts(CardKind.REMINDER)) == 2


async def test_nothing_is_written_while_nothing_is_due(story: Story) -> None:
    await climbing(story).offer(MANAGED)
    rows = len(await story.all(OutboxRow))
    story.clock.advance(minutes=10)
    await tick(story)
    assert len(await story.all(OutboxRow)) == rows


async def test_the_leads_page_tells_the_climb(story: Story) -> None:
    offered = await climbing(story).offer(MANAGED)
    await after(story, minutes=100)
    card = await story.do(lambda ctx: card_of(ctx, offered.lead), MIA)
    assert card
    page = terminal.text(card)
    for told in (
        "Baton reminded the rep: a decision by",
        "Baton told the manager: a decision by",
        "marked as overdue: a decision by",
        "taken on to the next rep: it wasn't decided in time by Ana Ortiz (step 4 of 4)",
    ):
        assert told in page

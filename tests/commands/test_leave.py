"""Who is away gets no leads, and clocks wait; said in chat, by oneself or a manager."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from commands import answer, begin_leave, clocks, take_leave
from commands.card_kind import CardKind
from commands.context import Context
from commands.reply import Correct, Tell
from leads.agreement import OnLeave
from leads.lifecycle import HandoffState
from leads.person import Leave
from storage.tables import HistoryRow, LeaveRow
from tests.commands.story import AGREEMENT, ANA, BEN, CEM, MIA, Story, local, setup_of, words_of

TODAY = date(2026, 11, 23)


@pytest.fixture
def moving(story: Story) -> Story:
    """The same company, where leads move when leave begins."""
    sales = replace(AGREEMENT.sales, on_leave=OnLeave.MOVE)
    ana = replace(ANA, manager=MIA.email)
    people = (ana, BEN, CEM, MIA)
    story.setup = setup_of(*people, agreement=replace(AGREEMENT, sales=sales))
    return story


async def say(story: Story, who: object, words: str) -> str:
    """The answer to `/leads words`, in plain text."""
    reply = await story.act(answer.answer, who, words)  # type: ignore[arg-type]
    return words_of(reply)


async def leave_rows(story: Story) -> list[tuple[str, date, date]]:
    return [(row.email, row.first, row.last) for row in await story.all(LeaveRow)]


async def test_what_is_said_is_kept_and_told_back_with_the_first_day_of_work(story: Story) -> None:
    told = await say(story, ANA, "away from 24 Dec to 2 Jan")
    assert "24 Dec 2026 to 2 Jan 2027" in told
    assert "4 Jan 2027" in told
    assert await leave_rows(story) == [(ANA.email, date(2026, 12, 24), date(2027, 1, 2))]


async def test_saying_it_again_or_a_part_of_it_adds_nothing(story: Story) -> None:
    await say(story, ANA, "away from 24 Dec to 2 Jan")
    assert "I know already" in await say(story, ANA, "away 28 Dec")
    assert len(await leave_rows(story)) == 1


async def test_overlapping_days_are_shown_as_one_span_and_ended_as_one(story: Story) -> None:
    await say(story, ANA, "away from 24 Dec to 2 Jan")
    await say(story, ANA, "away from 2 Jan to 6 Jan")
    assert "24 Dec 2026 to 6 Jan 2027" in await say(story, ANA, "away")
    newest = (await story.all(LeaveRow))[-1]
    await story.act(take_leave.end, ANA, str(newest.id))
    assert "No days away" in await say(story, ANA, "away")


async def test_nobody_is_offered_a_lead_on_a_day_away_however_new_the_news(story: Story) -> None:
    for _ in range(3):
        await story.offer()  # the shares are known for a minute from here on
    await say(story, ANA, "away today")
    await say(story, BEN, "away until Friday")
    offered = [await story.handoff((await story.offer()).handoff) for _ in range(6)]
    assert {one.rep for one in offered} == {CEM.email}


async def test_the_clock_of_an_open_lead_waits_and_its_history_says_why(story: Story) -> None:
    offered = await story.offer(ANA)
    before = (await story.handoff(offered.handoff)).accept_by
    await say(story, ANA, "away until Wednesday")
    after = (await story.handoff(offered.handoff)).accept_by
    assert (before, after) == (local(2026, 11, 23, 12), local(2026, 11, 26, 10))
    (line,) = await story.all(HistoryRow, HistoryRow.act == "extended")
    assert line.by == ANA.email
    assert "on leave 2026-11-23 to 2026-11-25" in line.why


async def test_coming_back_early_makes_the_clock_run_again(story: Story) -> None:
    offered = await story.offer(ANA)
    await say(story, ANA, "away until Friday")
    story.clock.advance(days=1)
    assert "Welcome back" in await say(story, ANA, "back")
    assert (await story.handoff(offered.handoff)).accept_by == local(2026, 11, 24, 10)
    assert await leave_rows(story) == [(ANA.email, TODAY, TODAY)]  # yesterday stays a day away


async def test_leave_that_was_taken_back_before_it_began_counts_for_nothing(story: Story) -> None:
    await say(story, ANA, "away tomorrow")
    (row,) = await story.all(LeaveRow)
    assert "not away any more" in words_of(await story.act(take_leave.end, ANA, str(row.id)))
    story.clock.advance(days=1)
    assert not await story.do(lambda ctx: clocks.is_on_leave(ctx, ANA))
    gone = words_of(await story.act(take_leave.end, ANA, str(row.id)))
    assert "taken back already" in gone


async def test_back_without_leave_is_told_kindly(story: Story) -> None:
    assert "nothing to end" in await say(story, ANA, "back")


@pytest.mark.parametrize("who", ["ben", "Ben Weber", "BEN@acme.example", "for Ben"])
async def test_a_manager_says_it_for_somebody_who_hears_of_it(story: Story, who: str) -> None:
    told = await say(story, MIA, f"away {who} from 24 Dec to 2 Jan")
    assert "Ben Weber is away" in told
    (row,) = await story.all(LeaveRow)
    assert (row.email, row.by) == (BEN.email, MIA.email)
    ((destination, words),) = await story.told(CardKind.LEAVE_TOLD)
    assert destination == f"person:{BEN.email}"
    assert "said by Mia Chen" in words


async def test_a_colleague_may_look_but_not_say_it(story: Story) -> None:
    await say(story, BEN, "away tomorrow")
    assert "24 Nov 2026" in await say(story, ANA, "away ben")
    assert "24 Nov 2026" in await say(story, ANA, "away")
    assert "Only managers" in await say(story, ANA, "away ben 24 Dec")
    (row,) = await story.all(LeaveRow)
    assert "Only managers" in words_of(await story.act(take_leave.end, ANA, str(row.id)))
    assert "Only managers" in words_of(
        await story.act(take_leave.take, ANA, BEN.email, first="2026-12-01", last="2026-12-02")
    )
    assert len(await leave_rows(story)) == 1


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        ("away soonish", "can't read"),
        ("away from 24 Dec", "until when?"),
        ("away 3/4", "month as a word"),
        ("away anna from 24 Dec to 2 Jan", "Did you mean Ana Ortiz?"),
        ("away zoe 24 Dec", "nobody called zoe"),
    ],
)
async def test_what_is_not_understood_is_answered_for_what_it_is(
    story: Story, words: str, answered: str
) -> None:
    assert answered in await say(story, MIA, words)
    assert await leave_rows(story) == []


async def test_days_are_those_where_the_person_lives(story: Story) -> None:
    sydney = replace(ANA, timezone="Australia/Sydney")
    story.setup = setup_of(sydney, BEN, MIA)
    story.clock.now = local(2026, 11, 23, 23)  # Tuesday morning in Sydney
    await say(story, sydney, "away today")
    assert await leave_rows(story) == [(ANA.email, date(2026, 11, 24), date(2026, 11, 24))]


async def test_the_form_keeps_the_days_and_says_which_cannot_be(story: Story) -> None:
    wrong = await story.act(take_leave.take, ANA, ANA.email, first="2026-12-02", last="2026-12-01")
    assert isinstance(wrong, Correct)
    assert "last" in wrong.errors
    done = await story.act(take_leave.take, ANA, ANA.email, first="2026-12-01", last="2026-12-02")
    assert isinstance(done, Tell)
    assert await leave_rows(story) == [(ANA.email, date(2026, 12, 1), date(2026, 12, 2))]


async def test_a_manager_chooses_in_the_form_whose_leave_it_is(story: Story) -> None:
    asked = await story.act(take_leave.ask, MIA, MIA.email)
    assert "form_title" in words_of(asked)
    await story.act(
        take_leave.take, MIA, MIA.email, person=CEM.email, first="2026-12-01", last="2026-12-01"
    )
    assert [email for email, _, _ in await leave_rows(story)] == [CEM.email]


async def test_offers_move_on_when_leave_begins_at_once_and_both_hear_of_it(moving: Story) -> None:
    waiting = await moving.offer(ANA)
    accepted = await moving.offer(ANA)
    await moving.do(lambda ctx: _accept(ctx, accepted.subject), ANA)
    told = await say(moving, ANA, "away until Friday")
    first, second = await moving.handoffs(waiting.lead)
    assert (first.state, second.rep in {BEN.email, CEM.email}) == (HandoffState.WITHDRAWN, True)
    assert "Ada Byron (Initech) went to" in told
    assert (await moving.handoff(accepted.handoff)).state == HandoffState.ACCEPTED
    ((destination, words),) = await moving.told(CardKind.LEAVE_BEGUN)
    assert destination == f"person:{MIA.email}"
    assert "1 lead that waited for a decision went on" in words


def _accept(ctx: Context, subject: str) -> object:
    from commands import accept_lead

    return accept_lead.accept(ctx, subject, {})


async def test_offers_move_on_at_the_first_day_of_leave_once(moving: Story) -> None:
    await say(moving, ANA, "away tomorrow")
    offered = await moving.offer(ANA)
    assert await moving.do(begin_leave.begin_due) == 0
    moving.clock.now = local(2026, 11, 24, 0, 1)
    assert await moving.do(begin_leave.begin_due) == 1
    assert await moving.do(begin_leave.begin_due) == 0
    assert len(await moving.handoffs(offered.lead)) == 2
    told = {destination for destination, _ in await moving.told(CardKind.LEAVE_BEGUN)}
    assert told == {f"person:{ANA.email}", f"person:{MIA.email}"}


async def test_offers_stay_where_the_agreement_lets_clocks_wait(story: Story) -> None:
    offered = await story.offer(ANA)
    await say(story, ANA, "away today")
    assert await story.do(begin_leave.begin_due) == 0
    assert len(await story.handoffs(offered.lead)) == 1


async def test_a_gap_of_leave_does_not_echo(story: Story) -> None:
    """After a week away Ana and the others go on in turn: she has no week to make up for."""
    story.setup = setup_of(replace(ANA, capacity=100), replace(BEN, capacity=100), MIA)
    for _ in range(4):
        await story.offer(company_name=None)
    story.clock.advance(days=1)
    await say(story, ANA, "away until Friday")
    for _ in range(4):
        for _ in range(4):
            await story.offer(company_name=None)
        story.clock.advance(days=1)
    story.clock.advance(days=2)  # Monday
    reps = [
        (await story.handoff((await story.offer(company_name=None)).handoff)).rep for _ in range(8)
    ]
    assert 3 <= reps.count(ANA.email) <= 5


async def test_leave_counts_in_the_unit_of_work_that_takes_it(story: Story) -> None:
    def work(ctx: Context) -> tuple[bool, bool]:
        before = clocks.is_on_leave(ctx, ANA)
        days = Leave(first=TODAY, last=TODAY + timedelta(days=1))
        take_leave.take_days(ctx, take_leave.AGAIN, ANA, days)
        return before, clocks.is_on_leave(ctx, ANA)

    assert await story.do(work, ANA) == (False, True)

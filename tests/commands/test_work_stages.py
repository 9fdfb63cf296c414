"""From accepted to won or lost."""

import asyncio

import pytest

from cards.model import NumberInput
from commands import log_touch, lose_lead, open_opportunity, qualify_lead, win_lead
from commands.context import Context
from commands.present import CardKind, present
from commands.reply import Ask, Correct, Nothing, Tell
from leads.lifecycle import HandoffState, Stage
from leads.person import Channels, Team
from storage.database import Database
from storage.tables import CopyRow, HistoryRow, OutboxRow, TallyRow
from storage.tally import WEEK
from tests.commands.working_day import ANA, BEN, EVA, MIA, TEAM, TOM, WorkingDay, said
from tests.conftest import Clock

EVERYWHERE = dict.fromkeys(("all", "campaign", "first_campaign", "source", "rep"), 1)


async def counted(day: WorkingDay, measure: str) -> dict[str, int]:
    rows = await day.rows(TallyRow)
    daily = [row for row in rows if not row.dimension.startswith(WEEK)]
    return {row.dimension: row.n for row in daily if row.measure == measure and row.n}


async def test_a_lead_goes_all_the_way_and_every_step_is_kept(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    at = [clock.advance(hours=1)]
    assert await day.do(qualify_lead.qualify, handoff.id) == Nothing()
    at.append(clock.advance(hours=1))
    assert await day.do(open_opportunity.open_opportunity, handoff.id, {"amount": "12000"}) == (
        Nothing()
    )
    at.append(clock.advance(hours=1))
    form = await day.do(win_lead.ask, handoff.id)
    assert isinstance(form, Ask)
    amount = next(block for block in form.form.blocks if isinstance(block, NumberInput))
    assert amount.initial == 12000
    values = {"amount": "11500.5", "convinced": "The seat audit"}
    assert await day.do(win_lead.win, handoff.id, values, by=TOM) == Nothing()

    lead = await day.lead(handoff.lead_id)
    assert lead.stage == Stage.WON
    assert [lead.sql_at, lead.opportunity_at, lead.won_at] == at
    assert lead.amount == 11500.5
    kept = await day.handoff(handoff.id)
    assert kept.state == HandoffState.COMPLETED
    assert kept.decided_by == ANA.email, "who accepted it stays"
    acts = [(row.act, row.by, row.why) for row in await day.rows(HistoryRow)]
    assert acts[-3:] == [
        ("qualified", ANA.email, ""),
        ("opened_opportunity", ANA.email, "12,000"),
        ("won", TOM.email, "The seat audit"),
    ]
    for measure in ("reached_sql", "reached_opportunity", "reached_won"):
        assert await counted(day, measure) == EVERYWHERE


async def test_a_lost_lead_keeps_who_when_and_why(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    assert isinstance(await day.do(lose_lead.ask, handoff.id), Ask)
    at = clock.advance(hours=2)
    values = {"reason": "competitor", "note": "They took Globex"}
    assert await day.do(lose_lead.lose, handoff.id, values) == Nothing()
    lead = await day.lead(handoff.lead_id)
    assert (lead.stage, lead.lost_at) == (Stage.LOST, at)
    assert (await day.handoff(handoff.id)).state == HandoffState.COMPLETED
    last = (await day.rows(HistoryRow))[-1]
    assert (last.act, last.by, last.at) == ("lost", ANA.email, at)
    assert last.why == "Chose a competitor: They took Globex"
    assert await counted(day, "lost") == EVERYWHERE
    assert [copy.kind for copy in await day.rows(CopyRow)].count("win") == 0


async def test_a_loss_without_a_reason_from_the_list_is_asked_again(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    for values in ({}, {"reason": "<!channel>"}):
        reply = await day.do(lose_lead.lose, handoff.id, values)
        assert isinstance(reply, Correct)
        assert list(reply.errors) == ["reason"]
    assert (await day.lead(handoff.lead_id)).stage == Stage.SAL


@pytest.mark.parametrize("amount", ["lots", "-1", "nan", "inf", "1e13", "1 000 €"])
async def test_an_amount_that_is_no_number_is_asked_again(
    database: Database, clock: Clock, amount: str
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    for command in (open_opportunity.open_opportunity, win_lead.win):
        reply = await day.do(command, handoff.id, {"amount": amount})
        assert isinstance(reply, Correct)
        assert list(reply.errors) == ["amount"]
    assert (await day.lead(handoff.lead_id)).stage == Stage.SQL


async def test_the_second_to_qualify_is_told_since_when_and_by_whom(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    clock.advance(hours=1)
    told = said(await day.do(qualify_lead.qualify, handoff.id, by=TOM))
    assert "Ada Byron is already qualified, since 10:00 UTC by Ana Ortiz" in told
    clock.advance(days=1)
    assert "23 Nov 2026, 10:00 UTC by you" in said(await day.do(qualify_lead.qualify, handoff.id))
    assert await counted(day, "reached_sql") == EVERYWHERE


async def test_a_double_click_is_answered_with_silence(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    clock.advance(seconds=1)
    assert await day.do(qualify_lead.qualify, handoff.id) == Nothing()


async def test_of_two_who_close_at_once_one_wins(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    replies = await asyncio.gather(
        day.do(win_lead.win, handoff.id, {}, by=ANA),
        day.do(lose_lead.lose, handoff.id, {"reason": "price"}, by=TOM),
    )
    assert [reply for reply in replies if reply == Nothing()] == [Nothing()]
    (loser,) = [reply for reply in replies if isinstance(reply, Tell)]
    assert "is already" in said(loser)
    closed = [row.act for row in await day.rows(HistoryRow) if row.act in {"won", "lost"}]
    assert len(closed) == 1


async def test_an_opportunity_or_a_win_needs_a_qualified_lead(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    for command in (
        open_opportunity.ask,
        open_opportunity.open_opportunity,
        win_lead.ask,
        win_lead.win,
    ):
        assert "isn't qualified yet" in said(await day.do(command, handoff.id))
    assert (await day.lead(handoff.lead_id)).stage == Stage.SAL


async def test_stale_buttons_after_the_end_say_how_it_ended(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    await day.do(win_lead.win, handoff.id)
    clock.advance(hours=1)
    for command in (
        qualify_lead.qualify,
        open_opportunity.ask,
        win_lead.ask,
        win_lead.win,
        lose_lead.ask,
        lose_lead.lose,
        log_touch.ask,
    ):
        told = said(await day.do(command, handoff.id, {"reason": "price"}))
        assert "Ada Byron is already won, since 10:00 UTC by you" in told
    assert (await day.lead(handoff.lead_id)).stage == Stage.WON


async def test_others_are_refused_and_it_is_recorded(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    commands = (
        qualify_lead.qualify,
        open_opportunity.ask,
        open_opportunity.open_opportunity,
        win_lead.ask,
        win_lead.win,
        lose_lead.ask,
        lose_lead.lose,
    )
    for command in commands:
        for person in (BEN, MIA):
            assert isinstance(await day.do(command, handoff.id, by=person), Tell)
    refused = [row for row in await day.rows(HistoryRow) if row.act == "refused"]
    assert len(refused) == 2 * len(commands)
    assert (await day.lead(handoff.lead_id)).stage == Stage.SAL
    assert await day.do(qualify_lead.qualify, handoff.id, by=EVA) == Nothing()


async def win_post(day: WorkingDay, lead_id: int) -> str:
    def draw(ctx: Context) -> str:
        return said(present(ctx, CardKind.WIN, str(lead_id)))

    return await day.read(draw)


async def test_a_win_is_posted_once_and_thanks_rep_and_campaign(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    assert await win_post(day, handoff.lead_id) == ""
    await day.do(win_lead.win, handoff.id, {"amount": "9000", "convinced": "The seat audit"})
    await day.do(win_lead.win, handoff.id, {"amount": "9000"}, by=TOM)
    (copy,) = [copy for copy in await day.rows(CopyRow) if copy.kind == "win"]
    assert copy.destination == "channel:#gtm"
    posts = [row for row in await day.rows(OutboxRow) if row.copy_id == copy.id]
    assert [row.verb for row in posts] == ["post"]
    told = await win_post(day, handoff.lead_id)
    assert "Initech is a customer, worth 9,000" in told
    assert "Ana Ortiz" in told
    assert "Spring pricing" in told
    assert "Mia Chen" in told
    assert "The seat audit" in told


async def test_a_win_without_a_channel_is_won_all_the_same(
    database: Database, clock: Clock
) -> None:
    silent = Team(people=TEAM.people, channels=Channels(handoffs="#lead-handoffs"))
    day = await WorkingDay(database, clock, silent).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    assert await day.do(win_lead.win, handoff.id) == Nothing()
    assert (await day.lead(handoff.lead_id)).stage == Stage.WON
    assert "channel_missing" in [copy.kind for copy in await day.rows(CopyRow)]

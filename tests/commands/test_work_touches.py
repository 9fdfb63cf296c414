"""Logging touches."""

from datetime import timedelta

from cards.model import Choice
from commands import log_touch, lose_lead, qualify_lead
from commands.reply import Ask, Correct, Nothing, Tell
from storage.database import Database
from storage.tables import HistoryRow, OutboxRow, TouchRow
from tests.commands.working_day import ANA, BEN, EVA, TOM, WorkingDay, said
from tests.conftest import Clock

VOICEMAIL = {"kind": "called", "outcome_called": "voicemail"}


async def test_the_first_touch_stops_the_contact_clock(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    at = clock.advance(minutes=30)
    assert await day.do(log_touch.log, handoff.id, VOICEMAIL | {"note": " Try at 5 "}) == (
        Nothing()
    )
    clock.advance(hours=1)
    await day.do(log_touch.log, handoff.id, {"kind": "met", "outcome_met": "held"})
    kept = await day.handoff(handoff.id)
    assert kept.first_touch_at == at
    assert kept.touches == 2
    first, second = await day.rows(TouchRow)
    assert (first.kind, first.outcome, first.note, first.by) == (
        "called",
        "voicemail",
        "Try at 5",
        ANA.email,
    )
    assert (second.kind, second.outcome, second.note) == ("met", "held", None)
    assert "touched" in [row.act for row in await day.rows(HistoryRow)]


async def test_a_touch_by_no_person_counts_but_stops_no_clock(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(log_touch.log, handoff.id, {"kind": "mailed", "outcome_mailed": "sent"}, by=None)
    kept = await day.handoff(handoff.id)
    assert kept.touches == 1
    assert kept.first_touch_at is None


async def test_a_touch_draws_every_copy_of_the_lead_again(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    clock.advance(minutes=5)
    await day.do(log_touch.log, handoff.id, VOICEMAIL)
    updates = [row for row in await day.rows(OutboxRow) if row.verb == "update"]
    assert {row.copy_id for row in updates if row.due_at <= clock.now} == {1, 2}


async def test_the_form_asks_what_came_of_the_kind_that_was_chosen(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    reply = await day.do(log_touch.ask, handoff.id, {"kind": "mailed", "note": "so far"})
    assert isinstance(reply, Ask)
    kind = next(block for block in reply.form.blocks if isinstance(block, Choice))
    assert kind.initial == "mailed"
    (outcome,) = kind.then["mailed"]
    assert isinstance(outcome, Choice)
    assert [option.value for option in outcome.options] == ["sent", "replied", "bounced"]


async def test_an_outcome_of_another_kind_is_asked_for_again(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    stale = {"kind": "mailed", "outcome_called": "voicemail"}
    reply = await day.do(log_touch.log, handoff.id, stale)
    assert isinstance(reply, Correct)
    assert list(reply.errors) == ["outcome_mailed"]
    forged = {"kind": "mailed", "outcome_mailed": "held"}
    assert isinstance(await day.do(log_touch.log, handoff.id, forged), Correct)
    assert isinstance(await day.do(log_touch.log, handoff.id, {"kind": "<!here>"}), Correct)
    assert await day.rows(TouchRow) == []


async def test_only_the_rep_a_manager_or_an_admin_may_log(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    for command in (log_touch.ask, log_touch.log):
        assert isinstance(await day.do(command, handoff.id, VOICEMAIL, by=BEN), Tell)
    assert await day.rows(TouchRow) == []
    refused = [row for row in await day.rows(HistoryRow) if row.act == "refused"]
    assert [row.by for row in refused] == [BEN.email, BEN.email]
    for person in (TOM, EVA):
        assert await day.do(log_touch.log, handoff.id, VOICEMAIL, by=person) == Nothing()


async def test_what_isnt_accepted_or_is_over_takes_no_touch(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.offered()
    assert "isn't accepted yet" in said(await day.do(log_touch.log, handoff.id, VOICEMAIL))
    assert "no longer here" in said(await day.do(log_touch.log, 4711, VOICEMAIL))
    assert "no longer here" in said(await day.do(log_touch.log, "' OR 1=1", VOICEMAIL))
    assert "no longer here" in said(await day.do(log_touch.log, "9" * 40, VOICEMAIL))


async def test_a_closed_lead_takes_no_touch(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.do(qualify_lead.qualify, handoff.id)
    await day.do(lose_lead.lose, handoff.id, {"reason": "price"})
    clock.now += timedelta(minutes=2)
    assert "already closed as lost" in said(await day.do(log_touch.log, handoff.id, VOICEMAIL))
    assert (await day.handoff(handoff.id)).touches == 0

"""Notes on a lead, by form and from its thread."""

from commands import add_note, show_lead
from commands.reply import Ask, Correct, Nothing, Tell
from storage.database import Database
from storage.tables import NoteRow, OutboxRow
from tests.commands.working_day import ANA, BEN, MIA, WorkingDay, channel, said
from tests.conftest import Clock

SAID = {"text": "Met her at the fair", "message": "1700.2"}


async def reactions(day: WorkingDay) -> list[tuple[int, str]]:
    rows = await day.rows(OutboxRow)
    return [(row.copy_id, row.detail) for row in rows if row.verb == "react"]


async def test_a_message_in_the_leads_thread_is_kept_and_gets_a_sign(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    copy = await day.posted_as("handoff_line", str(handoff.lead_id), "C1", "1700.1")
    before = len(await day.rows(OutboxRow))
    reply = await day.do(add_note.from_thread, "1700.1", SAID, by=BEN, place=channel("1700.1"))
    assert reply == Nothing()
    (note,) = await day.rows(NoteRow)
    assert (note.lead_id, note.by, note.text) == (handoff.lead_id, BEN.email, SAID["text"])
    assert await reactions(day) == [(copy, "memo 1700.2")]
    assert len(await day.rows(OutboxRow)) == before + 1, "nothing else is said or drawn again"
    page = said(await day.do(show_lead.page, handoff.lead_id, by=MIA))
    assert "Ben Weber noted: Met her at the fair" in page


async def test_a_thread_that_isnt_about_a_lead_is_left_alone(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.posted_as("handoff_line", str(handoff.lead_id), "C1", "1700.1")
    for thread, name in (("9999.9", "C1"), ("1700.1", "C2")):
        place = channel(thread, name=name)
        assert await day.do(add_note.from_thread, thread, SAID, place=place) == Nothing()
    assert await day.rows(NoteRow) == []
    assert await reactions(day) == []


async def test_the_same_conversation_of_another_workspace_isnt_ours(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.posted_as("handoff_line", str(handoff.lead_id), "C1", "1700.1", workspace="T2")
    await day.do(add_note.from_thread, "1700.1", SAID, place=channel("1700.1"))
    assert await day.rows(NoteRow) == []


async def test_in_a_private_chat_only_its_owner_notes(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.posted_as("battle_card", str(handoff.id), "D1", "1700.1")
    place = channel("1700.1", private=True, name="D1")
    await day.do(add_note.from_thread, "1700.1", SAID, by=BEN, place=place)
    assert await day.rows(NoteRow) == []
    await day.do(add_note.from_thread, "1700.1", SAID, by=ANA, place=place)
    assert [note.by for note in await day.rows(NoteRow)] == [ANA.email]


async def test_empty_messages_are_no_notes_and_long_ones_are_cut(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    await day.posted_as("handoff_line", str(handoff.lead_id), "C1", "1700.1")
    for text in ("", "  ", "\n"):
        values = {"text": text, "message": "1"}
        await day.do(add_note.from_thread, "1700.1", values, place=channel("1700.1"))
    assert await day.rows(NoteRow) == []
    values = {"text": "x" * 9000, "message": "2"}
    await day.do(add_note.from_thread, "1700.1", values, place=channel("1700.1"))
    (note,) = await day.rows(NoteRow)
    assert len(note.text) == 4000
    assert note.text.endswith("…")


async def test_a_note_by_form_is_kept_and_confirmed(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    assert isinstance(await day.do(add_note.ask, handoff.lead_id), Ask)
    assert isinstance(await day.do(add_note.add, handoff.lead_id, {}), Correct)
    reply = await day.do(add_note.add, handoff.lead_id, {"text": "Prefers mornings"})
    assert "Noted on Ada Byron" in said(reply)
    assert [note.text for note in await day.rows(NoteRow)] == ["Prefers mornings"]


async def test_a_note_by_form_is_for_those_who_may_read_the_lead(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    for command in (add_note.ask, add_note.add):
        reply = await day.do(command, handoff.lead_id, {"text": "x"}, by=BEN)
        assert isinstance(reply, Tell)
        assert "Ask Ana Ortiz" in said(reply)
        assert "no longer here" in said(await day.do(command, "4711", {"text": "x"}))
    assert await day.rows(NoteRow) == []
    assert "Noted" in said(await day.do(add_note.add, handoff.lead_id, {"text": "x"}, by=MIA))

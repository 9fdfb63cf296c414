"""What becomes of what can't be delivered, and of what can't be kept."""

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from cards.charts import Chart
from cards.model import Card, Heading, Words
from commands import keep_settings, outgoing
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.context import Context, Platform
from commands.delivery import Undeliverable
from commands.reply import Nothing
from commands.show_lead import page
from jobs.outbox_worker import OutboxWorker
from leads.lifecycle import HandoffState
from storage.database import Database
from storage.tables import HistoryRow, OutboxRow
from tests.commands.story import ADA, ANA, MIA, Story, setup_of, words_of
from tests.conftest import Clock
from tests.jobs.chat import MemoryChat
from tests.jobs.conftest import CHANNEL, Stage

ANAS, MIAS = f"person:{ANA.email}", f"person:{MIA.email}"


class Office:
    """A company whose outbox is delivered to a chat in memory."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.chat = MemoryChat()
        self.says = "first"
        self.worker = OutboxWorker(
            story.database,
            story.setup,
            story.clock,
            {Platform.SLACK: self.chat},
            present=self.present,
            draw=self.draw,
            sleep=story.clock.sleep,
        )

    async def draw(self, chart: Chart) -> bytes:
        return chart.title.encode()

    def present(self, _ctx: Context, kind: str, subject: str) -> Card:
        words = Words("test", "test", text=f"{self.says}: {kind} {subject}")
        return Card(summary=words, blocks=(Heading(text=words),))


@pytest.fixture
async def office(database: Database, clock: Clock) -> Office:
    story = Story(database=database, clock=clock, setup=setup_of())
    await story.begin()
    return Office(story)


async def test_a_lead_whose_rep_cannot_be_reached_goes_to_the_fallback(office: Office) -> None:
    story = office.story
    office.chat.missing.add(ANAS)
    offered = await story.offer(ANA)
    await office.worker.drain()
    first, second = await story.handoffs(offered.lead)
    assert (first.state, first.decided_by) == (HandoffState.WITHDRAWN, "baton")
    assert (second.rep, second.state, second.previous) == (MIA.email, "offered", first.id)
    assert second.why == "Ana Ortiz couldn't be reached in chat"
    assert f"first: battle_card {second.id}" in office.chat.shown_in(MIAS)
    (row,) = await story.all(HistoryRow, HistoryRow.act == "withdrawn")
    assert row.why == second.why
    tallies = await story.tallies()
    assert tallies["offered", "all", ""] == tallies["offered", "rep", MIA.email] == 1
    ((where, said),) = await story.told(CardKind.PARKED_DELIVERY)
    assert where == f"person:{ADA.email}"
    assert "Ana Ortiz" in said
    assert await story.act(accept, MIA, str(second.id)) == Nothing()


async def test_a_card_that_cannot_come_in_the_thread_comes_to_the_own_chat(office: Office) -> None:
    story = office.story
    await story.act(keep_settings.choose, ANA, ANA.email, place="thread")
    office.chat.missing.add("channel:#handoffs")
    offered = await story.offer(ANA)
    await office.worker.drain()
    assert f"first: battle_card {offered.handoff}" in office.chat.shown_in(ANAS)
    assert [row.rep for row in await story.handoffs(offered.lead)] == [ANA.email]


async def test_behind_the_fallback_there_is_nobody_so_only_the_admins_hear(
    office: Office,
) -> None:
    story = office.story
    office.chat.missing |= {ANAS, MIAS}
    offered = await story.offer(ANA)
    await office.worker.drain()
    states = [(row.rep, row.state) for row in await story.handoffs(offered.lead)]
    assert states == [(ANA.email, "withdrawn"), (MIA.email, "offered")]
    assert len(await story.told(CardKind.PARKED_DELIVERY)) == 2


async def test_what_was_decided_meanwhile_stays_with_its_rep(office: Office) -> None:
    story = office.story
    office.chat.missing.add(ANAS)
    offered = await story.offer(ANA)
    await story.act(accept, MIA, offered.subject)
    await office.worker.drain()
    (only,) = await story.handoffs(offered.lead)
    assert (only.rep, only.state) == (ANA.email, HandoffState.ACCEPTED)


async def test_a_rep_who_has_the_card_keeps_the_offer_when_an_update_is_given_up(
    office: Office,
) -> None:
    story = office.story
    offered = await story.offer(ANA)
    await office.worker.drain()
    office.chat.missing.add(ANAS)
    office.says = "second"
    await story.do(lambda ctx: outgoing.refresh(ctx, offered.lead))
    await office.worker.drain()
    given_up = await story.all(OutboxRow, OutboxRow.state == "dead")
    assert {row.verb for row in given_up} == {"update"}
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED


async def test_however_much_a_platform_says_the_key_of_its_notice_is_short(stage: Stage) -> None:
    stage.chat.troubles.append(Undeliverable("no " * 4000, "Mend it."))
    await stage.post("line", CHANNEL)
    await stage.worker.drain()
    keys = await stage.database.read(lambda s: s.exec(select(OutboxRow.dedupe_key)).all())
    assert len(keys) == 2
    assert max(len(key or "") for key in keys) < 100


def _allow_again(session: Session) -> None:
    session.connection().execute(text("DROP TRIGGER refuse"))


def _refuse_to_keep_the_first(session: Session) -> None:
    session.connection().execute(
        text(
            "CREATE TRIGGER refuse BEFORE UPDATE ON outbox WHEN NEW.id = 1 AND NEW.state = 'sent' "
            "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
    )


async def test_an_outcome_that_cannot_be_kept_holds_up_no_other(stage: Stage) -> None:
    await stage.database.write(_refuse_to_keep_the_first)
    for n in range(3):
        await stage.post(f"{n}", f"person:{n}@acme.example", stream=f"lead:{n}")
    await stage.worker.drain()
    assert await _states(stage) == ["pending", "sent", "sent"]
    await stage.database.write(_allow_again)
    stage.clock.advance(minutes=3)
    await stage.worker.drain()
    assert await _states(stage) == ["sent"] * 3
    assert sorted(message.showed[0] for message in stage.chat.messages) == ["0", "1", "2"]


async def _states(stage: Stage) -> list[str]:
    return await stage.database.read(
        lambda s: list(s.exec(select(OutboxRow.state).order_by(col(OutboxRow.id))))
    )


async def test_the_leads_page_tells_why_it_went_to_the_fallback(office: Office) -> None:
    office.chat.missing.add(ANAS)
    offered = await office.story.offer(ANA)
    await office.worker.drain()
    reply = await office.story.act(page, MIA, str(offered.lead))
    assert "took the offer back: Ana Ortiz couldn't be reached in chat" in words_of(reply)

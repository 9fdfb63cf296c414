"""What the outbox promises: everything arrives, in order, once, at a bearable pace."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from commands.context import Platform, Setup
from commands.delivery import Throttled, Undeliverable, Unreachable
from jobs.outbox_worker import Pace
from storage import deliveries, outbox
from storage.database import Database
from storage.preferences import Preferences, keep
from storage.tables import CopyRow, OutboxRow
from tests.conftest import Clock
from tests.jobs.chat import MemoryChat
from tests.jobs.conftest import ADMIN, ANA, CHANNEL, Stage

LOST = Unreachable("connection reset", uncertain=True)
DOWN = Unreachable("502", uncertain=False)


async def rows(stage: Stage) -> list[OutboxRow]:
    return await stage.database.read(
        lambda session: list(session.exec(select(OutboxRow).order_by(col(OutboxRow.id))))
    )


async def copy(stage: Stage, copy_id: int) -> CopyRow:
    return await stage.database.read(lambda session: session.get_one(CopyRow, copy_id))


async def test_a_card_is_posted_and_its_copy_knows_where(stage: Stage) -> None:
    copy_id = await stage.post("hello")
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["hello"]
    posted = await copy(stage, copy_id)
    assert posted.message == "1.0"
    assert posted.conversation == f"C-{ANA}"
    assert posted.shown
    assert [row.state for row in await rows(stage)] == ["sent"]


async def test_a_card_shows_what_is_true_when_it_is_sent(stage: Stage) -> None:
    await stage.post("7")
    stage.says["7"] = "accepted by Ana"
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["accepted by Ana"]


async def test_what_is_no_longer_to_be_said_is_not_sent(stage: Stage) -> None:
    stage.says["reminder"] = None
    await stage.post("reminder")
    await stage.worker.drain()
    assert stage.chat.messages == []
    assert [row.state for row in await rows(stage)] == ["sent"]


async def test_the_same_key_posts_once(stage: Stage) -> None:
    await stage.post("hello")
    again = await stage.database.write(
        lambda session: outbox.post(
            session,
            kind="test",
            subject="hello",
            platform=Platform.SLACK,
            destination=ANA,
            stream="lead:1",
            dedupe_key=f"lead:1:hello:{ANA}",
            now=stage.clock(),
        )
    )
    await stage.worker.drain()
    assert again is None
    assert len(stage.chat.messages) == 1


async def test_every_copy_of_a_lead_is_updated_in_place(stage: Stage) -> None:
    await stage.post("7", ANA, lead_id=1)
    await stage.post("7", CHANNEL, lead_id=1)
    await stage.worker.drain()
    stage.says["7"] = "accepted"
    await stage.changed(1)
    await stage.worker.drain()
    assert [message.showed for message in stage.chat.messages] == [["7", "accepted"]] * 2


async def test_an_update_that_changes_nothing_is_not_sent(stage: Stage) -> None:
    await stage.post("7", lead_id=1)
    await stage.worker.drain()
    calls = stage.chat.calls
    await stage.changed(1)
    await stage.worker.drain()
    assert stage.chat.calls == calls
    assert [row.state for row in await rows(stage)] == ["sent", "sent"]


async def test_updates_that_wait_together_are_one(stage: Stage) -> None:
    await stage.post("7", lead_id=1)
    for _ in range(5):
        await stage.changed(1)
    later = stage.clock() + timedelta(minutes=10)
    await stage.changed(1, due_at=later)
    await stage.changed(1, due_at=later)
    assert [row.verb for row in await rows(stage)] == ["post", "update", "update"]


async def test_a_message_of_tomorrow_holds_up_nobody(stage: Stage) -> None:
    await stage.post("digest", due_at=stage.clock() + timedelta(days=1))
    await stage.post("now")
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["now"]
    stage.clock.advance(days=1)
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["now", "digest"]


async def test_a_retry_holds_up_its_lane_and_no_other(stage: Stage) -> None:
    stage.chat.troubles.append(DOWN)
    await stage.post("first", stream="lead:1")
    await stage.worker.drain()
    await stage.post("second", stream="lead:1")
    await stage.post("other", stream="lead:2")
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["other"]
    stage.clock.advance(seconds=5)
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["other", "first", "second"]


async def test_a_reply_goes_into_the_thread_of_its_card(stage: Stage) -> None:
    root = await stage.post("line", CHANNEL)
    await stage.post("rejected: too small", CHANNEL, thread_of=root)
    await stage.worker.drain()
    assert stage.chat.messages[1].ref.thread == stage.chat.messages[0].ref.message


async def test_a_sign_is_put_on_a_message(stage: Stage) -> None:
    copy_id = await stage.post("line", CHANNEL)
    await stage.worker.drain()
    await stage.database.write(
        lambda session: outbox.react(session, copy_id, "1.0", "memo", stage.clock(), "note:1")
    )
    await stage.worker.drain()
    assert stage.chat.messages[0].signs == ["memo"]


async def test_a_lost_answer_does_not_post_twice(stage: Stage) -> None:
    stage.chat.answers_lost.append(LOST)
    copy_id = await stage.post("once")
    await stage.worker.drain()
    stage.clock.advance(seconds=5)
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["once"]
    assert (await copy(stage, copy_id)).message == "1.0"


async def test_a_certain_failure_is_not_looked_for(stage: Stage) -> None:
    stage.chat.troubles.append(DOWN)
    await stage.post("once")
    await stage.worker.drain()
    stage.clock.advance(seconds=5)
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["once"]
    assert stage.chat.looked_for == []


async def test_an_update_follows_a_post_whose_answer_was_lost(stage: Stage) -> None:
    stage.chat.answers_lost.append(LOST)
    await stage.post("7", lead_id=1)
    await stage.worker.drain()
    stage.says["7"] = "accepted"
    await stage.changed(1)
    stage.clock.advance(seconds=5)
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["accepted"]


async def test_retry_after_is_honoured_and_is_no_failure(stage: Stage) -> None:
    stage.chat.troubles.extend([Throttled(30)] * 20)
    began = stage.clock()
    await stage.post("slow")
    for _ in range(21):
        await stage.worker.drain()
        stage.clock.advance(seconds=31)
    assert stage.chat.shown_in(ANA) == ["slow"]
    assert stage.clock() - began >= timedelta(seconds=20 * 30)
    assert (await rows(stage))[0].attempts == 0


async def test_a_throttled_conversation_is_left_alone_and_others_go_on(stage: Stage) -> None:
    stage.chat.troubles.append(Throttled(30))
    await stage.post("a", CHANNEL, stream="lead:1")
    drained = stage.clock()
    await stage.worker.drain()
    await stage.post("b", CHANNEL, stream="lead:2")
    await stage.post("c", ANA, stream="lead:2")
    worker_calls = stage.chat.calls
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["c"]
    assert stage.chat.calls > worker_calls
    assert stage.clock() - drained >= timedelta(seconds=30)
    assert sorted(stage.chat.shown_in(CHANNEL)) == ["a", "b"]


async def test_after_the_last_try_a_row_is_parked_and_admins_are_told_once(stage: Stage) -> None:
    stage.chat.missing.add(CHANNEL)
    await stage.post("line", CHANNEL, stream="lead:1")
    await stage.post("line", CHANNEL, stream="lead:2")
    await stage.worker.drain()
    parked, other, notice = await rows(stage)
    assert (parked.state, other.state, notice.state) == ("dead", "dead", "sent")
    assert parked.error == "channel_not_found"
    assert parked.advice == "Make the channel, or correct team.toml."
    (told,) = stage.chat.shown_in(f"person:{ADMIN}")
    assert told in {str(parked.id), str(other.id)}


async def test_nobody_is_told_that_telling_failed(stage: Stage) -> None:
    stage.chat.missing.update({CHANNEL, f"person:{ADMIN}"})
    await stage.post("line", CHANNEL)
    await stage.worker.drain()
    assert [row.state for row in await rows(stage)] == ["dead", "dead"]


async def test_behind_a_parked_post_the_lane_goes_on(stage: Stage) -> None:
    stage.chat.troubles.append(Undeliverable("too_long", "Tell us."))
    await stage.post("7", lead_id=1)
    await stage.changed(1)
    await stage.post("next")
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["next"]
    assert {row.verb: row.state for row in await rows(stage) if row.copy_id == 1} == {
        "post": "dead",
        "update": "sent",
    }


async def test_a_parked_row_can_be_tried_again(stage: Stage) -> None:
    stage.chat.missing.add(CHANNEL)
    await stage.post("line", CHANNEL)
    await stage.worker.drain()
    stage.chat.missing.clear()
    assert await stage.database.write(lambda s: deliveries.revive(s, stage.clock(), 1)) == 1
    await stage.worker.drain()
    assert stage.chat.shown_in(CHANNEL) == ["line"]


async def test_a_card_that_cannot_be_drawn_stops_no_other(stage: Stage) -> None:
    await stage.post("good", stream="lead:2")
    await stage.post("bad", stream="lead:1")
    await stage.database.write(
        lambda session: session.add(session.get_one(CopyRow, 2).sqlmodel_update({"kind": "?"}))
    )
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["good"]
    (bad,) = [row for row in await rows(stage) if row.state == "pending"]
    assert bad.attempts == 1
    assert bad.error == "KeyError: '?'"


async def test_an_outage_loses_nothing_and_is_not_hammered(stage: Stage) -> None:
    stage.chat.always = DOWN
    for lead in range(100):
        await stage.post(f"{lead}", f"person:{lead}@acme.example", stream=f"lead:{lead}")
    for _ in range(120):  # ten minutes
        await stage.worker.drain()
        stage.clock.advance(seconds=5)
    assert stage.chat.calls < 60
    assert all(row.state == "pending" for row in await rows(stage))
    stage.chat.always = None
    for _ in range(60):
        await stage.worker.drain()
        stage.clock.advance(seconds=20)
    assert len(stage.chat.messages) == 100


async def test_after_twelve_tries_a_row_is_parked(stage: Stage) -> None:
    await stage.post("unlucky", ANA, stream="lead:1")
    for n in range(20):
        stage.chat.troubles.append(DOWN)
        await stage.worker.drain()
        stage.chat.troubles.clear()
        await stage.post(f"lucky {n}", CHANNEL, stream="lead:2")
        await stage.worker.drain()
        stage.clock.advance(minutes=30)
        if (await rows(stage))[0].state == "dead":
            break
    assert n == 11
    assert stage.chat.shown_in(ANA) == []


async def test_a_conversation_gets_three_at_once_and_then_one_a_second(stage: Stage) -> None:
    began = stage.clock()
    for lead in range(10):
        await stage.post(f"{lead}", CHANNEL, stream=f"lead:{lead}")
    await stage.worker.drain()
    assert sorted(stage.chat.shown_in(CHANNEL)) == [str(lead) for lead in range(10)]
    assert stage.clock() - began >= timedelta(seconds=6)


async def test_rows_of_a_dead_worker_are_claimed_again_and_looked_for(stage: Stage) -> None:
    await stage.post("crash")
    lease = stage.clock() + timedelta(seconds=60)
    await stage.database.write(
        lambda s: deliveries.claim(s, f"slack:{ANA}", stage.clock(), lease, 3)
    )
    await stage.worker.drain()
    assert stage.chat.messages == []
    stage.clock.advance(seconds=61)
    await stage.worker.drain()
    assert stage.chat.shown_in(ANA) == ["crash"]
    assert stage.chat.looked_for == [1]


async def test_a_late_result_of_a_lost_lease_changes_nothing(stage: Stage) -> None:
    await stage.post("7")
    now = stage.clock()
    (mine,) = await stage.database.write(
        lambda s: deliveries.claim(s, f"slack:{ANA}", now, now + timedelta(seconds=60), 3)
    )
    stage.clock.advance(seconds=61)
    await stage.worker.drain()
    late = deliveries.Parked(row=mine, error="late", advice="")
    assert not await stage.database.write(lambda s: deliveries.park(s, late))
    assert [row.state for row in await rows(stage)] == ["sent"]


async def test_old_rows_are_cleaned_up_and_their_ids_do_not_come_back(stage: Stage) -> None:
    await stage.post("old")
    await stage.worker.drain()
    later = stage.clock.advance(days=31)
    assert await stage.database.write(lambda s: deliveries.forget_sent(s, later)) == 1
    await stage.post("new")
    assert [row.id for row in await rows(stage)] == [2]


async def test_no_more_than_the_agreed_number_is_sent_at_once(stage: Stage) -> None:
    worker = stage.another_worker(Pace(sends_at_once=4, claims_at_once=16))
    for lead in range(50):
        await stage.post(f"{lead}", f"person:{lead}@acme.example", stream=f"lead:{lead}")
    await worker.drain()
    assert stage.chat.most_at_once == 4
    assert len(stage.chat.messages) == 50


@pytest.mark.postgres
async def test_two_workers_share_the_work_and_send_nothing_twice(
    postgres: Database, setup: Setup, clock: Clock, chat: MemoryChat
) -> None:
    stage = Stage(postgres, setup, clock, chat)
    for n in range(60):
        await stage.post(f"{n}", f"person:{n % 7}@acme.example", stream=f"lead:{n // 3}")
    workers = [stage.another_worker(Pace(interval=0.0)) for _ in range(2)]
    await asyncio.gather(*(worker.drain() for worker in workers))
    assert sorted(int(message.showed[0]) for message in chat.messages) == list(range(60))
    assert [row.state for row in await rows(stage)] == ["sent"] * 60


async def test_what_was_held_up_until_quiet_hours_comes_after_them(
    stage: Stage, chat: MemoryChat, clock: Clock
) -> None:
    chosen = Preferences(quiet_from="11:00", quiet_to="13:00")
    await stage.database.write(lambda session: keep(session, ADMIN, chosen, clock.now))
    chat.always = Unreachable("503", uncertain=False)
    await stage.post("news", f"person:{ADMIN}")
    await stage.post("line", CHANNEL)
    await stage.worker.drain()

    chat.always = None
    clock.advance(hours=1, minutes=30)
    await stage.worker.drain()
    assert [one.destination for one in chat.messages] == [CHANNEL]

    clock.advance(hours=1, minutes=31)
    await stage.worker.drain()
    assert chat.shown_in(f"person:{ADMIN}") == ["news"]

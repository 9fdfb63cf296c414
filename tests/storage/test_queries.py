"""What the queries promise, on both databases."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from leads.lifecycle import HandoffState
from storage import accounts, deliveries, handoffs, inbox, job_runs, leads, outbox, tally
from storage.database import Database
from storage.tables import CopyRow, EventRow, HandoffRow, LeadRow, OutboxRow
from storage.tally import Count
from tests.conftest import Clock

ANA, BEN = "ana@acme.example", "ben@acme.example"
DAY = date(2026, 11, 23)


async def make_lead(database: Database, now: datetime, **values: Any) -> int:
    row = await database.write(
        lambda s: _flushed(s, LeadRow(created_at=now, received_at=now, **values))
    )
    assert row.id is not None
    return row.id


def _flushed(session: Session, row: LeadRow) -> LeadRow:
    session.add(row)
    session.flush()
    return row


async def offer(database: Database, now: datetime, lead: int, rep: str = ANA) -> int:
    handoff = HandoffRow(lead_id=lead, rep=rep, offered_at=now, accept_by=now + timedelta(hours=1))

    def work(session: Session) -> int:
        session.add(handoff)
        session.flush()
        assert handoff.id is not None
        return handoff.id

    return await database.write(work)


async def test_of_fifty_decisions_at_once_one_wins(either: Database, clock: Clock) -> None:
    handoff = await offer(either, clock(), await make_lead(either, clock()))

    def decide(by: str) -> "asyncio.Future[bool]":
        return asyncio.ensure_future(
            either.write(
                lambda s: handoffs.claim_state(
                    s,
                    handoff,
                    {HandoffState.OFFERED},
                    state=HandoffState.ACCEPTED.value,
                    decided_by=by,
                )
            )
        )

    won = await asyncio.gather(*(decide(f"{n}") for n in range(50)))
    assert sum(won) == 1
    found = await either.read(lambda s: s.get_one(HandoffRow, handoff))
    assert (found.state, found.decided_by) == ("accepted", f"{won.index(True)}")


async def test_winner_and_loser_see_the_row_as_it_is(either: Database, clock: Clock) -> None:
    handoff = await offer(either, clock(), await make_lead(either, clock()))

    def twice(session: Session) -> tuple[bool, str | None, bool, str | None]:
        row = session.get_one(HandoffRow, handoff)
        offered = {HandoffState.OFFERED}
        accepted = HandoffState.ACCEPTED.value
        first = handoffs.claim_state(session, handoff, offered, state=accepted, decided_by=ANA)
        seen = row.decided_by
        second = handoffs.claim_state(session, handoff, offered, decided_by=BEN)
        return first, seen, second, row.decided_by

    assert await either.write(twice) == (True, ANA, False, ANA)


async def test_a_lead_never_has_two_open_handoffs(either: Database, clock: Clock) -> None:
    lead = await make_lead(either, clock())
    await offer(either, clock(), lead)
    with pytest.raises(IntegrityError):
        await offer(either, clock(), lead, BEN)


async def test_open_handoffs_are_listed_and_counted(either: Database, clock: Clock) -> None:
    for rep in (ANA, ANA, BEN):
        await offer(either, clock(), await make_lead(either, clock()), rep)
    closed = await offer(either, clock(), await make_lead(either, clock()), BEN)
    await either.write(
        lambda s: handoffs.claim_state(s, closed, {HandoffState.OFFERED}, state="rejected")
    )
    assert await either.read(handoffs.open_counts) == {ANA: 2, BEN: 1}
    assert len(await either.read(lambda s: handoffs.open_of_rep(s, ANA))) == 2


async def test_the_owner_of_a_company_is_who_accepted_last(either: Database, clock: Clock) -> None:
    for owner, days in ((ANA, 1), (BEN, 2), (None, 3)):
        sal_at = clock() + timedelta(days=days)
        await make_lead(either, clock(), company_key="initech", owner=owner, sal_at=sal_at)
    await make_lead(either, clock(), company_key="initech", owner=ANA)  # when isn't known
    assert await either.read(lambda s: handoffs.company_owner(s, "initech")) == BEN
    assert await either.read(lambda s: handoffs.company_owner(s, "globex")) is None
    assert await either.read(lambda s: handoffs.company_owner(s, None)) is None


async def test_whole_weeks_and_the_days_around_them_are_read_as_one(
    either: Database, clock: Clock
) -> None:
    random = Random(4)
    days = [DAY + timedelta(days=n) for n in range(40)]
    counts = [
        Count(random.choice(("all", "rep", "rep=a")), "m", random.choice(("", "x", "y")), day, n)
        for day in days
        for n in (1, 2, -1)
    ]
    await either.write(lambda s: tally.add_counts(s, counts))
    for _ in range(60):
        first, last = sorted(random.choices(days, k=2))
        inside = [one for one in counts if first <= one.day <= last]
        for dimension in ("all", "rep"):
            expected: Counter[str] = Counter()
            for one in inside:
                if one.dimension == dimension:
                    expected[one.value] += one.n
            found = await either.read(
                lambda s, span=(dimension, first, last): tally.totals(  # type: ignore[misc]
                    s, span[0], ["m"], span[1], span[2]
                )
            )
            assert found == {value: {"m": n} for value, n in expected.items() if n}
        sums = await either.read(
            lambda s, span=(first, last): tally.sums(  # type: ignore[misc]
                s, [("all", "m"), ("rep=a", "m")], *span
            )
        )
        for dimension in ("all", "rep=a"):
            n = sum(one.n for one in inside if one.dimension == dimension)
            assert sums.get((dimension, "m"), 0) == n


async def test_a_request_is_handled_the_first_time_only(either: Database, clock: Clock) -> None:
    first = await asyncio.gather(
        *(either.write(lambda s: inbox.first_time(s, "k", clock())) for _ in range(20))
    )
    assert sum(first) == 1


async def test_a_job_runs_once_a_period(either: Database, clock: Clock) -> None:
    claimed = await asyncio.gather(
        *(either.write(lambda s: job_runs.claim(s, "digest", "d1", clock())) for _ in range(20))
    )
    assert sum(claimed) == 1
    assert await either.write(lambda s: job_runs.claim(s, "digest", "d2", clock()))
    assert await either.read(lambda s: job_runs.has_run(s, "digest", "d1"))


async def test_counts_add_up_whoever_counts_at_once(either: Database) -> None:
    ways: list[dict[str, str | None]] = [
        {"rep": ANA, "campaign": "c"},
        {"campaign": "c", "rep": BEN, "source": None},
    ]
    await asyncio.gather(
        *(
            either.write(lambda s, n=n: tally.add(s, DAY, "offered", ways[n % 2]))  # type: ignore[misc]
            for n in range(60)
        )
    )
    await either.write(lambda s: tally.add(s, DAY, "offered", ways[0], -1))

    def by(dimension: str) -> dict[str, dict[str, int]]:
        return either.read_now(
            lambda s: tally.totals(s, dimension, ["offered", "accepted"], DAY, DAY)
        )

    assert by("all") == {"": {"offered": 59, "accepted": 0}}
    assert by("campaign") == {"c": {"offered": 59, "accepted": 0}}
    assert {value: sums["offered"] for value, sums in by("rep").items()} == {ANA: 29, BEN: 30}
    assert by("source") == {}


async def test_totals_stop_at_the_days_asked_for(either: Database) -> None:
    for days in range(5):
        day = DAY + timedelta(days=days)
        await either.write(lambda s, day=day: tally.add(s, day, "mql", {}))  # type: ignore[misc]
    last = DAY + timedelta(days=2)
    found = await either.read(lambda s: tally.totals(s, "all", ["mql"], DAY, last))
    assert found == {"": {"mql": 3}}


async def test_accounts_are_found_both_ways_and_learned_again(
    either: Database, clock: Clock
) -> None:
    def learn(user_id: str, email: str | None) -> None:
        either.write_now(
            lambda s: accounts.save(
                s,
                platform="slack",
                workspace="T1",
                user_id=user_id,
                email=email,
                name="Ana",
                now=clock.advance(seconds=1),
            )
        )

    assert await either.read(lambda s: accounts.email_of(s, "slack", "T1", "U1")) is None
    await asyncio.to_thread(learn, "U1", None)
    found = await either.read(lambda s: accounts.email_of(s, "slack", "T1", "U1"))
    assert found
    assert found.email is None
    await asyncio.to_thread(learn, "U1", "Ana@Acme.example")
    await asyncio.to_thread(learn, "U2", ANA)
    newest = await either.read(lambda s: accounts.user_of(s, "slack", ANA))
    assert newest
    assert newest.user_id == "U2"
    assert await either.read(lambda s: accounts.users(s, "slack")) == {ANA: "U2"}


async def test_leads_are_found_by_id_then_mail_and_by_words(either: Database, clock: Clock) -> None:
    one = await make_lead(
        either, clock(), external_id="L-1", email="ada@x.example", search="ada byron 100% initech"
    )
    two = await make_lead(either, clock(), email="bob@x.example", search="bob 1000 initech")

    def find(external_id: str | None, email: str | None) -> int | None:
        row = either.read_now(lambda s: leads.find_lead(s, external_id, email))
        return row.id if row else None

    def search(words: str) -> list[int | None]:
        return [row.id for row in either.read_now(lambda s: leads.search(s, words, 10))]

    assert find("L-1", "bob@x.example") == one
    assert find("L-9", "BOB@x.example") == two
    assert find(None, None) is None
    assert search("Initech") == [two, one]
    assert search("initech ada") == [one]
    assert search("100%") == [one]  # a percent sign is no wildcard
    assert search("L-1") == [one]
    assert search("  ") == []


async def test_a_row_becomes_the_lead_that_rules_work_on(either: Database, clock: Clock) -> None:
    lead = await make_lead(
        either, clock(), company_employees=120, interests=["pricing"], extra={"visits": 3}
    )
    events = [
        EventRow(event_id=f"e{n}", lead_id=lead, type="page_view", at=clock() - timedelta(days=n))
        for n in range(3)
    ]
    await either.write(lambda s: s.add_all(events))
    value = await either.read(lambda s: leads.lead_value(s.get_one(LeadRow, lead)))
    assert value.value("company.employees") == 120
    assert value.value("visits") == 3
    assert value.interests == ("pricing",)
    assert value.created_at == clock()
    found = await either.read(lambda s: leads.events_of(s, lead))
    assert [event.id for event in found] == ["e2", "e1", "e0"]


def post(session: Session, key: str, now: datetime, lead: int, lead_id: int | None = None) -> None:
    outbox.post(
        session,
        kind="test",
        subject=key,
        platform="slack",
        destination=f"person:{lead % 5}@acme.example",
        stream=f"lead:{lead}",
        dedupe_key=key,
        now=now,
        lead_id=lead_id,
    )


async def test_workers_that_claim_at_once_never_share_a_row(either: Database, clock: Clock) -> None:
    now = clock()
    for n in range(100):
        await either.write(lambda s, n=n: post(s, f"{n}", now, n))  # type: ignore[misc]

    def take(session: Session) -> list[int]:
        lease = now + timedelta(minutes=1)
        waiting = deliveries.waiting(session, now)
        return [
            row.id
            for destination in waiting
            for row in deliveries.claim(session, destination, now, lease, 3)
        ]

    taken: Counter[int] = Counter()
    for _ in range(20):
        for ids in await asyncio.gather(*(either.write(take) for _ in range(8))):
            taken.update(ids)
    assert len(taken) == 100
    assert set(taken.values()) == {1}


async def test_a_key_used_at_once_posts_once(either: Database, clock: Clock) -> None:
    await asyncio.gather(*(either.write(lambda s: post(s, "k", clock(), 1)) for _ in range(20)))
    assert len(await either.read(lambda s: s.exec(select(OutboxRow.id)).all())) == 1
    assert len(await either.read(lambda s: s.exec(select(CopyRow.id)).all())) == 1


async def test_a_waiting_update_serves_for_later_changes_unless_it_is_claimed(
    either: Database, clock: Clock
) -> None:
    now = clock()
    lead = await make_lead(either, now)
    await either.write(lambda s: post(s, "k", now, lead, lead))
    await either.write(lambda s: outbox.update_copies(s, lead, now))
    await either.write(lambda s: outbox.update_copies(s, lead, now))
    assert len(await either.read(lambda s: s.exec(select(OutboxRow.id)).all())) == 2

    def send_post_and_claim_update(session: Session) -> None:
        for _ in range(2):
            (destination,) = deliveries.waiting(session, now)
            lease = now + timedelta(minutes=1)
            (row,) = deliveries.claim(session, destination, now, lease, 3)
            if row.verb == outbox.POST:
                deliveries.deliver(session, deliveries.Delivered(row=row), now)

    await either.write(send_post_and_claim_update)
    await either.write(lambda s: outbox.update_copies(s, lead, now))
    assert len(await either.read(lambda s: s.exec(select(OutboxRow.id)).all())) == 3


@pytest.mark.parametrize("what", ["waiting", "heads"])
async def test_claiming_never_looks_at_rows_that_are_done(
    database: Database, clock: Clock, what: str
) -> None:
    statement = {"waiting": deliveries.WAITING, "heads": deliveries.HEADS}[what]

    values = {"now": clock(), "destination": "slack:x", "limit": 1}

    def plan(session: Session) -> list[str]:
        sql = statement.params(values).compile(
            session.connection(), compile_kwargs={"literal_binds": True}
        )
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")
        return [str(row[-1]) for row in rows]

    steps = [step for step in await database.read(plan) if "outbox" in step]
    assert steps
    assert all("USING" in step and "ix_outbox_" in step for step in steps), steps


async def test_the_backlog_counts_what_is_due_and_what_is_parked(
    either: Database, clock: Clock
) -> None:
    await either.write(lambda s: post(s, "k", clock(), 1))
    clock.advance(seconds=30)
    found = await either.read(lambda s: outbox.backlog(s, clock()))
    assert (found.pending, found.oldest_seconds, found.parked) == (1, 30.0, 0)

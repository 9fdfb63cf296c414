"""The digest is posted once, however many Batons run and however often the clock looks."""

import asyncio
from datetime import UTC, datetime

from composition import CHORES
from jobs.schedule import Schedule
from storage.database import Database
from tests.acme import ANA
from tests.stories.conftest import Acme


async def _all_look(here: Acme, others: list[Database]) -> None:
    schedules = [
        Schedule(database, here.setup, here.clock, CHORES) for database in (here.database, *others)
    ]
    await asyncio.gather(*(one.run_all() for one in schedules for _ in range(3)))
    await here.delivered()


async def test_three_batons_on_one_database_post_one_digest_a_day(
    here: Acme, database_url: str
) -> None:
    others = [Database.open(database_url) for _ in range(2)]
    name, card = await here.receives(ANA)
    await here.chat.person(ANA).press(card, "Accept")
    for day, told in ((24, "1 handed over, 1 accepted"), (25, "Ana Ortiz should get in touch")):
        before = len(here.chat.channel("gtm"))
        here.clock.put(datetime(2026, 11, day, 7, 59, 30, tzinfo=UTC))
        await _all_look(here, others)
        assert len(here.chat.channel("gtm")) == before
        here.clock.put(datetime(2026, 11, day, 8, 0, 0, tzinfo=UTC))
        await _all_look(here, others)
        await _all_look(here, others)
        assert len(here.chat.channel("gtm")) == before + 1
        assert told in here.chat.channel("gtm")[-1].says()
    assert name
    for one in others:
        await one.close()


async def test_a_quiet_company_gets_no_digest(here: Acme) -> None:
    here.clock.put(datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC))
    await _all_look(here, [])
    assert here.chat.channel("gtm") == []


async def test_nothing_is_posted_on_a_weekend(here: Acme) -> None:
    await here.receives(ANA)
    here.clock.put(datetime(2026, 11, 28, 8, 0, 30, tzinfo=UTC))
    await _all_look(here, [])
    assert here.chat.channel("gtm") == []

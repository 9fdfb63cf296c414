"""What group commit is worth: decisions that wait together against one commit for each."""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from statistics import median

from sqlmodel import col, select

from bench.company import found
from bench.fill import fill
from bench.report import Line
from bench.scale import Scale
from commands import accept_lead
from commands.context import Context, Setup
from commands.reply import Reply
from leads.lifecycle import HandoffState
from storage.database import Database, Session
from storage.tables import HandoffRow

_AT_ONCE = 32


def measure(scale: Scale) -> list[Line]:
    """Decisions per second either way, by turns."""
    setup = found(scale.folder, scale.reps)
    file = scale.folder / "commits.db"
    total = scale.decisions * scale.rounds * 2
    fill(file, leads=total * 4, reps=scale.reps, waiting=total, now=datetime.now(UTC))
    database = Database.open(f"sqlite:///{file}")
    try:
        offers = database.read_now(_offers)
        alone, together = [], []
        for _ in range(scale.rounds):
            alone.append(_alone(database, setup, _taken(offers, scale.decisions)))
            together.append(_together(database, setup, _taken(offers, scale.decisions)))
    finally:
        database.close_now()
    less, more = median(alone), median(together)
    return [
        Line(
            what=f"decisions in the database, {_AT_ONCE} at once",
            floor=f"one commit each {less:.0f}/s",
            ours=f"{more:.0f}/s",
            ratio=more / less,
        )
    ]


def _offers(session: Session) -> list[int]:
    offered = HandoffRow.state == HandoffState.OFFERED.value
    return [one for one in session.exec(select(col(HandoffRow.id)).where(offered)) if one]


def _taken(offers: list[int], n: int) -> list[int]:
    taken, offers[:n] = offers[:n], []
    return taken


def _accept(setup: Setup, now: datetime, handoff: int, session: Session) -> Reply:
    return accept_lead.accept(Context(session=session, now=now, setup=setup), str(handoff), {})


def _alone(database: Database, setup: Setup, handoffs: list[int]) -> float:
    began = time.perf_counter()
    for handoff in handoffs:
        database.write_now(partial(_accept, setup, datetime.now(UTC), handoff))
    return len(handoffs) / (time.perf_counter() - began)


def _together(database: Database, setup: Setup, handoffs: list[int]) -> float:
    waiting = iter(handoffs)

    async def some() -> None:
        for handoff in waiting:
            await database.write(partial(_accept, setup, datetime.now(UTC), handoff))

    async def everybody() -> None:
        await asyncio.gather(*(some() for _ in range(_AT_ONCE)))

    began = time.perf_counter()
    asyncio.run(everybody())
    return len(handoffs) / (time.perf_counter() - began)

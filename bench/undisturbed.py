"""Clicks while the bot has something big to do beside them: new criteria for every open lead, and
criteria that learn."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from statistics import median

from bench.clicks import Clicks
from bench.company import found
from bench.fill import fill
from bench.load import Address, as_fast, at_rate
from bench.processes import baton, program
from bench.report import Line, ms, percentile, reached
from bench.rescoring import add_leads, many_rules, put_in_force
from bench.scale import Scale
from storage.database import Database
from storage.tables import ProposalRow

_LONGEST = 0.25
_LONGEST_RUN = 60
_ALONE = 10
_WARM_UP = 64
_CLIENTS = 16
_AT_EDGE = 1000
"""Leads are rescored in the order of their ids: so many tell whether it has begun, or ended."""


def measure(scale: Scale) -> list[Line]:
    """The slowest clicks of a bot with nothing beside them, while it rescores, and while it learns
    from all decisions, one after the other. Only the seconds count in which it does."""
    setup = found(scale.folder, scale.reps)
    file = scale.folder / "undisturbed.db"
    waiting = _WARM_UP + scale.clicks_per_second * (_ALONE + 2 * _LONGEST_RUN)
    leads = max(waiting * 4, scale.many_leads // 5)
    fill(file, leads=leads, reps=scale.reps, waiting=waiting, now=datetime.now(UTC))
    add_leads(file, scale.many_leads)
    put_in_force(file, 1, setup.agreement.criteria)
    _leave_few_on_offer(file, leads)
    clicks = Clicks(file, setup)
    os.sync()  # what filling leaves to the disk isn't the clicks' business
    each = scale.clicks_per_second
    with program("slack_stub", scale.folder) as stub, baton(scale.folder, file, stub) as ours:
        asyncio.run(as_fast(ours.address, clicks.some(_WARM_UP, spent=True), _CLIENTS))
        alone = [one for _ in range(_ALONE) for one in _second(clicks, ours.address, each)]
        put_in_force(file, 2, many_rules(setup))
        rescoring = _while(lambda: _rescoring(file), clicks, ours.address, each)
        os.sync()
        _ask(file)
        learning = _while(lambda: _learning(file), clicks, ours.address, each)
    clicks.check_committed()
    rate = f"clicks, {each}/s"
    return [
        _line(f"{rate}, nothing beside them", alone),
        _line(f"{rate}, while {scale.many_leads:,} leads are rescored", rescoring),
        _line(f"{rate}, while criteria learn", learning, f"{_decisions(file):,} decisions: "),
    ]


def _leave_few_on_offer(file: Path, filled: int) -> None:
    """Have most of the leads that wait for a click scored by version 2 already: nobody has
    thousands on offer, whose cards would all be drawn again."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE lead SET criteria_version = 2 WHERE id <= ? AND id % 100 <> 0", (filled,)
        )


def _line(what: str, latencies: list[float], of: str = "") -> Line:
    slowest = percentile(latencies, 0.99)
    return Line(
        what=what,
        ours=f"{of}p50 {ms(median(latencies))}, p99 {ms(slowest)} of {len(latencies):,}",
        goal=f"p99 under {ms(_LONGEST)}",
        reached=reached(slowest < _LONGEST),
    )


def _second(clicks: Clicks, address: Address, n: int) -> list[float]:
    return list(asyncio.run(at_rate(address, clicks.some(n, spent=True), n)).latencies)


class _Work(Enum):
    WAITS = "waits"
    IS_DONE = "is done"
    IS_OVER = "is over"


def _while(
    stands: Callable[[], _Work], clicks: Clicks, address: Address, per_second: int
) -> list[float]:
    """Clicks of the seconds in which the work is done; where that takes less than one, of all from
    when it was asked for."""
    before: list[float] = []
    during: list[float] = []
    for _ in range(_LONGEST_RUN):
        was = stands()
        latencies = _second(clicks, address, per_second)
        now = stands()
        if _Work.IS_DONE in (was, now):
            during += latencies
        else:
            before += latencies
        if now is _Work.IS_OVER:
            break
    return during or before


def _rescoring(file: Path) -> _Work:
    """Whether some leads are under version 2, and some aren't yet."""
    first, last = _ask_for(
        file,
        """SELECT EXISTS (SELECT 1 FROM lead WHERE id <= :edge AND criteria_version = 2
                AND id % 100 = 0),
            EXISTS (SELECT 1 FROM lead WHERE id > (SELECT max(id) FROM lead) - :edge
                AND criteria_version < 2 AND stage = 'new')""",
        {"edge": _AT_EDGE},
    )
    if not last:
        return _Work.IS_OVER
    return _Work.IS_DONE if first else _Work.WAITS


def _learning(file: Path) -> _Work:
    (state,) = _ask_for(file, "SELECT state FROM proposal", {})
    match state:
        case "asked":
            return _Work.WAITS
        case "working":
            return _Work.IS_DONE
        case _:
            return _Work.IS_OVER


def _ask(file: Path) -> None:
    """Have criteria retuned, as `/leads retune` does."""
    database = Database.open(f"sqlite:///{file}")
    row = ProposalRow(state="asked", asked_at=datetime.now(UTC), asked_by="baton", base_version=2)
    database.write_now(lambda session: session.add(row))
    database.close_now()


def _decisions(file: Path) -> int:
    """How many there were to learn from."""
    (n,) = _ask_for(file, "SELECT json_extract(evidence, '$.learned_from') FROM proposal", {})
    return int(n or 0)


def _ask_for(file: Path, query: str, values: dict[str, object]) -> tuple[int | str, ...]:
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        row: tuple[int | str, ...] = connection.execute(query, values).fetchone()
    return row

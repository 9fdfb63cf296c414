"""The tick of the ladder while a million clocks run and none is due: from the question to its
answer, in the unit of work of the schedule."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.company import found
from bench.fill import fill
from bench.report import Line, ms, percentile, reached
from bench.scale import Scale
from commands import climb_ladders, offer_waiting
from commands.context import Context, Setup
from leads.agreement import Rung, Step
from storage.database import Database, Session

_GOAL = 0.05
_TICKS = 50
_LADDER = (
    Rung(at=0.5, do=Step.REMIND),
    Rung(at=1.0, do=Step.ESCALATE),
    Rung(at=1.5, do=Step.REASSIGN),
)


def measure(scale: Scale) -> list[Line]:
    """Every open handoff of a company that has nothing else; each is due within the next weeks."""
    setup = _with_ladder(found(scale.folder, scale.reps))
    now = datetime.now(UTC)
    file = scale.folder / "clocks.db"
    _fill(file, scale.many_leads, now)
    database = Database.open(f"sqlite:///{file}")
    try:
        due, ran = (_ticks(database, setup, now, work) for work in (_ask, _climb))
    finally:
        database.close_now()
    return [
        _line(f"tick, {scale.many_leads:,} open clocks, none due", due),
        _line(f"climb, {scale.many_leads:,} open clocks, none due", ran),
    ]


def _line(what: str, took: float) -> Line:
    goal = f"under {ms(_GOAL)}"
    return Line(what=what, ours=ms(took), goal=goal, reached=reached(took < _GOAL))


def _with_ladder(setup: Setup) -> Setup:
    agreement = setup.agreement
    sales = replace(agreement.sales, ladder=_LADDER)
    return replace(setup, agreement=replace(agreement, sales=sales))


def _ask(database: Database, context: Callable[[Session], Context]) -> None:
    """As the schedule does: where nothing is due, nothing is begun that could write."""
    assert not database.read_now(lambda session: climb_ladders.is_due(context(session)))
    assert not database.read_now(lambda session: offer_waiting.is_due(context(session)))


def _climb(database: Database, context: Callable[[Session], Context]) -> None:
    assert database.write_now(lambda session: climb_ladders.climb(context(session))) is False


def _ticks(
    database: Database,
    setup: Setup,
    now: datetime,
    work: Callable[[Database, Callable[[Session], Context]], None],
) -> float:
    """The slowest but one in a hundred, of a process that has ticked before."""
    took = []
    for number in range(_TICKS + 1):
        moment = now + timedelta(seconds=15 * number)
        start = time.perf_counter()
        work(database, lambda session, at=moment: Context(session=session, now=at, setup=setup))  # type: ignore[misc]
        took.append(time.perf_counter() - start)
    return percentile(took[1:], 0.99)


def _fill(file: Path, clocks: int, now: datetime) -> None:
    """Copies of one lead and its offer, each with a clock that runs: to the decision for half of
    them, to the first touch for the others."""
    fill(file, leads=20, reps=2, waiting=2, now=now)
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    lead, handoff = (_one(connection, table) for table in ("lead", "handoff"))
    soon = now.replace(tzinfo=None) + timedelta(hours=1)
    connection.execute("CREATE TEMP TABLE number AS " + _NUMBERS, {"n": clocks, "first": _FIRST})
    _copies(
        connection,
        "lead",
        lead,
        {
            "id": "n",
            "external_id": "'C-' || n",
            "email": "'clock' || n || '@company.example'",
        },
    )
    step_at = f"datetime('{soon:%Y-%m-%d %H:%M:%S}', '+' || n || ' seconds') || '.000000'"
    _copies(
        connection,
        "handoff",
        handoff,
        {
            "id": "n",
            "lead_id": "n",
            "rep": "'rep' || (n % 50) || '@acme.example'",
            "state": "CASE n % 2 WHEN 0 THEN 'offered' ELSE 'accepted' END",
            "clock_from": ":offered_at",
            "step_at": step_at,
            "decided_at": "CASE n % 2 WHEN 0 THEN NULL ELSE :offered_at END",
        },
    )
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


_FIRST = 1001
"""Above the numbers of the leads that are copied."""
_NUMBERS = (
    "WITH RECURSIVE counted(n) AS "
    "(SELECT :first UNION ALL SELECT n + 1 FROM counted WHERE n < :first + :n - 1) "
    "SELECT n FROM counted"
)


def _one(connection: sqlite3.Connection, table: str) -> dict[str, object]:
    """A row to be copied."""
    connection.row_factory = sqlite3.Row
    order = "ORDER BY mql_at DESC" if table == "lead" else "WHERE state = 'offered'"
    row = connection.execute(f"SELECT * FROM {table} {order} LIMIT 1").fetchone()
    return dict(row)


def _copies(
    connection: sqlite3.Connection, table: str, row: dict[str, object], differs: dict[str, str]
) -> None:
    """A row for each number, alike but for what `differs`, by one statement."""
    names = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(differs.get(name, f":{name}") for name in row)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM number", row)

"""What the digest and the home page ask reads what is open, not what ever was: SQLite's planner has
no figures to go by, and would rather take an index of all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage import (
    digest_rows,
    job_runs,
    leave,
    mirror_rows,
    overdue,
    preferences,
    rejections,
)
from storage.database import Database, Session

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Ask = Callable[[Session], object]

OPEN: dict[str, tuple[Ask, str]] = {
    "rejections.waiting": (
        lambda session: rejections.waiting(session, limit=3),
        "ix_rejection_waits",
    ),
    "rejections.count_waiting": (
        lambda session: rejections.count_waiting(session, NOW),
        "ix_rejection_waits",
    ),
    "digest_rows.answering_by_owner": (
        lambda session: digest_rows.answering_by_owner(session, NOW),
        "ix_rejection_waits",
    ),
    "overdue.not_late_without_a_rep": (
        lambda session: overdue.not_late_without_a_rep(session, NOW),
        "ix_handoff_retry_at",
    ),
    "digest_rows.waiting_by_rep": (
        lambda session: digest_rows.waiting_by_rep(session, NOW),
        "ix_handoff_rep_open",
    ),
    "mirror_rows.decisions_of": (
        lambda session: mirror_rows.decisions_of(
            session, ["ana@acme.example"], NOW, NOW, are_most=True
        ),
        "ix_handoff_contact_by",
    ),
}


@contextmanager
def _asked(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are executed meanwhile."""
    seen: list[tuple[str, Any]] = []

    def see(_c: Any, _cursor: Any, statement: str, values: Any, _ctx: Any, _many: bool) -> None:
        seen.append((statement, values))

    event.listen(connection, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", see)


@pytest.mark.parametrize("name", OPEN)
async def test_reads_what_is_open_by_its_own_index(database: Database, name: str) -> None:
    ask, index = OPEN[name]

    def plan(session: Session) -> str:
        connection = session.connection()
        with _asked(connection) as seen:
            ask(session)
        statement, values = seen[0]
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return str(next(row.detail for row in rows))

    assert index in await database.read(plan)


SPANS: tuple[Ask, ...] = (
    *(
        lambda session, count=count: count(session, NOW, NOW)
        for count in (
            digest_rows.handed_over,
            digest_rows.accepted,
            digest_rows.rejected_by_reason,
            digest_rows.decided_in_time,
            digest_rows.touched_in_time,
            digest_rows.answered_in_time,
        )
    ),
    lambda session: digest_rows.accepted_as_of(session, NOW, NOW, NOW),
    lambda session: digest_rows.came_back(session, "ana@acme.example", NOW, NOW, 3),
    lambda session: mirror_rows.decisions_of(session, ["ana@acme.example"], NOW, NOW),
    lambda session: rejections.count_waiting(session, NOW, "max@acme.example"),
    lambda session: rejections.waiting(session, "max@acme.example"),
    lambda session: job_runs.done_from(session, "digest", ""),
    lambda session: leave.not_begun(session, NOW.date(), NOW.date()),
    preferences.everybodys,
)


@pytest.mark.postgres
async def test_both_databases_take_every_question(database: Database, postgres: Database) -> None:
    for ask in (*(ask for ask, _ in OPEN.values()), *SPANS):
        assert await database.read(ask) == await postgres.read(ask)

"""The made-up database that statistics are measured on counts what its rows say."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bench.fill import fill
from commands.tallied import bucket_measure, doubling_measure
from leads.durations import Leg, bucket, doubling

LEADS = 700

ROWS = {
    "received": "lead",
    "mql": "lead WHERE mql_at IS NOT NULL",
    "offered": "handoff",
    "handed_over": "handoff",
    "accepted": "handoff WHERE state = 'completed'",
    "rejected": "handoff WHERE state = 'rejected'",
    "decided_in_time": "handoff WHERE decided_at <= accept_by",
    "decided_late": "handoff WHERE decided_at > accept_by",
    "touched_in_time": "handoff WHERE first_touch_at <= contact_by",
    "touched_late": "handoff WHERE first_touch_at > contact_by",
    "touches": "touch",
    "touches_kept": "touch WHERE outcome = 'reached'",
    "touches_short": (
        "touch JOIN lead ON lead.id = lead_id WHERE outcome <> 'reached' AND stage = 'lost'"
    ),
    "reached_sal": "lead WHERE sal_at IS NOT NULL",
    "reached_sql": "lead WHERE sql_at IS NOT NULL",
    "reached_opportunity": "lead WHERE opportunity_at IS NOT NULL",
    "reached_won": "lead WHERE won_at IS NOT NULL",
    "lost": "lead WHERE lost_at IS NOT NULL",
    "answer_owed": "rejection",
    "answered_in_time": "rejection WHERE answered_at <= answer_by",
    "answered_late": "rejection WHERE answered_at > answer_by",
}
DIMENSIONS = {
    dimension: f"SELECT {dimension}, count(*) FROM lead WHERE mql_at IS NOT NULL GROUP BY 1"
    for dimension in ("campaign", "first_campaign", "source")
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    file = tmp_path_factory.mktemp("bench") / "made.db"
    fill(file, leads=LEADS, reps=5, waiting=20, now=datetime.now(UTC), events=3)
    connection = sqlite3.connect(file)
    yield connection
    connection.close()


def counted(made: sqlite3.Connection, measure: str) -> int:
    rows = made.execute(
        "SELECT sum(n) FROM tally WHERE dimension = 'all' AND measure = ?", (measure,)
    )
    return int(rows.fetchone()[0] or 0)


@pytest.mark.parametrize("measure", ROWS)
def test_a_count_is_that_of_the_rows(made: sqlite3.Connection, measure: str) -> None:
    (n,) = made.execute(f"SELECT count(*) FROM {ROWS[measure]}").fetchone()
    assert counted(made, measure) == n
    assert n > 0


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_mqls_are_counted_under_what_brought_them(made: sqlite3.Connection, dimension: str) -> None:
    rows = made.execute(
        "SELECT value, sum(n) FROM tally WHERE dimension = ? AND measure = 'mql' GROUP BY 1",
        (dimension,),
    )
    assert dict(rows.fetchall()) == dict(made.execute(DIMENSIONS[dimension]).fetchall())


@pytest.mark.parametrize(
    ("leg", "taken"),
    [
        (Leg.DECISION, "SELECT decided_after FROM handoff WHERE decided_after IS NOT NULL"),
        (Leg.FIRST_TOUCH, "SELECT touched_after FROM handoff WHERE touched_after IS NOT NULL"),
        (Leg.LATE_DECISION, "SELECT decided_late FROM handoff WHERE decided_late IS NOT NULL"),
    ],
)
def test_a_duration_is_counted_in_its_bucket(
    made: sqlite3.Connection, leg: Leg, taken: str
) -> None:
    buckets = [bucket(timedelta(seconds=row[0])) for row in made.execute(taken)]
    expected = Counter(bucket_measure(leg, one) for one in buckets)
    expected.update(doubling_measure(leg, doubling(one)) for one in buckets)
    rows = made.execute(
        "SELECT measure, sum(n) FROM tally WHERE dimension = 'all' AND measure LIKE ? GROUP BY 1",
        (f"took:{leg}:%",),
    )
    assert dict(rows.fetchall()) == expected


def test_amounts_are_those_of_the_leads(made: sqlite3.Connection) -> None:
    (pipeline,) = made.execute("SELECT sum(amount) FROM lead").fetchone()
    (revenue,) = made.execute("SELECT sum(amount) FROM lead WHERE won_at IS NOT NULL").fetchone()
    assert counted(made, "pipeline") == counted(made, "opened") == pipeline
    assert counted(made, "revenue") == counted(made, "booked") == revenue


def test_every_lead_did_as_much_as_was_asked_for(made: sqlite3.Connection) -> None:
    (n,) = made.execute("SELECT count(*) FROM engagement_event").fetchone()
    assert n == 3 * LEADS

"""Open leads under new criteria: how many a second."""

import asyncio
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.company import found
from bench.fill import fill
from bench.report import Line, reached
from bench.scale import Scale
from commands.context import Setup
from commands.rescore_leads import READ_AT_ONCE, WRITTEN_AT_ONCE
from jobs.aside import Aside
from jobs.rescoring import Rescoring
from leads.criteria import AllOf, Criteria, FieldCondition, FieldTest, Group, Rule
from leads.lead import Scalar
from storage.agreement_file import criteria_body
from storage.database import Database

_PER_SECOND = 100_000
_OUT_OF_REACH = 1_000
"""So high a threshold that nobody is handed over: that is measured elsewhere."""


class WrongScores(Exception):
    """Leads were left out."""


def measure(scale: Scale) -> list[Line]:
    """Leads per second when nobody clicks."""
    setup = found(scale.folder, scale.reps)
    file = scale.folder / "rescoring.db"
    fill(file, leads=scale.few_leads, reps=scale.reps, waiting=0, now=datetime.now(UTC))
    add_leads(file, scale.many_leads)
    put_in_force(file, 1, setup.agreement.criteria)
    put_in_force(file, 2, many_rules(setup))
    with _copy(file) as copied:
        least = _read_and_write_back(copied)
    with _copy(file) as copied:
        ours = asyncio.run(_rescored(copied, setup))
    return [
        Line(
            what=f"rescoring of open leads, {len(many_rules(setup).rules)} rules",
            floor=f"read and written back {least.per_second:,.0f}/s",
            ours=f"{ours.per_second:,.0f}/s of {ours.leads:,}",
            ratio=ours.per_second / least.per_second,
            goal=f"at least {_PER_SECOND:,}/s",
            reached=reached(ours.per_second >= _PER_SECOND),
        )
    ]


@dataclass(frozen=True, kw_only=True)
class _Run:
    leads: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.leads / self.seconds


@contextmanager
def _copy(file: Path) -> Iterator[Path]:
    """A copy of the database, so that each run begins with the same."""
    copied = Path(shutil.copy(file, file.with_name("rescored.db")))
    try:
        yield copied
    finally:
        for one in copied.parent.glob(f"{copied.name}*"):
            one.unlink()


async def _rescored(file: Path, setup: Setup) -> _Run:
    database = Database.open(f"sqlite:///{file}")
    async with Aside() as aside:
        began = time.perf_counter()
        done = await Rescoring(database, setup, lambda: datetime.now(UTC), aside).run()
        seconds = time.perf_counter() - began
    await database.close()
    if done is None or _left(file):
        raise WrongScores
    return _Run(leads=done.leads, seconds=seconds)


def _read_and_write_back(file: Path) -> _Run:
    """The floor: the same columns of the same rows, batch by batch, in one process."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA journal_mode = WAL")
    leads, after = 0, 0
    began = time.perf_counter()
    while found := connection.execute(_READ, (after, READ_AT_ONCE)).fetchall():
        leads, after = leads + len(found), found[-1][0]
        scores = [(score, fit, engagement, 2, id_) for id_, score, fit, engagement, *_ in found]
        for start in range(0, len(scores), WRITTEN_AT_ONCE):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_WRITE, scores[start : start + WRITTEN_AT_ONCE])
            connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return _Run(leads=leads, seconds=seconds)


_OPEN = "stage IN ('new', 'mql', 'sal', 'sql', 'opportunity', 'recycled') AND criteria_version < 2"
_READ = f"""SELECT id, score, score_fit, score_engagement, stage, criteria_version, title, email,
    source, campaign, company_industry, company_employees, company_country, extra
    FROM lead WHERE id > ? AND {_OPEN} ORDER BY id LIMIT ?"""
_WRITE = """UPDATE lead SET score = ?, score_fit = ?, score_engagement = ?, criteria_version = ?
    WHERE id = ?"""


def _left(file: Path) -> bool:
    """Whether there are leads to be rescored."""
    with closing(sqlite3.connect(file)) as connection:
        left: tuple[int] = connection.execute(
            f"SELECT EXISTS (SELECT 1 FROM lead WHERE {_OPEN})"
        ).fetchone()
    return bool(left[0])


def many_rules(setup: Setup) -> Criteria:
    """About forty rules, as version 2: those of the agreement, and more over fields."""
    tests: list[tuple[str, FieldTest, Scalar | tuple[Scalar, ...]]] = [
        *(("title", FieldTest.CONTAINS_ANY, (f"team 1{digit}*", "buyer")) for digit in range(6)),
        *(("visits", FieldTest.AT_LEAST, 6 * number) for number in range(6)),
        *(("minutes", FieldTest.AT_MOST, 80.5 * number) for number in range(6)),
        *(("source", FieldTest.ONE_OF, (f"source-{n}", f"source-{n + 3}")) for n in range(4)),
        *(("campaign", FieldTest.IS, f"campaign-{number}") for number in range(4)),
    ]
    more = [
        Rule(
            id=f"more-{number}",
            label=f"Rule {number}",
            group=Group.FIT,
            points=number % 7 - 3,
            when=AllOf(
                conditions=(
                    FieldCondition(field=field, test=test, value=value),
                    FieldCondition(field="newsletter", test=FieldTest.IS, value=number % 2 == 0),
                )
            ),
        )
        for number, (field, test, value) in enumerate(tests)
    ]
    own = setup.agreement.criteria
    return replace(own, version=2, threshold=_OUT_OF_REACH, rules=(*own.rules, *more))


def put_in_force(file: Path, version: int, criteria: Criteria) -> None:
    """Criteria as the newest, as both sides' yes would."""
    body = json.dumps(dict(criteria_body(criteria)))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO criteria (version, body, activated_at, by, why) VALUES (?, ?, ?, ?, '')",
            (version, body, "2026-01-01 00:00:00.000000", "bench"),
        )


def add_leads(file: Path, n: int) -> None:
    """New leads of every kind, and four events for each tenth of them."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        connection.execute("BEGIN")
        (last,) = connection.execute("SELECT max(id) FROM lead").fetchone()
        connection.execute(_LEADS, {"n": n, "last": last})
        connection.execute(_EVENTS, {"n": n * 4 // 10, "last": last})
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_TITLES = '["VP Engineering", "Student", "Head of Design", "Buyer", "CTO", "Director", "Founder"]'
_INDUSTRIES = '["software", "retail", "engineering", "manufacturing"]'
_COUNTRIES = '["ES", "PT", "FR", "DE", "AT", "CH", "GB", "US"]'
_KINDS = '["page_view", "download", "webinar", "form_submit"]'
_LEADS = f"""
WITH RECURSIVE every(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM every WHERE i < :n)
INSERT INTO lead (id, external_id, email, source, first_name, last_name, title, company_name,
    company_domain, company_industry, company_employees, company_country, company_key, campaign,
    interests, extra, search, created_at, received_at, stage, score, score_fit, score_engagement,
    criteria_version)
SELECT :last + i, 'M-' || i, 'm' || i || '@company' || (i / 4) || '.example', 'source-' || (i % 12),
    'Ada', 'Byron ' || i,
    json_extract('{_TITLES}', '$[' || (i % 7) || ']')
        || CASE WHEN i % 3 THEN '' ELSE ', team ' || (i % 997) END,
    'Company ' || (i / 4), 'company' || (i / 4) || '.example',
    json_extract('{_INDUSTRIES}', '$[' || (i % 4) || ']'), i * 7919 % 2000,
    json_extract('{_COUNTRIES}', '$[' || (i * 31 % 8) || ']'),
    'company' || (i / 4) || '.example', 'campaign-' || (i % 20), '[]',
    json_object('visits', i % 40, 'minutes', (i * 7919 % 5000) / 10.0,
        'plan', CASE i % 3 WHEN 0 THEN 'free' WHEN 1 THEN 'pro' ELSE 'team' END,
        'newsletter', json(CASE WHEN i % 2 THEN 'true' ELSE 'false' END)),
    'ada byron m' || i || '@company' || (i / 4) || '.example company ' || (i / 4),
    '2026-10-01 00:00:00.000000', '2026-10-01 00:00:00.000000', 'new', 10, 10, 0, 1
FROM every"""
_EVENTS = f"""
WITH RECURSIVE every(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM every WHERE i < :n - 1)
INSERT INTO engagement_event (event_id, lead_id, type, name, at)
SELECT 'm-' || i, :last + 1 + (i / 4) * 10, json_extract('{_KINDS}', '$[' || (i % 4) || ']'),
    CASE i % 4 WHEN 0 THEN '/pricing' WHEN 1 THEN 'Pricing Guide' END,
    strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (i % 90) || ' days')
FROM every"""

"""Fills a database with made-up leads, handoffs and decisions of 90 days, and with the tallies
that they add up to. It goes around Baton's own commands, which would take hours; what counts as
what is theirs (`commands.tallied`)."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from bench.decisions import Decisions, Row, Tallied, add, told
from bench.names import MANAGER, WORKSPACE, account, campaigns, reasons, rep
from commands.tallied import counts, spans
from leads.durations import Leg
from storage.database import Database
from storage.tally import Count, with_weeks

DAYS = 90
_SOURCES = [f"source-{number:02}" for number in range(12)]
_COUNTRIES = ("ES", "PT", "FR", "DE", "AT", "CH", "GB", "IE")
_INDUSTRIES = ("software", "manufacturing", "engineering", "retail")
_FIRST = ("Ada", "Boris", "Chiara", "Dimitri", "Esra", "Farid", "Greta", "Hugo", "Ines", "Jonas")
_PAGES = ("/pricing", "/docs", "/blog", "/stories", "/roi")
_LAST = ("Byron", "Petrov", "Rossi", "Novak", "Yilmaz", "Haddad", "Lindqvist", "Moreau", "Costa")
_BATCH = 5000
_QUALIFIED = 0.4
_COMES_BACK = 0.15
"""So many leads came by another campaign first."""


def fill(
    file: Path,
    *,
    leads: int,
    reps: int,
    waiting: int,
    now: datetime,
    events: int = 0,
    seed: int = 1,
) -> None:
    """Make `file` a database with so many leads, each with so many `events`, the newest of those
    that qualified, `waiting` or a few more, still to be decided, with their cards posted."""
    database = Database.open(f"sqlite:///{file}")
    database.migrate()
    database.close_now()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA cache_size = -400000")
    connection.execute("BEGIN")
    past = _Past(leads=leads, reps=reps, waiting=waiting, now=now, random=Random(seed))
    rows = past.rows()
    while batch := list(islice(rows, _BATCH)):
        for table in ("lead", "handoff", "feedback", "touch", "rejection", "card_copy"):
            _insert(connection, table, [row for name, row in batch if name == table])
    _insert_events(connection, past.events(events))
    _insert(connection, "tally", past.tallies())
    _insert(connection, "account", past.accounts())
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    rows = list(rows)
    if rows:
        names = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join(f":{name}" for name in rows[0])
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def _insert_events(connection: sqlite3.Connection, events: Iterable[tuple[object, ...]]) -> None:
    connection.executemany(
        "INSERT INTO engagement_event (event_id, lead_id, type, name, at) VALUES (?, ?, ?, ?, ?)",
        events,
    )


class _Past:
    """What happened, lead by lead from the oldest."""

    def __init__(
        self, *, leads: int, reps: int, waiting: int, now: datetime, random: Random
    ) -> None:
        self._leads = leads
        self._reps = [rep(number) for number in range(reps)]
        self._open_from = int(leads - 1.1 * waiting / _QUALIFIED)
        self._now = now.replace(tzinfo=None)
        self._random = random
        self._tallied: Tallied = Counter()
        self._campaigns = campaigns()
        self._handoffs = 0
        self._decisions = Decisions(
            now=self._now,
            random=random,
            reasons=reasons(),
            owner=MANAGER,
            tallied=self._tallied,
        )

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row but the tallies, as table and row."""
        for number in range(1, self._leads + 1):
            yield from self._lead(number, self._came(number))

    def events(self, each: int) -> Iterator[tuple[object, ...]]:
        """What the leads did: so many things before they came in, `each` of them."""
        for number in range(1, self._leads + 1):
            at = told(self._came(number))
            for nth in range(each):
                yield f"e{number}-{nth}", number, "page_view", _PAGES[nth % len(_PAGES)], at

    def _came(self, number: int) -> datetime:
        step = timedelta(days=DAYS) / self._leads
        return self._now - timedelta(days=DAYS) + step * (number - 1)

    def tallies(self) -> list[Row]:
        """What `rows` add up to, by day and by week."""
        days = (Count(*key, n) for key, n in self._tallied.items())
        tallied: Tallied = Counter()
        add(tallied, with_weeks(days))
        return [
            {
                "dimension": dimension,
                "measure": measure,
                "value": value,
                "day": day.isoformat(),
                "n": n,
            }
            for (dimension, measure, value, day), n in tallied.items()
        ]

    def accounts(self) -> list[Row]:
        """The chat accounts of the reps."""
        return [
            {
                "platform": "slack",
                "workspace": WORKSPACE,
                "user_id": account(number),
                "email": email,
                "name": email,
                "learned_at": told(self._now),
            }
            for number, email in enumerate(self._reps)
        ]

    def _lead(self, number: int, at: datetime) -> Iterator[tuple[str, Row]]:
        random, tallied = self._random, self._tallied
        came = {"campaign": random.choice(self._campaigns), "source": random.choice(_SOURCES)}
        first = came["campaign"]
        if random.random() < _COMES_BACK:
            first = random.choice(self._campaigns)
        # Received under the campaign that it came by then.
        add(tallied, counts(at.date(), ("received",), {**came, "campaign": first}, 1))
        lead = _new_lead(number, at, came, random) | {"first_campaign": first}
        if random.random() >= _QUALIFIED:
            yield "lead", lead
            return
        mql_at = at + timedelta(seconds=1)
        lead |= {"stage": "mql", "mql_at": told(mql_at), "score": 60 + number % 40}
        self._handoffs += 1
        who = self._reps[self._handoffs % len(self._reps)]
        handoff = _new_handoff(self._handoffs, lead, who, mql_at)
        values = {**came, "rep": who}
        day = mql_at.date()
        add(tallied, counts(day, ("mql",), {**came, "first_campaign": first}, 1))
        add(tallied, counts(day, ("offered",), values, 1))
        add(tallied, counts(day, ("handed_over",), came, 1))
        add(tallied, spans(day, Leg.OFFER, timedelta(), {}, 1))
        if number > self._open_from:
            yield "lead", lead
            yield "handoff", handoff
            yield from _copies(handoff, who, mql_at)
            return
        decided = list(self._decisions.decide(lead, handoff, mql_at, values, first))
        yield "lead", lead
        yield "handoff", handoff
        yield from decided


def _new_lead(number: int, at: datetime, came: Mapping[str, str], random: Random) -> Row:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    company = f"Company {number // 4}"
    domain = f"company{number // 4:07}.example"
    email = f"lead{number:07}@{domain}"
    never = ("owner", "mql_at", "sal_at", "sql_at", "opportunity_at", "won_at", "lost_at")
    return {
        "id": number,
        "external_id": f"L-{number:07}",
        "email": email,
        **came,
        "first_name": first,
        "last_name": last,
        "title": "VP Engineering",
        "company_name": company,
        "company_domain": domain,
        "company_industry": random.choice(_INDUSTRIES),
        "company_employees": random.randint(5, 2000),
        "company_country": random.choice(_COUNTRIES),
        "company_key": domain,
        "interests": "[]",
        "extra": "{}",
        "search": f"{first} {last} {email} {company} L-{number:07}".casefold(),
        "created_at": told(at),
        "received_at": told(at),
        "stage": "new",
        "amount": None,
        "score": random.randint(0, 59),
        "score_fit": 0,
        "score_engagement": 0,
        "criteria_version": 1,
        **dict.fromkeys(never),
    }


def _new_handoff(number: int, lead: Row, who: str, at: datetime) -> Row:
    known = {
        "taken_at": at.isoformat() + "+00:00",
        "criteria_version": 1,
        "score": lead["score"],
        "fit": 45,
        "engagement": 15,
        "lines": [
            {"rule": rule, "label": label, "group": group, "points": 15, "evidence": "seen"}
            for rule, label, group in _SHOWN_RULES
        ],
        "because": [["download", "Pricing Guide"]],
        "fields": {"email": lead["email"], "title": lead["title"]},
    }
    return {
        "id": number,
        "lead_id": lead["id"],
        "rep": who,
        "state": "offered",
        "offered_at": told(at),
        "accept_by": told(at + timedelta(hours=1)),
        "decided_at": None,
        "decided_by": None,
        "decided_after": None,
        "decided_late": None,
        "contact_by": None,
        "first_touch_at": None,
        "touched_after": None,
        "touched_late": None,
        "touches": 0,
        "snoozes": 0,
        "step": 0,
        "criteria_version": 1,
        "explored": False,
        "propensity": 1.0,
        "why": "takes any country, is working now and has the fewest new leads",
        "snapshot": json.dumps(known),
    }


_SHOWN_RULES = (
    ("target-title", "Job title on the target list", "fit"),
    ("company-size", "20 to 1,000 people", "fit"),
    ("target-country", "In a country we sell to", "fit"),
    ("pricing-guide", "Downloaded the Pricing Guide", "engagement"),
)


def _copies(handoff: Row, who: str, at: datetime) -> Iterator[tuple[str, Row]]:
    """The rep's card and the line in the channel, both posted."""
    lead = handoff["lead_id"]
    shown = (
        ("battle_card", handoff["id"], f"person:{who}", "D0BENCH"),
        ("handoff_line", lead, "channel:#lead-handoffs", "C0BENCH"),
    )
    for kind, subject, destination, conversation in shown:
        yield (
            "card_copy",
            {
                "kind": kind,
                "subject": str(subject),
                "platform": "slack",
                "destination": destination,
                "lead_id": lead,
                "lane": f"lead:{lead}|slack:{destination}",
                "workspace": WORKSPACE,
                "conversation": conversation,
                "message": f"1700000000.{lead:06}",
                "created_at": told(at),
            },
        )

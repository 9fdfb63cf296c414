"""Fills a database with made-up leads, handoffs and decisions of 90 days, and with the tallies
that they add up to. It goes around Baton's own code, which would take hours."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from bench.names import WORKSPACE, account, campaigns, reasons, rep
from storage.database import Database

DAYS = 90
_SOURCES = [f"source-{number:02}" for number in range(12)]
_COUNTRIES = ("ES", "PT", "FR", "DE", "AT", "CH", "GB", "IE")
_INDUSTRIES = ("software", "manufacturing", "engineering", "retail")
_FIRST = ("Ada", "Boris", "Chiara", "Dimitri", "Esra", "Farid", "Greta", "Hugo", "Ines", "Jonas")
_LAST = ("Byron", "Petrov", "Rossi", "Novak", "Yilmaz", "Haddad", "Lindqvist", "Moreau", "Costa")
_BATCH = 5000
_QUALIFIED = 0.4
_ACCEPTED = 0.7

Row = dict[str, object]


def fill(file: Path, *, leads: int, reps: int, waiting: int, now: datetime, seed: int = 1) -> None:
    """Make `file` a database with so many leads, the newest of those that qualified, `waiting` or a
    few more, still to be decided, with their cards posted."""
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
        for table in ("lead", "handoff", "feedback", "card_copy"):
            _insert(connection, table, [row for name, row in batch if name == table])
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
        self._counts: Counter[tuple[str, str, str, str]] = Counter()
        self._campaigns = campaigns()
        self._reasons = reasons()
        self._handoffs = 0

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row but the tallies, as table and row."""
        step = timedelta(days=DAYS) / self._leads
        start = self._now - timedelta(days=DAYS)
        for number in range(1, self._leads + 1):
            yield from self._lead(number, start + step * (number - 1))

    def tallies(self) -> list[Row]:
        """What `rows` add up to."""
        return [
            {"dimension": dimension, "measure": measure, "value": value, "day": day, "n": n}
            for (dimension, measure, value, day), n in self._counts.items()
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
                "learned_at": _at(self._now),
            }
            for number, email in enumerate(self._reps)
        ]

    def _count(self, day: datetime, measures: Sequence[str], values: Mapping[str, str]) -> None:
        date = day.date().isoformat()
        for measure in measures:
            self._counts["all", measure, "", date] += 1
            for dimension, value in values.items():
                self._counts[dimension, measure, value, date] += 1

    def _lead(self, number: int, at: datetime) -> Iterator[tuple[str, Row]]:
        random = self._random
        came = {"campaign": random.choice(self._campaigns), "source": random.choice(_SOURCES)}
        self._count(at, ["received"], came)
        lead = _new_lead(number, at, came, random)
        if random.random() >= _QUALIFIED:
            yield "lead", lead
            return
        mql_at = at + timedelta(seconds=1)
        lead |= {"stage": "mql", "mql_at": _at(mql_at), "score": 60 + number % 40}
        self._handoffs += 1
        who = self._reps[self._handoffs % len(self._reps)]
        handoff = _new_handoff(self._handoffs, lead, who, mql_at)
        values = {**came, "rep": who}
        self._count(mql_at, ["mql"], came)
        self._count(mql_at, ["offered"], values)
        if number > self._open_from:
            yield "lead", lead
            yield "handoff", handoff
            yield from _copies(handoff, who, mql_at)
            return
        decided = self._decide(lead, handoff, mql_at, values)
        yield "lead", lead
        yield "handoff", handoff
        yield "feedback", decided

    def _decide(self, lead: Row, handoff: Row, at: datetime, values: Mapping[str, str]) -> Row:
        random = self._random
        decided_at = min(at + timedelta(minutes=random.randint(1, 90)), self._now)
        handoff |= {"decided_at": _at(decided_at), "decided_by": handoff["rep"]}
        decided: Row = {
            "handoff_id": handoff["id"],
            "lead_id": lead["id"],
            "decision": "accepted",
            "reason": None,
            "reason_label": None,
            "teaches": None,
            "decided_by": handoff["rep"],
            "decided_at": _at(decided_at),
            "snapshot": handoff["snapshot"],
        }
        if random.random() < _ACCEPTED:
            self._count(at, ["accepted"], values)
            self._work(lead, handoff, decided_at, at, values)
            return decided
        code, label, teaches = random.choice(self._reasons)
        self._count(at, ["rejected"], {**values, "reason": code})
        handoff["state"] = "rejected"
        lead["stage"] = "disqualified"
        return decided | {
            "decision": "rejected",
            "reason": code,
            "reason_label": label,
            "teaches": teaches,
        }

    def _work(
        self, lead: Row, handoff: Row, at: datetime, mql_at: datetime, values: Mapping[str, str]
    ) -> None:
        """An accepted lead that was worked to its end."""
        touched = min(at + timedelta(hours=self._random.randint(1, 30)), self._now)
        handoff |= {
            "state": "completed",
            "contact_by": _at(at + timedelta(hours=24)),
            "first_touch_at": _at(touched),
            "touches": 1,
        }
        lead |= {"owner": handoff["rep"], "sal_at": _at(at)}
        reached = ["reached_sal"]
        for stage, share in (("sql", 0.6), ("opportunity", 0.5), ("won", 0.4)):
            if self._random.random() >= share:
                lead |= {"stage": "lost", "lost_at": _at(touched)}
                reached.append("lost")
                break
            lead |= {"stage": stage, f"{stage}_at": _at(touched)}
            reached.append(f"reached_{stage}")
        self._count(mql_at, reached, values)


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
        "created_at": _at(at),
        "received_at": _at(at),
        "stage": "new",
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
        "offered_at": _at(at),
        "accept_by": _at(at + timedelta(hours=1)),
        "decided_at": None,
        "decided_by": None,
        "contact_by": None,
        "first_touch_at": None,
        "touches": 0,
        "snoozes": 0,
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
                "created_at": _at(at),
            },
        )


def _at(moment: datetime) -> str:
    """As the database keeps times: UTC without saying so."""
    return moment.isoformat(" ", "microseconds")

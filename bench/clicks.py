"""Clicks on Accept: from the signed request to the durable commit to the answer, against Bolt
with a listener that only acks."""

import asyncio
import hashlib
import hmac
import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench.company import found
from bench.fill import fill
from bench.load import as_fast, at_rate, post
from bench.names import SECRET, WORKSPACE, account
from bench.processes import Process, baton, program
from bench.report import Line, ms, percentile, reached
from bench.scale import Scale
from cards import slack
from cards.actions import Action
from commands.context import Context, Setup
from commands.present import CardKind, present
from storage.database import Database

_CLIENTS = (16, 32)
_WARM_UP = 64
_LONGEST = 0.25
_SHARE = 0.5


class NotCommitted(Exception):
    """Fewer decisions are in the database than clicks were answered."""


class TooFewOffers(Exception):
    """The database was filled with fewer offers than there are to be clicks."""


def measure(scale: Scale) -> list[Line]:
    """Throughput with some clients at once, and the slowest answers at a steady rate."""
    setup = found(scale.folder, scale.reps)
    file = scale.folder / "clicks.db"
    steady = int(scale.clicks_per_second * scale.steady)
    total = _WARM_UP + steady + scale.clicks * scale.rounds * len(_CLIENTS)
    fill(file, leads=total * 4, reps=scale.reps, waiting=total, now=datetime.now(UTC))
    clicks = Clicks(file, setup)
    with (
        program("slack_stub", scale.folder) as stub,
        program("floor", scale.folder) as floor,
        baton(scale.folder, file, stub) as ours,
    ):
        for each, spent in ((floor, False), (ours, True)):
            asyncio.run(as_fast(each.address, clicks.some(_WARM_UP, spent=spent), _CLIENTS[0]))
        lines = [_throughput(scale, clicks, floor, ours, clients) for clients in _CLIENTS]
        lines.append(_steady(scale, clicks, ours, steady))
    clicks.check_committed()
    return lines


def _throughput(
    scale: Scale, clicks: "Clicks", floor: Process, ours: Process, clients: int
) -> Line:
    per_second: dict[int, list[float]] = {floor.pid: [], ours.pid: []}
    for _ in range(scale.rounds):
        for one, other in ((floor, ours), (ours, floor)):
            requests = clicks.some(scale.clicks, spent=one is ours)
            with _paused(other):
                run = asyncio.run(as_fast(one.address, requests, clients))
            per_second[one.pid].append(run.per_second)
    least, here = median(per_second[floor.pid]), median(per_second[ours.pid])
    return Line(
        what=f"clicks, {clients} clients at once",
        floor=f"bare Bolt {least:.0f}/s",
        ours=f"{here:.0f}/s",
        ratio=here / least,
        goal=f"at least {_SHARE} of the floor",
        reached=reached(here >= _SHARE * least),
    )


def _steady(scale: Scale, clicks: "Clicks", ours: Process, n: int) -> Line:
    requests = clicks.some(n, spent=True)
    run = asyncio.run(at_rate(ours.address, requests, scale.clicks_per_second))
    slowest = percentile(run.latencies, 0.99)
    return Line(
        what=f"clicks, {scale.clicks_per_second}/s",
        ours=f"p50 {ms(median(run.latencies))}, p99 {ms(slowest)}",
        goal=f"p99 under {ms(_LONGEST)}",
        reached=reached(slowest < _LONGEST),
    )


@contextmanager
def _paused(process: Process) -> Iterator[None]:
    """What the other has still to send is not to take time from the one that is measured."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


class Clicks:
    """Signed clicks on the cards of all offers in a database, each once."""

    def __init__(self, file: Path, setup: Setup) -> None:
        self._file = file
        with sqlite3.connect(file) as connection:
            rows = connection.execute("SELECT id, rep FROM handoff WHERE state = 'offered'")
            self._offers: list[tuple[int, str]] = rows.fetchall()
        self._before = self._decisions()
        self._message = _message(file, setup, self._offers[0][0])
        self._spent = 0

    def some(self, n: int, *, spent: bool) -> list[bytes]:
        """The next `n`; unless `spent`, they come again. Signed now, for five minutes."""
        offers = self._offers[self._spent : self._spent + n]
        if len(offers) < n:
            raise TooFewOffers(f"{len(offers)} of {n}")
        if spent:
            self._spent += n
        return [self._request(handoff, rep) for handoff, rep in offers]

    def check_committed(self) -> None:
        """Raises NotCommitted."""
        if self._decisions() - self._before < self._spent:
            raise NotCommitted(f"{self._decisions() - self._before} of {self._spent}")

    def _decisions(self) -> int:
        with sqlite3.connect(self._file) as connection:
            row: Sequence[int] = connection.execute("SELECT count(*) FROM feedback").fetchone()
        return row[0]

    def _request(self, handoff: int, rep: str) -> bytes:
        user = account(int(rep.partition("@")[0].removeprefix("rep")))
        payload = {
            "type": "block_actions",
            "api_app_id": "A0BENCH",
            "token": "",
            "team": {"id": WORKSPACE, "domain": "bench"},
            "user": {"id": user, "team_id": WORKSPACE, "name": rep, "username": rep},
            "trigger_id": f"{handoff}.{self._spent}.bench",
            "response_url": "http://127.0.0.1/unused",
            "channel": {"id": "D0BENCH", "name": "directmessage"},
            "container": {
                "type": "message",
                "message_ts": "1700000000.000001",
                "channel_id": "D0BENCH",
                "is_ephemeral": False,
            },
            "message": self._message,
            "state": {"values": {}},
            "actions": [
                {
                    "type": "button",
                    "action_id": "lead.accept:0",
                    "block_id": "b1",
                    "text": {"type": "plain_text", "text": "Accept", "emoji": True},
                    "value": slack.encode_button(Action.ACCEPT, str(handoff)),
                    "style": "primary",
                    "action_ts": "1700000000.000002",
                }
            ],
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(time.time()))
        basis = f"v0:{stamp}:".encode() + body
        signature = hmac.new(SECRET.encode(), basis, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
        }
        return post("/slack/events", headers, body)


def _message(file: Path, setup: Setup, handoff: int) -> dict[str, object]:
    """The posted card, which Slack sends along with every click on it."""
    database = Database.open(f"sqlite:///{file}")
    now = datetime.now(UTC)
    try:
        card = database.read_now(
            lambda session: present(
                Context(session=session, now=now, setup=setup), CardKind.BATTLE_CARD, str(handoff)
            )
        )
    finally:
        database.close_now()
    assert card is not None
    shown = slack.message(card, {})
    return {
        "type": "message",
        "ts": "1700000000.000001",
        "text": shown.text,
        "blocks": shown.blocks,
    }

"""Clicks on Accept in Teams: from the activity to the durable commit to the new card, against the
Bot Framework's adapter with a handler that only answers."""

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.company import found
from bench.fill import fill
from bench.load import Run, as_fast, at_rate, post
from bench.processes import Process, program
from bench.report import Line, ms, percentile, reached
from bench.scale import Scale
from cards.actions import Action

_CLIENTS = (16, 32)
_WARM_UP = 64
_TENANT = "11111111-2222-4333-8444-555555555555"
_BOT = "28:baton"

_MOVE_TO_TEAMS = """
UPDATE card_copy SET platform = 'teams', workspace = :tenant,
  lane = replace(lane, 'slack:', 'teams:'),
  conversation = CASE WHEN kind = 'battle_card' THEN 'a:' || destination ELSE '19:handoffs' END,
  message = CAST(1700000000000 + id AS TEXT)
"""
_ACCOUNTS = """
UPDATE account SET platform = 'teams', workspace = :tenant, user_id = '29:' || email
"""
_CHATS = """
INSERT INTO conversation (tenant_id, conversation, kind, service_url, bot_id, user_id, learned_at)
SELECT :tenant, 'a:person:' || email, 'personal', :service, :bot, user_id, learned_at FROM account
"""
_CHANNEL = """
INSERT INTO conversation (tenant_id, conversation, kind, service_url, bot_id, name, learned_at)
SELECT :tenant, '19:handoffs', 'channel', :service, :bot, 'lead-handoffs', min(learned_at)
FROM account
"""
_OFFERS = """
SELECT handoff.id, handoff.rep, card_copy.message FROM handoff
JOIN card_copy ON card_copy.kind = 'battle_card' AND card_copy.subject = handoff.id
WHERE handoff.state = 'offered'
"""


class NotCommitted(Exception):
    """Fewer decisions are in the database than clicks were answered."""


def measure(scale: Scale) -> list[Line]:
    """Throughput with some clients at once, and the slowest answers: of both at full speed, and
    of ours at a steady rate."""
    found(scale.folder, scale.reps)
    file = scale.folder / "teams.db"
    steady = int(scale.clicks_per_second * scale.steady)
    total = _WARM_UP + steady + scale.clicks * scale.rounds * len(_CLIENTS)
    fill(file, leads=total * 4, reps=scale.reps, waiting=total, now=datetime.now(UTC))
    with program("teams_stub", scale.folder) as stub:
        clicks = _Clicks(file, stub)
        with (
            program("teams_floor", scale.folder) as floor,
            program("teams_baton", scale.folder, str(file)) as ours,
        ):
            for each, spent in ((floor, False), (ours, True)):
                asyncio.run(as_fast(each.address, clicks.some(_WARM_UP, spent=spent), _CLIENTS[0]))
            lines = [
                line
                for clients in _CLIENTS
                for line in _at_full_speed(scale, clicks, floor, ours, clients)
            ]
            run = asyncio.run(
                at_rate(ours.address, clicks.some(steady, spent=True), scale.clicks_per_second)
            )
    clicks.check_committed()
    slowest = percentile(run.latencies, 0.99)
    lines.append(
        Line(
            what=f"Teams clicks, {scale.clicks_per_second}/s",
            ours=f"p50 {ms(median(run.latencies))}, p99 {ms(slowest)}",
        )
    )
    return lines


def _at_full_speed(
    scale: Scale, clicks: "_Clicks", floor: Process, ours: Process, clients: int
) -> Iterator[Line]:
    runs: dict[int, list[Run]] = {floor.pid: [], ours.pid: []}
    for _ in range(scale.rounds):
        for one, other in ((floor, ours), (ours, floor)):
            requests = clicks.some(scale.clicks, spent=one is ours)
            with _paused(other):
                runs[one.pid].append(asyncio.run(as_fast(one.address, requests, clients)))
    least = median(run.per_second for run in runs[floor.pid])
    here = median(run.per_second for run in runs[ours.pid])
    yield Line(
        what=f"Teams clicks, {clients} clients at once",
        floor=f"bare Bot Framework {least:.0f}/s",
        ours=f"{here:.0f}/s",
        ratio=here / least,
        goal="at least the floor",
        reached=reached(here >= least),
    )
    worst = {pid: _worst(some) for pid, some in runs.items()}
    yield Line(
        what=f"Teams clicks, {clients} clients at once, p99",
        floor=f"bare Bot Framework {ms(worst[floor.pid])}",
        ours=ms(worst[ours.pid]),
        ratio=worst[ours.pid] / worst[floor.pid],
        goal="at most the floor",
        reached=reached(worst[ours.pid] <= worst[floor.pid]),
    )


def _worst(runs: list[Run]) -> float:
    return median(percentile(run.latencies, 0.99) for run in runs)


@contextmanager
def _paused(process: Process) -> Iterator[None]:
    """What the other has still to send is not to take time from the one that is measured."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


class _Clicks:
    """Clicks on the cards of all offers in a database, each once."""

    def __init__(self, file: Path, stub: Process) -> None:
        self._file = file
        host, port = stub.address
        self._service = f"http://{host}:{port}"
        told = {"tenant": _TENANT, "service": self._service, "bot": _BOT}
        with sqlite3.connect(file) as connection:
            for statement in (_MOVE_TO_TEAMS, _ACCOUNTS, _CHATS, _CHANNEL):
                connection.execute(statement, told)
            self._offers: list[tuple[int, str, str]] = connection.execute(_OFFERS).fetchall()
        self._before = self._decisions()
        self._spent = 0

    def some(self, n: int, *, spent: bool) -> list[bytes]:
        """The next `n`; unless `spent`, they come again."""
        offers = self._offers[self._spent : self._spent + n]
        assert len(offers) == n, "the database was filled with too few offers"
        if spent:
            self._spent += n
        return [self._request(*offer) for offer in offers]

    def check_committed(self) -> None:
        """Raises NotCommitted."""
        if self._decisions() - self._before < self._spent:
            raise NotCommitted(f"{self._decisions() - self._before} of {self._spent}")

    def _decisions(self) -> int:
        with sqlite3.connect(self._file) as connection:
            count: int = connection.execute("SELECT count(*) FROM feedback").fetchone()[0]
        return count

    def _request(self, handoff: int, rep: str, message: str) -> bytes:
        activity = {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "id": f"f:{handoff}-{self._spent}",
            "timestamp": datetime.now(UTC).isoformat(),
            "serviceUrl": self._service,
            "channelId": "msteams",
            "from": {"id": f"29:{rep}", "name": rep, "aadObjectId": f"aad-{rep}"},
            "recipient": {"id": _BOT, "name": "Baton"},
            "conversation": {
                "id": f"a:person:{rep}",
                "conversationType": "personal",
                "tenantId": _TENANT,
            },
            "channelData": {"tenant": {"id": _TENANT}, "source": {"name": "message"}},
            "entities": [{"type": "clientInfo", "locale": "en-US", "platform": "Windows"}],
            "locale": "en-US",
            "replyToId": message,
            "value": {
                "action": {
                    "type": "Action.Execute",
                    "title": "Accept",
                    "verb": Action.ACCEPT.value,
                    "data": {"v": 1, "h": str(handoff)},
                },
                "trigger": "manual",
            },
        }
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return post("/api/messages", headers, json.dumps(activity).encode())

"""A lead, from the request to its battle card posted to a rep."""

import asyncio
import json
import time
from datetime import UTC, datetime
from statistics import median

from bench.company import found
from bench.fill import fill
from bench.load import Address, at_rate, get, post
from bench.names import TOKEN, campaigns
from bench.processes import baton, program
from bench.report import Line, ms, percentile, reached
from bench.scale import Scale

_REPS = 80  # one message a second is all that Slack lets into a conversation
_MEDIAN = 0.1
_LONGEST = 0.5
_PATIENCE = 30.0
_WARM_UP = 25


def measure(scale: Scale) -> list[Line]:
    """How long cards take at a steady rate of leads."""
    reps = _REPS if scale.reps > 10 else scale.reps
    found(scale.folder, reps)
    file = scale.folder / "incoming.db"
    fill(file, leads=scale.few_leads, reps=reps, waiting=reps, now=datetime.now(UTC))
    n = int(scale.leads_per_second * scale.steady)
    first = [_request(number) for number in range(n, n + _WARM_UP)]
    requests = [_request(number) for number in range(n)]
    with (
        program("slack_stub", scale.folder) as stub,
        baton(scale.folder, file, stub) as ours,
    ):
        asyncio.run(_sent(ours.address, stub.address, first, scale.leads_per_second))
        began, answered, posted = asyncio.run(
            _sent(ours.address, stub.address, requests, scale.leads_per_second)
        )
    delays = [
        posted.get(number, float("inf")) - (began + number / scale.leads_per_second)
        for number in range(n)
    ]
    p50, p99 = median(delays), percentile(delays, 0.99)
    what = f"lead to card posted, {scale.leads_per_second}/s, {reps} reps"
    return [
        Line(
            what=what,
            ours=f"p50 {ms(p50)}",
            goal=f"under {ms(_MEDIAN)}",
            reached=reached(p50 < _MEDIAN),
        ),
        Line(
            what=what,
            ours=f"p99 {ms(p99)}",
            goal=f"under {ms(_LONGEST)}",
            reached=reached(p99 < _LONGEST),
        ),
        Line(what="lead to answer", ours=f"p50 {ms(median(answered))}"),
    ]


async def _sent(
    ours: Address, stub: Address, requests: list[bytes], rate: float
) -> tuple[float, tuple[float, ...], dict[int, float]]:
    """When it began, how long the answers took, and when each lead's card was posted."""
    known = len(json.loads(await get(stub, "/seen")))
    began = time.monotonic()
    run = await at_rate(ours, requests, rate)
    until = time.monotonic() + _PATIENCE
    posted: dict[int, float] = {}
    while len(posted) < known + len(requests) and time.monotonic() < until:
        posted = {int(number): at for number, at in json.loads(await get(stub, "/seen")).items()}
        await asyncio.sleep(0.1)
    return began, run.latencies, posted


def _request(number: int) -> bytes:
    name = campaigns()[number % 20]
    lead = {
        "source": "web",
        "external_id": f"B-{number}",
        "email": f"bench{number}@bench{number}.example",
        "first_name": "Ada",
        "last_name": f"Bench{number}",
        "phone": "+49 30 901820",
        "title": "VP Engineering",
        "company": {
            "name": f"Initech {number}",
            "domain": f"bench{number}.example",
            "industry": "software",
            "employees": 120,
            "country": "DE",
        },
        "campaign": name,
        "interests": ["pricing"],
        "events": [
            {
                "id": f"bench-{number}",
                "type": "download",
                "name": "Pricing Guide",
                "at": datetime.now(UTC).isoformat(),
            }
        ],
    }
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    return post("/ingest/leads", headers, json.dumps(lead).encode())

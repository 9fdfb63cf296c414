"""How fast a CSV comes in, and how fast leads are scored. Without goals as yet."""

import csv
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.company import found, settings
from bench.names import campaigns
from bench.report import Line
from bench.scale import Scale
from composition import clock, company
from leads import scoring
from leads.lead import Company, EngagementEvent, Lead
from sources import csv_import, lead_map

_MAP = """[lead]
external_id = "Id"
email = "Email"
first_name = "First"
last_name = "Last"
title = "Title"
"company.name" = "Company"
"company.employees" = "Employees"
"company.country" = "Country"
campaign = "Campaign"
"""


def measure(scale: Scale) -> list[Line]:
    """Rows and leads per second."""
    return [_imported(scale), _scored(scale)]


def _imported(scale: Scale) -> Line:
    found(scale.folder, scale.reps)
    file, mapping = scale.folder / "leads.csv", scale.folder / "map.toml"
    mapping.write_text(_MAP, "utf-8")
    _write(file, scale.imported)
    with company(settings(scale.folder, scale.folder / "import.db")) as opened:
        began = time.perf_counter()
        report = csv_import.import_leads(
            file,
            lead_map.load(mapping),
            scale.folder / "bad.csv",
            database=opened.database,
            setup=opened.setup,
            clock=clock,
            offer=False,
            progress=lambda _read: None,
        )
        seconds = time.perf_counter() - began
    assert report.results.total() == scale.imported
    return Line(what="import of a CSV", ours=f"{scale.imported / seconds:,.0f} rows/s")


def _write(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(re.findall(r'= "(.+)"', _MAP))
        for number in range(rows):
            writer.writerow(
                [
                    f"C-{number}",
                    f"person{number}@company{number}.example",
                    "Ada",
                    f"Byron {number}",
                    "VP Engineering",
                    f"Company {number}",
                    number % 900 + 1,
                    "DE",
                    campaigns()[number % 20],
                ]
            )


def _scored(scale: Scale) -> Line:
    setup = found(scale.folder, scale.reps)
    now = datetime.now(UTC)
    score = scoring.compiled(setup.agreement.criteria)
    leads = [_lead(number, now) for number in range(scale.scored)]
    began = time.perf_counter()
    for lead, events in leads:
        score(lead, events, now)
    seconds = time.perf_counter() - began
    return Line(what="scoring, in memory", ours=f"{scale.scored / seconds:,.0f} leads/s")


def _lead(number: int, now: datetime) -> tuple[Lead, tuple[EngagementEvent, ...]]:
    lead = Lead(
        id=number,
        email=f"person{number}@company{number}.example",
        title=("VP Engineering", "Student", "Head of Design", "Buyer")[number % 4],
        company=Company(name="Initech", industry="software", employees=number % 900, country="DE"),
        created_at=now - timedelta(days=number % 90),
    )
    events = tuple(
        EngagementEvent(
            id=f"{number}-{one}",
            type=("page_view", "download", "webinar")[one % 3],
            name=("/pricing", "Pricing Guide", "Seats")[one % 3],
            at=now - timedelta(days=one),
        )
        for one in range(number % 5)
    )
    return lead, events

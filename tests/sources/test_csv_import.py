"""An import keeps every good row once and tells of every bad one."""

import csv
from pathlib import Path

import pytest
from sqlmodel import func, select

from commands.context import Setup
from commands.receive_lead import Result
from sources import lead_map
from sources.csv_import import ImportReport, import_leads
from storage.database import Database
from storage.file_errors import FileError
from storage.tables import HandoffRow, LeadRow
from tests.conftest import Clock

MAP = """
blank = ["", "Select"]
[lead]
external_id = "No"
email = "Mail"
title = "Job"
"company.employees" = "Size"
"company.country" = "Land"
[extra]
visits = "Visits:number"
city = "City"
"""
HEAD = "No,Mail,Job,Size,Land,Visits,City\n"


def imported(
    tmp_path: Path,
    database: Database,
    setup: Setup,
    clock: Clock,
    rows: str,
    *,
    map_text: str = MAP,
    offer: bool = False,
) -> tuple[ImportReport, Path]:
    (tmp_path / "map.toml").write_text(map_text, encoding="utf-8")
    (tmp_path / "leads.csv").write_text(HEAD + rows, encoding="utf-8")
    rejects = tmp_path / "leads.bad.csv"
    seen: list[int] = []
    report = import_leads(
        tmp_path / "leads.csv",
        lead_map.load(tmp_path / "map.toml"),
        rejects,
        database=database,
        setup=setup,
        clock=clock,
        offer=offer,
        progress=seen.append,
    )
    assert seen == sorted(seen)
    return report, rejects


async def test_good_rows_are_kept_and_bad_ones_told_with_line_and_reason(
    tmp_path: Path, seeded: Database, setup: Setup, clock: Clock
) -> None:
    rows = (
        "1,ada@initech.example,CTO,120,DE,3,Berlin\n"
        "2,not a mail,CTO,120,DE,3,Berlin\n"
        '3,,"Head of\nDesign",Select,,,Select\n'
        "4,,CTO,120,DE,three,Berlin\n"
        "5,,CTO,120,DE,3,Berlin,spare\n"
        ",,CTO,,,,\n"
    )
    report, rejects = imported(tmp_path, seeded, setup, clock, rows)
    assert report.results == {Result.CREATED: 2}
    assert report.bad == 4
    with rejects.open(encoding="utf-8", newline="") as file:
        told = [(row["line"], row["reason"], row["No"]) for row in csv.DictReader(file)]
    assert [line for line, _, _ in told] == ["3", "6", "7", "8"]
    assert "Mail: not an e-mail address" in told[0][1]
    assert "Visits: expected a number" in told[1][1]
    assert "more cells than there are columns: 1" in told[2][1]
    assert "needs an `email`" in told[3][1]
    kept = seeded.read_now(lambda session: list(session.exec(select(LeadRow))))
    assert [(row.external_id, row.company_employees, row.extra) for row in kept] == [
        ("1", 120, {"visits": 3, "city": "Berlin"}),
        ("3", None, {}),
    ]


async def test_the_second_run_changes_nothing(
    tmp_path: Path, seeded: Database, setup: Setup, clock: Clock
) -> None:
    rows = "".join(f"{n},lead{n}@initech.example,CTO,120,DE,3,Berlin\n" for n in range(450))
    first, _ = imported(tmp_path, seeded, setup, clock, rows)
    second, rejects = imported(tmp_path, seeded, setup, clock, rows)
    assert first.results == {Result.CREATED: 450}
    assert second.results == {Result.UNCHANGED: 450}
    assert not rejects.exists()


async def test_the_list_of_bad_rows_is_the_one_of_the_last_run(
    tmp_path: Path, seeded: Database, setup: Setup, clock: Clock
) -> None:
    bad = "1,not a mail,CTO,120,DE,3,Berlin\n"
    for _ in range(2):
        _, rejects = imported(tmp_path, seeded, setup, clock, bad)
        assert len(rejects.read_text("utf-8").splitlines()) == 2
    _, rejects = imported(tmp_path, seeded, setup, clock, "1,,CTO,120,DE,3,Berlin\n")
    assert not rejects.exists()


async def test_nobody_is_offered_an_imported_lead_until_it_is_asked_for(
    tmp_path: Path, seeded: Database, setup: Setup, clock: Clock
) -> None:
    low = seeded  # by fit alone, the lead below has the 60 points it needs
    rows = "1,ada@initech.example,CTO,120,DE,3,Berlin\n"
    easy = MAP.replace("[extra]", '"company.industry" = "City"\n[extra]')
    rows = rows.replace("Berlin", "software")
    held, _ = imported(tmp_path, low, setup, clock, rows, map_text=easy)

    def offers() -> int:
        return low.read_now(
            lambda session: session.exec(select(func.count()).select_from(HandoffRow)).one()
        )

    assert (held.qualified, offers()) == (1, 0)
    imported(tmp_path, low, setup, clock, rows, map_text=easy, offer=True)
    imported(tmp_path, low, setup, clock, rows, map_text=easy, offer=True)
    assert offers() == 1


async def test_a_missing_column_is_named(
    tmp_path: Path, seeded: Database, setup: Setup, clock: Clock
) -> None:
    wrong = MAP.replace('"Job"', '"Role"')
    with pytest.raises(FileError, match=r"leads.csv: Role: expected a column"):
        imported(tmp_path, seeded, setup, clock, "", map_text=wrong)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[lead]\nemail = 'Mail'\nbirthday = 'B'", "belongs in [extra]"),
        ("[lead]\ntitle = 'Job'", "to know a lead again by"),
        ("[lead]\nemail = 3", "lead.email"),
        ("[leads]\nemail = 'Mail'", "unknown key"),
        ("[lead", "TOML"),
    ],
)
def test_a_wrong_map_is_refused_with_its_key(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        lead_map.load(tmp_path / "map.toml")
    assert says in str(caught.value)

"""What leads of known outcome say is read as an import reads it, and nothing of the outcome is
learned from as if it had been known."""

from pathlib import Path

import numpy as np
import pytest

from leads.agreement import Teaches
from leads.criteria import FieldCondition, FieldTest
from sources import lead_map, outcome_csv
from sources.lead_schema import parse_lead
from sources.outcome_csv import DecidedLeads
from storage.file_errors import FileError

MAP = """
blank = ["", "Select"]
[lead]
external_id = "No"
email = "Mail"
source = "From"
"company.employees" = "Size"
"company.country" = "Land"
[extra]
visits = "Visits:number"
city = "City"
tags = "Why"
[outcome]
accepted = "Won"
reason = "Why"
order = "No"
[teaches]
Ringing = "reach"
"""
HEAD = "No,Mail,From,Size,Land,Visits,City,Won,Why\n"
GOOD = "".join(
    f"{n},p{n}@x.example,{'Web' if n % 2 else 'Fair'},{n * 7},{'de' if n % 3 else 'ES'},{n % 9},"
    f"{'Select' if n % 5 else 'Berlin'},{n % 2},{'' if n % 2 else 'too small'}\n"
    for n in range(100, 160)
)


def read(
    tmp_path: Path, rows: str = GOOD, *, map_text: str = MAP, head: str = HEAD
) -> DecidedLeads:
    (tmp_path / "map.toml").write_text(map_text, encoding="utf-8")
    (tmp_path / "leads.csv").write_text(head + rows, encoding="utf-8")
    seen: list[int] = []
    decided = outcome_csv.read(
        tmp_path / "leads.csv", lead_map.load(tmp_path / "map.toml"), seen.append
    )
    assert seen == sorted(seen)
    return decided


def test_columns_hold_what_an_import_would_have_kept(tmp_path: Path) -> None:
    decided = read(tmp_path)
    assert len(decided) == 60
    row = 5
    lead = parse_lead(
        {
            "external_id": "105",
            "email": "p105@x.example",
            "source": "Web",
            "company": {"employees": "735", "country": "ES"},
            "extra": {"visits": 6, "city": "Berlin"},
        }
    )
    found = {
        field: values[codes[row]] if codes[row] >= 0 else None
        for field in decided.leads.fields
        for codes, values in [decided.leads.codes(field)]
    }
    assert found == {
        "email": lead.email,
        "source": lead.source,
        "company.employees": lead.company.employees,
        "company.country": lead.company.country,
        "extra.visits": lead.extra["visits"],
        "extra.city": lead.extra["city"],
    }
    assert decided.names[row] == "p105@x.example"
    assert decided.accepted.tolist() == [n % 2 == 1 for n in range(100, 160)]
    unknown = FieldCondition(field="city", test=FieldTest.PRESENT, value=False)
    assert decided.leads.holds(unknown).sum() == 48


def test_no_column_of_the_outcome_is_a_feature_even_if_the_map_names_it_twice(
    tmp_path: Path,
) -> None:
    twice = MAP.replace('city = "City"', 'city = "City"\nnumber = "No"\nwon = "Won"')
    decided = read(tmp_path, map_text=twice.replace('source = "From"', 'source = "Why"'))
    assert decided.leads.fields == (
        "company.country", "company.employees", "email", "extra.city", "extra.visits"
    )  # fmt: skip


def test_a_reason_teaches_fit_unless_the_map_says_otherwise(tmp_path: Path) -> None:
    rows = GOOD.replace("too small", "RINGING", 1)
    decided = read(tmp_path, rows)
    assert decided.teaches[:4] == (Teaches.REACH, None, Teaches.FIT, None)
    assert decided.reasons[:4] == ("RINGING", None, "too small", None)


def test_bad_rows_are_told_with_line_and_reason_and_the_good_ones_kept(tmp_path: Path) -> None:
    bad = (
        "1,not a mail,Web,1,DE,3,Berlin,1,\n"
        "2,,Web,1,DE,three,Berlin,1,\n"
        "3,,Web,few,DE,3,Berlin,0,\n"
        "4,,Web,1,DE,3,Berlin,0,why,spare\n"
        "soon,,Web,1,DE,3,Berlin,0,why\n"
        ",,Web,1,DE,3,Berlin,0,why\n"
        "7,,Web,1,DE,3,Berlin,,\n"
        '8,,Web,1,DE,3,"Ber\nlin",0,\n'
    )
    decided = read(tmp_path, bad + GOOD)
    assert [row.line for row in decided.bad] == [2, 3, 4, 5, 6, 7]
    reasons = [row.reason for row in decided.bad]
    assert "Mail: not an e-mail address" in reasons[0]
    assert reasons[1] == "Visits: expected a number, found 'three'"
    assert reasons[2].startswith("Size: ")
    assert reasons[3] == "more cells than there are columns: 1"
    assert reasons[4] == 'No: expected a number or a date such as 2026-11-20, found "soon"'
    assert reasons[5] == 'No: expected a number or a date such as 2026-11-20, found ""'
    assert (decided.undecided, len(decided)) == (1, 61)


def test_leads_come_in_the_order_that_the_map_names(tmp_path: Path) -> None:
    lines = GOOD.splitlines(keepends=True)
    decided = read(tmp_path, "".join(reversed(lines)))
    assert decided.names[0] == "p100@x.example"
    assert not decided.dated
    assert (np.diff(decided.at) > 0).all()
    of_the_file = read(tmp_path, "".join(reversed(lines)), map_text=MAP.replace('order = "No"', ""))
    assert of_the_file.names[0] == "p159@x.example"


@pytest.mark.parametrize("by_order", [True, False])
def test_dates_give_the_order_and_the_weeks(tmp_path: Path, by_order: bool) -> None:
    rows = "".join(
        line.replace(",", f",2026-{12 - n // 6:02}-{28 - n % 6:02},", 1)
        for n, line in enumerate(GOOD.splitlines(keepends=True))
    )
    head = HEAD.replace("No,", "No,Day,")
    dated = (
        MAP.replace('order = "No"', 'order = "Day"')
        if by_order
        else MAP.replace('order = "No"', "").replace("[extra]", 'created_at = "Day"\n[extra]')
    )
    decided = read(tmp_path, rows, map_text=dated, head=head)
    assert decided.dated
    assert decided.names[0] == "p159@x.example"
    assert decided.leads.fields == read(tmp_path).leads.fields


@pytest.mark.parametrize("word", ["1", "YES", "true", "True"])
def test_labels_are_read_as_people_write_them(tmp_path: Path, word: str) -> None:
    no = {"1": "0", "YES": "no", "true": "false", "True": "False"}[word]
    rows = "".join(
        line.replace(",1,\n", f",{word},\n").replace(",0,too small", f",{no},too small")
        for line in GOOD.splitlines(keepends=True)
    )
    assert read(tmp_path, rows).accepted.sum() == 30


def test_another_word_for_the_outcome_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileError) as refused:
        read(tmp_path, GOOD.replace(",1,\n", ",closed won,\n", 1))
    said = str(refused.value)
    assert said.startswith("leads.csv: line 3, Won: expected 1 or 0, yes or no, true or false")
    assert '"closed won"' in said


_WRONG = {
    "no outcome": (MAP.partition("[outcome]")[0], HEAD + GOOD, "outcome.accepted"),
    "no label": (MAP.replace('accepted = "Won"', ""), HEAD + GOOD, "outcome.accepted"),
    "no such column": (MAP.replace('"Won"', '"Converted"'), HEAD + GOOD, "Converted: expected a c"),
    "unknown lesson": (MAP.replace('"reach"', '"reech"'), HEAD + GOOD, "teaches.Ringing"),
    "all accepted": (MAP, HEAD + GOOD.replace(",0,too small", ",1,"), "all 60 accepted"),
    "all rejected": (MAP, HEAD + GOOD.replace(",1,\n", ",0,\n"), "all 60 rejected"),
    "too few": (MAP, HEAD + "".join(GOOD.splitlines(keepends=True)[:30]), "50 leads or more"),
    "only bad rows": (MAP, HEAD + "x,,,,,,,1,\n", "0 that can be used (line 2: No: expected a num"),
    "empty": (MAP, "", "City: expected a column of this name"),
    "numbers and dates": (MAP, HEAD + GOOD + "2026-01-02,,,,,,,1,\n", "some of each"),
}


@pytest.mark.parametrize("wrong", _WRONG)
def test_a_file_that_teaches_nothing_is_refused_in_one_line(tmp_path: Path, wrong: str) -> None:
    map_text, text, says = _WRONG[wrong]
    with pytest.raises(FileError) as refused:
        read(tmp_path, text, map_text=map_text, head="")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_nobody_has_to_have_a_name(tmp_path: Path) -> None:
    named = MAP.replace('email = "Mail"', 'first_name = "Mail"')
    rows = GOOD.replace("p101@x.example", "").replace("p102@x.example", "Ada")
    decided = read(tmp_path, rows, map_text=named)
    assert decided.names[1:3] == ("Lead 101", "Ada")

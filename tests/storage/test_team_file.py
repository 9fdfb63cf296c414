"""The team file: hours, leave and people, and what is refused."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.person import HoursBlock, Leave, Role
from storage.file_errors import FileError
from storage.team_file import load, parse_hours, parse_leave

SAMPLE = Path("team.toml")
ANA = '[[people]]\nname = "Ana"\nemail = "Ana@Acme.example"\nroles = ["rep"]\n'


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "team.toml"
    path.write_text(text, "utf-8")
    return path


def block(days: set[int], start: int, end: int) -> HoursBlock:
    """Hours of a day."""
    return HoursBlock(days=frozenset(days), start=start * 60, end=end * 60)


def test_the_sample_is_read() -> None:
    team = load(SAMPLE)
    ana = team.find("ana@acme.example")
    assert ana is not None
    assert ana.hours == (block({0, 1, 2, 3, 4}, 9, 13), block({0, 1, 2, 3, 4}, 14, 18))
    assert (ana.territories, ana.segments) == (frozenset({"ES", "PT"}), frozenset({"smb"}))
    ben = team.find("ben@acme.example")
    assert ben is not None
    assert ben.leave == (Leave(first=date(2026, 12, 24), last=date(2027, 1, 2)),)
    assert team.channels.handoffs == "#lead-handoffs"
    assert len(team.with_role(Role.REP)) == 4


def test_a_person_needs_only_name_email_and_roles(tmp_path: Path) -> None:
    (ana,) = load(written(tmp_path, ANA)).people
    assert ana.email == "ana@acme.example"
    assert (ana.timezone, ana.hours, ana.weight, ana.capacity) == ("UTC", (), 1.0, 20)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("Mon-Fri 09:00-13:00", (block({0, 1, 2, 3, 4}, 9, 13),)),
        ("mon 9:00-13:00", (block({0}, 9, 13),)),
        ("Mon, Wed 09:00 - 13:00", (block({0, 2}, 9, 13),)),
        ("Mon-Tue,Sat 09:00-13:00", (block({0, 1, 5}, 9, 13),)),
        ("Fri-Mon 09:00-13:00", (block({4, 5, 6, 0}, 9, 13),)),
        ("Mon-Sun 00:00-24:00", (block(set(range(7)), 0, 24),)),
        ("Fri 22:00-06:00", (block({4}, 22, 24), block({5}, 0, 6))),
        ("Sun 18:00-00:00", (block({6}, 18, 24),)),
    ],
)
def test_hours_are_read(text: str, blocks: tuple[HoursBlock, ...]) -> None:
    assert parse_hours(text) == blocks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "always",
        "Mon 25:00-26:00",
        "Mon 09:60-10:00",
        "Mon 09:00-09:00",
        "Mon 24:00-02:00",
        "Moo 09:00-10:00",
        "Mon-Fri",
        "Mon-Tue-Wed 09:00-10:00",
        "Mon 09:00-24:01",
    ],
)
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hours such as"):
        parse_hours(text)


@given(st.text(max_size=30))
def test_whatever_is_written_as_hours_is_read_or_refused(text: str) -> None:
    try:
        blocks = parse_hours(text)
    except ValueError:
        return
    assert all(0 <= one.start < one.end <= 1440 and one.days for one in blocks)


def test_leave_is_a_span_or_a_day() -> None:
    christmas = Leave(first=date(2026, 12, 24), last=date(2027, 1, 2))
    assert parse_leave("2026-12-24 to 2027-01-02") == christmas
    assert parse_leave("2026-12-24").last == date(2026, 12, 24)
    for wrong in ("2027-01-02 to 2026-12-24", "Christmas", "", "2026-12-24 to x"):
        with pytest.raises(ValueError, match="days away"):
            parse_leave(wrong)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            ANA + 'hours = ["always"]',
            'team.toml: people[0].hours[0] (name "Ana"): expected hours such as '
            '"Mon-Fri 09:00-13:00" or "Mon,Wed 22:00-06:00", found "always"',
        ),
        (
            ANA + 'leave = ["soon"]',
            'team.toml: people[0].leave[0] (name "Ana"): expected days away such as '
            '"2026-12-24 to 2027-01-02" or "2026-12-24", found "soon"',
        ),
        (
            ANA.replace('["rep"]', '"rep"'),
            'team.toml: people[0].roles (name "Ana"): expected a list, found "rep"',
        ),
        (
            ANA.replace('"rep"', '"boss"'),
            "team.toml: people[0].roles[0] (name \"Ana\"): expected 'rep', 'marketer', 'manager' "
            "or 'admin', found \"boss\"",
        ),
        (ANA.replace('"rep"', '"admin"'), 'expected somebody with roles = ["rep"]'),
        (
            ANA + "weight = -1",
            'team.toml: people[0].weight (name "Ana"): expected 0 or more, found -1',
        ),
        (
            ANA + "weight = nan",
            'team.toml: people[0].weight (name "Ana"): expected',
        ),
        (
            ANA + 'territorys = ["ES"]',
            'team.toml: people[0].territorys (name "Ana"): expected "territories", '
            "found an unknown key",
        ),
        (
            ANA + ANA.replace("Ana@Acme", "ANA@acme"),
            'team.toml: people[1].email (name "Ana"): expected an e-mail that nobody else has, '
            'found "ana@acme.example"',
        ),
        (
            ANA + 'manager = "mia@acme.example"',
            'team.toml: people[0].manager (name "Ana"): expected the e-mail of somebody on the '
            'team, found "mia@acme.example"',
        ),
        ("people = []", "team.toml: people: expected at least 1 of them, found []"),
        ("", "team.toml: people: expected a value, found nothing"),
        ("people = 3", "team.toml: people: expected a list, found 3"),
        ("people = [3]", "team.toml: people[0]: expected a table, found 3"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_what_was_expected(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(FileError) as refused:
        load(written(tmp_path, text))
    assert message in str(refused.value)

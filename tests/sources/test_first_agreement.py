"""The agreement that `learn` writes is whole and right, whatever the file holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from leads.agreement import Asks, Teaches
from leads.criteria import Criteria, FieldCondition, FieldTest, Group, Rule
from leads.person import Channels, Person, Role, Team
from sources.first_agreement import drafted, written
from sources.outcome_csv import DecidedLeads
from storage import agreement_file, team_file
from tests.sources import made_up

ROOT = Path(__file__).parents[2]
HOSTILE = 'x"""\n[criteria]\n# <!channel> \u202eevil\\'

CRITERIA = Criteria(
    threshold=40,
    rules=(
        Rule(
            id="partner",
            label=f"Source is {HOSTILE}",
            group=Group.FIT,
            points=50,
            when=FieldCondition(field="source", test=FieldTest.IS, value="Partner"),
        ),
        Rule(
            id="visits",
            label="Visits: 8 or more",
            group=Group.ENGAGEMENT,
            points=20,
            when=FieldCondition(field="extra.visits", test=FieldTest.AT_LEAST, value=8),
        ),
        Rule(
            id="nobody",
            label="Source is nowhere",
            group=Group.FIT,
            points=-9,
            when=FieldCondition(field="source", test=FieldTest.IS, value=HOSTILE),
        ),
    ),
)


def text_of(decided: DecidedLeads, team: Team | None, name: str = "leads.csv") -> str:
    return written(drafted(CRITERIA, decided, team, name), decided, name)


@pytest.fixture
def decided() -> DecidedLeads:
    """Leads with reasons of two kinds."""
    return made_up.decided(400, made_up.steady, rings=0.4)


@pytest.mark.parametrize("name", ["leads.csv", HOSTILE])
def test_what_is_written_is_read_back_unchanged_and_fits_the_team(
    tmp_path: Path, decided: DecidedLeads, name: str
) -> None:
    team = team_file.load(ROOT / "team.toml")
    file = tmp_path / "new.toml"
    file.write_text(text_of(decided, team, name), "utf-8")
    read = agreement_file.load(file)
    agreement_file.check(read, team)
    assert read == drafted(CRITERIA, decided, team, name)
    assert read.criteria == CRITERIA


def test_the_team_decides_fallback_zone_and_segments(decided: DecidedLeads) -> None:
    rep = Person(
        name="Jo", email="jo@x.example", roles=frozenset({Role.REP}), timezone="Asia/Tokyo"
    )
    team = Team(
        people=(
            replace(rep, segments=frozenset({"public", "smb"})),
            replace(rep, email="lee@x.example", roles=frozenset({Role.MARKETER})),
        ),
        channels=Channels(),
    )
    agreement = drafted(CRITERIA, decided, team, "leads.csv")
    assert (agreement.fallback, agreement.timezone) == ("lee@x.example", "Asia/Tokyo")
    assert list(agreement.segments) == ["smb", "enterprise", "public"]
    agreement_file.check(agreement, team)
    alone = drafted(CRITERIA, decided, None, "leads.csv")
    assert (alone.timezone, list(alone.segments)) == ("UTC", ["smb", "enterprise"])


def test_reasons_are_those_of_the_file_with_what_they_teach(decided: DecidedLeads) -> None:
    reasons = drafted(CRITERIA, decided, None, "leads.csv").reasons
    assert [(one.code, one.teaches, one.asks) for one in reasons] == [
        ("too_small", Teaches.FIT, Asks.NOTHING),
        ("ringing", Teaches.REACH, Asks.NOTHING),
        ("other", Teaches.OTHER, Asks.TEXT),
    ]


def test_without_reasons_in_the_file_the_usual_ones_are_offered(decided: DecidedLeads) -> None:
    nothing = (None,) * len(decided)
    silent = replace(decided, reasons=nothing, teaches=nothing)
    assert len(drafted(CRITERIA, silent, None, "leads.csv").reasons) == 6


def test_reasons_that_strangers_wrote_become_short_labels_and_codes_of_their_own(
    tmp_path: Path, decided: DecidedLeads
) -> None:
    odd = ("Too small", "too small!", "学生", "生学", "-", HOSTILE * 9, "other")
    reasons = tuple(
        None if good else odd[row % len(odd)] for row, good in enumerate(decided.accepted)
    )
    strange = replace(
        decided,
        reasons=reasons,
        teaches=tuple(None if reason is None else Teaches.FIT for reason in reasons),
    )
    file = tmp_path / "new.toml"
    file.write_text(text_of(strange, None), "utf-8")
    read = agreement_file.load(file).reasons
    assert all(one.label.isprintable() and len(one.label) <= 70 for one in read)
    assert {"学生", "生学"} <= {one.label for one in read}


def test_comments_say_what_each_rule_holds_for_and_what_to_edit(decided: DecidedLeads) -> None:
    text = text_of(decided, None)
    holds = decided.leads.numbers("extra.visits") >= 8
    took = f"# {holds.sum():,} leads, of which sales took {decided.accepted[holds].mean():.0%}"
    assert took in text
    assert "# Holds for none of the leads now." in text
    assert text.count("# The ways to say no") == 1
    assert "has to be in team.toml" in text

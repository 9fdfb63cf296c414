"""The agreement file: read, refused with the mistake named, written back unchanged."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.agreement import Asks, Rung, Step, Teaches, Unit, WorkDuration
from leads.criteria import (
    AllOf,
    AnyOf,
    Condition,
    Criteria,
    EventCondition,
    FieldCondition,
    FieldTest,
    Group,
    Not,
    Rule,
)
from storage import team_file
from storage.agreement_file import check, criteria_body, criteria_from, dump, load
from storage.file_errors import FileError

SAMPLE = Path("agreement.toml")
TEAM = Path("team.toml")
LOADED = load(SAMPLE)


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "agreement.toml"
    path.write_text(text, "utf-8")
    return path


def changed(folder: Path, old: str, new: str) -> Path:
    """The sample with one thing changed."""
    text = SAMPLE.read_text("utf-8")
    assert text.count(old) == 1, old
    return written(folder, text.replace(old, new))


def test_the_sample_is_read() -> None:
    agreement = load(SAMPLE)
    assert agreement.name == "Acme sales and marketing"
    assert agreement.fallback == "mia@acme.example"
    assert agreement.sales.accept_within == WorkDuration(amount=1, unit=Unit.HOURS)
    assert agreement.sales.ladder[0] == Rung(at=0.5, do=Step.REMIND)
    assert agreement.marketing.acceptance_rate == 0.7
    assert agreement.criteria.version == 1
    not_now = agreement.reason("not_now")
    assert not_now is not None
    assert (not_now.teaches, not_now.asks) == (Teaches.TIMING, Asks.DATE)
    assert agreement.segments["smb"] == FieldCondition(
        field="company.employees", test=FieldTest.AT_MOST, value=200
    )


def test_the_sample_files_fit_together() -> None:
    check(load(SAMPLE), team_file.load(TEAM))


def test_several_tests_of_a_field_must_all_hold() -> None:
    size = next(rule for rule in load(SAMPLE).criteria.rules if rule.id == "company-size")
    assert size.when == AllOf(
        conditions=(
            FieldCondition(field="company.employees", test=FieldTest.AT_LEAST, value=20),
            FieldCondition(field="company.employees", test=FieldTest.AT_MOST, value=1000),
        )
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "points = 15",
            'points = "ten"',
            'criteria.rules[1].points (id "company-size"): expected a whole number, found "ten"',
        ),
        (
            "points = 15",
            "points = 1.5",
            'criteria.rules[1].points (id "company-size"): expected a whole number, found 1.5',
        ),
        (
            "points = 15",
            "pionts = 15",
            'criteria.rules[1].pionts (id "company-size"): expected "points", found an unknown key',
        ),
        (
            "threshold = 60",
            "",
            "criteria.threshold: expected a value, found nothing",
        ),
        (
            'accept_within = "1h"',
            'accept_within = "1 hour"',
            'sla.sales.accept_within: expected business time such as "30m", "4h" or "2d", '
            'found "1 hour"',
        ),
        (
            'timezone = "Europe/Madrid"',
            'timezone = "Madrid"',
            'agreement.timezone: expected a time zone such as "Europe/Madrid", found "Madrid"',
        ),
        (
            'holidays = "ES"',
            'holidays = "XX"',
            "agreement.holidays: expected the code of a country with known holidays, such as "
            '"ES" or "DE-BY", found "XX"',
        ),
        (
            'fallback = "mia@acme.example"',
            'fallback = "mia"',
            'agreement.fallback: expected an e-mail address, found "mia"',
        ),
        (
            'digest_at = "09:00"',
            'digest_at = "9"',
            'agreement.digest_at: expected a time of day such as "09:00", found "9"',
        ),
        (
            '# crm_url = "https://crm.acme.example/leads/{external_id}"',
            'crm_url = "https://crm.acme.example/leads"',
            "agreement.crm_url: expected an address with {external_id} in it, once, "
            'found "https://crm.acme.example/leads"',
        ),
        (
            '{ event = "webinar", within = "90d" }',
            '{ events = "webinar" }',
            'criteria.rules[8].when (id "webinars"): expected a table with exactly one of '
            'field, event, all, any, not, found {"events": "webinar"}',
        ),
        (
            '{ event = "webinar", within = "90d" }',
            '{ event = "webinar", field = "title", is = "x" }',
            'criteria.rules[8].when (id "webinars"): expected a table with exactly one of '
            "field, event, all, any, not, "
            'found {"event": "webinar", "field": "title", "is": "x"}',
        ),
        (
            '{ event = "webinar", within = "90d" }',
            '{ event = "webinar", within = 90 }',
            'criteria.rules[8].when.within (id "webinars"): expected a time such as '
            '"30d", "12h" or "90m", found 90',
        ),
        (
            '{ event = "webinar", within = "90d" }',
            '{ field = "title" }',
            'criteria.rules[8].when (id "webinars"): expected one of is, one_of, contains_any, '
            'at_least, at_most, present beside field, found {"field": "title"}',
        ),
        (
            '{ event = "webinar", within = "90d" }',
            '{ field = "company.size", at_least = 3 }',
            'criteria.rules[8].when.field (id "webinars"): expected one of company.country, '
            "company.domain, company.employees, company.industry, company.name, "
            'found "company.size"',
        ),
        (
            '{ event = "webinar", within = "90d" }',
            '{ any = [{ field = "title", at_least = "3" }] }',
            'criteria.rules[8].when.any[0].at_least (id "webinars"): expected a number, found "3"',
        ),
        (
            'id = "webinars"',
            'id = "student"',
            'criteria.rules[8].id: expected an id that no other rule has, found "student"',
        ),
        (
            'id = "webinars"',
            'id = "fit_cap"',
            'criteria.rules[8].id (id "fit_cap"): expected another id, for this one names the line '
            'of a cap, found "fit_cap"',
        ),
        (
            "cap = 20",
            "cap = 0",
            'criteria.rules[8].cap (id "webinars"): expected 1 or more, found 0',
        ),
        (
            'group = "fit"                   #',
            'group = "size" #',
            "criteria.rules[0].group (id \"target-title\"): expected 'fit' or 'engagement', "
            'found "size"',
        ),
        (
            'code = "other"',
            'code = "too_small"',
            'reasons[8].code: expected a code that no other reason has, found "too_small"',
        ),
        (
            'asks = "date"',
            'asks = "when"',
            "reasons[3].asks (code \"not_now\"): expected '', 'date', 'lead', 'person' or 'text', "
            'found "when"',
        ),
        (
            "acceptance_rate = 0.70",
            "acceptance_rate = 70",
            "sla.marketing.acceptance_rate: expected 1 or less, found 70",
        ),
        (
            'required = ["email", "company.name", "campaign"]',
            'required = ["e-mail"]',
            "sla.marketing.required[0]: expected a field of a lead: campaign, company.country",
        ),
        (
            '{ at = "50%", do = "remind" }',
            '{ at = 50, do = "remind" }',
            'sla.sales.ladder[0].at: expected a share of the promised time from "0%" to "1000%", '
            "found 50",
        ),
        (
            '{ at = "50%", do = "remind" }',
            '{ at = "120%", do = "remind" }',
            "sla.sales.ladder: expected the steps in the order of their time, found 120%, 100%",
        ),
        ("[sla.sales]", "[sla.sales", "agreement.toml: expected TOML, found a mistake:"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_what_was_expected(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(FileError) as refused:
        load(changed(tmp_path, old, new))
    text = str(refused.value)
    assert text.startswith("agreement.toml: ")
    assert message in text
    assert "\n" not in text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"agreement\.toml: expected a file, found nothing at"):
        load(tmp_path / "agreement.toml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "agreement.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FileError, match="expected a file of UTF-8 text"):
        load(path)


def test_reasons_are_required_and_not_too_many(tmp_path: Path) -> None:
    text = SAMPLE.read_text("utf-8")
    start = text.index("[[reasons]]")
    with pytest.raises(FileError, match=r"reasons: expected a value, found nothing"):
        load(written(tmp_path, text[:start]))
    many = "".join(
        f'[[reasons]]\ncode = "r{n}"\nlabel = "R"\nteaches = "fit"\n' for n in range(101)
    )
    with pytest.raises(FileError, match="reasons: expected at most 100 of them"):
        load(written(tmp_path, text[:start] + many))


def test_deeply_nested_conditions_are_refused_and_nothing_breaks(tmp_path: Path) -> None:
    for depth in (8, 100, 5000):
        deep = "{ not = " * depth + '{ event = "x" }' + " }" * depth
        with pytest.raises(FileError, match=r"nested"):
            load(changed(tmp_path, '{ event = "page_view", at_least = 3, within = "30d" }', deep))


def test_an_unknown_fallback_is_refused() -> None:
    agreement = replace(load(SAMPLE), fallback="nobody@acme.example")
    with pytest.raises(FileError) as refused:
        check(agreement, team_file.load(TEAM))
    assert str(refused.value) == (
        "agreement.toml: agreement.fallback: expected the e-mail of somebody in team.toml, "
        'found "nobody@acme.example"'
    )


def test_a_segment_that_nobody_defined_is_refused() -> None:
    agreement = replace(load(SAMPLE), segments={})
    with pytest.raises(FileError, match=r'people\[0\]\.segments \(name "Ana Ortiz"\).*"smb"'):
        check(agreement, team_file.load(TEAM))


def test_what_is_written_back_reads_the_same(tmp_path: Path) -> None:
    agreement = load(SAMPLE)
    assert load(written(tmp_path, dump(agreement))) == agreement


@given(st.text(min_size=1).filter(lambda text: text == text.strip() != ""))
def test_any_text_survives_being_written(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    agreement = replace(LOADED, name=text, definitions={"icp": text})
    folder = tmp_path_factory.mktemp("agreement")
    assert load(written(folder, dump(agreement))) == agreement


def test_conditions_are_written_in_one_line() -> None:
    assert '\nwhen = {event = "form_submit", name = "Demo request", within = "90d"}\n' in dump(
        load(SAMPLE)
    )


words = st.text("abc é\"'\\", min_size=1, max_size=8).filter(
    lambda text: text == text.strip() != ""
)
scalars = words | st.integers(-100, 100) | st.booleans() | st.sampled_from([0.5, -1.25])
spans = st.integers(1, 60 * 24 * 30).map(lambda minutes: timedelta(minutes=minutes))
leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(FieldCondition, field=words, test=st.just(FieldTest.IS), value=scalars),
    st.builds(
        FieldCondition,
        field=words,
        test=st.just(FieldTest.ONE_OF),
        value=st.lists(scalars, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        FieldCondition,
        field=words,
        test=st.just(FieldTest.CONTAINS_ANY),
        value=st.lists(words, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        FieldCondition,
        field=words,
        test=st.sampled_from([FieldTest.AT_LEAST, FieldTest.AT_MOST]),
        value=st.integers(-5, 5) | st.just(1.5),
    ),
    st.builds(FieldCondition, field=words, test=st.just(FieldTest.PRESENT), value=st.booleans()),
    st.builds(
        EventCondition,
        event=words,
        name=st.none() | words,
        at_least=st.integers(1, 5),
        within=st.none() | spans,
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=5,
)
events = st.builds(EventCondition, event=words)


@given(
    conditions,
    events,
    st.none() | st.integers(0, 100),
    st.none() | spans,
    st.none() | st.integers(1, 100),
)
def test_criteria_survive_being_stored_as_json(
    when: Condition,
    event: EventCondition,
    cap: int | None,
    half_life: timedelta | None,
    rule_cap: int | None,
) -> None:
    criteria = Criteria(
        version=3,
        threshold=50,
        fit_cap=cap,
        engagement_cap=cap,
        rules=(
            Rule(id="one", label="One", group=Group.FIT, points=-7, when=when),
            Rule(
                id="two",
                label="Two",
                group=Group.ENGAGEMENT,
                points=9,
                when=event,
                half_life=half_life,
                each=rule_cap is not None,
                cap=rule_cap,
            ),
        ),
    )
    stored = json.loads(json.dumps(criteria_body(criteria)))
    assert criteria_from(stored, 3) == criteria

"""What strangers send is kept whole or refused by field, in words."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.lead import Company, Lead
from sources.lead_schema import BadField, parse_event, parse_lead

FULL = {
    "source": "web",
    "external_id": "L-17",
    "email": "Ada@Initech.example",
    "first_name": "Ada",
    "last_name": "Byron",
    "title": "VP Engineering",
    "company": {"name": "Initech", "domain": "Initech.example", "employees": 120, "country": "de"},
    "campaign": "spring-pricing",
    "interests": ["pricing"],
    "created_at": "2026-11-20T10:00:00+01:00",
    "visits": 7,
    "events": [{"id": "e1", "type": "page_view", "name": "/pricing", "at": "2026-11-20T09:01:00Z"}],
}


def test_a_full_lead_is_understood() -> None:
    lead = parse_lead(FULL)
    assert lead.email == "ada@initech.example"
    assert lead.company.domain == "initech.example"
    assert lead.company.country == "DE"
    assert lead.created_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert lead.extra == {"visits": 7}
    assert lead.events[0].at == datetime(2026, 11, 20, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"email": "ada at initech"}, "email", "not an e-mail address"),
        ({"email": ["ada@initech.example"]}, "email", "expected an e-mail address"),
        ({"email": "", "external_id": " "}, "email", "needs an `email` or an `external_id`"),
        ({"company": {"employees": "many"}}, "company.employees", "valid integer"),
        ({"created_at": "yesterday"}, "created_at", "valid datetime"),
        ({"events": [{"id": "e", "type": "x"}]}, "events.0.at", "required"),
        ({"events": [{"type": "x", "at": "2026-11-20T09:01:00Z"}]}, "events.0.id", "required"),
        ({"title": {"a": 1}}, "title", "valid string"),
        ({"budget": float("inf")}, "budget", "a number that isn't infinite"),
        ({"extra": {"budget": -float("inf")}}, "budget", "a number that isn't infinite"),
        ({"company": {"revenue": float("inf")}}, "company.revenue", "isn't infinite"),
        ({"events": [{}] * 1001}, "events", "up to 1,000 events at once; send the others to /ing"),
    ],
)
def test_a_bad_field_is_named_with_what_to_mend(
    change: dict[str, object], field: str, says: str
) -> None:
    with pytest.raises(BadField) as caught:
        parse_lead({**FULL, **change})
    assert caught.value.field == field
    assert says in caught.value.message


@pytest.mark.parametrize("raw", [None, 7, "lead", ["lead"]])
def test_what_is_not_an_object_is_refused(raw: object) -> None:
    with pytest.raises(BadField, match="JSON object"):
        parse_lead(raw)


def test_further_fields_are_kept_and_nested_ones_as_json() -> None:
    lead = parse_lead({"email": "a@b.example", "extra": {"utm": "x"}, "tags": ["a"], "no": None})
    assert lead.extra == {"utm": "x", "tags": '["a"]'}


def test_texts_of_strangers_are_kept_but_for_nul() -> None:
    hostile = "<!channel> *b* \x00 \u202e" + "x" * 10_000
    lead = parse_lead({"email": "a@b.example", "first_name": hostile, "note": hostile})
    assert lead.first_name == hostile.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert lead.extra["note"] == lead.first_name


def test_blank_texts_mean_not_known() -> None:
    assert parse_lead({"email": "a@b.example", "title": "  ", "company": None}).title is None


def test_an_event_needs_its_lead() -> None:
    with pytest.raises(BadField, match="of its lead"):
        parse_event({"id": "e", "type": "x", "at": "2026-11-20T09:01:00Z"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*FULL, "phone", "extra"]) | st.text(max_size=5), JSON, max_size=6
    )
)
def test_any_json_is_a_lead_or_a_bad_field(raw: dict[str, object]) -> None:
    try:
        lead = parse_lead(json.loads(json.dumps(raw)))
    except BadField:
        return
    assert lead.email or lead.external_id
    assert "\x00" not in "".join(str(value) for value in lead.extra.values())
    assert all(math.isfinite(n) for n in lead.extra.values() if isinstance(n, float))


def test_unknown_fields_of_the_company_are_kept_and_can_be_scored() -> None:
    incoming = parse_lead({**FULL, "company": {"name": "Initech", "revenue": 7, "a\x00": "b"}})
    assert incoming.company == Company(name="Initech")
    kept = {"visits": 7, "company.revenue": 7, "company.a\N{REPLACEMENT CHARACTER}": "b"}
    assert incoming.extra == kept
    lead = Lead(id=1, extra=incoming.extra, created_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert lead.value("extra.company.revenue") == 7

"""How a rule that was found in the data is called: a label for people, an id for the record."""

import re
from collections.abc import Collection
from datetime import timedelta
from typing import assert_never
from unicodedata import normalize
from zlib import crc32

from leads.criteria import (
    AllOf,
    AnyOf,
    Condition,
    EventCondition,
    FieldCondition,
    FieldTest,
    Group,
    Not,
)
from leads.lead import Scalar

_FIELDS = {
    "title": "Job title",
    "company.name": "Company name",
    "company.domain": "Company domain",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "interests": "Interest",
}
_LONGEST_VALUE = 60
_LONGEST_ID = 48
_DID = re.compile(
    r"visit|view|time|spent|click|open|download|session|page|event|activit|webinar", re.IGNORECASE
)
"""Fields so called tell what a lead did rather than who it is."""


def label_of(condition: Condition) -> str:
    """A condition in plain words: "Visits: 5 or more", "Lead source is Google"."""
    match condition:
        case FieldCondition():
            return _field_label(condition)
        case EventCondition():
            return _event_label(condition)
        case AllOf(conditions=parts):
            return " and ".join([label_of(parts[0]), *map(_inner, parts[1:])])
        case AnyOf(conditions=parts):
            return " or ".join([label_of(parts[0]), *map(_inner, parts[1:])])
        case Not(condition=FieldCondition(test=FieldTest.IS, field=field, value=value)):
            return f"{field_words(field)} isn't {_shown(value)}"
        case Not(condition=inner):
            return f"Not so: {_inner(inner)}"
        case _:
            assert_never(condition)


def group_of(condition: Condition) -> Group:
    """Whether a condition asks what the lead did or who it is."""
    match condition:
        case FieldCondition(field=field):
            return Group.ENGAGEMENT if _DID.search(field) else Group.FIT
        case EventCondition():
            return Group.ENGAGEMENT
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            groups = {group_of(part) for part in parts}
            return Group.ENGAGEMENT if groups == {Group.ENGAGEMENT} else Group.FIT
        case Not(condition=inner):
            return group_of(inner)
        case _:
            assert_never(condition)


def id_of(condition: Condition, taken: Collection[str]) -> str:
    """An id that says what the rule is about, the same for the same condition; another rule's id
    gets a number after it that comes from the condition alone."""
    plain = normalize("NFKD", label_of(condition)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")
    if slug and len(slug) <= _LONGEST_ID and plain == label_of(condition) and slug not in taken:
        return slug
    stem = slug[: _LONGEST_ID - 9].strip("-") or "rule"
    number = crc32(repr(condition).encode())
    while (found := f"{stem}-{number:08x}") in taken:
        number = crc32(found.encode())
    return found


def field_words(path: str) -> str:
    """A field as people call it: "extra.total_visits" is "Total visits"."""
    if path in _FIELDS:
        return _FIELDS[path]
    words = path.removeprefix("extra.").removeprefix("company.").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _field_label(condition: FieldCondition) -> str:
    name, value = field_words(condition.field), condition.value
    match condition.test:
        case FieldTest.IS | FieldTest.ONE_OF if isinstance(value, bool):
            return f"{name}: {_shown(value)}"
        case FieldTest.IS | FieldTest.ONE_OF:
            return f"{name} is {_shown(value)}"
        case FieldTest.CONTAINS_ANY:
            return f"{name} has {_shown(value)}"
        case FieldTest.AT_LEAST:
            return f"{name}: {_shown(value)} or more"
        case FieldTest.AT_MOST:
            return f"{name}: {_shown(value)} or less"
        case FieldTest.PRESENT:
            return f"{name} is known" if value else f"{name} isn't known"
        case _:
            assert_never(condition.test)


def _event_label(condition: EventCondition) -> str:
    kind = condition.event.replace("_", " ").strip()
    words = [kind[:1].upper() + kind[1:]]
    if condition.name is not None:
        words[0] += f": {_shown(condition.name)}"
    if condition.at_least > 1:
        words.append(f"{condition.at_least} times or more")
    if condition.within is not None:
        words.append(f"in {condition.within // timedelta(days=1)} days")
    return ", ".join(words)


def _inner(condition: Condition) -> str:
    label = label_of(condition)
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _shown(value: Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(value, tuple):
        shown = [_shown(each) for each in value]
        return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, int):
        return f"{value:,}"
    # Values come from public forms: one line, no control characters, no end of its own.
    clean = " ".join("".join(ch if ch.isprintable() else " " for ch in value).split())
    short = clean if len(clean) <= _LONGEST_VALUE else clean[: _LONGEST_VALUE - 1].rstrip() + "…"
    return short or "blank"

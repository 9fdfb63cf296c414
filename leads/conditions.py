"""Conditions compiled to closures: whether they hold for a lead, and in what that was seen."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, ge, le
from typing import NamedTuple, assert_never

from leads.criteria import AllOf, AnyOf, Condition, EventCondition, FieldCondition, FieldTest, Not
from leads.lead import COMPANY_FIELDS, LEAD_FIELDS, EngagementEvent, Lead, Scalar

CLOCK_SKEW = timedelta(minutes=5)
"""An event so little ahead of `now` is believed: the source's clock may be fast."""

Found = Scalar | tuple[str, ...]

_NUMBERS = (int, float)


class Finding(NamedTuple):
    """That a condition holds: in what it was seen, and which events made it hold."""

    evidence: str | None
    events: int = 0
    newest: datetime | None = None


History = Mapping[str, Sequence[EngagementEvent]]
"""A lead's events by type, in folded case: sorted once, looked at by every rule."""

Check = Callable[[Lead, History, datetime], Finding | None]


def history_of(events: Sequence[EngagementEvent], now: datetime) -> History:
    """The events that have happened by `now`, for checks."""
    latest = now + CLOCK_SKEW
    history: dict[str, list[EngagementEvent]] = {}
    for event in events:
        if event.at <= latest:
            history.setdefault(event.type.casefold(), []).append(event)
    return history


def check_of(condition: Condition) -> Check:
    """The condition as a function that returns a Finding where it holds, else None."""
    match condition:
        case FieldCondition():
            return _field_check(condition)
        case EventCondition():
            return _event_check(condition)
        case AllOf(conditions=parts):
            return _all_check(tuple(check_of(part) for part in parts))
        case AnyOf(conditions=parts):
            return _any_check(tuple(check_of(part) for part in parts))
        case Not(condition=inner):
            return _not_check(check_of(inner))
        case _:
            assert_never(condition)


def _field_check(condition: FieldCondition) -> Check:
    value_of, is_as_wanted = _reader(condition.field), field_test(condition)

    def passes(lead: Lead, history: History, now: datetime) -> Finding | None:
        found = value_of(lead)
        return Finding(_shown(found)) if is_as_wanted(found) else None

    return passes


def _reader(path: str) -> Callable[[Lead], Found | None]:
    """`lead.value(path)`, several times as fast."""
    company_field = path.removeprefix("company.")
    if path in LEAD_FIELDS or (company_field != path and company_field in COMPANY_FIELDS):
        return attrgetter(path)
    return lambda lead: lead.value(path)


def field_test(condition: FieldCondition) -> Callable[[Found | None], bool]:
    """Whether a value of the condition's field passes; None is an unknown one."""
    # Asked of every value of a million leads: each test is one call.
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    match condition.test:
        case FieldTest.PRESENT:
            wanted = bool(condition.value)
            return lambda found: (found is not None and found not in ("", ())) is wanted
        case FieldTest.IS | FieldTest.ONE_OF:
            return _sameness_test(values)
        case FieldTest.CONTAINS_ANY:
            return _text_test([str(value) for value in values])
        case FieldTest.AT_LEAST:
            return _number_test(ge, _number(values[0]))
        case FieldTest.AT_MOST:
            return _number_test(le, _number(values[0]))
        case _:
            assert_never(condition.test)


def event_test(condition: EventCondition) -> Callable[[str, str | None], bool]:
    """Whether an event of this type and name is of those that the condition counts."""
    kind, has_name = condition.event.casefold(), _name_test(condition.name)
    return lambda type_, name: type_.casefold() == kind and (has_name is None or has_name(name))


def _name_test(wanted: str | None) -> Callable[[str | None], bool] | None:
    """None when any name will do."""
    if wanted is None:
        return None
    folded = wanted.casefold()
    return lambda name: (name or "").casefold() == folded


def _event_check(condition: EventCondition) -> Check:
    kind, at_least, within = condition.event.casefold(), condition.at_least, condition.within
    has_name = _name_test(condition.name)

    def happened(lead: Lead, history: History, now: datetime) -> Finding | None:
        events = history.get(kind)
        if events is None:
            return None
        earliest = None if within is None else now - within
        count, newest = 0, None
        for event in events:
            if has_name is not None and not has_name(event.name):
                continue
            if earliest is not None and event.at < earliest:
                continue
            count += 1
            if newest is None or event.at > newest.at:
                newest = event
        if newest is None or count < at_least:
            return None
        return Finding(newest.name if count == 1 else f"{count} times", count, newest.at)

    return happened


def _all_check(checks: tuple[Check, ...]) -> Check:
    def hold(lead: Lead, history: History, now: datetime) -> Finding | None:
        findings = []
        for check in checks:
            finding = check(lead, history, now)
            if finding is None:
                return None
            findings.append(finding)
        return _together(findings)

    return hold


def _any_check(checks: tuple[Check, ...]) -> Check:
    def holds(lead: Lead, history: History, now: datetime) -> Finding | None:
        findings = [found for check in checks if (found := check(lead, history, now))]
        return _together(findings) if findings else None

    return holds


def _not_check(check: Check) -> Check:
    def fails(lead: Lead, history: History, now: datetime) -> Finding | None:
        return None if check(lead, history, now) else Finding(None)

    return fails


def _together(findings: Sequence[Finding]) -> Finding:
    """One finding of several: all that was seen, and the newest of the events."""
    seen = tuple(dict.fromkeys(one.evidence for one in findings if one.evidence))
    newest = max((one.newest for one in findings if one.newest), default=None)
    return Finding(", ".join(seen) or None, sum(one.events for one in findings), newest)


def _sameness_test(wanted: Sequence[Scalar]) -> Callable[[Found | None], bool]:
    """Whether a value is one of these, or one of its texts is."""
    keys = frozenset(map(_key, wanted))

    def is_one(found: Found | None) -> bool:
        if isinstance(found, tuple):
            return any(map(is_one, found))
        return found is not None and _key(found) in keys

    return is_one


def _text_test(wanted: Sequence[str]) -> Callable[[Found | None], bool]:
    """Whether a value, or one of its texts, has any of these."""
    words = tuple(map(_letters, wanted))
    search = re.compile("|".join(map(_pattern, wanted))).search

    def contains(found: Found | None) -> bool:
        if isinstance(found, tuple):
            return any(map(contains, found))
        if found is None:
            return False
        folded = str(found).casefold()
        for word in words:  # seven times as fast as the pattern, and most texts have none
            if word in folded:
                return search(folded) is not None
        return False

    return contains


def _number_test(
    compare: Callable[[float, float], bool], bound: float | None
) -> Callable[[Found | None], bool]:
    """Whether a value is a number and compares so with the bound; none does without one."""
    if bound is None:
        return lambda found: False
    return lambda found: (
        isinstance(found, _NUMBERS) and not isinstance(found, bool) and compare(found, bound)
    )


def _key(value: Scalar) -> tuple[bool, Scalar]:
    """What makes two values the same: words without regard to case, and True is not 1."""
    if isinstance(value, str):
        return False, value.strip().casefold()
    return isinstance(value, bool), value


def _number(value: Scalar) -> float | None:
    return value if isinstance(value, _NUMBERS) and not isinstance(value, bool) else None


def _pattern(text: str) -> str:
    """Whole words, so that "CTO" isn't found in "Director"; a * at the end leaves it open."""
    wanted = _letters(text)
    is_open = text.strip().endswith("*")
    before = r"(?<!\w)" if wanted and _has_edge(wanted[0]) else ""
    after = r"(?!\w)" if wanted and not is_open and _has_edge(wanted[-1]) else ""
    return before + re.escape(wanted) + after


def _letters(text: str) -> str:
    """What has to be there of a wanted text."""
    return text.strip().casefold().removesuffix("*")


def _has_edge(letter: str) -> bool:
    """Whether words with this letter end at a space; those of Chinese or Japanese don't."""
    return letter.isalnum() and letter < "\u2e80"


def _shown(found: Found | None) -> str | None:
    if found is None or isinstance(found, str):
        return found or None
    if isinstance(found, tuple):
        return ", ".join(found)
    if isinstance(found, bool):
        return "yes" if found else "no"
    return str(found)
